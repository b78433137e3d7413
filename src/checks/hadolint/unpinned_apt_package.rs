//! apt-get installs a package without a version.

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
        let Some(unpinned) = cx.model.unpinned(command, &line.operands, is_pinned).filter(|_| !apt::simulates(line))
        else {
            return;
        };
        cx.report(Finding::at(unpinned.span).with("packages", unpinned.listed()).with("package", unpinned.package));
    }
}

/// Whether it has a version or a suite, or is a file.
fn is_pinned(package: &str) -> bool {
    package.contains(['=', '/']) || package.rsplit_once('.').is_some_and(|(_, end)| end == "deb")
}
