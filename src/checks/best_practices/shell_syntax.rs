//! Shell text that no shell would read.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        for step in &cx.model.steps {
            if let Body::Broken(error) = cx.model.body(step) {
                cx.report(Finding::at(error.span).with("error", error.message.as_str()));
            }
        }
    }
}
