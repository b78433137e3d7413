//! wget whose progress fills the log.

use crate::checks::prelude::*;

/// Options with which nothing is drawn, or into a file.
const QUIET: [&str; 5] = ["-q", "-nv", "--progress", "-o", "-a"];

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("wget")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let Some(line) = command.line.as_ref().filter(|line| line.is("wget")) else { return };
        if !QUIET.iter().any(|option| gives(command, line, option, cx)) {
            cx.report(Finding::at(line.name_word.span));
        }
    }
}

/// Whether an option is given, also in a variable that the file tells.
fn gives(command: &Command<'_>, line: &CommandLine<'_>, option: &str, cx: &Context<'_, '_>) -> bool {
    let variables = line.words.iter().filter(|word| word.literal().is_none());
    let mut texts = variables.filter_map(|word| cx.model.possible_words(command, word)).flatten();
    line.has(option) || texts.any(|text| line.asks_for(&text, option))
}
