//! `find` that is not told where to start (SC2185).

use crate::checks::prelude::*;

/// The letters of what may stand before the folder: `-L`, `-O3`.
const LEADING: &str = "-EHLPXdfsxO0123456789";

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("find")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let Some(line) = command.line.as_ref().filter(|line| line.is("find") && line.wrappers.is_empty()) else {
            return;
        };
        let is_leading = |word: &sh::Word| {
            let text = word.literal().unwrap_or_default();
            let letters = text.strip_prefix('-').unwrap_or_default();
            letters.len() == 1 || !letters.is_empty() && letters.chars().all(|letter| LEADING.contains(letter))
        };
        // A test stands where the folder should, or nothing does.
        let first = line.words.iter().skip(1).find(|word| !is_leading(word));
        if first.is_none_or(|word| word.literal().is_some_and(|text| text.starts_with('-'))) {
            let end = first.or(line.words.last()).unwrap_or(line.name_word);
            cx.report(Finding::at(line.name_word.span.to(end.span)));
        }
    }
}
