//! Tags in the first paragraph, which is no entry.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn manifest(&mut self, manifest: &Manifest, cx: &mut Context<'_, '_>) {
        let is_of_global = |error: &&ManifestError| error.kind == ManifestErrorKind::GlobalTags;
        for error in manifest.errors.iter().filter(is_of_global) {
            cx.report(Finding::at(error.span));
        }
        // Without maintainers it is they that are missing: the paragraph was meant as an entry.
        let Some(global) = manifest.global().filter(|global| global.field("Maintainers").is_some()) else { return };
        if let Some(tags) = global.field("Tags") {
            cx.report(Finding::at(tags.name.span));
        }
    }
}
