//! FROM for one platform, whatever the build is for.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::From)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let Some(from) = views::From::of(step.instruction).filter(|_| step.trigger_of.is_none()) else { return };
        let Some((flag, value)) = from.platform.and_then(|flag| Some((flag, flag.value.as_ref()?))) else { return };
        let dispatch = cx.model.dispatch();
        let lexer = Lexer { escape: cx.model.file.escape, ..Lexer::default() };
        let Ok(expansion) = lexer.word(&value.text, &|name| dispatch.globals.get(name)) else { return };
        let Some(platform) = platform::parse(&expansion.text).filter(|_| !value.text.is_empty()) else { return };
        let has_variable = !expansion.matched.is_empty() || !expansion.unmatched.is_empty();
        // A stage that is named after its platform is meant for that alone.
        let name = from.alias.map(|alias| alias.text.to_lowercase()).unwrap_or_default();
        let is_named = name.contains(&platform.os) || name.contains(&platform.architecture);
        if !has_variable && !is_named && cx.runs_build_check(Some(step)) {
            cx.report(Finding::at(flag.span).with("platform", expansion.text));
        }
    }
}
