//! Tags that stand for two images.

use std::collections::HashMap;

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

/// Where a tag stands first.
struct Place {
    entry: usize,
    span: Span,
    /// Whether a clash with it is reported already: one mistake, however many entries share the tag.
    is_reported: bool,
}

impl Check for Rule {
    fn manifest(&mut self, manifest: &Manifest, cx: &mut Context<'_, '_>) {
        let source = cx.model.source;
        let mut simple: HashMap<String, Place> = HashMap::new();
        let mut shared: HashMap<String, Place> = HashMap::new();
        for (entry, of_entry) in manifest.entries().enumerate() {
            let mut clashes = Clashes::default();
            for tag in of_entry.tags(source).into_iter().filter(|tag| !tag.text.is_empty()) {
                if let Some(first) = simple.get(&tag.text) {
                    clashes.add("", first, tag, "first");
                    continue;
                }
                if let Some(first) = shared.get_mut(&tag.text) {
                    first.is_reported = true;
                    clashes.add("shared", first, tag.clone(), "shared");
                }
                simple.insert(tag.text, Place { entry, span: tag.span, is_reported: false });
            }
            for tag in of_entry.shared_tags(source).into_iter().filter(|tag| !tag.text.is_empty()) {
                let new = Place { entry, span: tag.span, is_reported: false };
                let first = shared.entry(tag.text.clone()).or_insert(new);
                if let Some(clash) = simple.get(&tag.text)
                    && !std::mem::replace(&mut first.is_reported, true)
                {
                    clashes.add("shared", clash, tag, "simple");
                }
            }
            for clash in clashes.0 {
                cx.report(clash.finding());
            }
        }
    }
}

/// What an entry has that another has, by their kind: one mistake, as where a whole entry was copied.
#[derive(Default)]
struct Clashes(Vec<Clash>);

struct Clash {
    variant: &'static str,
    entry: usize,
    first: Span,
    label: &'static str,
    at: Span,
    tags: Vec<String>,
}

impl Clashes {
    fn add(&mut self, variant: &'static str, first: &Place, tag: Item, label: &'static str) {
        let is_same = |clash: &&mut Clash| (clash.variant, clash.entry, clash.label) == (variant, first.entry, label);
        match self.0.last_mut().filter(is_same) {
            Some(clash) => clash.tags.push(tag.text),
            None => self.0.push(Clash {
                variant,
                entry: first.entry,
                first: first.span,
                label,
                at: tag.span,
                tags: vec![tag.text],
            }),
        }
    }
}

impl Clash {
    fn finding(self) -> Finding<'static> {
        let finding = Finding::at(self.at).label(self.first, self.label);
        let list = self.tags.iter().map(|tag| format!("`{tag}`")).collect::<Vec<_>>().join(", ");
        let variant = match (self.variant, self.tags.len()) {
            (variant, 1) => variant,
            ("shared", _) => "several-shared",
            _ => "several",
        };
        let finding = finding.with("tags", list);
        if variant.is_empty() { finding } else { finding.variant(variant) }
    }
}
