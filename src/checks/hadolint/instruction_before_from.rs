//! Instructions that belong to no stage.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::EveryInstruction]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        // What is no instruction at all is a syntax error.
        let may_stand = matches!(step.keyword(), Keyword::Arg | Keyword::Unknown);
        if step.stage.is_none() && step.trigger_of.is_none() && !may_stand {
            cx.report(Finding::at(step.instruction.name.span).with("keyword", step.keyword().as_str()));
        }
    }
}
