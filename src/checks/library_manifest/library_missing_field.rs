//! Fields that an entry cannot do without.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn manifest(&mut self, manifest: &Manifest, cx: &mut Context<'_, '_>) {
        let source = cx.model.source;
        let Some(global) = manifest.global() else { return };
        for name in ["Tags", "GitRepo", "GitFetch", "GitCommit"] {
            let lacks = |entry: &Entry<'_>| match field(entry, name) {
                // A list without a value has one empty tag, which is another rule's.
                Some(field) => name != "Tags" && field.value(source).text.is_empty(),
                None => name != "GitFetch",
            };
            let is_meant = |paragraph: &Paragraph| paragraph.is_attempted(name, source);
            let lacking: Vec<Entry<'_>> = manifest.entries().filter(lacks).collect();
            // A field without a value is told once, and so is one that no entry has: it belongs into the first paragraph.
            let empty = |entry: &&Entry<'_>| field(entry, name).is_some();
            let mut fields: Vec<&Field> = lacking.iter().filter(empty).filter_map(|entry| field(entry, name)).collect();
            fields.sort_by_key(|field| field.name.span.start);
            fields.dedup_by_key(|field| field.name.span.start);
            for field in fields {
                cx.report(Finding::at(field.name.span).variant("empty").with("field", name));
            }
            let without: Vec<&Entry<'_>> = lacking.iter().filter(|entry| !empty(entry)).collect();
            if without.is_empty() || is_meant(global) {
                continue;
            }
            if name != "Tags" && without.len() > 1 && without.len() == manifest.entries().count() {
                if let Some(first) = global.fields.first() {
                    cx.report(Finding::at(first.name.span).variant("everywhere").with("field", name));
                }
                continue;
            }
            for entry in without.into_iter().filter(|entry| !is_meant(entry.own)) {
                let Some(first) = entry.own.fields.first() else { continue };
                let finding = Finding::at(first.name.span).with("field", name);
                cx.report(match name {
                    "Tags" => finding.variant("tags"),
                    _ if has_for_architecture(entry, name) => finding.variant("architecture"),
                    _ => finding,
                });
            }
        }
    }
}

/// The field that holds; tags are not handed down.
fn field<'m>(entry: &Entry<'m>, name: &str) -> Option<&'m Field> {
    if name == "Tags" { entry.own.field(name) } else { entry.field(name) }
}

fn has_for_architecture(entry: &Entry<'_>, name: &str) -> bool {
    let is_one = |field: &Field| manifest::of_architecture(&field.name.text).is_some_and(|(_, field)| field == name);
    entry.own.fields.iter().chain(&entry.global.fields).any(is_one)
}
