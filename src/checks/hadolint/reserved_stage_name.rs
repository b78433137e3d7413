//! Stages with a name that means something else.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        for name in model.stages.iter().filter_map(|stage| stage.name) {
            if ["scratch", "context"].iter().any(|reserved| name.text.eq_ignore_ascii_case(reserved)) {
                cx.report(Finding::at(name.span).with("name", name.text.as_str()));
            }
        }
    }
}
