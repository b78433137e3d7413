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

/// A version, the tag that it is, and the entry that the tag stands in.
type Found = (Version, Item, usize);

impl Version {
    /// What stands behind its numbers, with the dash.
    fn variant(&self) -> &str {
        variant_of(&self.alias)
    }
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
        let has_alias = |(version, _, _): &Found| {
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
        report_misplaced(&versions, &aliases, &entries, manifest, cx);
    }
}

/// Reports aliases that stay at an older release of their series, or stand at a release of another one.
fn report_misplaced(
    versions: &[Found],
    aliases: &BTreeMap<Span, (String, usize)>,
    entries: &HashMap<String, HashSet<usize>>,
    manifest: &Manifest,
    cx: &mut Context<'_, '_>,
) {
    let mut newest: HashMap<&str, &Found> = HashMap::new();
    let mut own: HashMap<(&str, usize), &Found> = HashMap::new();
    let number = |(version, ..): &Found| (version.minor, version.patch);
    for found in versions {
        let (version, _, index) = found;
        for alias in [version.alias.as_str(), version.major.as_str()] {
            for known in [newest.entry(alias).or_insert(found), own.entry((alias, *index)).or_insert(found)] {
                if number(known) < number(found) {
                    *known = found;
                }
            }
        }
    }
    for (span, (alias, index)) in aliases {
        let (newest, own, variant) = match own.get(&(alias.as_str(), *index)).copied() {
            // `2` may stay with an older series that most should use, at its newest.
            Some(own) => match newest.get(own.0.alias.as_str()).copied() {
                Some(newest) => (newest, own, "behind"),
                None => continue,
            },
            // `1.10` at 1.9.7.
            None => {
                let is_alike = |(version, _, at): &&Found| at == index && version.variant() == variant_of(alias);
                match (newest.get(alias.as_str()).copied(), versions.iter().find(is_alike)) {
                    (Some(newest), Some(own)) => (newest, own, "other"),
                    _ => continue,
                }
            }
        };
        let ((_, tag, _), (_, own, _)) = (newest, own);
        // Shared by the newest too, it goes on with an architecture that comes later.
        let follows = match (entries.get(alias), entries.get(&tag.text)) {
            (Some(of_alias), Some(of_newest)) => !of_alias.is_disjoint(of_newest),
            _ => true,
        };
        if follows || own.text == tag.text {
            continue;
        }
        let finding = Finding::at(*span).variant(variant).with("alias", alias.as_str());
        let finding =
            finding.with("own", own.text.as_str()).with("newest", tag.text.as_str()).label(tag.span, "newest");
        // Where several entries share one of them, the alias may be another one's too.
        let is_one = |text: &str| entries.get(text).is_some_and(|entries| entries.len() == 1);
        let removal = removal(*span, manifest, cx).filter(|_| is_one(alias) && is_one(&tag.text));
        // `2.3` stands before `2`.
        let is_longer = |(at, (other, of)): &(&Span, &(String, usize))| {
            *of == newest.2 && other == &newest.0.alias && other != alias && at.start > tag.span.end
        };
        let behind = aliases.iter().find(is_longer).map_or(tag.span.end, |(at, _)| at.end);
        cx.report(match removal {
            Some(removal) => finding.edit(removal, "").edit(Span::empty(behind), format!(", {alias}")),
            None => finding,
        });
    }
}

/// Where the aliases of all series go: behind the newest version of each.
fn additions(versions: &[Found]) -> impl Iterator<Item = (Span, String)> {
    let mut newest: BTreeMap<&str, &Found> = BTreeMap::new();
    let named = versions.iter().filter(|(version, tag, _)| version.is_plain || is_variant(&tag.text));
    for found in named {
        let number = |(version, ..): &Found| (version.minor, version.patch);
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

/// What stands behind the numbers of a tag, with the dash.
fn variant_of(tag: &str) -> &str {
    tag.find('-').and_then(|at| tag.get(at..)).unwrap_or_default()
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
