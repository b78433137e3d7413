//! `apk add` of a package without a version.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("apk")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        // Without a network there is nothing to choose a version from.
        let Some(line) = command.line.as_ref().filter(|line| {
            line.is("apk")
                && line.subcommand_is(&["add"])
                && !["--no-network", "--simulate"].iter().any(|option| line.has(option))
        }) else {
            return;
        };
        let Some(unpinned) = cx.model.unpinned(command, &line.operands, is_pinned) else { return };
        cx.report(Finding::at(unpinned.span).with("packages", unpinned.listed()).with("package", unpinned.package));
    }
}

/// Whether it has a version, is a file, or is one that is not to be installed.
fn is_pinned(package: &str) -> bool {
    package.contains(['=', '~', '<', '>', '/'])
        || package.rsplit_once('.').is_some_and(|(_, end)| end == "apk")
        || package.starts_with('!')
}
