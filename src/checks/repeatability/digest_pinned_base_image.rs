//! An official image that is pinned by its digest.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        for image_use in cx.model.image_uses() {
            let Base::Image(image) = &image_use.base else { continue };
            let (Some(digest), Some(_)) = (&image.digest, image.unnamespaced()) else { continue };
            let pin = format!("@{digest}");
            let span = image_use.part_span(&pin);
            let image_name = image.text.replace(&pin, "");
            let finding = Finding::at(span).with("image", image_name);
            cx.report(match image.tag {
                // A digest that comes out of a variable is in the way elsewhere.
                Some(_) => finding.edit(span, "").fix_if(cx.text(span) == pin),
                None => finding.variant("untagged"),
            });
        }
    }
}
