//! A JSON form that is no JSON.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::EveryInstruction]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let Some(near) = views::near_json(step.instruction) else { return };
        let text = views::argument_text(step.instruction);
        let span = text.span(near.range.start, near.range.end);
        let finding = Finding::at(span)
            .variant(match near.flaw {
                Flaw::SingleQuotes => "single-quotes",
                Flaw::CurlyQuotes => "curly-quotes",
                Flaw::TrailingComma => "trailing-comma",
                Flaw::EmptyItem => "empty-item",
                Flaw::MissingComma => "missing-comma",
                Flaw::Unquoted => "unquoted",
                Flaw::Escape => "escape",
                Flaw::OpenString => "open-string",
                Flaw::OpenArray => "open-array",
                Flaw::TextBehind => "text-behind",
            })
            .with("keyword", step.instruction.name.text.clone())
            .with("word", text.text.get(near.range.clone()).unwrap_or_default().to_owned());
        let array = near.repaired.iter().map(|strings| views::to_json(strings.iter().map(String::as_str))).next();
        let finding = finding.with("array", array.unwrap_or_else(|| r#"["...", "..."]"#.to_owned()));
        cx.report(near.repairs.iter().fold(finding, |finding, (range, replacement)| {
            finding.edit(text.span(range.start, range.end), *replacement)
        }));
    }
}
