//! `zypper install` of a package without a version.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("zypper")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let installs = |line: &&CommandLine<'_>| line.is("zypper") && line.subcommand_is(&["install", "in"]);
        let Some(line) = command.line.as_ref().filter(installs) else { return };
        let is_pinned = |package: &str| package.contains(['=', '<', '>']) || package.rsplit('.').next() == Some("rpm");
        let Some(unpinned) = cx.model.unpinned(command, &line.operands, is_pinned) else { return };
        cx.report(Finding::at(unpinned.span).with("packages", unpinned.listed()).with("package", unpinned.package));
    }
}
