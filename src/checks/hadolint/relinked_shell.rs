//! A link in the place of the shell.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("ln")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let Some(line) = command.line.as_ref().filter(|line| line.is("ln") && !line.has("-t")) else { return };
        let Some(word) = line.operands.last().filter(|_| line.operands.len() > 1) else { return };
        if let Some(path) = ["/bin/sh", "/usr/bin/sh"].into_iter().find(|path| word.is(path)) {
            cx.report(Finding::at(word.span).with("path", path));
        }
    }
}
