//! Which key signs a package source: the edits that have sources name it.

use crate::diagnostic::Edit;
use crate::dockerfile::ast::Keyword;
use crate::source::Span;

use super::apt_source::{self, AptSource, is_unsigned, keyring_name};
use super::files::{Action, FilePath};
use super::paths::lies_in;
use super::written::{self, Write};
use super::{Command, Model, keyrings};

/// What apt reads.
const APT: &str = "/etc/apt";

impl Model<'_> {
    /// The edit that has a source name its keyring. None where the file does not spell it as apt reads it.
    pub fn sign(&self, write: &Write, source: &AptSource<'_>, keyring: &str) -> Option<Edit> {
        let span = write.span(self.source, source.range.clone());
        let text = self.source.slice(span);
        if source.option("types").is_some() {
            // A stanza of a here-document; its next line follows.
            let rest = self.source.text().get(span.end as usize..)?;
            let ending = ["\r\n", "\n"].into_iter().find(|ending| rest.starts_with(ending))?;
            let is_whole = text == source.option("uris")? && !self.step(write.step)?.heredocs.is_empty();
            let line = format!("{ending}Signed-By: {keyring}");
            return is_whole.then(|| Edit { span: Span::empty(span.end), text: line });
        }
        let kind = ["deb-src", "deb"].into_iter().find(|kind| text.starts_with(kind))?;
        let rest = text.get(kind.len()..)?;
        let Some(inside) = rest.trim_start().strip_prefix('[') else {
            let at = span.start + kind.len() as u32;
            return rest
                .starts_with(' ')
                .then(|| Edit { span: Span::empty(at), text: format!(" [ signed-by={keyring} ]") });
        };
        let before = text.len() - inside.len();
        let options = inside.get(..inside.rfind(']')?)?.trim_end();
        let at = span.start + (before + options.len()) as u32;
        let gap = if options.is_empty() { "" } else { " " };
        Some(Edit { span: Span::empty(at), text: format!("{gap}signed-by={keyring}") })
    }

    /// The keyring that signs all sources of a step's stage that name none: the only one that the stage puts where keyrings lie,
    /// and all of them have one owner.
    pub fn only_keyring(&self, step: usize) -> Option<String> {
        let unsigned = self.unsigned_sources(step)?;
        let (_, _, first) = unsigned.first()?;
        let has_other_keys = self.commands_in_stage(step).any(|command| {
            command
                .line
                .as_ref()
                .is_some_and(|line| line.is_any(&["apt-key", "add-apt-repository", "apt-add-repository"]))
        });
        if has_other_keys || unsigned.iter().any(|(_, _, name)| name != first) {
            return None;
        }
        let named = self.named_keyrings();
        let mut found: Vec<&FilePath> = Vec::new();
        for event in self.files().iter().filter(|event| self.is_above(event.step, step)) {
            let paths: Vec<&FilePath> = match &event.action {
                Action::Made { path, .. } | Action::Moved { to: path, .. } => vec![path],
                Action::Fetched(fetch) => fetch.files().iter().collect(),
                _ => continue,
            };
            for path in paths {
                let is_key = keyrings::FOLDERS.iter().any(|folder| path.is_below(folder))
                    && (path.as_str().starts_with("/etc/apt/") || path.as_str().starts_with("/usr/"));
                if is_key && !path.is_directory() && !named.contains(path) && !found.contains(&path) {
                    found.push(path);
                }
            }
        }
        let [only] = found.as_slice() else { return None };
        let path = only.known_str()?;
        let is_plain = path.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_'));
        (is_plain && [".asc", ".gpg"].iter().any(|end| path.ends_with(end))).then(|| path.to_owned())
    }

    /// The edits that have the sources of one owner name a keyring, where those of a stage that name none have keys of their own
    /// each: `owners` are those whose keys it adds. None where it cannot be known what else a key may sign.
    pub fn sign_all_of(&self, step: usize, owner: &str, owners: &[String], keyring: &str) -> Option<Vec<Edit>> {
        let unsigned = self.unsigned_sources(step)?;
        let mut edits = Vec::new();
        for (write, source, name) in &unsigned {
            if name == owner {
                edits.push(self.sign(write, source, keyring)?);
            } else if !owners.contains(name) {
                return None;
            }
        }
        (!edits.is_empty()).then_some(edits)
    }

    /// The sources of a step's stage, and of those that are built on it, that name no keyring, with the names of their owners. None where there may be others.
    fn unsigned_sources(&self, step: usize) -> Option<Vec<(&Write, AptSource<'_>, String)>> {
        let in_stage = |index: usize| self.is_above(index, step);
        // What comes from outside may hold sources, or keys.
        let is_outside = |event: &super::files::FileEvent| {
            let of_lists = |path: &FilePath| path.is_below(APT) && path.as_str().contains("sources.list");
            let is_around = |path: &FilePath| path.known_str().is_some_and(|path| path == "/" || lies_in(APT, path));
            in_stage(event.step)
                && match &event.action {
                    Action::Fetched(fetch) => fetch.files().iter().any(of_lists),
                    Action::Made { path, .. } => {
                        (of_lists(path) || is_around(path))
                            && self
                                .step(event.step)
                                .is_some_and(|step| step.keyword() != Keyword::Run && step.heredocs.is_empty())
                    }
                    _ => false,
                }
        };
        if self.files().iter().any(is_outside) {
            return None;
        }
        let mut found = Vec::new();
        for write in self.writes().iter().filter(|write| in_stage(write.step) && apt_source::is_list(&write.path)) {
            for source in apt_source::sources(&write.text) {
                let host =
                    source.uri.split_once("://").map_or("", |(_, rest)| rest.split('/').next().unwrap_or_default());
                if source.option("signed-by").is_none() && (source.is_open || host.contains(written::is_unknown)) {
                    return None;
                }
                if is_unsigned(&source) {
                    if write.is_part {
                        return None;
                    }
                    let name = keyring_name(source.uri)?.to_owned();
                    found.push((write, source, name));
                }
            }
        }
        Some(found)
    }

    /// The commands of a step's stage, and of those that are built on it.
    pub fn commands_in_stage(&self, step: usize) -> impl Iterator<Item = &Command<'_>> {
        self.commands().iter().filter(move |command| self.is_above(command.step, step))
    }

    /// Whether a step is in the stage of another, or in one that is built on it.
    fn is_above(&self, step: usize, other: usize) -> bool {
        let stage = |index: usize| self.step(index).and_then(|step| step.stage);
        stage(step).zip(stage(other)).is_some_and(|(own, other)| self.builds_on(own, other))
    }
}
