//! A RUN that changes the directory.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Run)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let mut lines = cx.model.commands_of(step.index).iter().filter_map(|command| command.line.as_ref());
        if let Some(line) = lines.find(|line| line.is("cd")) {
            cx.report(Finding::at(line.span()));
        }
    }
}
