//! Files out of an image without a tag.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        for image_use in cx.model.image_uses() {
            let Base::Image(image) = &image_use.base else { continue };
            if image_use.user == ImageUser::From || image.digest.is_some() || image.repository.is_empty() {
                continue;
            }
            let place = if image_use.user == ImageUser::Copy { "COPY --from" } else { "RUN --mount" };
            let finding = Finding::at(image_use.span).with("image", image.repository.clone()).with("place", place);
            let finding = finding.with("example", base::example_tag(image).unwrap_or("1.2"));
            match image.tag.as_deref() {
                // These exist as latest alone.
                Some("latest") if !image.familiar().starts_with("redhat/ubi") => cx.report(finding.variant("latest")),
                None if !may_be_context(image, image_use, cx.model) => cx.report(finding),
                _ => {}
            }
        }
    }
}

/// Whether a name is no image but a context that the build names (`--build-context name=...`), a stage that comes later or
/// belongs to the build that has the trigger.
fn may_be_context(image: &ImageReference, image_use: &ImageUse, model: &Model<'_>) -> bool {
    let is_trigger = model.step(image_use.step).is_some_and(|step| step.trigger_of.is_some());
    image.unnamespaced().is_some()
        && (!image.is_official() || is_trigger || model.stage_named(&image.repository).is_some())
}
