//! sudo in a RUN.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("sudo")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let Some(line) = &command.line else { return };
        let is_sudo = |word: &&sh::Word| word.literal().is_some_and(|text| text == "sudo" || text.ends_with("/sudo"));
        if let Some(word) = line.wrappers.iter().copied().chain([line.name_word]).find(is_sudo) {
            cx.report(Finding::at(word.span));
        }
    }
}
