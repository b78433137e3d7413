//! Triggers that cannot be.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Onbuild)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let Some(trigger) = views::onbuild(step.instruction) else { return };
        if matches!(trigger.keyword, Keyword::From | Keyword::Maintainer | Keyword::Onbuild) {
            cx.report(Finding::at(trigger.name.span).with("keyword", trigger.keyword.as_str()));
        }
    }
}
