//! A start command that leaves the foreground, and what keeps the container up in its stead.

use crate::checks::prelude::*;
use daemons::Daemon;

#[derive(Default)]
pub struct Rule;

/// Commands that only prepare or tell.
const SMALL: &[&str] = &[
    "echo", "printf", "set", "cd", "export", "mkdir", "touch", "chmod", "chown", "rm", "ln", "true", ":", "env",
    "date", "trap",
];

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        for list in &cx.model.start_lists() {
            let run: Vec<_> = shell::invocations(list).into_iter().filter(is_run).collect();
            let lines: Vec<_> = run.iter().map(|invocation| shell::read(invocation.simple)).collect();
            let finding = daemonizes(&run, &lines, cx).or_else(|| keeps_up(&run, &lines, cx));
            if let Some(finding) = finding {
                cx.report(finding);
                return;
            }
        }
    }
}

/// Whether it is one of the commands that run one after the other; a shell around a script is not.
fn is_run(invocation: &shell::Invocation<'_>) -> bool {
    let is_outside = invocation.substitution().is_none() && invocation.function().is_none();
    is_outside
        && !invocation.in_condition()
        && invocation.simple.script.is_none()
        && !invocation.simple.words.is_empty()
}

/// The first command that goes into the background, with what becomes of the container.
fn daemonizes(
    run: &[shell::Invocation<'_>],
    lines: &[Option<CommandLine<'_>>],
    cx: &Context<'_, '_>,
) -> Option<Finding<'static>> {
    for (index, line) in lines.iter().enumerate() {
        let Some(line) = line else { continue };
        let Some(daemon) = daemons::daemon(line).filter(|daemon| !may_be_configured(daemon, line, cx)) else {
            continue;
        };
        let behind = || run.iter().zip(lines).skip(index + 1);
        let is_masked = behind().any(|(invocation, line)| line.as_ref().is_some_and(|line| keeps(line, invocation)));
        let is_small = |line: &CommandLine<'_>| SMALL.contains(&line.name.as_str());
        let is_last = behind().all(|(invocation, line)| {
            line.as_ref()
                .is_some_and(|line| is_small(line) || keeps(line, invocation) || daemons::daemon(line).is_some())
        });
        let finding = Finding::at(line.name_word.span).variant(match (is_masked, is_last) {
            (_, false) => "beside",
            (true, true) => "masked",
            (false, true) => "ends",
        });
        let (program, how) = match daemon {
            Daemon::ByDefault { foreground, .. } => (line.name.clone(), format!("`{} {foreground}`", line.name)),
            Daemon::Asked(option) => (line.name.clone(), format!("without `{option}`")),
            Daemon::Service(name) => (name, "by its own program, not by an init script".to_owned()),
        };
        return Some(finding.with("program", program).with("how", how));
    }
    // `app &`, with nothing that waits for it.
    let waits = lines.iter().flatten().any(|line| line.is("wait"));
    let is_left = |invocation: &shell::Invocation<'_>, line: &CommandLine<'_>| {
        let is_small = SMALL.contains(&line.name.as_str()) || line.is_any(&["sleep", "curl", "wget"]);
        !waits && invocation.in_background() && !is_small && invocation.pipeline().is_none()
    };
    let ends = run.last()?.in_background();
    let mut all = run.iter().zip(lines).filter_map(|(invocation, line)| Some((invocation, line.as_ref()?)));
    let masked = run.last().zip(lines.last()?.as_ref()).is_some_and(|(invocation, line)| keeps(line, invocation));
    let (_, line) =
        if ends { all.next_back() } else { all.next() }.filter(|(it, line)| is_left(it, line) && !masked)?;
    let finding = Finding::at(line.name_word.span).variant(if ends { "ends" } else { "beside" });
    Some(finding.with("program", line.name.clone()).with("how", "without `&`"))
}

/// A command that only keeps the container up.
fn keeps_up(
    run: &[shell::Invocation<'_>],
    lines: &[Option<CommandLine<'_>>],
    cx: &Context<'_, '_>,
) -> Option<Finding<'static>> {
    let (invocation, line) = (run.last()?, lines.last()?.as_ref()?);
    let idles = line.is_any(&["tail", "sleep"]) && keeps(line, invocation);
    let others = lines.len() - 1;
    let is_alone =
        lines.iter().take(others).all(|line| line.as_ref().is_some_and(|it| SMALL.contains(&it.name.as_str())));
    let of_nothing = line.is("sleep") || line.operands.iter().any(|word| word.is("/dev/null"));
    // A log alone may be what the container is for, unless a script starts the service before.
    if !idles || is_alone && !of_nothing && cx.model.start().entrypoint.is_none() {
        return None;
    }
    let finding = Finding::at(line.name_word.span).with("program", line.name.clone());
    Some(finding.variant(if is_alone { "idle" } else { "tail" }))
}

/// Whether it goes on forever without doing anything.
fn keeps(line: &CommandLine<'_>, invocation: &shell::Invocation<'_>) -> bool {
    // The only command of an endless loop.
    let is_loop = |frame: &Frame<'_>| {
        matches!(frame, Frame::WhileBody(it) if matches!(it.body.statements.as_slice(),
            [sh::Statement { command: sh::Command::Simple(alone), .. }] if std::ptr::eq(alone, invocation.simple)))
    };
    match line.name.as_str() {
        "tail" => line.has("-f") || line.has("-F") || line.options.iter().any(|it| it.name.starts_with("--f")),
        "sleep" => {
            invocation.scope().any(is_loop)
                || line.operands.iter().any(|word| {
                    let text = word.literal().unwrap_or_default();
                    text.starts_with("inf") || text.ends_with('d') || text.len() >= 6 && text.parse::<u64>().is_ok()
                })
        }
        "wait" => true,
        "cat" | "bash" | "sh" => line.operands.is_empty() && !line.has("-c"),
        _ => false,
    }
}

/// Whether a configuration that is not in the file may keep it in the foreground.
fn may_be_configured(daemon: &Daemon, line: &CommandLine<'_>, cx: &Context<'_, '_>) -> bool {
    if !matches!(daemon, Daemon::ByDefault { configurable: true, .. }) {
        return false;
    }
    let name = if line.name.contains("fpm") { "fpm" } else { line.name.as_str() };
    let is_known = cx.model.starts_bare()
        || name == "nginx"
            && cx.model.stages.last().and_then(|it| cx.model.root_image(it)).is_some_and(|it| it.familiar() == "nginx");
    let speaks = |text: &str| text.contains("daemon") || text.contains("foreground");
    let brings = |step: &Step<'_>| match step.keyword() {
        Keyword::Copy | Keyword::Add => {
            // A server block in conf.d is too deep for `daemon off;`.
            let text = cx.text(step.instruction.span);
            let is_site = name == "nginx" && ["conf.d", "sites-", "/html"].iter().any(|part| text.contains(part));
            !is_site && ["/etc", ".conf", "rootfs"].iter().any(|part| text.contains(part)) || text.ends_with(" /")
        }
        Keyword::Run => speaks(cx.text(step.instruction.span)) || step.heredocs.iter().any(|it| speaks(&it.content)),
        _ => false,
    };
    !is_known || cx.model.steps.iter().filter(|step| cx.model.is_shipped(step)).any(brings)
}
