//! ADD of what nothing verifies.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        for (index, event) in cx.model.files().iter().enumerate() {
            let Some(fetch) = event.fetch().filter(|_| event.command.is_none()) else { continue };
            let Some(url) = fetch.urls.first() else { continue };
            if fetch.has_checksum || files::is_local(url) || url.as_str().contains("checksum=") {
                continue;
            }
            let finding = Finding::at(fetch.url_span).with("url", url.as_str().to_owned());
            if is_git(index, cx) {
                let fragment = url.as_str().rsplit_once('#').map(|(_, fragment)| fragment.to_owned());
                if !files::names_commit(url) {
                    let variant = if fragment.is_some() { "git-ref" } else { "git" };
                    cx.report(finding.with("ref", fragment.unwrap_or_default()).variant(variant));
                }
                continue;
            }
            let history = cx.model.history(index);
            if !history.is_verified() {
                cx.report(if files::names_commit(url) { finding.variant("commit") } else { finding });
            }
        }
    }
}

/// Whether the event before is the making of a repository: ADD clones then.
fn is_git(index: usize, cx: &Context<'_, '_>) -> bool {
    let before = index.checked_sub(1).and_then(|index| cx.model.files().get(index));
    let here = cx.model.files().get(index);
    before.zip(here).is_some_and(|(before, here)| {
        before.span == here.span && matches!(before.action, Action::Made { origin: Origin::Repository, .. })
    })
}
