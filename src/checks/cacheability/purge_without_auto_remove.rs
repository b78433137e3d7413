//! Packages for the build that are purged without what they brought along.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Run)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        let commands = model.commands_of(step.index);
        // The idiom with `apt-mark` is another rule's matter.
        let is_marked = commands.iter().any(|it| it.line.as_ref().is_some_and(|line| line.is("apt-mark")));
        if is_marked || !commands.iter().any(|it| it.line.as_ref().is_some_and(purges)) || !model.is_shipped(step) {
            return;
        }
        let run = model.executions(step.index);
        for (at, execution) in run.iter().enumerate() {
            let command = execution.command;
            let Some(line) = command.line.as_ref().filter(|line| purges(line)) else { continue };
            let cleans = |later: &flow::Execution<'_, '_>| {
                later.command.line.as_ref().is_some_and(|line| removes_unneeded(later.command, line, cx))
            };
            if run.iter().skip(at).any(cleans) {
                return;
            }
            let installed = run
                .iter()
                .take(at)
                .map(|earlier| earlier.command)
                .filter(|it| it.line.as_ref().is_some_and(apt::installs));
            let brought: Vec<String> = installed.flat_map(|it| packages(it, cx)).collect();
            if packages(command, cx).iter().any(|package| brought.contains(package)) {
                report(command, line, step, cx);
                return;
            }
        }
    }
}

fn report(command: &Command<'_>, line: &CommandLine<'_>, step: &Step<'_>, cx: &mut Context<'_, '_>) {
    let Some(subcommand) = line.subcommand else { return };
    // Behind `-y`, where that follows.
    let next = line.words.iter().find(|word| word.span.start > subcommand.span.end);
    let after = next.filter(|word| ["-y", "-yq", "-yqq", "--yes"].iter().any(|yes| word.is(yes))).unwrap_or(subcommand);
    let finding = Finding::at(line.head())
        .with("command", line.head_text())
        .edit(Span::empty(after.span.end), " --auto-remove")
        .fix_if(matches!(cx.model.body(step), Body::Shell(_)) && command.invocation.function().is_none());
    cx.report(finding);
}

fn purges(line: &CommandLine<'_>) -> bool {
    line.is_any(&["apt-get", "apt"]) && line.subcommand_is(&["purge", "remove"]) && !apt::simulates(line)
}

/// Whether a command removes, or may remove, what no package needs any more. aptitude does so by itself.
fn removes_unneeded(command: &Command<'_>, line: &CommandLine<'_>, cx: &Context<'_, '_>) -> bool {
    let is_set = |text: Option<&str>| text.is_none_or(|text| text.to_ascii_lowercase().contains("automaticremove"));
    apt::is_apt(line)
        && (line.is("aptitude")
            || line.subcommand_is(&["autoremove", "auto-remove", "autopurge"])
            || line.subcommand.is_some_and(|word| word.literal().is_none())
            || cx.model.may_give(command, line, "--auto-remove")
            || line.values_of("-o").any(|value| is_set(value.text.as_deref())))
        || line.is("deborphan")
}

/// The packages of a command without versions; what cannot be known stands as it is written.
fn packages(command: &Command<'_>, cx: &Context<'_, '_>) -> Vec<String> {
    let operands = command.line.iter().flat_map(|line| line.operands.iter().copied());
    let names = operands.flat_map(|word| match cx.model.possible_words(command, word) {
        Some(words) => words,
        None => vec![cx.text(word.span).trim_matches('"').to_owned()],
    });
    names.map(|name| name.split(['=', '/']).next().unwrap_or_default().to_owned()).collect()
}
