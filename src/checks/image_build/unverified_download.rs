//! Downloads that are used as they come.

use std::collections::HashSet;

use crate::checks::prelude::*;

/// Where package managers keep what their repositories are, and the keys of these.
const REPOSITORIES: [&str; 9] = [
    "/etc/apt",
    "/etc/yum.repos.d",
    "/etc/zypp",
    "/etc/apk",
    "/etc/pki/rpm-gpg",
    "/usr/share/keyrings",
    "/etc/dnf",
    "/usr/local/share/keyrings",
    "/etc/pacman.d",
];
/// Filters that leave a download a download; what unpacks or runs it is another rule's matter.
const FILTERS: [&str; 9] = ["tee", "cat", "sed", "tr", "grep", "base64", "dos2unix", "iconv", "pv"];

#[derive(Default)]
pub struct Rule {
    /// What is told already: a function that is called twice downloads at one place.
    told: HashSet<Span>,
}

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        // A signature that is fetched and never looked at is a mistake of its own.
        let signed: HashSet<usize> = cx.model.unused_signatures().iter().filter_map(|one| one.signed_fetch).collect();
        for (index, event) in cx.model.files().iter().enumerate() {
            let Some(fetch) = event.fetch().filter(|_| !signed.contains(&index)) else { continue };
            if event.command.is_none() || self.told.contains(&fetch.url_span) || is_exempt(event, fetch, cx) {
                continue;
            }
            let history = cx.model.history(index);
            if history.is_verified() {
                continue;
            }
            let late = history.is_verified_too_late();
            self.told.insert(fetch.url_span);
            let file = fetch.files().first().map(|file| file.written().to_owned()).unwrap_or_default();
            let url = fetch.urls.first().map(PartialText::as_str).unwrap_or_default();
            let finding = Finding::at(fetch.url_span)
                .with("file", file)
                .with("url", url.to_owned())
                .with("tool", fetch.tool.clone())
                .with("variable", variable_for(fetch));
            let finding = match history.first_use {
                Some(used) => finding.label(used.span, "use"),
                None => finding,
            };
            cx.report(match (&fetch.target, late) {
                (Target::Installed, _) => finding.variant("installed"),
                (_, true) => finding.variant("late"),
                _ if fetch.urls.iter().all(files::names_commit) => finding.variant("commit"),
                _ => finding,
            });
        }
    }
}

fn is_exempt(event: &FileEvent, fetch: &Fetch, cx: &Context<'_, '_>) -> bool {
    match &fetch.target {
        Target::File(_) | Target::Installed => {}
        Target::Piped(Some(_)) if is_only_filtered(event, cx) => {}
        _ => return true,
    }
    let is_local = |url: &PartialText| files::is_local(url);
    let repository = |file: &FilePath| REPOSITORIES.iter().any(|folder| file.is_below(folder));
    fetch.has_checksum
        || fetch.urls.iter().all(is_local)
        || fetch.files().iter().any(repository)
        || fetch
            .urls
            .iter()
            .map(files::file_name)
            .chain(fetch.files().iter().map(FilePath::name))
            .any(|name| files::is_companion(&name) || files::is_repository_list(&name))
        || fetch.urls.iter().any(files::is_gosu)
        || is_imported(fetch, cx)
}

/// Whether it is a key, which another rule looks at.
fn is_imported(fetch: &Fetch, cx: &Context<'_, '_>) -> bool {
    cx.model.files().iter().any(|event| match &event.action {
        Action::Used { path, usage: Usage::Imported } => fetch.files().iter().any(|file| file == path),
        _ => false,
    })
}

fn is_only_filtered(event: &FileEvent, cx: &Context<'_, '_>) -> bool {
    let Some(command) = event.command.and_then(|index| cx.model.commands().get(index)) else { return false };
    let readers = cx.model.piped_into(command);
    readers.iter().all(|reader| reader.line.as_ref().is_some_and(|line| line.is_any(&FILTERS)))
}

/// A name for the variable that holds the checksum: `TINI_SHA256` for `tini-amd64`.
fn variable_for(fetch: &Fetch) -> String {
    let name = fetch.files().first().map(FilePath::name).or_else(|| fetch.urls.first().map(files::file_name));
    let name = name.unwrap_or_default();
    let stem: String = name.known_prefix().chars().take_while(|c| c.is_ascii_alphabetic() || *c == '_').collect();
    let stem = stem.trim_matches('_').to_ascii_uppercase();
    if stem.is_empty() { "SHA256".to_owned() } else { format!("{stem}_SHA256") }
}
