//! Everything that lies in the build context goes into the image.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Copy), Visit::Instruction(Keyword::Add)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        // A trigger copies from the context of somebody else's build, which is what it is for.
        if step.trigger_of.is_some() || cx.model.starts_from_nothing(step) {
            return;
        }
        let Some(transfer) = context::transfer(step) else { return };
        let whole = |word: &&&Word| cx.model.path(step, &word.text).is_some_and(|text| context::is_whole(&text));
        let Some(word) = transfer.sources.iter().find(whole) else { return };
        let keyword = step.keyword().as_str();
        cx.report(Finding::at(word.span).with("source", word.text.clone()).with("keyword", keyword));
    }
}
