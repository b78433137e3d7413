//! Half of the idiom that brings apt's marks back to what they were.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("apt-mark")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let is_query = command.line.as_ref().is_some_and(|line| line.subcommand_is(&["showmanual"]));
        let place = command.invocation.substitution().filter(|_| is_query);
        let Some(saved) = place.and_then(|place| place.assignment) else { return };
        let commands = cx.model.commands_of(command.step);
        if commands.iter().any(|other| is_unclear(other, &saved.name)) {
            return;
        }
        let lines = || commands.iter().filter_map(|other| Some((other, other.line.as_ref()?)));
        let marks =
            |subcommand| lines().filter(move |(_, line)| line.is("apt-mark") && line.subcommand_is(&[subcommand]));
        let restore = marks("manual").find(|(_, line)| line.operands.iter().any(|word| names(word, &saved.name)));
        let purges = |line: &CommandLine<'_>| {
            apt::is_apt(line)
                && (line.subcommand_is(&["autoremove", "auto-remove", "autopurge"])
                    || line.subcommand_is(&["purge", "remove"]) && (line.has("--auto-remove") || line.is("aptitude")))
        };
        let is_purge = |(other, line): &(&Command<'_>, &CommandLine<'_>)| {
            purges(line) || cx.model.may_give(other, line, "--auto-remove")
        };
        let purge = lines().find(is_purge);
        let start = |command: &Command<'_>| command.invocation.simple.span.start;
        let follows =
            |restored: &Command<'_>| lines().filter(is_purge).any(|(other, _)| start(other) > start(restored));
        let is_straight = commands.iter().all(|other| other.invocation.function().is_none());
        // What is installed after the marks were set is meant to stay.
        let marks_nothing = || {
            let marked = marks("auto").map(|(other, _)| start(other)).max();
            let mut installs =
                lines().filter(|(_, line)| apt::installs(line)).map(|(other, _)| start(other)).peekable();
            installs.peek().is_some() && marked.is_some_and(|marked| installs.all(|at| at > marked))
        };
        let missing = if marks("auto").next().is_none() {
            "auto"
        } else if restore.is_none() {
            "manual"
        } else if purge.is_none() {
            "purge"
        } else if is_straight && restore.is_some_and(|(restored, _)| !follows(restored)) {
            "early-purge"
        } else if is_straight && marks_nothing() {
            "early-auto"
        } else {
            "guard"
        };
        if missing == "guard" && restore.is_none_or(|(other, line)| is_safe(other, line, &saved.name, cx)) {
            return;
        }
        let at = if missing == "guard" { restore.map(|(_, line)| line.span()) } else { None };
        let finding = Finding::at(at.unwrap_or(saved.span)).variant(missing).with("variable", saved.name.clone());
        cx.report(finding);
    }
}

/// Whether a word holds the variable, in any of its expansions.
fn names(word: &sh::Word, variable: &str) -> bool {
    word.parts.iter().any(|part| matches!(&part.kind, sh::PartKind::Parameter(it) if it.name == variable))
}

/// Whether a command does something else with the list than to restore it or to look at it.
fn is_unclear(command: &Command<'_>, variable: &str) -> bool {
    let invocation = &command.invocation;
    let prints = command.line.as_ref().is_some_and(|line| line.is_any(&["echo", "printf"]));
    let looks = command.line.as_ref().is_some_and(|line| line.is_any(&["apt-mark", "[", "test", "export"]));
    // What is printed may be read again.
    let is_read = invocation.pipeline().is_some() || invocation.substitution().is_some();
    let is_passed_on = !prints || is_read || !invocation.statement.redirects.is_empty();
    let in_loop = |frame: &Frame<'_>| matches!(frame, Frame::ForBody(each) if each.words.iter().flatten().any(|word| names(word, variable)));
    invocation.frames.iter().any(in_loop)
        || invocation.statement.redirects.iter().any(|redirect| names(&redirect.target, variable))
        || !looks && is_passed_on && invocation.simple.words.iter().any(|word| names(word, variable))
}

/// Whether the restore is left out for an empty list, or cannot fail by one: others are marked too, or an earlier RUN has
/// installed something.
fn is_safe(command: &Command<'_>, line: &CommandLine<'_>, variable: &str, cx: &Context<'_, '_>) -> bool {
    let invocation = &command.invocation;
    let installs = |below: &Step<'_>| {
        cx.model.commands_of(below.index).iter().any(|it| it.line.as_ref().is_some_and(apt::installs))
    };
    line.operands.iter().any(|word| !names(word, variable))
        || line.wrappers.iter().any(|word| word.is("xargs"))
        || invocation.is_conditional()
        || invocation.failure_is_ignored()
        || invocation.and_or().is_some_and(|(steps, index)| steps.iter().take(index).any(|it| tests(it, variable)))
        || cx
            .model
            .step(command.step)
            .is_some_and(|step| !is_debian(step, cx) || cx.model.steps_below(step).any(installs))
}

/// Whether the base is Debian itself, whose image has no package that is marked as manually installed; others may have some.
fn is_debian(step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    let image = cx.model.stage_of(step).and_then(|stage| cx.model.root_image(stage));
    image.is_some_and(|image| image.familiar() == "debian")
}

/// Whether a command looks whether the variable is empty.
fn tests(step: &sh::Step, variable: &str) -> bool {
    let (words, is_test) = match &step.statement.command {
        sh::Command::Simple(simple) => {
            (&simple.words, simple.words.first().is_some_and(|word| word.is("[") || word.is("test")))
        }
        sh::Command::Test(words) => (words, true),
        _ => return false,
    };
    is_test && words.iter().any(|word| names(word, variable))
}
