//! useradd with a number that makes a log as long.

use crate::checks::prelude::*;

/// Numbers from here on make a log of tens of megabytes.
const HIGH: u64 = 100_000;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("useradd")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let Some(line) = command.line.as_ref().filter(|line| line.is("useradd")) else { return };
        let Some(value) = line.value_of("-u").filter(|_| !line.has("-l")) else { return };
        let known = value.text.clone().or_else(|| {
            let text = cx.model.only_word(command, value.word)?;
            Some(text.trim_start_matches(|c: char| !c.is_ascii_digit()).to_owned())
        });
        let number = known.and_then(|text| text.parse().ok()).filter(|number: &u64| *number >= HIGH);
        if let Some(number) = number {
            cx.report(Finding::at(value.span).with("number", number.to_string()));
        }
    }
}
