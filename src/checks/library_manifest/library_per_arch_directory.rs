//! Dockerfiles of their own for single architectures.

use std::collections::HashSet;

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn manifest(&mut self, manifest: &Manifest, cx: &mut Context<'_, '_>) {
        let source = cx.model.source;
        let image = cx.surroundings.name.as_deref().unwrap_or_default();
        // Those that the programme has were asked, and are distributions.
        let is_new = !image.is_empty() && !Library::built_in().has_image(image);
        let mut seen: HashSet<Span> = HashSet::new();
        for entry in manifest.entries() {
            for architecture in entry.architectures(source) {
                let of_architecture = ["Directory", "File"].map(|field| format!("{architecture}-{field}"));
                let field = of_architecture.iter().find_map(|name| entry.field(name));
                let Some(field) = field.filter(|field| !field.value(source).text.is_empty()) else { continue };
                let build = entry.build(image, architecture, source);
                // What is imported has no Dockerfile.
                if build.builder == "oci-import" {
                    continue;
                }
                let finding = Finding::at(field.name.span)
                    .with("field", field.name.text.as_str())
                    .with("dockerfile", build.dockerfile.clone());
                let finding = match cx.surroundings.bases(&build) {
                    Some(bases) if bases.is_scratch || bases.has_unknown => continue,
                    Some(_) => finding,
                    None if is_new => finding.variant("unseen"),
                    None => continue,
                };
                // What the first paragraph has is told once.
                if seen.insert(field.name.span) {
                    cx.report(finding);
                }
            }
        }
    }
}
