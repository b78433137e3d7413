//! pip installs a package without a version.

use crate::checks::prelude::*;

/// With these the versions stand in a file, or what is installed is at hand.
const ELSEWHERE: [&str; 6] = ["-r", "-c", "-e", "--no-index", "--require-hashes", "--dry-run"];

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("pip"), Visit::Command("pipx")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let Some(line) = command.line.as_ref().filter(|line| {
            line.is_any(&["pip", "pipx"])
                && line.subcommand_is(&["install"])
                && !ELSEWHERE.iter().any(|option| cx.model.may_give(command, line, option))
        }) else {
            return;
        };
        let Some(unpinned) = cx.model.unpinned(command, &line.operands, is_pinned) else { return };
        cx.report(Finding::at(unpinned.span).with("packages", unpinned.listed()).with("package", unpinned.package));
    }
}

/// Whether it has a version, or is a file, a folder or an address.
fn is_pinned(package: &str) -> bool {
    if let Some((_, repository)) = package.split_once('+').and_then(|(_, address)| address.split_once("://")) {
        let path = repository.split_once('/').map_or("", |(_, path)| path);
        return path.contains('@');
    }
    // What follows is a condition.
    let requirement = package.split(';').next().unwrap_or_default();
    requirement.contains(['/', '<', '>', '!', '~'])
        || requirement.contains("==")
        || requirement.starts_with('.')
        || [".whl", ".gz", ".zip"].iter().any(|end| requirement.ends_with(end))
}
