//! apt-get installs recommended packages too.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("apt-get")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let Some(line) = command.line.as_ref().filter(|line| line.is("apt-get") && line.subcommand_is(&["install"]))
        else {
            return;
        };
        if !apt::simulates(line) && !cx.model.settles_recommended(command, line) {
            cx.report(Finding::at(line.head()));
        }
    }
}
