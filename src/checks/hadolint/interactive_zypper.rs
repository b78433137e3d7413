//! zypper that waits for an answer.

use crate::checks::prelude::*;

/// Subcommands that ask.
const ASKS: [&str; 7] = ["install", "in", "remove", "rm", "source-install", "si", "patch"];

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("zypper")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let asks = |line: &&CommandLine<'_>| line.is("zypper") && line.subcommand_is(&ASKS);
        let Some(line) = command.line.as_ref().filter(asks) else { return };
        let Some(subcommand) = line.subcommand else { return };
        let quiet = ["-n", "-y", "--dry-run", "--help"];
        if !quiet.iter().any(|option| cx.model.may_give(command, line, option)) && !cx.model.is_answered(command) {
            let span = line.head();
            cx.report(Finding::at(span).with("subcommand", cx.text(subcommand.span)));
        }
    }
}
