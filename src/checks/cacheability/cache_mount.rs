//! Mounts that official images are built without.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Run)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let Some(run) = views::Run::of(step.instruction) else { return };
        for mount in &run.mounts {
            let kind = mount.kind_text();
            let variant = match kind.as_str() {
                "cache" => "cache",
                "secret" | "ssh" => "secret",
                _ => continue,
            };
            let span = mount.kind.as_ref().map_or(mount.span, |word| word.span);
            cx.report(Finding::at(span).variant(variant).with("kind", kind));
        }
    }
}
