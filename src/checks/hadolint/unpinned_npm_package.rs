//! npm installs a package without a version.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("npm")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let Some(line) = command.line.as_ref().filter(|line| line.is("npm") && line.verb() == Some(Verb::Install))
        else {
            return;
        };
        let Some(unpinned) = cx.model.unpinned(command, &line.operands, is_pinned) else { return };
        cx.report(Finding::at(unpinned.span).with("packages", unpinned.listed()).with("package", unpinned.package));
    }
}

/// Whether it has a version or a tag, names a revision, or is a file or a folder.
fn is_pinned(package: &str) -> bool {
    let is_local = package.starts_with(['.', '/', '~'])
        || package.starts_with("file:")
        || [".tgz", ".tar.gz", ".tar"].iter().any(|end| package.ends_with(end));
    // `@scope/name` has a sign of its own.
    let (name, version) = match package.char_indices().skip(1).find(|(_, c)| *c == '@') {
        Some((at, _)) => package.split_at(at),
        None => (package, ""),
    };
    let is_repository = package.contains("://") || name.contains(':') || !name.starts_with('@') && name.contains('/');
    is_local || if is_repository { package.contains('#') } else { !version.is_empty() }
}
