//! Base images that are none unless the build gives arguments.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        if !cx.runs_build_check(None) {
            return;
        }
        let globals = &cx.model.dispatch().globals;
        let lexer = Lexer { escape: cx.model.file.escape, ..Lexer::default() };
        let is_refused = |from: usize| cx.model.instruction_errors().iter().any(|(index, _)| *index == from);
        for stage in cx.model.stages.iter().filter(|stage| !is_refused(stage.from)) {
            let Some(from) = cx.model.step(stage.from).and_then(|step| views::From::of(step.instruction)) else {
                continue;
            };
            let Some(image) = from.image else { continue };
            // BuildKit gives up at a word that it refuses.
            let Ok(Expansion { text, unknown, .. }) = lexer.word(&image.text, &|name| globals.get(name)) else {
                return;
            };
            if unknown || is_reference(&text) {
                continue;
            }
            let finding = Finding::at(image.span).with("image", image.text.as_str());
            cx.report(match text.as_str() {
                "" => finding.variant("empty"),
                _ if image.text == text => finding.variant("constant"),
                _ => finding.with("text", text),
            });
        }
    }
}
