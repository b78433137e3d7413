//! Labels in the image, which every image built on it inherits.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Label)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        // Labels of a trigger go into other images by design.
        if step.trigger_of.is_some() || step.stage.is_none() || !cx.model.is_shipped(step) {
            return;
        }
        let Some(views::Pairs { pairs }) = views::Pairs::of(step.instruction) else { return };
        let mut told = false;
        for (index, pair) in pairs.iter().enumerate() {
            let key = pair.key.text.trim_matches(['"', '\'']);
            let variant = match key {
                "maintainer" => "maintainer",
                key if key.contains(['.', '$', '/']) => continue,
                _ => "bare",
            };
            told = true;
            let finding = Finding::at(pair.key.span).variant(variant).with("key", key.to_owned());
            cx.report(match (variant, removal(index, pairs, step, cx)) {
                ("maintainer", Some(span)) => finding.edit(span, ""),
                _ => finding,
            });
        }
        if !told {
            cx.report(Finding::at(step.instruction.name.span));
        }
    }
}

/// What has to go for a pair to go: the whole instruction where it is alone, else the blanks beside it too.
fn removal(index: usize, pairs: &[Pair], step: &Step<'_>, cx: &Context<'_, '_>) -> Option<Span> {
    let pair = pairs.get(index)?;
    if !step.instruction.inner_comments.is_empty() || !step.heredocs.is_empty() {
        return None;
    }
    let neighbour = |index: Option<usize>| index.and_then(|index| pairs.get(index));
    match (neighbour(index.checked_sub(1)), neighbour(Some(index + 1))) {
        (None, None) => Some(cx.model.removal(step)),
        (Some(before), _) => Some(Span::new(before.value.span.end, pair.value.span.end)),
        (None, Some(after)) => Some(Span::new(pair.key.span.start, after.key.span.start)),
    }
}
