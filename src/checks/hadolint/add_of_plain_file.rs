//! ADD of what is neither an archive nor an address.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Add)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let Some(add) = views::Add::of(step.instruction).filter(|add| add.transfer.destination.is_some()) else {
            return;
        };
        let needs_add = |word: &&Word| {
            let text = match cx.model.fold(step, &word.text) {
                Folded::Known(text) => text,
                Folded::Unknown => word.text.trim_matches(['"', '\'']).to_owned(),
            };
            text.contains("://") || text.starts_with("git@") || archives::may_be_tar(&text)
        };
        let plain = add.transfer.sources.iter().copied().find(|word| !needs_add(word));
        if let Some(source) = plain.or(add.transfer.heredocs.first().copied()) {
            cx.report(Finding::at(step.instruction.name.span).with("source", source.text.clone()));
        }
    }
}
