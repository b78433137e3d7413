//! A label whose value is no URL.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Label)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        for (label, value) in cx.model.labels_that_are_no(LabelKind::Url, step, cx.options()) {
            cx.report(Finding::at(label.value_span).with("label", label.key).with("value", value));
        }
    }
}
