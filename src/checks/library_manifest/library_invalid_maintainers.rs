//! Maintainers that are missing, or whom nobody could call.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn manifest(&mut self, manifest: &Manifest, cx: &mut Context<'_, '_>) {
        let source = cx.model.source;
        if let Some(global) = manifest.global()
            && let Some(first) = global.fields.first()
            && global.field("Maintainers").is_none()
            && !global.is_attempted("Maintainers", source)
            && !manifest.errors.iter().any(|error| is_left_over(error, cx))
        {
            cx.report(Finding::at(first.name.span).variant("missing"));
        }
        // Those of an entry are added to those of all.
        for field in manifest.paragraphs.iter().filter_map(|paragraph| paragraph.field("Maintainers")) {
            for item in field.items(source) {
                if let Some(flaw) = manifest::maintainer_flaw(&item.text) {
                    cx.report(finding(&item, flaw, cx));
                }
            }
        }
    }
}

/// Whether a line goes on with maintainers whose field is not there: it tells so itself.
fn is_left_over(error: &ManifestError, cx: &Context<'_, '_>) -> bool {
    error.kind == ManifestErrorKind::NothingToContinue && cx.text(error.span).contains("(@")
}

fn finding(item: &Item, flaw: MaintainerFlaw, cx: &Context<'_, '_>) -> Finding<'static> {
    let text = item.text.split_whitespace().collect::<Vec<_>>().join(" ");
    let finding = Finding::at(item.span);
    match flaw {
        MaintainerFlaw::Empty if cx.text(item.span) == "," => finding.variant("empty"),
        MaintainerFlaw::Empty => finding.variant("without-value"),
        MaintainerFlaw::NoComma(end) => {
            let first = item.text.get(..end).unwrap_or_default();
            let handle = first.rfind('(').and_then(|at| first.get(at..)).unwrap_or_default();
            finding.variant("comma").with("handle", handle.to_owned())
        }
        MaintainerFlaw::Behind(end) => {
            let (before, behind) = item.text.split_at_checked(end).unwrap_or((text.as_str(), ""));
            let handle = before.rfind('(').and_then(|at| before.get(at..)).unwrap_or_default().to_owned();
            finding.variant("behind").with("behind", behind.trim().to_owned()).with("handle", handle)
        }
        MaintainerFlaw::NoHandle => finding.variant("handle"),
        MaintainerFlaw::NoParentheses => {
            let handle = manifest::bare_handle(&text).unwrap_or_default().to_owned();
            finding.variant("parentheses").with("handle", handle)
        }
        MaintainerFlaw::NoAt => {
            let handle = text.rsplit_once('(').map_or(text.as_str(), |(_, handle)| handle.trim_end_matches(')'));
            let handle = handle.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
            finding.variant("at").with("handle", handle)
        }
        MaintainerFlaw::NoName => finding.variant("name"),
        MaintainerFlaw::Format => finding,
    }
    .with("text", text)
}
