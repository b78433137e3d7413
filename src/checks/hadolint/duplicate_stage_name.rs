//! Two stages of one name.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let names: Vec<&Word> = cx.model.stages.iter().filter_map(|stage| stage.name).collect();
        for (index, name) in names.iter().enumerate() {
            let mut earlier = names.iter().take(index);
            if let Some(first) = earlier.find(|first| first.text.eq_ignore_ascii_case(&name.text)) {
                cx.report(Finding::at(name.span).with("name", name.text.as_str()).label(first.span, "first"));
            }
        }
    }
}
