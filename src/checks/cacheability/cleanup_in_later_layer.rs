//! Removals of what an earlier layer holds.

use crate::checks::prelude::*;

/// Endings of archives, packages and installers.
const ARCHIVES: [&str; 17] = [
    ".tgz", ".tar", ".gz", ".xz", ".bz2", ".zst", ".zip", ".7z", ".deb", ".rpm", ".jar", ".war", ".whl", ".iso",
    ".run", ".bin", ".tbz2",
];

#[derive(Default)]
pub struct Rule;

/// What was made, from the least to the most.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    Small,
    Copied,
    Made,
    Cache,
    CopiedArchive,
    Archive,
    Lists,
    Secret,
}

impl Weight {
    fn of(event: &FileEvent, cx: &Context<'_, '_>) -> Self {
        let named = |path: &FilePath| {
            let name = path.name().as_str().to_ascii_lowercase();
            (is_secret(path.as_str(), &name), ARCHIVES.iter().any(|ending| name.ends_with(ending)))
        };
        match &event.action {
            Action::Made { path, origin: Origin::PackageCache } if path.as_str() == apt::LISTS => Self::Lists,
            Action::Made { origin: Origin::PackageCache, .. } => Self::Cache,
            Action::Made { path, origin } => match (named(path), origin) {
                ((true, _), _) => Self::Secret,
                ((_, true), Origin::Context | Origin::Image) => Self::CopiedArchive,
                (_, Origin::Context | Origin::Image) => Self::Copied,
                (_, Origin::Command) => Self::Small,
                _ => Self::Made,
            },
            Action::Fetched(fetch) => {
                let is_companion =
                    |file: &FilePath| [".asc", ".sig"].iter().any(|end| file.name().as_str().ends_with(end));
                if fetch.files().iter().all(is_companion) { Self::Small } else { Self::Archive }
            }
            _ if is_link(event, cx) => Self::Small,
            _ => Self::Made,
        }
    }

    fn variant(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Copied => "copied",
            Self::Made => "made",
            Self::CopiedArchive => "copied-archive",
            Self::Archive => "archive",
            Self::Cache => "cache",
            Self::Lists => "lists",
            Self::Secret => "secret",
        }
    }
}

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let events = cx.model.files();
        let mut removals: &[LateRemoval] = &cx.model.layers().removals;
        while let Some(first) = removals.first().and_then(|late| events.get(late.removal)) {
            // One command is one mistake, whatever it removes.
            let same = |late: &&LateRemoval| {
                events.get(late.removal).is_some_and(|event| (event.step, event.command) == (first.step, first.command))
            };
            let (group, rest) = removals.split_at(removals.iter().take_while(same).count().max(1));
            removals = rest;
            report(group, cx);
        }
    }
}

fn report(group: &[LateRemoval], cx: &mut Context<'_, '_>) {
    let events = cx.model.files();
    let weight = |made: &usize| events.get(*made).map(|event| (Weight::of(event, cx), event));
    let heaviest = |late: &LateRemoval| late.made.iter().filter_map(weight).max_by_key(|(weight, _)| *weight);
    // The first of those that weigh the most.
    let all = group.iter().rev().filter_map(|late| Some((events.get(late.removal)?, heaviest(late)?)));
    let Some((removal, (weight, made))) = all.max_by_key(|(_, (weight, _))| *weight) else { return };
    let Action::Removed { path } = &removal.action else { return };
    // `rm -r /usr/src/app` after sources were unpacked beside a patch that COPY brought: the layer gets smaller.
    let is_made_here = |event: &FileEvent| {
        let made = match &event.action {
            Action::Fetched(fetch) => fetch.files().iter().any(|file| file.lies_in(path)),
            Action::Made { path: made, .. } | Action::Moved { to: made, .. } => made.lies_in(path),
            Action::Used { usage: Usage::Extracted(directory), .. } => directory.lies_in(path),
            _ => false,
        };
        made && event.step == removal.step
    };
    if weight <= Weight::Copied && events.iter().any(is_made_here) {
        return;
    }
    let keyword = cx.model.step(made.step).map_or("", |step| step.keyword().as_str());
    // What is only a part of what was copied need not be sent to the builder at all.
    let is_part = weight == Weight::Copied
        && matches!(&made.action, Action::Made { path: copied, .. } if path != copied && path.lies_in(copied));
    let mut finding = Finding::at(removal.span)
        .variant(if is_part { "ignored" } else { weight.variant() })
        .with("path", path.as_str().to_owned())
        .with("instruction", keyword)
        .with("source", cx.text(made.span).to_owned())
        .with("file", path.name().as_str().to_owned());
    let mut labelled: Vec<Span> =
        group.iter().flat_map(|late| &late.made).filter_map(|made| events.get(*made)).map(|event| event.span).collect();
    labelled.sort_unstable();
    labelled.dedup();
    for span in labelled {
        finding = finding.label(span, "made");
    }
    cx.report(finding);
}

/// Whether a file holds what nobody else may read, by its name.
fn is_secret(path: &str, name: &str) -> bool {
    let is_key =
        name.starts_with("id_") && !name.contains(".pub") || name.contains("privkey") || name.contains("private");
    is_key
        || matches!(name, ".netrc" | ".npmrc" | ".pypirc" | ".git-credentials" | "credentials" | "auth.json")
        || path.ends_with("/.ssh")
}

fn is_link(event: &FileEvent, cx: &Context<'_, '_>) -> bool {
    let command = event.command.and_then(|index| cx.model.commands().get(index));
    command.and_then(|command| command.line.as_ref()).is_some_and(|line| line.is("ln"))
}
