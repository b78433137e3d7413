//! Series that no tag follows, or that a tag follows no more.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

/// The tags of a version `x.y.z`: the series that it is of, as its alias would be called, and its last number.
struct Version {
    alias: String,
    major: String,
    minor: u64,
    patch: u64,
    is_plain: bool,
}

impl Check for Rule {
    fn manifest(&mut self, manifest: &Manifest, cx: &mut Context<'_, '_>) {
        let source = cx.model.source;
        let mut entries: HashMap<String, HashSet<usize>> = HashMap::new();
        let mut aliases: BTreeMap<Span, (String, usize)> = BTreeMap::new();
        let mut versions = Vec::new();
        for (index, entry) in manifest.entries().enumerate() {
            for tag in entry.tags(source).into_iter().chain(entry.shared_tags(source)) {
                match version(&tag.text) {
                    Some(version) => versions.push((version, tag.clone(), index)),
                    None => drop(aliases.insert(tag.span, (tag.text.clone(), index))),
                }
                entries.entry(tag.text).or_default().insert(index);
            }
        }
        let has_alias = |(version, _, _): &(Version, Item, usize)| {
            [&version.alias, &version.major].into_iter().any(|alias| entries.contains_key(alias))
        };
        if let Some((version, tag, _)) = versions.iter().find(|(version, _, _)| version.is_plain)
            && !versions.iter().any(has_alias)
        {
            let finding = Finding::at(tag.span).with("tag", tag.text.as_str());
            let finding = finding.with("alias", version.alias.as_str()).with("major", version.major.as_str());
            let finding = finding.title("add the aliases of all series").fix_if(manifest.errors.is_empty());
            cx.report(additions(&versions).fold(finding, |finding, (at, text)| finding.edit(at, text)));
        }
        let mut newest: HashMap<&str, &(Version, Item, usize)> = HashMap::new();
        let mut own: HashMap<(&str, usize), &Item> = HashMap::new();
        for found in &versions {
            let (version, tag, index) = found;
            let before = newest.entry(version.alias.as_str()).or_insert(found);
            if before.0.patch < version.patch {
                *before = found;
            }
            own.insert((version.alias.as_str(), *index), tag);
        }
        for (span, (alias, index)) in &aliases {
            let (Some((_, tag, _)), Some(own)) = (newest.get(alias.as_str()), own.get(&(alias.as_str(), *index)))
            else {
                continue;
            };
            // Shared by the newest too, it goes on with an architecture that comes later.
            let follows = match (entries.get(alias), entries.get(&tag.text)) {
                (Some(of_alias), Some(of_newest)) => !of_alias.is_disjoint(of_newest),
                _ => true,
            };
            if !follows && own.text != tag.text {
                let finding = Finding::at(*span).variant("behind").with("alias", alias.as_str());
                let finding =
                    finding.with("own", own.text.as_str()).with("newest", tag.text.as_str()).label(tag.span, "newest");
                // Where several entries share one of them, the alias may be another one's too.
                let is_one = |text: &str| entries.get(text).is_some_and(|entries| entries.len() == 1);
                let removal = removal(*span, manifest, cx).filter(|_| is_one(alias) && is_one(&tag.text));
                cx.report(match removal {
                    Some(removal) => finding.edit(removal, "").edit(Span::empty(tag.span.end), format!(", {alias}")),
                    None => finding,
                });
            }
        }
    }
}

/// Where the aliases of all series go: behind the newest version of each.
fn additions(versions: &[(Version, Item, usize)]) -> impl Iterator<Item = (Span, String)> {
    let mut newest: BTreeMap<&str, &(Version, Item, usize)> = BTreeMap::new();
    let named = versions.iter().filter(|(version, tag, _)| version.is_plain || is_variant(&tag.text));
    for found in named {
        let number = |(version, ..): &(Version, Item, usize)| (version.minor, version.patch);
        for alias in [&found.0.alias, &found.0.major] {
            let known = newest.entry(alias.as_str()).or_insert(found);
            if number(known) < number(found) {
                *known = found;
            }
        }
    }
    let mut added: BTreeMap<Span, Vec<&str>> = BTreeMap::new();
    for (alias, (_, newest, _)) in newest {
        for (_, tag, _) in versions.iter().filter(|(_, tag, _)| tag.text == newest.text) {
            added.entry(Span::empty(tag.span.end)).or_default().push(alias);
        }
    }
    // `2.3` stands before `2`.
    added.into_iter().map(|(at, mut aliases)| {
        aliases.sort_by_key(|alias| std::cmp::Reverse(alias.len()));
        (at, format!(", {}", aliases.join(", ")))
    })
}

/// Whether what stands behind the numbers is a variant, such as `-alpine3.22`, and no release before the release.
fn is_variant(tag: &str) -> bool {
    let variant = tag.split_once('-').map_or("", |(_, variant)| variant);
    let word: String = variant.chars().take_while(char::is_ascii_alphabetic).collect();
    !word.is_empty() && !["rc", "alpha", "beta", "a", "b", "m", "dev", "pre", "preview", "snapshot"].contains(&&*word)
}

/// What goes with a tag of a list: one comma, or the field where it is the only one. An entry cannot be without Tags.
fn removal(tag: Span, manifest: &Manifest, cx: &Context<'_, '_>) -> Option<Span> {
    let source = cx.model.source;
    let mut fields = manifest.entries().flat_map(|entry| entry.own.fields.iter());
    let field = fields.find(|field| field.value(source).span.contains(tag)).filter(|_| manifest.errors.is_empty())?;
    let items = field.items(source);
    let at = items.iter().position(|item| item.span == tag)?;
    match (at.checked_sub(1).and_then(|before| items.get(before)), items.get(at + 1)) {
        (Some(before), _) => Some(Span::new(before.span.end, tag.end)),
        (None, Some(next)) => Some(Span::new(tag.start, next.span.start)),
        (None, None) if field.name.text == "SharedTags" && field.pieces.len() == 1 => {
            let line = source.line_span(source.line_of(tag.start));
            // The last line of a file without a line ending at its end.
            let is_ended = cx.text(line).ends_with('\n');
            let before = cx.text(Span::new(0, line.start));
            let start = if is_ended { line.start } else { before.trim_end_matches(['\r', '\n']).len() as u32 };
            Some(Span::new(start, line.end))
        }
        (None, None) => None,
    }
}

/// Reads `2.3.7` and `2.3.7-alpine`.
fn version(tag: &str) -> Option<Version> {
    let (numbers, variant) = tag.find('-').map_or((tag, ""), |at| tag.split_at(at));
    let mut parts = numbers.split('.');
    let (major, minor, patch) = (parts.next()?, parts.next()?, parts.next()?);
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if parts.next().is_some() || ![major, minor, patch].into_iter().all(is_number) {
        return None;
    }
    Some(Version {
        alias: format!("{major}.{minor}{variant}"),
        major: format!("{major}{variant}"),
        minor: minor.parse().ok()?,
        patch: patch.parse().ok()?,
        is_plain: variant.is_empty(),
    })
}
