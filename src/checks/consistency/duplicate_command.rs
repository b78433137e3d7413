//! More than one CMD or ENTRYPOINT in a stage.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule {
    /// CMD and ENTRYPOINT of the stage under way, with the lines that they take.
    seen: Vec<(Option<usize>, Keyword, Span, Span)>,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Cmd), Visit::Instruction(Keyword::Entrypoint)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        // A trigger takes effect in another build.
        if step.trigger_of.is_none() {
            let lines = cx.model.removal(step);
            self.seen.push((step.stage, step.keyword(), step.instruction.name.span, lines));
        }
    }

    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        for (index, &(stage, keyword, span, lines)) in self.seen.iter().enumerate() {
            let later = self.seen.iter().skip(index + 1).rev().find(|other| (other.0, other.1) == (stage, keyword));
            if let Some(&(_, _, last, _)) = later {
                let finding = Finding::at(span).with("keyword", keyword.as_str());
                // Between the two a template may choose one.
                let between = Span::new(span.end, last.start);
                let mut unknown = cx.model.steps.iter().filter(|step| step.keyword() == Keyword::Unknown);
                let has_unknown = unknown.any(|step| between.contains(step.instruction.name.span));
                cx.report(finding.label(last, "last").edit(lines, "").fix_if(!has_unknown));
            }
        }
    }
}
