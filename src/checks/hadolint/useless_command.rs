//! Commands for a machine with people and services, which a build is not.

use crate::checks::prelude::*;

const COMMANDS: [&str; 9] = ["free", "kill", "mount", "ps", "service", "shutdown", "ssh", "top", "vim"];

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        COMMANDS.iter().map(|name| Visit::Command(name)).collect()
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        if let Some(line) = command.line.as_ref().filter(|line| COMMANDS.contains(&line.name.as_str())) {
            cx.report(Finding::at(line.name_word.span).with("command", line.name.clone()));
        }
    }
}
