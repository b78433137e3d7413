//! More than one CMD in a stage.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule {
    /// The last one with its stage.
    last: Option<(Option<usize>, Span)>,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Cmd)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        if step.trigger_of.is_some() {
            return;
        }
        let span = step.instruction.name.span;
        if let Some((_, earlier)) = self.last.replace((step.stage, span)).filter(|(stage, _)| *stage == step.stage) {
            cx.report(Finding::at(span).label(earlier, "earlier"));
        }
    }
}
