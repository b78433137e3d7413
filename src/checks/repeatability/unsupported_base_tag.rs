//! Base images by tags that the library has no more.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let library = cx.surroundings.library();
        for image_use in cx.model.image_uses() {
            let Base::Image(image) = &image_use.base else { continue };
            // What is no tag, as in a template, is another rule's.
            let tag = image.tag.as_ref().filter(|tag| manifest::is_tag(tag));
            let (Some(name), Some(tag)) = (image.unnamespaced(), tag) else { continue };
            let (instead, is_late) = match support::support(library, name, tag) {
                Support::Gone(instead) => (instead, false),
                Support::Superseded(later) => (Some(later), true),
                Support::Current | Support::Unknown => continue,
            };
            let mut finding = Finding::at(image_use.part_span(tag)).with("image", format!("{name}:{tag}"));
            if let Some(instead) = &instead {
                finding = finding.with("instead", format!("{name}:{instead}"));
            }
            cx.report(match (library.date(), instead) {
                (Some(date), Some(_)) if is_late => finding.with("date", date).variant("superseded"),
                (Some(date), Some(_)) => finding.with("date", date),
                (Some(date), None) => finding.with("date", date).variant("dated-without"),
                (None, Some(_)) => finding.variant("checkout"),
                (None, None) => finding.variant("checkout-without"),
            });
        }
    }
}
