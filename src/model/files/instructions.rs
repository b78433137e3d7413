//! What COPY and ADD do to files.

use crate::dockerfile::ast::{Flag, Word};
use crate::dockerfile::views::{Add, Copy, Transfer};
use crate::model::text::PartialText;
use crate::model::{Base, Step};
use crate::source::Span;

use super::{Action, Fetch, FilePath, Origin, Recorder, Target};

impl<'a> Recorder<'_, 'a> {
    pub(super) fn copy(&mut self, step: &Step<'a>) {
        let Some(copy) = Copy::of(step.instruction) else { return };
        let stage = copy.from.and_then(|flag| self.source_stage(step, flag));
        let origin = if copy.from.is_some() { Origin::Image } else { Origin::Context };
        for (word, text, path) in self.transferred(step, &copy.transfer, copy.parents.is_some()) {
            self.push(step.index, None, word, Action::Made { path: path.clone(), origin });
            if let (Some(stage), Some(text)) = (stage, text) {
                let from = FilePath::new(&text, &FilePath::absolute("/"));
                self.push(step.index, None, word, Action::Moved { stage: Some(stage), from, to: path, is_copy: true });
            }
        }
    }

    fn source_stage(&self, step: &Step<'a>, from: &Flag) -> Option<usize> {
        let span = from.value.as_ref()?.span;
        let uses = self.model.image_uses().iter().find(|one| one.step == step.index && one.span == span)?;
        match uses.base {
            Base::Stage(stage) => Some(stage),
            _ => None,
        }
    }

    pub(super) fn add(&mut self, step: &Step<'a>) {
        let Some(add) = Add::of(step.instruction) else { return };
        for (word, text, path) in self.transferred(step, &add.transfer, false) {
            let remote = text.filter(is_remote);
            let Some(url) = remote else {
                self.push(step.index, None, word, Action::Made { path, origin: Origin::Context });
                continue;
            };
            let is_git = is_repository(&url);
            let path = if path.is_directory() && !is_git {
                path.join(&url.before_first('#').before_first('?').behind_last('/'))
            } else {
                path
            };
            if is_git {
                self.push(step.index, None, word, Action::Made { path: path.clone(), origin: Origin::Repository });
            }
            let fetch = Fetch {
                tool: step.instruction.name.text.clone(),
                urls: vec![url],
                url_span: word,
                target: Target::File(vec![path]),
                has_checksum: add.checksum.is_some(),
            };
            self.push(step.index, None, word, Action::Fetched(fetch));
        }
    }

    /// The sources of a COPY or ADD with their text and the path that each gets; here-documents have no text.
    fn transferred(
        &self,
        step: &Step<'a>,
        transfer: &Transfer<'_>,
        keeps_parents: bool,
    ) -> Vec<(Span, Option<PartialText>, FilePath)> {
        let Some(destination) = transfer.destination else { return Vec::new() };
        let to = FilePath::new(&self.folded(step, &destination.text), &self.directory());
        let several = transfer.sources.len() + transfer.heredocs.len() > 1;
        // What a folder holds goes into the directory, a file beside it: a name with an ending is taken for one of a file.
        let is_there = !to.is_directory() && !several && self.is_directory(&to);
        let is_below = |name: &PartialText| to.is_directory() || several || is_there && name.as_str().contains('.');
        let below = |name: &PartialText| if is_below(name) { to.join(name) } else { to.clone() };
        let source = |word: &&Word| {
            let text = self.folded(step, &word.text);
            let trimmed = text.strip_suffix("/").unwrap_or_else(|| text.clone());
            let name = trimmed.behind_last('/');
            let is_content = matches!(text.as_str(), "" | "." | "./" | "/") || text.as_str().ends_with(['/', '.']);
            let path = if is_remote(&text) || keeps_parents || is_content { to.clone() } else { below(&name) };
            (word.span, Some(text), path)
        };
        let mut all: Vec<_> = transfer.sources.iter().map(source).collect();
        all.extend(transfer.heredocs.iter().map(|word| {
            let name = word.text.trim_start_matches(['<', '-']).trim_matches(['"', '\'']);
            (word.span, None, below(&PartialText::known(name)))
        }));
        all
    }
}

/// Whether ADD fetches it: a URL or a git repository.
fn is_remote(text: &PartialText) -> bool {
    let text = text.as_str();
    text.contains("://") || text.starts_with("git@")
}

/// Whether it is a git repository, as BuildKit tells them: by `git@`, `git://`, `ssh://`, or a path that ends in `.git`.
fn is_repository(url: &PartialText) -> bool {
    let text = url.as_str();
    let path = text.split(['#', '?']).next().unwrap_or_default();
    ["git@", "git://", "ssh://"].iter().any(|prefix| text.starts_with(prefix)) || path.strip_suffix(".git").is_some()
}
