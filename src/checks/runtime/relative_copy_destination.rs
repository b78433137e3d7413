//! A copy that goes wherever the base image happens to stand.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Copy), Visit::Instruction(Keyword::Add)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let transfer = match (views::Copy::of(step.instruction), views::Add::of(step.instruction)) {
            (Some(copy), _) => copy.transfer,
            (_, Some(add)) => add.transfer,
            _ => return,
        };
        let has_sources = !transfer.sources.is_empty() || !transfer.heredocs.is_empty();
        let Some(word) = transfer.destination.filter(|_| has_sources && step.stage.is_some()) else { return };
        let path = match cx.model.fold(step, &word.text) {
            Folded::Known(path) => path,
            // Whatever the variable holds, what stands before it is no root.
            Folded::Unknown => word.text.trim_start_matches(['"', '\'']).to_owned(),
        };
        let starts_a_name = path.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '~' | '@'));
        if !starts_a_name || workdir::is_absolute(&path) || path.contains("{{") {
            return;
        }
        if cx.model.working_directory(step) == workdir::WorkingDirectory::Inherited {
            let keyword = step.keyword().as_str();
            cx.report(Finding::at(word.span).with("destination", path).with("keyword", keyword));
        }
    }
}
