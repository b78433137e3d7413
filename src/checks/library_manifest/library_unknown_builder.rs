//! Builders that bashbrew does not have.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn manifest(&mut self, manifest: &Manifest, cx: &mut Context<'_, '_>) {
        for field in manifest.in_force("Builder") {
            let builder = field.value(cx.model.source);
            if builder.text.is_empty() || manifest::BUILDERS.contains(&builder.text.as_str()) {
                continue;
            }
            let known = manifest::nearest_builder(&builder.text);
            let finding = Finding::at(builder.span).with("builder", builder.text);
            cx.report(match known {
                Some(known) => finding.variant("misspelled").with("known", known),
                None => finding,
            });
        }
    }
}
