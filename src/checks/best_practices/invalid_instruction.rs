//! Words that are no instruction, instructions where they cannot stand, and their spelling.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        errors(cx);
        casing(cx);
    }
}

fn errors(cx: &mut Context<'_, '_>) {
    let mut before_from = false;
    let mut last_unknown = None;
    // The text of a template between its marks may start lines with anything.
    let is_template = cx.model.steps.iter().any(|step| is_template_mark(&step.instruction.name.text));
    for (step, error) in cx.model.errors_about(Concern::Instruction) {
        let finding = Finding::at(error.span);
        match &error.kind {
            InstructionErrorKind::UnknownInstruction { name, suggestion } => {
                // What follows a word that starts no instruction is most often the rest of the same mistake.
                let goes_on = last_unknown.is_some_and(|last: usize| last + 1 == step.index);
                last_unknown = Some(step.index);
                let finding = finding.with("name", name.as_str());
                if cx.model.has_foreign_frontend() || is_template {
                    continue;
                }
                match &suggestion.0 {
                    Some(suggestion) => cx.report(finding.with("suggestion", suggestion.to_uppercase())),
                    None if goes_on => {}
                    None if follows_on(step, cx) => {
                        cx.report(finding.variant("cut-off").with("escape", cx.model.file.escape.to_string()));
                    }
                    None => cx.report(finding.variant("unknown")),
                }
            }
            // One FROM mends them all.
            InstructionErrorKind::NoStage if before_from => {}
            InstructionErrorKind::NoStage => {
                before_from = true;
                let variant = if cx.model.stages.is_empty() { "no-from" } else { "before-from" };
                cx.report(finding.variant(variant).with("name", step.keyword().as_str()));
            }
            InstructionErrorKind::OnbuildChain => cx.report(finding.variant("onbuild-chain")),
            _ => cx.report(finding.variant("trigger").with("name", cx.text(error.span).to_uppercase())),
        }
    }
    let only_arguments = cx.model.steps.iter().all(|step| step.keyword() == Keyword::Arg);
    if let Some(first) = cx.model.steps.first().filter(|_| only_arguments) {
        cx.report(Finding::at(first.instruction.name.span).variant("no-from").with("name", "ARG"));
    }
}

fn is_template_mark(name: &str) -> bool {
    ["{{", "{%", "{#", "<%"].iter().any(|mark| name.starts_with(mark))
}

/// Whether the line above is an instruction that a continuation may be missing from.
fn follows_on(step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    let above = step.index.checked_sub(1).and_then(|above| cx.model.step(above));
    above.is_some_and(|above| {
        above.instruction.end_line + 1 == step.instruction.start_line && above.keyword() != Keyword::Unknown
    })
}

/// BuildKit's `ConsistentInstructionCasing` and `FromAsCasing`: the case that most instructions have, and `AS` as its FROM.
fn casing(cx: &mut Context<'_, '_>) {
    let known = || cx.model.steps.iter().filter(|step| step.keyword() != Keyword::Unknown);
    let is_lower = |text: &str| text.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_upper = |text: &str| text.bytes().all(|byte| byte.is_ascii_uppercase());
    let name = |step: &Step<'_>| step.instruction.name.text.clone();
    let lower = known().filter(|step| is_lower(&name(step))).count();
    let mostly_lower = lower > known().filter(|step| is_upper(&name(step))).count();
    let cased = |text: &str, lower: bool| if lower { text.to_ascii_lowercase() } else { text.to_ascii_uppercase() };
    let errors: Vec<Span> = cx.model.errors_about(Concern::Instruction).map(|(_, error)| error.span).collect();
    for step in known().filter(|step| errors.binary_search(&step.instruction.name.span).is_err()) {
        let word = &step.instruction.name;
        let fixed = cased(&word.text, mostly_lower);
        let as_keyword = views::From::of(step.instruction).and_then(|from| from.as_keyword);
        // Another frontend has rules of its own.
        let verbatim = |word: &Word| cx.text(word.span) == word.text && !cx.model.has_foreign_frontend();
        if word.text != fixed {
            let mut finding = Finding::at(word.span).variant("casing").edit(word.span, fixed.as_str());
            let mut applicable = verbatim(word);
            if let Some(word) = as_keyword {
                applicable &= verbatim(word);
                finding = finding.edit(word.span, cased(&word.text, mostly_lower));
            }
            cx.report(finding.fix_if(applicable).with("name", word.text.as_str()).with("fixed", fixed));
        } else if let Some(word) = as_keyword.filter(|word| word.text != cased(&word.text, mostly_lower)) {
            let fixed = cased(&word.text, mostly_lower);
            let finding = Finding::at(word.span).variant("as-casing").edit(word.span, fixed.as_str());
            cx.report(finding.fix_if(verbatim(word)).with("name", word.text.as_str()).with("fixed", fixed));
        }
    }
}
