//! Shared tags that stand for two images of one architecture.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn manifest(&mut self, manifest: &Manifest, cx: &mut Context<'_, '_>) {
        let source = cx.model.source;
        let entries: Vec<Entry<'_>> = manifest.entries().collect();
        let merged = manifest.merged(source);
        let mut taken: HashMap<(String, String), usize> = HashMap::new();
        let mut reported: HashSet<Span> = HashSet::new();
        // What has no tags of its own is no entry, which is told elsewhere.
        let of_tags = |(entry, _): &(&Entry<'_>, &usize)| entry.own.field("Tags").is_some();
        for (entry, &image) in entries.iter().zip(&merged).filter(of_tags) {
            let platforms: BTreeSet<String> = platforms(*entry, cx);
            let mut clash: Option<(Span, usize)> = None;
            let (mut tags, mut twice) = (Vec::new(), BTreeSet::new());
            for tag in entry.shared_tags(source).into_iter().filter(|tag| manifest::is_tag(&tag.text)) {
                let mut is_twice = false;
                for platform in &platforms {
                    let other = *taken.entry((tag.text.clone(), platform.clone())).or_insert(image);
                    if other != image {
                        is_twice = true;
                        clash = clash.or(Some((tag.span, other)));
                        twice.insert(platform.clone());
                    }
                }
                if is_twice {
                    tags.push(format!("`{}`", tag.text));
                }
            }
            // What the first paragraph shares is reported once.
            let Some((span, other)) = clash.filter(|(span, _)| reported.insert(*span)) else { continue };
            let is_windows = twice.iter().all(|platform| platform.starts_with(WINDOWS));
            let mut finding = Finding::at(span)
                .with("tags", tags.join(", "))
                .with("platforms", twice.into_iter().collect::<Vec<_>>().join(", "));
            if let Some(tag) = entries.get(other).and_then(|other| other.tags(source).into_iter().next()) {
                finding = finding.label(tag.span, "other");
            }
            cx.report(if is_windows { finding.variant("windows") } else { finding });
        }
    }
}

const WINDOWS: &str = "windows-amd64";

/// What an entry is built for. Windows counts with its version, which the constraint ends in, and not where it is unknown.
fn platforms(entry: Entry<'_>, cx: &Context<'_, '_>) -> BTreeSet<String> {
    let constraints = entry.constraints(cx.model.source);
    let version = constraints.iter().find_map(|constraint| constraint.text.split_once('-').map(|(_, version)| version));
    let names = entry.architectures(cx.model.source).into_iter();
    names
        .filter_map(|name| match version {
            Some(version) if name == WINDOWS => Some(format!("{name} {version}")),
            None if name == WINDOWS => None,
            _ => Some(name),
        })
        .collect()
}
