//! What `dnf install` keeps in a layer.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Run)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let Some(line) = cx.model.leaves_cache(
            step,
            &["dnf", "dnf5", "microdnf"],
            &["install", "in", "reinstall", "upgrade", "group", "module"],
        ) else {
            return;
        };
        let span = line.name_word.span.to(line.subcommand.unwrap_or(line.name_word).span);
        let command = line.name.clone();
        cx.report(Finding::at(span).with("command", command));
    }
}
