//! Labels of the schema that an image lacks.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let schema = &cx.options().label_schema;
        if schema.is_empty() {
            return;
        }
        let model = cx.model;
        for stage in model.results() {
            let set: Vec<labels::Label> = model.steps_of(stage).flat_map(|step| model.labels(step)).collect();
            let Some(from) = model.step(stage.from).and_then(|step| views::From::of(step.instruction)) else {
                continue;
            };
            let Some(image) = from.image else { continue };
            for name in schema.keys().filter(|name| set.iter().all(|label| label.key != **name)) {
                cx.report(Finding::at(image.span).with("label", name.as_str()));
            }
        }
    }
}
