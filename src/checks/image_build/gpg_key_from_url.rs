//! Keys that are trusted because a server sends them.

use std::collections::{HashMap, HashSet};

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("rpm"), Visit::Command("gpg"), Visit::Command("apt-key"), Visit::Command("rpmkeys")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let Some(line) = &command.line else { return };
        let fetches = line.has("--fetch-keys") || line.has("--import") || line.subcommand_is(&["add"]);
        let leads_away = |text: &String| text.contains("://") && !files::is_local(&PartialText::known(text));
        let is_url =
            |word: &&sh::Word| cx.model.possible_words(command, word).is_some_and(|texts| texts.iter().any(leads_away));
        let url = line.operands.iter().copied().find(is_url).filter(|_| fetches);
        if let Some(url) = url.filter(|_| !cx.model.names_fingerprint(command.step)) {
            let finding = Finding::at(url.span).with("url", cx.text(url.span).trim_matches(['"', '\'']));
            cx.report(finding.with("reader", line.name.clone()));
        }
    }

    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let signers: HashSet<FilePath> = cx.model.named_keyrings().into_iter().collect();
        let imported = imported(cx);
        for (index, event) in cx.model.files().iter().enumerate() {
            let Some(fetch) = event.fetch().filter(|fetch| !fetch.has_checksum) else { continue };
            let Some(command) = event.command.and_then(|index| cx.model.commands().get(index)) else { continue };
            if fetch.urls.iter().all(files::is_local) || fetch.urls.iter().all(files::names_commit) {
                continue;
            }
            let Some(reader) = reader(command, fetch, (&signers, &imported), cx) else { continue };
            let is_held = !cx.model.history(index).verifications.is_empty() || cx.model.names_fingerprint(event.step);
            if !is_held {
                let url = fetch.urls.first().map(PartialText::as_str).unwrap_or_default();
                cx.report(Finding::at(fetch.url_span).with("url", url.to_owned()).with("reader", reader));
            }
        }
    }
}

/// What trusts a downloaded key: the command that takes it, or the folder that it is put into.
fn reader(
    fetch: &Command<'_>,
    download: &Fetch,
    (signers, imported): (&HashSet<FilePath>, &HashMap<&FilePath, &str>),
    cx: &Context<'_, '_>,
) -> Option<String> {
    let pipeline = cx.model.piped_into(fetch).into_iter().filter_map(|reader| reader.line.as_ref());
    if let Some(line) = pipeline.into_iter().find(|line| takes_keys(line)) {
        return Some(line.name.clone());
    }
    if let Output::Captured(place) = Output::of(&fetch.invocation) {
        let line = place.command.filter(|_| place.process).and_then(shell::read)?;
        return takes_keys(&line).then(|| line.name.clone());
    }
    if download.files().iter().any(|file| signers.contains(file)) {
        return Some("apt".to_owned());
    }
    let folder = keyrings::FOLDERS.iter().find(|folder| {
        download.files().iter().any(|file| file.is_below(folder) || file.as_str().starts_with(**folder))
    });
    let import = || download.files().iter().find_map(|file| imported.get(file).copied());
    folder.copied().or_else(import).map(str::to_owned)
}

/// The files that a command takes as keys, with its name; the first where there are several.
fn imported<'m>(cx: &Context<'m, '_>) -> HashMap<&'m FilePath, &'m str> {
    let mut imported = HashMap::new();
    for event in cx.model.files() {
        let Action::Used { path, usage: Usage::Imported } = &event.action else { continue };
        let line = event.command.and_then(|index| cx.model.commands().get(index)?.line.as_ref());
        if let Some(line) = line {
            imported.entry(path).or_insert(line.name.as_str());
        }
    }
    imported
}

fn takes_keys(line: &CommandLine<'_>) -> bool {
    line.is("gpg") && (line.has("--import") || line.has("--dearmor"))
        || line.is("apt-key") && line.subcommand_is(&["add"])
        || line.is_any(&["rpm", "rpmkeys"]) && line.has("--import")
}
