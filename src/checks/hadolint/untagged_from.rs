//! FROM with an image that has no tag.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        for image_use in cx.model.image_uses() {
            let Base::Image(image) = &image_use.base else { continue };
            if image_use.user == ImageUser::From && image.tag.is_none() && image.digest.is_none() {
                cx.report(Finding::at(image_use.span).with("image", image.text.clone()));
            }
        }
    }
}
