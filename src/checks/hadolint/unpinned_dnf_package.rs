//! `dnf install` of a package without a version.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        ["dnf", "dnf5", "microdnf"].map(Visit::Command).to_vec()
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let Some(line) = command.line.as_ref().filter(|line| line.is_any(&["dnf", "dnf5", "microdnf"])) else { return };
        let unpinned = if line.subcommand_is(&["install"]) {
            cx.model.unpinned(command, &line.operands, rpm::has_version)
        } else {
            let Some(modules) = modules(line) else { return };
            cx.model.unpinned(command, modules, |module| module.contains(':'))
        };
        let Some(unpinned) = unpinned else { return };
        let finding = Finding::at(unpinned.span).with("packages", unpinned.listed()).with("package", unpinned.package);
        cx.report(finding.with("command", line.name.as_str()));
    }
}

/// What `dnf module install` names.
fn modules<'l, 'a>(line: &'l CommandLine<'a>) -> Option<&'l [&'a sh::Word]> {
    let (action, modules) = line.operands.split_first().filter(|_| line.subcommand_is(&["module"]))?;
    action.is("install").then_some(modules)
}
