//! ADD of what nothing verifies.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        for (index, event) in cx.model.files().iter().enumerate() {
            let Some(fetch) = event.fetch().filter(|_| event.command.is_none()) else { continue };
            let Some(url) = fetch.urls.first() else { continue };
            if fetch.has_checksum || files::is_local(url) {
                continue;
            }
            let finding = Finding::at(fetch.url_span);
            if is_git(index, cx) {
                let GitSource { address, reference, has_commit } = GitSource::of(url);
                if !has_commit && !files::names_commit(url) {
                    let finding = finding.with("url", address);
                    cx.report(match reference {
                        Some(reference) => finding.with("ref", reference).variant("git-ref"),
                        None => finding.variant("git"),
                    });
                }
                continue;
            }
            let finding = finding.with("url", url.as_str().to_owned());
            let history = cx.model.history(index);
            if !history.is_verified() {
                cx.report(if files::names_commit(url) { finding.variant("commit") } else { finding });
            }
        }
    }
}

/// What ADD clones.
struct GitSource {
    /// The URL without what is behind it.
    address: String,
    /// The branch or tag.
    reference: Option<String>,
    /// Whether a commit is named that the branch or tag has to be.
    has_commit: bool,
}

impl GitSource {
    /// Reads `URL#REF:FOLDER` and `URL?ref=REF&commit=HASH` as BuildKit's `frontend/dockerfile/dfgitutil/git_ref.go` does.
    fn of(url: &PartialText) -> Self {
        let parts = url.split(|c| c == '#');
        let (address, fragment) =
            (parts.first().cloned().unwrap_or_default(), parts.get(1).cloned().unwrap_or_default());
        let query: Vec<PartialText> =
            address.split(|c| c == '?').get(1).map(|query| query.split(|c| c == '&')).unwrap_or_default();
        let value = |keys: &[&str]| {
            let mut values = query.iter().flat_map(|pair| keys.iter().filter_map(|key| pair.strip_prefix(key)));
            values.find(|value| !value.is_empty())
        };
        let named = Some(fragment.before_first(':')).filter(|name| !name.is_empty());
        Self {
            reference: named.or_else(|| value(&["ref=", "tag=", "branch="])).map(|name| name.as_str().to_owned()),
            has_commit: value(&["checksum=", "commit="]).is_some(),
            address: address.before_first('?').as_str().to_owned(),
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
