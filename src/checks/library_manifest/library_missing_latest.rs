//! Manifests without `latest`.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn manifest(&mut self, manifest: &Manifest, cx: &mut Context<'_, '_>) {
        let source = cx.model.source;
        let has_latest = manifest.paragraphs.iter().flat_map(|paragraph| paragraph.tags(source)).any(|tag| {
            // Inside of another it is a mistake of its own.
            tag.text.to_ascii_lowercase().contains("latest")
        });
        let first = manifest.entries().find_map(|entry| entry.own.field("Tags"));
        if let Some(field) = first.filter(|_| !has_latest) {
            let image = cx.surroundings.name.clone().unwrap_or_else(|| "<image>".to_owned());
            cx.report(Finding::at(field.name.span).with("image", image));
        }
    }
}
