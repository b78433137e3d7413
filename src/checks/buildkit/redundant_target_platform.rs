//! `FROM --platform=$TARGETPLATFORM`, which is what FROM takes anyway.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

const TARGET: &str = "TARGETPLATFORM";

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::From)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let Some(from) = views::From::of(step.instruction).filter(|_| step.trigger_of.is_none()) else { return };
        let Some(flag) = from.platform else { return };
        let Some(value) = &flag.value else { return };
        let dispatch = cx.model.dispatch();
        let lexer = Lexer { escape: cx.model.file.escape, ..Lexer::default() };
        let Ok(expansion) = lexer.word(&value.text, &|name| dispatch.globals.get(name)) else { return };
        let is_alone = expansion.unmatched.is_empty() && expansion.matched.iter().eq([TARGET]);
        if !is_alone
            || Lookup::Known(expansion.text) != dispatch.globals.get(TARGET)
            || !cx.runs_build_check(Some(step))
        {
            return;
        }
        let mut finding = Finding::at(flag.span).with("value", value.text.as_str());
        if let Some(image) = from.image {
            let is_adjacent = cx.text(Span::new(flag.span.end, image.span.start)).trim().is_empty();
            // An ARG of the file may have given the platform another value.
            let is_automatic = !dispatch.declared.contains(TARGET);
            finding =
                finding.edit(Span::new(flag.span.start, image.span.start), "").fix_if(is_adjacent && is_automatic);
        }
        cx.report(finding);
    }
}
