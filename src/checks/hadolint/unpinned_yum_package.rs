//! `yum install` of a package without a version.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("yum")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let Some(line) = command.line.as_ref().filter(|line| line.is("yum") && line.subcommand_is(&["install"])) else {
            return;
        };
        let Some(unpinned) = cx.model.unpinned(command, &line.operands, rpm::has_version) else { return };
        cx.report(Finding::at(unpinned.span).with("packages", unpinned.listed()).with("package", unpinned.package));
    }
}
