//! apt installs what it recommends too.

use crate::checks::prelude::*;

/// The directory of apt's configuration, and the file beside it.
const CONFIGURATION: &str = "/etc/apt/apt.conf";
const SETTING: &str = "install-recommends";

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("apt-get"), Visit::Command("apt"), Visit::Command("aptitude")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let (Some(line), Some(step)) = (&command.line, cx.model.step(command.step)) else { return };
        let may_give = |option| cx.model.may_give(command, line, option);
        let is_silent = !line.subcommand_is(&["install", "satisfy"])
            || apt::simulates(line)
            || may_give("--no-install-recommends")
            || ["--install-recommends", "--without-recommends", "--with-recommends"].into_iter().any(may_give)
            || ["--download-only", "--only-upgrade", "-c"].iter().any(|option| line.has(option))
            || line.values_of("-o").any(|value| value.text.as_deref().is_none_or(names_setting))
            || says_why(step.instruction)
            || is_configured(command, step, cx);
        if is_silent {
            return;
        }
        let option = if line.is("aptitude") { "--without-recommends" } else { "--no-install-recommends" };
        let subcommand = line.subcommand.unwrap_or(line.name_word);
        // Behind `-y`, where it follows the subcommand.
        let yes = line.option_span("-y").and_then(|span| line.words.iter().find(|word| word.span.contains(span)));
        let after = yes.filter(|word| word.span.start > subcommand.span.end).unwrap_or(subcommand);
        let full = format!("{} {}", line.name, subcommand.literal().unwrap_or_default());
        let finding = Finding::at(line.name_word.span.to(subcommand.span))
            .with("command", full)
            .with("option", option)
            .edit(Span::empty(after.span.end), format!(" {option}"))
            .fix_if(matches!(cx.model.body(step), Body::Shell(_)));
        // Of a program that is pinned its recommended packages may be wanted.
        let is_pinned = !line.operands.is_empty() && line.operands.iter().all(|word| is_pinned(word));
        cx.report(if is_pinned { finding.variant("pinned") } else { finding });
    }
}

/// Whether a package is asked for in a version.
fn is_pinned(word: &sh::Word) -> bool {
    word.parts.iter().any(|part| matches!(&part.kind, sh::PartKind::Literal(text) if text.contains('=')))
}

fn names_setting(text: &str) -> bool {
    text.to_ascii_lowercase().contains(SETTING)
}

/// Whether a comment in or above the instruction speaks of recommended packages.
fn says_why(instruction: &Instruction) -> bool {
    let mut comments = instruction.inner_comments.iter().chain(&instruction.leading_comments);
    comments.any(|comment| comment.text.to_ascii_lowercase().contains("recommend"))
}

/// Whether recommended packages are, or may be, turned off before the command.
fn is_configured(command: &Command<'_>, step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    let start = command.invocation.simple.span.start;
    let mut here = cx.model.commands_of(step.index).iter();
    here.any(|other| other.invocation.simple.span.start < start && configures(other))
        || cx.model.steps_below(step).any(|below| match below.keyword() {
            Keyword::Run => cx.model.commands_of(below.index).iter().any(configures),
            Keyword::Copy | Keyword::Add => brings_configuration(below),
            Keyword::Env => matches!(&below.instruction.args, Args::Pairs(pairs) if pairs.iter().any(|pair| pair.key.text == "APT_CONFIG")),
            _ => false,
        })
        || cx.model.stage_of(step).and_then(|stage| cx.model.root_image(stage)).is_some_and(|image| {
            // Its configuration has recommended packages off.
            image.familiar().ends_with("bitnami/minideb")
        })
}

/// Whether a command writes the setting, or something that cannot be known, into apt's configuration.
fn configures(command: &Command<'_>) -> bool {
    let statement = command.invocation.statement;
    let words = command.invocation.simple.words.iter().chain(statement.redirects.iter().map(|it| &it.target));
    let Some(line) = &command.line else { return false };
    if apt::is_apt(line) {
        return false;
    }
    let speaks = words.clone().any(|word| word.parts.iter().any(|part| literal(part).is_some_and(names_setting)));
    let mut in_configuration = words.filter(|word| word.literal().is_some_and(|path| path.starts_with(CONFIGURATION)));
    let writes_what_it_says = ["echo", "printf", "tee", "cat", "rm", "mkdir", "chmod", "chown", "sed", "touch", "ls"];
    let shown =
        writes_what_it_says.contains(&line.name.as_str()) && line.operands.iter().all(|it| it.literal().is_some());
    speaks || !shown && in_configuration.next().is_some()
}

fn literal(part: &sh::Part) -> Option<&str> {
    match &part.kind {
        sh::PartKind::Literal(text) => Some(text),
        _ => None,
    }
}

/// Whether COPY or ADD puts files where apt looks for its configuration.
fn brings_configuration(step: &Step<'_>) -> bool {
    let transfer = match (views::Copy::of(step.instruction), views::Add::of(step.instruction)) {
        (Some(copy), _) => copy.transfer,
        (_, Some(add)) => add.transfer,
        _ => return false,
    };
    let Some(destination) = transfer.destination else { return false };
    let heredoc = |word: &&&Word| {
        let heredoc = views::heredoc_of(step.heredocs, word.span);
        heredoc.is_none_or(|heredoc| names_setting(&heredoc.content))
    };
    let destination = destination.text.trim_end_matches('/');
    let is_tree = |word: &&Word| {
        let path = word.text.trim_end_matches('/');
        word.text.ends_with('/') || ["rootfs", "etc"].contains(&path.rsplit('/').next().unwrap_or_default())
    };
    match destination {
        "" | "/etc" | "/etc/apt" => transfer.sources.iter().any(is_tree),
        path if path.starts_with(CONFIGURATION) => {
            !transfer.sources.is_empty() || transfer.heredocs.iter().any(|word| heredoc(&word))
        }
        _ => false,
    }
}
