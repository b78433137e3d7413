//! FROM with a platform.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::From)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let Some(flag) = views::From::of(step.instruction).and_then(|from| from.platform) else { return };
        let Some(value) = &flag.value else { return };
        let lexer = Lexer { escape: cx.model.file.escape, ..Lexer::default() };
        let is_of_build = |name: &str| matches!(name, "BUILDPLATFORM" | "TARGETPLATFORM");
        if !lexer.references(&value.text).iter().any(|reference| is_of_build(&reference.name)) {
            cx.report(Finding::at(flag.span).with("flag", flag.text.as_str()));
        }
    }
}
