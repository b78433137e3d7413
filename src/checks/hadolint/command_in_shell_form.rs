//! Commands of the image that are no JSON arrays.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        [Keyword::Cmd, Keyword::Entrypoint, Keyword::Healthcheck].map(Visit::Instruction).to_vec()
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let form = match views::Healthcheck::of(step.instruction) {
            Some(check) => Some(check.command),
            None => views::CommandForm::of(step.instruction),
        };
        if let (Some(views::CommandForm::Shell(text)), None) = (form, step.trigger_of) {
            cx.report(Finding::at(text.span).with("keyword", step.keyword().as_str()));
        }
    }
}
