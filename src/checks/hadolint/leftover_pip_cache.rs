//! What `pip install` keeps in a layer.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Run)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let Some(line) = cx.model.leaves_cache(step, &["pip"], &["install"]) else { return };
        cx.report(Finding::at(line.head()).with("command", line.name.as_str()));
    }
}
