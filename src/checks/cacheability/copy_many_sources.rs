//! A COPY that does not say, or says too much of, what it copies.

use crate::checks::prelude::*;

/// More sources than this in one instruction are too many to review at a glance.
const MAX_SOURCES: usize = 3;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Copy), Visit::Instruction(Keyword::Add)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        if step.trigger_of.is_some() || cx.model.starts_from_nothing(step) {
            return;
        }
        let Some(transfer) = context::transfer(step) else { return };
        let sources: Vec<(&Word, String)> =
            transfer.sources.iter().filter_map(|word| Some((*word, cx.model.path(step, &word.text)?))).collect();
        // The whole context is another rule's matter.
        if sources.iter().any(|(_, text)| context::is_whole(text)) {
            return;
        }
        let local = || sources.iter().filter(|(_, text)| !context::is_remote(text));
        let open = local().find_map(|(word, text)| Some((word, kind(text)?)));
        if let Some((word, variant)) = open {
            cx.report(Finding::at(word.span).variant(variant).with("source", word.text.clone()));
        } else if transfer.sources.len() > MAX_SOURCES && local().count() == transfer.sources.len() {
            let Some((first, last)) = transfer.sources.first().zip(transfer.sources.last()) else { return };
            cx.report(Finding::at(first.span.to(last.span)).with("count", transfer.sources.len().to_string()));
        }
    }
}

/// Whether a source stands for files that it does not name. A pattern that starts with a name of its own, as
/// `docker-php-ext-*` does, stands for a family of files.
fn kind(source: &str) -> Option<&'static str> {
    if source.ends_with('/') || source.ends_with("/.") {
        return Some("folder");
    }
    let last = source.rsplit('/').next().unwrap_or_default();
    let name = last.split(['*', '?', '[']).next().unwrap_or_default();
    let in_folder = source.len() > last.len() && source.trim_end_matches(last).contains(['*', '?', '[']);
    let is_pattern = last.contains(['*', '?', '[']);
    // A pattern with a name of its own is a family.
    (in_folder || is_pattern && name.len() < 3).then_some("pattern")
}
