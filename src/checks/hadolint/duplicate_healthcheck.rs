//! More than one HEALTHCHECK in a stage.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule {
    /// The last one so far, with its stage.
    seen: Option<(Option<usize>, Span)>,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Healthcheck)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        // A trigger takes effect in another build.
        if step.trigger_of.is_some() {
            return;
        }
        let span = step.instruction.name.span;
        if let Some((_, before)) = self.seen.replace((step.stage, span)).filter(|(stage, _)| *stage == step.stage) {
            cx.report(Finding::at(span).label(before, "before"));
        }
    }
}
