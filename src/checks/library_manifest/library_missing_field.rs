//! Fields that an entry cannot do without.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn manifest(&mut self, manifest: &Manifest, cx: &mut Context<'_, '_>) {
        for error in manifest.errors.iter().filter(|error| error.kind == ManifestErrorKind::TornOff) {
            cx.report(Finding::at(error.span).variant("tags"));
        }
        let Some(global) = manifest.global().filter(|_| manifest.entries().next().is_some()) else { return };
        without_value(manifest, cx);
        let is_meant = |paragraph: &Paragraph, name: &str| paragraph.is_attempted(name, cx.model.source);
        let asked: Vec<&str> = ASKED.into_iter().filter(|name| !is_meant(global, name)).collect();
        // Without tags it is no entry, whatever else it lacks.
        let (entries, without_tags): (Vec<Entry<'_>>, Vec<Entry<'_>>) =
            manifest.entries().partition(|entry| entry.own.field("Tags").is_some() || is_meant(entry.own, "Tags"));
        let lacks = |entry: &Entry<'_>, name: &str| entry.field(name).is_none() && !is_meant(entry.own, name);
        // What no entry has belongs into the first paragraph, and is told once.
        let (everywhere, asked): (Vec<&str>, Vec<&str>) =
            asked.into_iter().partition(|name| entries.len() > 1 && entries.iter().all(|entry| lacks(entry, name)));
        let of_entry = |entry: &Entry<'_>| {
            let missing: Vec<&str> = asked.iter().copied().filter(|name| lacks(entry, name)).collect();
            let (of_architectures, missing): (Vec<&str>, Vec<&str>) =
                missing.into_iter().partition(|name| has_for_architecture(entry, name));
            [finding(&of_architectures, entry.own, Some("architecture")), finding(&missing, entry.own, None)]
        };
        let mut found = vec![finding(&everywhere, global, Some("everywhere"))];
        found.extend(entries.iter().flat_map(of_entry));
        found.extend(without_tags.iter().map(|entry| finding(&["Tags"], entry.own, Some("tags"))));
        for finding in found.into_iter().flatten() {
            cx.report(finding);
        }
    }
}

/// What has no default; `Tags` are asked for apart.
const ASKED: [&str; 2] = ["GitRepo", "GitCommit"];

/// The finding that fields are missing in a paragraph.
fn finding(names: &[&str], paragraph: &Paragraph, variant: Option<&'static str>) -> Option<Finding<'static>> {
    let first = paragraph.fields.first().filter(|_| !names.is_empty())?;
    let list = |ending: &str| names.iter().map(|name| format!("`{name}{ending}`")).collect::<Vec<_>>().join(" and ");
    let finding = Finding::at(first.name.span).with("fields", list("")).with("lines", list(":"));
    Some(match variant {
        Some(variant) => finding.variant(variant),
        None => finding,
    })
}

/// Reports the fields that have to have a value; a list without one has one empty part, which is another rule's.
fn without_value(manifest: &Manifest, cx: &mut Context<'_, '_>) {
    for name in ["GitRepo", "GitFetch", "GitCommit"] {
        // For an architecture nothing is the same as no field.
        for field in manifest.in_force(name).into_iter().filter(|field| field.name.text == name) {
            if field.value(cx.model.source).text.is_empty() {
                cx.report(Finding::at(field.name.span).variant("empty").with("field", name));
            }
        }
    }
}

fn has_for_architecture(entry: &Entry<'_>, name: &str) -> bool {
    let is_one = |field: &Field| manifest::of_architecture(&field.name.text).is_some_and(|(_, field)| field == name);
    entry.own.fields.iter().chain(&entry.global.fields).any(is_one)
}
