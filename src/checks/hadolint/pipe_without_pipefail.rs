//! A pipeline whose shell looks at the status of its last command alone.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Run)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let pipefail = cx.model.option_changes(step, "pipefail");
        let pipeline = cx.model.commands_of(step.index).iter().find_map(|command| {
            let (stages, _) = command.invocation.pipeline()?;
            let ShellKind::Posix { pipefail: false, .. } = shell_of(command, step, cx) else { return None };
            let whole = stages.first()?.span.to(stages.last()?.span);
            (!pipefail.is_on_at(&command.invocation)).then_some(whole)
        });
        if let Some(span) = pipeline {
            cx.report(Finding::at(span));
        }
    }
}

/// The shell that a command stands in: that of the RUN, or one that is handed a script of its own.
fn shell_of(command: &Command<'_>, step: &Step<'_>, cx: &Context<'_, '_>) -> ShellKind {
    let Some((program, _)) = command.invocation.script() else { return cx.model.shell_of_body(step) };
    let words: Vec<_> = program.words.iter().map_while(sh::Word::literal).collect();
    ShellKind::of_words(words.iter().map(AsRef::as_ref))
}
