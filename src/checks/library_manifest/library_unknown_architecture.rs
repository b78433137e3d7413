//! Architectures that bashbrew does not know.

use std::collections::{HashMap, HashSet};

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn manifest(&mut self, manifest: &Manifest, cx: &mut Context<'_, '_>) {
        for field in manifest.paragraphs.iter().filter_map(|paragraph| paragraph.field("Architectures")) {
            let items = field.items(cx.model.source);
            let mut first: HashMap<&str, Span> = HashMap::new();
            for item in &items {
                first.entry(item.text.as_str()).or_insert(item.span);
            }
            let mut written: HashSet<String> = HashSet::new();
            for item in &items {
                let name = item.text.as_str();
                let words = manifest::words(name);
                let shown = name.split_whitespace().collect::<Vec<_>>().join(" ");
                let finding = Finding::at(item.span).with("name", shown);
                let before = first.get(name).filter(|span| **span != item.span);
                cx.report(match (words.as_slice(), before) {
                    _ if name.trim().is_empty() => finding.variant("empty"),
                    ([_, _, ..], _) => {
                        let are_known = words.iter().all(|word| manifest::ARCHITECTURES.contains(word));
                        // Between two lines a comment may stand.
                        let is_whole = cx.text(item.span) == name;
                        let list = words.join(", ");
                        finding
                            .variant("blank")
                            .with("list", list.clone())
                            .edit(item.span, list)
                            .fix_if(are_known && is_whole && !name.contains('#'))
                    }
                    _ if name.contains(" #") => finding.variant("comment"),
                    (_, Some(before)) => finding.variant("twice").label(*before, "first"),
                    _ if name == "mips64le" => finding.variant("retired"),
                    _ if manifest::ARCHITECTURES.contains(&name) => continue,
                    _ => match manifest::nearest_architecture(name) {
                        Some(known) if first.contains_key(known.as_str()) => {
                            finding.variant("listed").with("known", known)
                        }
                        Some(known) if written.contains(&known) => finding.variant("listed").with("known", known),
                        Some(known) => {
                            written.insert(known.clone());
                            finding.variant("known").with("known", known.clone()).edit(item.span, known)
                        }
                        None => finding,
                    },
                });
            }
        }
    }
}
