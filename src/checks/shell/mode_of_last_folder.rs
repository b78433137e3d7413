//! `mkdir -p -m` that may make more than one folder (SC2174).

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("mkdir")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let Some(line) = command.line.as_ref().filter(|line| line.is("mkdir") && line.wrappers.is_empty()) else {
            return;
        };
        let Some(mode) = line.options.iter().find(|option| option.name == "-m") else { return };
        if line.has("-p") && line.words.iter().skip(1).any(may_be_deep) {
            cx.report(Finding::at(mode.span));
        }
    }
}

/// Whether a word may name a folder below one that is not there; that of `./a` and `../a` is.
fn may_be_deep(word: &sh::Word) -> bool {
    let climbs = |text: &str| {
        text.rsplit_once('/')
            .is_some_and(|(above, name)| !name.is_empty() && above.split('/').all(|part| matches!(part, "." | "..")))
    };
    word.literal().is_none_or(|text| text.contains('/') && !climbs(&text))
}
