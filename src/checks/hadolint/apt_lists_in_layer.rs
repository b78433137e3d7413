//! Package lists of apt in a layer that others are built on.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Run)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let left = cx.model.leaves_lists(step).filter(|_| cx.model.is_shipped(step));
        let Some(line) = left.and_then(|command| command.line.as_ref()) else { return };
        cx.report(Finding::at(line.head()));
    }
}
