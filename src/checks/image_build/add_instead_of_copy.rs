//! ADD of what COPY copies.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

/// What a source is, as far as its name tells.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    /// A URL or a git repository, which are other rules' matter.
    Remote,
    /// A tar archive, which ADD unpacks.
    Archive,
    /// A file or a folder that ADD copies.
    Plain,
    /// Something of the build context; it may be an archive.
    Local,
    /// It depends on a variable from its first character.
    Unknown,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Add)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let Some(add) = views::Add::of(step.instruction) else { return };
        // Where the file asks for it, unpacking surprises nobody.
        let unpacks =
            add.unpack.map(|flag| flag.value.as_ref().is_none_or(|value| value.text.eq_ignore_ascii_case("true")));
        if unpacks == Some(true) || add.transfer.destination.is_none() {
            return;
        }
        let sources = &add.transfer.sources;
        let kinds: Vec<Source> = sources.iter().map(|word| kind(cx, step, word)).collect();
        let keyword = &step.instruction.name;
        let archives = sources.iter().zip(&kinds).find(|(_, kind)| **kind == Source::Archive && unpacks.is_none());
        if let Some((word, _)) = archives {
            if may_unpack(cx, step) == Some(false) {
                cx.report(Finding::at(word.span).variant("archive").with("source", word.text.clone()));
            }
            return;
        }
        let local = sources.iter().zip(&kinds).find(|(_, kind)| !matches!(kind, Source::Remote | Source::Unknown));
        let Some(first) = local.map(|(word, _)| *word).or(add.transfer.heredocs.first().copied()) else { return };
        let is_lower = keyword.text.chars().all(char::is_lowercase);
        let only_add = ["checksum", "keep-git-dir", "unpack"].iter().any(|flag| step.instruction.flag(flag).is_some());
        let is_plain = kinds.iter().all(|kind| *kind == Source::Plain);
        let finding = Finding::at(keyword.span)
            .with("source", first.text.clone())
            .edit(keyword.span, if is_lower { "copy" } else { "COPY" })
            .fix_if(!only_add && is_plain);
        cx.report(if is_plain { finding } else { finding.variant("unsure") });
    }
}

/// Whether the stage starts from nothing, where a root file system is unpacked; none where that cannot be known.
fn may_unpack(cx: &Context<'_, '_>, step: &Step<'_>) -> Option<bool> {
    let mut base = &cx.model.stage_of(step)?.base;
    // A stage builds on earlier ones alone, so that this ends.
    while let Base::Stage(below) = base {
        base = &cx.model.stages.get(*below)?.base;
    }
    match base {
        Base::Scratch => Some(true),
        Base::Image(_) => Some(false),
        Base::Stage(_) | Base::Unknown => None,
    }
}

fn kind(cx: &Context<'_, '_>, step: &Step<'_>, word: &Word) -> Source {
    let (text, is_known) = match cx.model.fold(step, &word.text) {
        Folded::Known(text) => (text, true),
        Folded::Unknown => (word.text.trim_matches(['"', '\'']).to_owned(), false),
    };
    if text.is_empty() || !is_known && text.starts_with('$') || text.contains("{{") {
        return Source::Unknown;
    }
    let is_remote = text.contains("://") || text.starts_with("git@") || text.starts_with("github.com/");
    if is_remote {
        return Source::Remote;
    }
    let lower = text.to_ascii_lowercase();
    if archives::is_tar(&lower) {
        return Source::Archive;
    }
    if archives::may_be_tar(&lower) {
        return Source::Local;
    }
    // Behind the last wildcard or variable the name is as written.
    let tail = lower.rsplit(['*', '?', ']', '}', '/']).next().unwrap_or_default();
    let has_ending = tail.rsplit_once('.').is_some_and(|(_, ending)| !ending.is_empty() && !ending.contains('$'));
    let is_open = text.contains(['*', '?', '[']) || !is_known;
    let in_scratch = may_unpack(cx, step) != Some(false);
    // A folder's content is copied as it is. A lone name in an image from nothing may be a root file system.
    let is_folder = matches!(text.trim_end_matches('/'), "" | "." | "..") || text.ends_with('/');
    match (has_ending, is_folder) {
        (true, _) => Source::Plain,
        (_, true) if !is_open => Source::Plain,
        _ if is_open || in_scratch => Source::Local,
        _ => Source::Plain,
    }
}
