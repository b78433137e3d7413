//! Downloads from URLs that name no version.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        let mut found: Vec<(Span, Finding<'_>)> = Vec::new();
        for (index, event) in model.files().iter().enumerate() {
            let Some(fetch) = event.fetch().filter(|fetch| fetch.target != Target::Discarded) else { continue };
            // Whoever asks for the version is told so, and a repository that is added is cloned.
            if model.is_lookup(event) {
                continue;
            }
            let Some(moving) = fetch.urls.iter().filter(|url| !is_excepted(url)).find_map(urls::moving) else {
                continue;
            };
            let place = model.place_of(event, fetch.url_span, &moving.name).unwrap_or(fetch.url_span);
            let finding = Finding::at(place);
            let finding = match (is_verified(cx, index, fetch), moving.is_branch) {
                (true, _) => finding.variant("verified"),
                (false, true) => finding.variant("branch"),
                (false, false) => finding,
            };
            found.push((place, finding.with("name", moving.name)));
        }
        found.extend(installed(cx));
        found.sort_by_key(|(place, _)| *place);
        found.dedup_by_key(|(place, _)| *place);
        for (_, finding) in found {
            cx.report(finding);
        }
    }
}

/// Keys and repositories are to be the newest; git repositories of ADD are another rule's; what the API of a forge says about a
/// branch is fetched to be told of a change.
fn is_excepted(url: &PartialText) -> bool {
    let segments = urls::segments(url);
    let is_repository = segments.last().is_some_and(|last| last.strip_suffix(".git").is_some());
    let is_reference =
        segments.windows(2).any(|two| matches!(two, [git, refs] if git.as_str() == "git" && refs.as_str() == "refs"));
    urls::is_key_or_repository(url) || is_repository || is_reference
}

/// Whether the file is compared with a checksum of this Dockerfile, so that a build breaks where it would have changed.
fn is_verified(cx: &Context<'_, '_>, index: usize, fetch: &Fetch) -> bool {
    let pins = |event: &&FileEvent| {
        event.verification().is_some_and(|verification| {
            verification.compares && verification.sum == SumOrigin::Declared && verification.means != Means::Signature
        })
    };
    fetch.has_checksum || cx.model.history(index).verifications.iter().any(pins)
}

/// Archives that a package manager of a language is given by their URL.
fn installed<'t>(cx: &Context<'_, '_>) -> Vec<(Span, Finding<'t>)> {
    let mut found = Vec::new();
    for command in cx.model.commands() {
        let Some(line) =
            command.line.as_ref().filter(|line| line.is_any(&["pip", "npm", "yarn", "pnpm", "gem", "apt-get"]))
        else {
            continue;
        };
        for word in line.packages() {
            let urls = cx.model.possible_words(command, word).unwrap_or_default();
            let urls = urls.into_iter().map(PartialText::known);
            let mut urls = urls.filter(|url| matches!(urls::scheme(url).as_deref(), Some("http" | "https")));
            if let Some(moving) = urls.find_map(|url| urls::moving(&url).filter(|_| !is_excepted(&url))) {
                let place = cx.model.place_in_word(command, word, &moving.name).unwrap_or(word.span);
                let finding = Finding::at(place);
                let finding = if moving.is_branch { finding.variant("branch") } else { finding };
                found.push((place, finding.with("name", moving.name)));
            }
        }
    }
    found
}
