//! Series that no tag follows, or that a tag follows no more.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

/// The tags of a version `x.y.z`: the series that it is of, as its alias would be called, and its last number.
struct Version {
    alias: String,
    major: String,
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
            cx.report(finding.with("alias", version.alias.as_str()).with("major", version.major.as_str()));
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
                cx.report(
                    finding.with("own", own.text.as_str()).with("newest", tag.text.as_str()).label(tag.span, "newest"),
                );
            }
        }
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
        patch: patch.parse().ok()?,
        is_plain: variant.is_empty(),
    })
}
