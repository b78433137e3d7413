//! Stage names that mean something else.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        if !cx.runs_build_check(None) {
            return;
        }
        for name in cx.model.stages.iter().filter_map(|stage| stage.name) {
            let lower = name.text.to_lowercase();
            if matches!(lower.as_str(), "context" | "scratch") {
                cx.report(Finding::at(name.span).with("name", lower));
            }
        }
    }
}
