//! Instructions in another case than most of the file.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        if !cx.runs_build_check(None) {
            return;
        }
        // BuildKit looks at stages: ARG before the first FROM belongs to none, and a trigger is a text.
        let in_stage = |step: &&Step<'_>| step.stage.is_some() && step.trigger_of.is_none();
        let steps = || cx.model.steps.iter().filter(in_stage).filter(|step| step.keyword() != Keyword::Unknown);
        let is_lower = |step: &&Step<'_>| step.instruction.name.text == step.instruction.name.text.to_lowercase();
        let is_upper = |step: &&Step<'_>| step.instruction.name.text == step.instruction.name.text.to_uppercase();
        let mostly_lower = steps().filter(is_lower).count() > steps().filter(is_upper).count();
        let cased = |text: &str| if mostly_lower { text.to_lowercase() } else { text.to_uppercase() };
        let mut findings = Vec::new();
        for step in steps() {
            let name = &step.instruction.name;
            let fixed = cased(&name.text);
            if name.text == fixed {
                continue;
            }
            let mut finding = Finding::at(name.span)
                .with("name", name.text.clone())
                .with("case", if mostly_lower { "lower" } else { "upper" })
                .with("fixed", fixed.clone())
                .edit(name.span, fixed)
                .fix_if(cx.text(name.span) == name.text);
            if let Some(word) = views::From::of(step.instruction).and_then(|from| from.as_keyword) {
                finding = finding.edit(word.span, cased(&word.text)).fix_if(cx.text(word.span) == word.text);
            }
            findings.push(finding);
        }
        for finding in findings {
            cx.report(finding);
        }
    }
}
