//! Lines of a manifest that bashbrew refuses to read.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn manifest(&mut self, manifest: &Manifest, cx: &mut Context<'_, '_>) {
        for error in &manifest.errors {
            let finding = Finding::at(error.span).with("text", cx.text(error.span));
            cx.report(match error.kind {
                ManifestErrorKind::NoColon => finding,
                ManifestErrorKind::NothingToContinue => finding.variant("continuation"),
                ManifestErrorKind::Duplicate(first) => finding.variant("duplicate").label(first, "first"),
                ManifestErrorKind::Continued(name) => {
                    finding.variant("continued").with("name", cx.text(name)).label(name, "field")
                }
                ManifestErrorKind::Blanks => finding.variant("blanks").edit(error.span, ""),
                ManifestErrorKind::ByteOrderMark => finding.variant("byte-order-mark").edit(error.span, ""),
                ManifestErrorKind::Empty => finding.variant("empty"),
            });
        }
    }
}
