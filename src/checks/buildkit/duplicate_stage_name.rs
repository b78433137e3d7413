//! Stage names that an earlier stage has.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        if !cx.runs_build_check(None) {
            return;
        }
        let mut seen: Vec<(String, Span)> = Vec::new();
        for name in cx.model.stages.iter().filter_map(|stage| stage.name) {
            let lower = name.text.to_lowercase();
            match seen.iter().find(|(earlier, _)| *earlier == lower) {
                Some((_, first)) => cx.report(Finding::at(name.span).with("name", lower).label(*first, "first")),
                None => seen.push((lower, name.span)),
            }
        }
    }
}
