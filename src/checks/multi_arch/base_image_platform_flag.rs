//! A base image of another platform.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::From)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let Some(views::From { platform: Some(flag), image, .. }) = views::From::of(step.instruction) else { return };
        let Some(image) = image else { return };
        let value = flag.value.as_ref().map_or("", |value| value.text.as_str());
        let between = Span::new(flag.span.end, image.span.start);
        // What the build takes anyway can go; anything else chooses another image.
        let is_redundant = matches!(value, "$TARGETPLATFORM" | "${TARGETPLATFORM}") && !is_redefined(cx);
        let finding = Finding::at(flag.span)
            .with("flag", flag.text.as_str())
            .with("image", cx.text(image.span))
            .edit(Span::new(flag.span.start, image.span.start), "")
            .fix_if(is_redundant && cx.text(between).trim().is_empty());
        cx.report(if is_redundant {
            finding.variant("redundant")
        } else if value.contains('$') {
            finding
        } else {
            finding.variant("constant").with("platform", value)
        });
    }
}

/// Whether an ARG before the first FROM gives the platform a value of its own.
fn is_redefined(cx: &Context<'_, '_>) -> bool {
    let mut global = cx.model.steps.iter().take_while(|step| step.keyword() != Keyword::From);
    global.any(|step| {
        let declarations = views::Arg::of(step.instruction).map(|arg| arg.declarations).unwrap_or_default();
        declarations.iter().any(|it| it.name.text == "TARGETPLATFORM" && it.default.is_some())
    })
}
