//! COPY --from something that is neither a stage above nor an image with a tag.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        for image_use in cx.model.image_uses() {
            let is_defined = match &image_use.base {
                Base::Image(image) => image.tag.is_some() || image.digest.is_some(),
                Base::Stage(_) | Base::Scratch => true,
                Base::Unknown => image_use.written.contains(':'),
            };
            // The stages of a trigger are those of another file.
            let is_trigger = cx.model.step(image_use.step).is_none_or(|step| step.trigger_of.is_some());
            if image_use.user == ImageUser::Copy && !is_defined && !is_trigger {
                cx.report(Finding::at(image_use.span).with("name", image_use.written.clone()));
            }
        }
    }
}
