//! CMD, ENTRYPOINT and HEALTHCHECK that a later one in the same stage replaces.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        for stage in &cx.model.dispatch().stages {
            let mut last: Vec<(Keyword, Span)> = Vec::new();
            for dispatched in &stage.instructions {
                let Some(step) = cx.model.step(dispatched.step) else { continue };
                let keyword = step.keyword();
                if !matches!(keyword, Keyword::Cmd | Keyword::Entrypoint | Keyword::Healthcheck) {
                    continue;
                }
                let span = dispatched.place(cx.model, step.instruction.name.span);
                if let Some(at) = last.iter().position(|(known, _)| *known == keyword) {
                    let (_, earlier) = last.swap_remove(at);
                    // The comments above the later one decide, though the earlier one is reported.
                    if cx.runs_build_check(dispatched.commented(cx.model)) {
                        let finding = Finding::at(earlier).with("keyword", keyword.as_str());
                        cx.report(finding.label(span, "later"));
                    }
                }
                last.push((keyword, span));
            }
        }
    }
}
