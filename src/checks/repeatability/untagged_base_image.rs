//! A base image without a tag.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        for image_use in cx.model.image_uses() {
            let Base::Image(image) = &image_use.base else { continue };
            if image_use.user != ImageUser::From
                || image.tag.is_some()
                || image.digest.is_some()
                || image.repository.is_empty()
                // These exist as `latest` alone.
                || cx.surroundings.library().pinned_tags(image.familiar()) == ["latest"]
            {
                continue;
            }
            let finding = Finding::at(image_use.span).with("image", image.text.clone());
            cx.report(match base::example_tag(image) {
                Some(tag) => finding.with("example", tag),
                None => finding.variant("unknown-tags"),
            });
        }
    }
}
