//! Names of manifests that cannot be those of repositories.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn manifest(&mut self, manifest: &Manifest, cx: &mut Context<'_, '_>) {
        let Some(name) = cx.surroundings.name.as_deref().filter(|name| !manifest::is_repository(name)) else { return };
        let Some(first) = manifest.global().and_then(|global| global.fields.first()) else { return };
        let finding = Finding::at(first.name.span).with("name", name.to_owned());
        let known = likely(name);
        cx.report(if manifest::is_repository(&known) {
            finding.variant("known").with("known", known)
        } else {
            finding
        });
    }
}

/// The name in lower case, with one dash for whatever else cannot stand in it.
fn likely(name: &str) -> String {
    let lower = name.to_lowercase();
    let parts = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("-")
}
