//! Images without a HEALTHCHECK.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        for stage in model.results().filter(|stage| model.last_of(stage, Keyword::Healthcheck).is_none()) {
            let from = model.step(stage.from).and_then(|step| views::From::of(step.instruction));
            if let Some(image) = from.and_then(|from| from.image) {
                cx.report(Finding::at(image.span));
            }
        }
    }
}
