//! Fields of an architecture that the entry is not built for.

use std::collections::{BTreeMap, BTreeSet};

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn manifest(&mut self, manifest: &Manifest, cx: &mut Context<'_, '_>) {
        let mut built = BTreeSet::new();
        for entry in manifest.entries() {
            let listed = listed(entry, cx);
            let is_given = entry.field("Architectures").is_some();
            if is_given || !entry.own.is_attempted("Architectures", cx.model.source) {
                report(entry.own, &listed, if is_given { None } else { Some("none") }, cx);
            }
            built.extend(listed);
        }
        // What the first paragraph has is for those entries that are built for the architecture.
        if let Some(global) = manifest.global().filter(|_| !built.is_empty()) {
            report(global, &built, Some("global"), cx);
        }
    }
}

/// The architectures of an entry; one that is misspelled counts, which is a mistake of its own.
fn listed(entry: Entry<'_>, cx: &Context<'_, '_>) -> BTreeSet<String> {
    let names = entry.architectures(cx.model.source);
    let words = names.iter().flat_map(|name| name.split_whitespace());
    let known = |word: &str| manifest::ARCHITECTURES.contains(&word).then(|| word.to_owned());
    words.filter_map(|word| known(word).or_else(|| manifest::nearest_architecture(word))).collect()
}

/// Reports the first field of each architecture that is not listed.
fn report(paragraph: &Paragraph, listed: &BTreeSet<String>, variant: Option<&'static str>, cx: &mut Context<'_, '_>) {
    let mut unread: BTreeMap<&str, Vec<&Field>> = BTreeMap::new();
    for field in &paragraph.fields {
        if let Some((architecture, _)) = manifest::of_architecture(&field.name.text)
            && manifest::is_field(&field.name.text)
            && !listed.contains(architecture)
        {
            unread.entry(architecture).or_default().push(field);
        }
    }
    for (architecture, fields) in unread {
        let Some((first, others)) = fields.split_first() else { continue };
        let mut finding =
            Finding::at(first.name.span).with("field", first.name.text.as_str()).with("architecture", architecture);
        if let Some(variant) = variant {
            finding = finding.variant(variant);
        }
        finding = others.iter().fold(finding, |finding, field| finding.label(field.name.span, "also"));
        cx.report(finding);
    }
}
