//! A program that starts and watches several others.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

/// Packages that are nothing but a supervisor.
const SUPERVISORS: &[&str] = &[
    "circus",
    "honcho",
    "monit",
    "runit-init",
    "s6",
    "s6-linux-init",
    "s6-overlay",
    "s6-rc",
    "supervisor",
    "foreman",
    "pm2",
];
/// Packages that a second process comes with, with the programs that make them the image's purpose.
const COMPANIONS: &[(&str, &[&str])] = &[
    ("cron", &["cron"]),
    ("cronie", &["crond"]),
    ("dcron", &["crond"]),
    ("dropbear", &["dropbear"]),
    ("openrc", &[]),
    ("openssh-server", &["sshd"]),
    ("runit", &["chpst"]),
    ("systemd", &[]),
    ("systemd-sysv", &[]),
];
/// Downloads and files that belong to a supervisor.
const TRACES: &[&str] = &["s6-overlay", "supervisord.conf", "supervisord", "/forego"];

impl Check for Rule {
    fn script(&mut self, _script: &Script, cx: &mut Context<'_, '_>) {
        let endings = cx.model.endings();
        for command in cx.model.commands_of(0) {
            let Some(word) = command.line.as_ref().and_then(|line| supervises(line, false)) else { continue };
            let invocation = &command.invocation;
            let ending = endings.iter().find(|ending| std::ptr::eq(ending.simple, invocation.simple));
            let is_chosen = invocation.is_conditional() || invocation.and_or().is_some_and(|(_, index)| index > 0);
            let finding = finding(word);
            // Another command gets another program.
            cx.report(match ending {
                Some(ending) if !ending.conditional => finding,
                _ if is_chosen => finding.variant("chosen"),
                _ => finding,
            });
            return;
        }
    }

    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        if cx.model.is_script() {
            return;
        }
        let installed = installed(cx);
        for list in &cx.model.start_lists() {
            for invocation in shell::invocations(list) {
                let Some(line) = shell::read(invocation.simple) else { continue };
                if let Some(word) = supervises(&line, !installed.strong.is_empty()) {
                    cx.report(finding(word));
                    return;
                }
            }
        }
        let found = installed.strong.into_iter().take(1).map(|it| (it, "installed"));
        let companions = installed.weak.into_iter().map(|it| (it, "companion"));
        let found: Vec<_> = found.chain(companions).collect();
        for ((span, name), variant) in found {
            cx.report(Finding::at(span).variant(variant).with("program", name));
        }
    }
}

fn finding<'t>(word: &sh::Word) -> Finding<'t> {
    let name = word.literal().unwrap_or_default();
    Finding::at(word.span).with("program", start::file_name(&name).to_owned())
}

/// The word that names a supervisor, also behind `bundle exec` and the like. What s6-overlay starts is called `/init`.
fn supervises<'w>(line: &CommandLine<'w>, has_overlay: bool) -> Option<&'w sh::Word> {
    let named = |word: &sh::Word| word.literal().is_some_and(|name| start::is_supervisor(&name));
    let is_asked = line.has("--version") || line.has("--help");
    let is_init = has_overlay && line.name_word.is("/init");
    if line.is_any(&["bundle", "npx", "yarn", "pnpm"]) {
        return line.words.iter().skip(1).take(3).find(|word| named(word));
    }
    if line.is("python") {
        let module = line.value_of("-m").map(|value| value.word);
        let is_one = |it: &str| ["supervisor", "honcho", "circus"].iter().any(|name| it.starts_with(name));
        let script = line.operands.first().copied().filter(|word| module.is_none() && named(word));
        return module.filter(|word| word.literal().is_some_and(|text| is_one(&text))).or(script);
    }
    (!is_asked && (is_init || named(line.name_word))).then_some(line.name_word)
}

#[derive(Default)]
struct Installed {
    strong: Vec<(Span, String)>,
    weak: Vec<(Span, String)>,
}

fn installed(cx: &Context<'_, '_>) -> Installed {
    let mut installed = Installed::default();
    let started = cx.model.started_names();
    for step in cx.model.steps.iter().filter(|step| cx.model.is_shipped(step)) {
        let transfer = views::Copy::of(step.instruction).map(|copy| copy.transfer);
        let transfer = transfer.or_else(|| views::Add::of(step.instruction).map(|add| add.transfer));
        let files = transfer.iter().flat_map(|it| it.sources.iter().copied().chain(it.destination));
        installed.strong.extend(files.filter_map(|word| Some((word.span, trace(&word.text)?))));
        for command in cx.model.commands_of(step.index) {
            let Some(line) = &command.line else { continue };
            let words = match line.verb() {
                Some(Verb::Install) => line.packages(),
                None if line.is_any(&["curl", "wget"]) => &line.operands,
                _ => continue,
            };
            let traces = words.iter().filter_map(|word| Some((word.span, text(word).filter(|it| it.contains('/'))?)));
            installed.strong.extend(traces.filter_map(|(span, text)| Some((span, trace(&text)?))));
            for (word, name) in cx.model.installed_packages(command) {
                let name = name.as_str();
                let companion = COMPANIONS.iter().find(|(package, _)| *package == name);
                let is_purpose = |programs: &[&str]| programs.iter().any(|it| started.iter().any(|name| name == it));
                if SUPERVISORS.contains(&name) {
                    installed.strong.push((word.span, name.to_owned()));
                } else if companion.is_some_and(|(_, programs)| !is_purpose(programs)) {
                    installed.weak.push((word.span, name.to_owned()));
                }
            }
        }
    }
    installed
}

fn trace(path: &str) -> Option<String> {
    let found = TRACES.iter().find(|trace| path.contains(**trace))?;
    Some(found.trim_start_matches('/').to_owned())
}

/// What is written out of a word.
fn text(word: &sh::Word) -> Option<String> {
    let literal = |part: &sh::Part| match &part.kind {
        sh::PartKind::Literal(text) => Some(text.clone()),
        _ => Some(String::new()),
    };
    word.parts.iter().map(literal).collect()
}
