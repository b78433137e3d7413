//! Fields that bashbrew does not know.

use std::collections::HashSet;

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn manifest(&mut self, manifest: &Manifest, cx: &mut Context<'_, '_>) {
        for paragraph in &manifest.paragraphs {
            // A field that stands there already is not to come twice.
            let mut taken: HashSet<String> = paragraph.fields.iter().map(|field| field.name.text.clone()).collect();
            for field in &paragraph.fields {
                let name = field.name.text.as_str();
                if manifest::is_field(name) {
                    continue;
                }
                let finding = Finding::at(field.name.span).with("name", name);
                cx.report(match manifest::nearest_field(name) {
                    _ if name.is_empty() => finding.variant("empty"),
                    Some(known) => {
                        let is_free = taken.insert(known.clone());
                        finding
                            .variant("misspelled")
                            .with("known", known.clone())
                            .edit(field.name.span, known)
                            .fix_if(is_free)
                    }
                    None => finding,
                });
            }
        }
    }
}
