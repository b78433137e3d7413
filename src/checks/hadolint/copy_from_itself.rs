//! COPY --from the stage that it stands in.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Copy)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let copy = views::Copy::of(step.instruction).filter(|_| step.trigger_of.is_none());
        let Some(word) = copy.and_then(|copy| copy.from).and_then(|flag| flag.value.as_ref()) else { return };
        let Some(stage) = cx.model.stage_of(step) else { return };
        let is_named = stage.name.is_some_and(|name| name.text.eq_ignore_ascii_case(&word.text));
        if is_named || word.text.parse() == Ok(stage.index) {
            cx.report(Finding::at(word.span).with("name", word.text.as_str()));
        }
    }
}
