//! `ENV DEBIAN_FRONTEND`, which outlives the build.

use crate::checks::prelude::*;

/// Front ends that ask at a terminal, which is what holds without the variable.
const ASKING: &[&str] = &["", "dialog", "newt", "readline", "teletype"];

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Env)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let Some(views::Pairs { pairs }) = views::Pairs::of(step.instruction) else { return };
        let Some(pair) = pairs.iter().find(|pair| name(pair) == "DEBIAN_FRONTEND") else { return };
        let value = cx.model.fold(step, &pair.value.text).known().unwrap_or_default();
        if asks(&value) {
            return;
        }
        let is_reset = step.stage.is_some_and(|stage| {
            let last = if cx.model.is_shipped(step) { cx.model.stages.len().saturating_sub(1) } else { stage };
            matches!(cx.model.environment().lookup(Some(last), usize::MAX, "DEBIAN_FRONTEND"), Lookup::Known(value) if asks(&value))
        });
        let finding = Finding::at(pair.key.span).with("value", value.clone());
        let finding = match () {
            () if step.trigger_of.is_some() => finding,
            () if !cx.model.is_shipped(step) => finding.variant("builder"),
            () if is_reset => finding.variant("reset"),
            () => finding,
        };
        let plain = value.chars().all(|c| c.is_ascii_alphanumeric());
        let keyword = if step.instruction.name.text == "env" { "arg" } else { "ARG" };
        let is_lone = pairs.len() == 1 && plain && !is_reset;
        let finding = finding.edit(step.instruction.name.span, keyword);
        // `ENV NAME value`
        let between = Span::new(pair.key.span.end, pair.value.span.start);
        let is_old = cx.text(between).starts_with([' ', '\t']);
        let finding = if is_old { finding.edit(between, "=") } else { finding };
        cx.report(finding.fix_if(is_lone && (is_old || cx.text(between) == "=")));
    }
}

fn name(pair: &Pair) -> &str {
    pair.key.text.trim_matches(['"', '\''])
}

fn asks(value: &str) -> bool {
    ASKING.contains(&value.to_ascii_lowercase().as_str())
}
