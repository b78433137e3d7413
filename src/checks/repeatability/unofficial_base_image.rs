//! An image that is neither official nor one of the few others that official images may stand on.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let library = cx.surroundings.library();
        for image_use in cx.model.image_uses() {
            let Base::Image(image) = &image_use.base else { continue };
            let pins = library.pinned_tags(image.familiar());
            let is_pinned = image.tag.as_deref().is_some_and(|tag| pins.contains(&tag));
            if image.repository.is_empty()
                || is_pinned
                || image.unnamespaced().is_some_and(|name| library.has_image(name))
            {
                continue;
            }
            // That it has no tag is the finding of another rule.
            if image.tag.is_none() && image.digest.is_none() && !pins.is_empty() {
                continue;
            }
            let bare = image.unnamespaced().is_some() && image.tag.is_none() && image.digest.is_none();
            let is_source = image_use.user != ImageUser::From;
            if bare && is_source {
                // A later stage or a misspelled one is a mistake of another kind, and a trigger's stages are elsewhere.
                let in_trigger = cx.model.step(image_use.step).is_some_and(|step| step.trigger_of.is_some());
                let meant = cx.model.stage_named(&image.text).or_else(|| cx.model.nearest_stage(&image.text));
                if in_trigger || meant.is_some() {
                    continue;
                }
            }
            let finding = Finding::at(image_use.span).with("image", image.text.clone());
            cx.report(if bare && is_source {
                finding.variant("no-stage")
            } else if pins.is_empty() {
                finding
            } else {
                let allowed: Vec<String> = pins.iter().map(|tag| format!("`{}:{tag}`", image.familiar())).collect();
                finding.variant("other-tag").with("allowed", allowed.join(" or "))
            });
        }
    }
}
