//! `go install` of a module without a version.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("go")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let asks = |line: &&CommandLine<'_>| line.is("go") && line.subcommand_is(&["install", "get", "run"]);
        let Some(line) = command.line.as_ref().filter(asks) else { return };
        // What follows the first operand of `go run` is for the program.
        let count = if line.subcommand_is(&["run"]) { 1 } else { line.operands.len() };
        let modules = line.operands.get(..count).unwrap_or(&line.operands);
        let Some(unpinned) = cx.model.unpinned(command, modules, is_pinned) else { return };
        let package = unpinned.package.split('@').next().unwrap_or_default().to_owned();
        let subcommand = line.subcommand.and_then(sh::Word::literal).unwrap_or_default().into_owned();
        let finding = Finding::at(unpinned.span).with("packages", unpinned.listed());
        cx.report(finding.with("package", package).with("subcommand", subcommand));
    }
}

/// Whether it has a version, or is a folder, whose go.mod has the versions.
fn is_pinned(module: &str) -> bool {
    module.starts_with(['.', '/']) || module.split_once('@').is_some_and(|(_, version)| version != "latest")
}
