//! Labels that the schema does not name.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Label)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let options = cx.options();
        for label in if options.strict_labels { cx.model.labels(step) } else { Vec::new() } {
            if !options.label_schema.contains_key(&label.key) {
                cx.report(Finding::at(label.key_span).with("label", label.key));
            }
        }
    }
}
