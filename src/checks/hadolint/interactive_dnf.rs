//! dnf that waits for an answer.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("dnf")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let Some(line) = command.line.as_ref().filter(|line| line.is("dnf")) else { return };
        let Some(subcommand) = line.subcommand else { return };
        if cx.model.asks_to_install(command, line) {
            let span = line.head();
            cx.report(Finding::at(span).with("subcommand", cx.text(subcommand.span)));
        }
    }
}
