//! Fields that bashbrew does not know.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn manifest(&mut self, manifest: &Manifest, cx: &mut Context<'_, '_>) {
        for field in manifest.paragraphs.iter().flat_map(|paragraph| &paragraph.fields) {
            let name = field.name.text.as_str();
            if manifest::is_field(name) {
                continue;
            }
            let finding = Finding::at(field.name.span).with("name", name);
            if name.is_empty() {
                cx.report(finding.variant("empty"));
                continue;
            }
            cx.report(match manifest::nearest_field(name) {
                Some(known) => finding.variant("misspelled").with("known", known.clone()).edit(field.name.span, known),
                None => finding,
            });
        }
    }
}
