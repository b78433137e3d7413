//! A line that starts with no instruction.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        // What follows is most often part of the same mistake.
        let first = cx.model.errors_about(Concern::Instruction).find_map(|(_, error)| match &error.kind {
            InstructionErrorKind::UnknownInstruction { name, .. } => Some((error.span, name.clone())),
            _ => None,
        });
        let Some((span, name)) = first.filter(|_| !cx.model.has_foreign_frontend()) else { return };
        // A template is a Dockerfile only when it is filled in.
        if !["{{", "{%", "{#", "<%"].iter().any(|mark| name.starts_with(mark)) {
            cx.report(Finding::at(span).with("name", name));
        }
    }
}
