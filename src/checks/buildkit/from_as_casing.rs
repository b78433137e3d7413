//! `AS` in another case than its FROM.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::From)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let Some(word) = views::From::of(step.instruction).and_then(|from| from.as_keyword) else { return };
        let from = step.instruction.name.text.as_str();
        // A FROM in mixed case is another check's.
        let fixed = match () {
            () if from == from.to_lowercase() => word.text.to_lowercase(),
            () if from == from.to_uppercase() => word.text.to_uppercase(),
            () => return,
        };
        if step.trigger_of.is_some() || word.text == fixed || !cx.runs_build_check(Some(step)) {
            return;
        }
        let finding =
            Finding::at(word.span).with("as", word.text.as_str()).with("from", from).with("fixed", fixed.clone());
        let is_verbatim = cx.text(word.span) == word.text;
        cx.report(finding.edit(word.span, fixed).fix_if(is_verbatim));
    }
}
