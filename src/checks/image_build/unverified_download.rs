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

/// What is known of the whole file, found out once.
struct Seen<'m> {
    /// The keys that are imported.
    imported: HashSet<&'m FilePath>,
    /// The last check of files that are not known, by its place among the events.
    last_open: Option<usize>,
}

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        // A signature that is fetched and never looked at is a mistake of its own.
        let signed: HashSet<usize> = cx.model.unused_signatures().iter().filter_map(|one| one.signed_fetch).collect();
        let files = cx.model.files();
        let seen = Seen {
            imported: files.iter().filter_map(imported).collect(),
            last_open: files.iter().rposition(|event| event.verification().is_some_and(|check| check.files.is_none())),
        };
        for (index, event) in files.iter().enumerate() {
            let Some(fetch) = event.fetch().filter(|_| !signed.contains(&index)) else { continue };
            if event.command.is_none()
                || self.told.contains(&fetch.url_span)
                || is_exempt((index, event), fetch, &seen, cx)
            {
                continue;
            }
            let history = cx.model.history(index);
            let is_verified = history.is_verified();
            let off = history.verifications.iter().map(|verification| switch_of(verification, event, cx));
            let off = off.collect::<Option<Vec<_>>>().and_then(|names| names.into_iter().next());
            if is_verified && off.is_none() {
                continue;
            }
            let late = history.is_verified_too_late();
            self.told.insert(fetch.url_span);
            let named = fetch.files().first().map(|file| file.written().to_owned());
            let of_url = || fetch.urls.first().map(|url| files::file_name(url).as_str().to_owned());
            let file = named.or_else(of_url).unwrap_or_default();
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
            if let Some(name) = off.filter(|_| is_verified) {
                cx.report(finding.variant("off").with("switch", name));
                continue;
            }
            cx.report(match (&fetch.target, late) {
                (Target::Installed, _) => finding.variant("installed"),
                (_, true) => finding.variant("late"),
                _ if fetch.urls.iter().all(files::names_commit) => finding.variant("commit"),
                _ => finding,
            });
        }
    }
}

fn is_exempt((index, event): (usize, &FileEvent), fetch: &Fetch, seen: &Seen<'_>, cx: &Context<'_, '_>) -> bool {
    match &fetch.target {
        Target::File(_) | Target::Installed => {}
        // Any check in its RUN may be of it, and one of files that are not known.
        Target::Unnamed => {
            let rest_of_step = index..cx.model.events_of(event.step).end;
            let mut rest = cx.model.files().get(rest_of_step).unwrap_or_default().iter();
            if seen.last_open.is_some_and(|at| at >= index) || rest.any(|other| other.verification().is_some()) {
                return true;
            }
        }
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
        || fetch.files().iter().any(|file| seen.imported.contains(file))
}

/// The variable that a check asks for, as in `if [ -n "$SHA256" ]`, where the file leaves it empty.
/// What is downloaded in the same branch is left out with it.
fn switch_of(check: &FileEvent, download: &FileEvent, cx: &Context<'_, '_>) -> Option<String> {
    let command = cx.model.commands().get(check.command?)?;
    let step = cx.model.step(command.step).filter(|_| !download.is_conditional())?;
    let name = command.invocation.frames.iter().find_map(|frame| match frame {
        Frame::IfBody { command, branch: Some(0) } => asked_for(command),
        _ => None,
    })?;
    let is_set_here = cx.model.setters_before(command, name).next().is_some();
    (!is_set_here && cx.model.is_empty_by_default(step, name)).then(|| name.to_owned())
}

/// The variable of `if [ -n "$NAME" ]`.
fn asked_for(command: &sh::If) -> Option<&str> {
    let (condition, _) = command.branches.first()?;
    let [only] = condition.statements.as_slice() else { return None };
    let words = match &only.command {
        sh::Command::Simple(simple) if only.is_any(&["[", "test"]) => simple.words.get(1..)?,
        sh::Command::Test(words) => words.as_slice(),
        _ => return None,
    };
    let words: Vec<&sh::Word> = words.iter().filter(|word| !word.is("-n") && !word.is("]")).collect();
    let [word] = words.as_slice() else { return None };
    match word.parts.as_slice() {
        [sh::Part { kind: sh::PartKind::Parameter(parameter), .. }] if !only.negated => Some(&parameter.name),
        _ => None,
    }
}

/// The key that is imported, which another rule looks at.
fn imported(event: &FileEvent) -> Option<&FilePath> {
    match &event.action {
        Action::Used { path, usage: Usage::Imported } => Some(path),
        _ => None,
    }
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
