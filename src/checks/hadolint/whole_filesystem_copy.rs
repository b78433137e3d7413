//! COPY --from of the root onto the root.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Copy)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let Some(copy) = views::Copy::of(step.instruction).filter(|_| step.trigger_of.is_none()) else { return };
        let Some(from) = copy.from.and_then(|flag| flag.value.as_ref()) else { return };
        let is_root = |word: &Word| match cx.model.fold(step, &word.text) {
            Folded::Known(path) => workdir::is_absolute(&path) && workdir::normal(&path).is_empty(),
            Folded::Unknown => false,
        };
        let source = copy.transfer.sources.iter().find(|source| is_root(source));
        if let Some(source) = source.filter(|_| copy.transfer.destination.is_some_and(is_root)) {
            cx.report(Finding::at(source.span).with("from", from.text.as_str()));
        }
    }
}
