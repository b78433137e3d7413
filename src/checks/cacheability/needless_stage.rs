//! A build stage that needs a reason.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::From)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        let stage = model.stage_of(step).filter(|stage| stage.from == step.index && !model.is_shipped(step));
        let (Some(stage), Some(last)) = (stage, model.stages.last()) else { return };
        let (Base::Image(image), Some(shipped)) = (&stage.base, model.root_image(last)) else { return };
        let copies = |it: &&ImageUse| it.user == ImageUser::Copy && it.base == Base::Stage(stage.index);
        let Some(copy) = model.image_uses().iter().find(copies) else { return };
        if image.text == shipped.text || is_accepted(stage, image, shipped, cx) || says_why(step.instruction) {
            return;
        }
        let Some(word) = views::From::of(step.instruction).and_then(|from| from.image) else { return };
        let finding = Finding::at(word.span).label(copy.span, "copy").with("image", image.text.clone());
        let is_name = stage.steps.len() == 1 && image.tag.is_some();
        cx.report(if is_name { finding.variant("name") } else { finding });
    }
}

/// Whether it is one of the ways that official images build: a Go program, a Java runtime of its own, Windows, where the
/// image to run on cannot build, no more than one without a shell can.
fn is_accepted(stage: &Stage<'_>, image: &ImageReference, shipped: &ImageReference, cx: &Context<'_, '_>) -> bool {
    let is_windows = |image| base::family(image) == Some(base::Family::Windows);
    let mut commands = stage.steps.clone().flat_map(|step| cx.model.commands_of(step));
    let name = image.familiar();
    name.rsplit('/').next() == Some("golang")
        || ["distroless", "chiseled", "static"].iter().any(|kind| shipped.text.contains(kind))
        || base::family(shipped) == Some(base::Family::Busybox)
        || is_windows(image)
        || is_windows(shipped)
        || commands.any(|command| command.line.as_ref().is_some_and(|line| line.is("jlink") || line.is("go")))
}

/// Words of a comment that gives a reason; "build stage" gives none.
const REASONS: [&str; 7] = ["because", "so that", "since", "in order", "to keep", "to avoid", "need"];

/// Whether a comment above the FROM says why.
fn says_why(instruction: &Instruction) -> bool {
    let mut texts = instruction.leading_comments.iter().map(|comment| comment.text.to_ascii_lowercase());
    texts.any(|text| REASONS.iter().any(|word| text.contains(word)))
}
