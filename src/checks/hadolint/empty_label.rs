//! Labels of the schema without a value.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Label)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        for label in cx.model.labels(step) {
            let is_empty = label.value.as_deref().is_some_and(str::is_empty);
            if is_empty && cx.options().label_schema.contains_key(&label.key) {
                cx.report(Finding::at(label.key_span).with("label", label.key));
            }
        }
    }
}
