//! More than one HEALTHCHECK in a stage.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Healthcheck)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        if let Some(earlier) = cx.model.earlier_in_stage(step) {
            let finding = Finding::at(step.instruction.name.span);
            cx.report(finding.label(earlier.instruction.name.span, "before"));
        }
    }
}
