//! Comments that silence hadolint's rules.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        for comment in &cx.model.file.comments {
            if let Some(names) = hadolint::ignored(&comment.text) {
                cx.report(Finding::at(comment.span).with("names", format!("`{}`", names.join("`, `"))));
            }
        }
    }
}
