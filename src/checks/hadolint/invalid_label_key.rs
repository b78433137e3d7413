//! Keys of labels that Docker's guidelines do not allow.

use crate::checks::prelude::*;

/// Where Docker puts labels of its own.
const RESERVED: [&str; 3] = ["com.docker.", "io.docker.", "org.dockerproject."];

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Label)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        for label in cx.model.labels(step) {
            let finding = Finding::at(label.key_span);
            if let Some(prefix) = RESERVED.iter().find(|prefix| label.key.starts_with(**prefix)) {
                cx.report(finding.variant("reserved").with("prefix", *prefix));
            } else if !is_key(&label.key) {
                cx.report(finding.with("key", label.key));
            }
        }
    }
}

fn is_key(key: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_' | '/');
    key.starts_with(|c: char| c.is_ascii_lowercase())
        && key.ends_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && key.chars().all(is_allowed)
        && !key.contains("..")
        && !key.contains("--")
}
