//! Instructions with empty lines inside.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        if !cx.runs_build_check(None) {
            return;
        }
        let source = cx.model.source;
        for instruction in &cx.model.file.instructions {
            let Some(first) = instruction.empty_lines.first() else { continue };
            // BuildKit names the line that ends the instruction; here-documents come after it.
            let bodies =
                instruction.heredocs.first().map(|heredoc| source.line_of(heredoc.body.start).saturating_sub(1));
            let line = source.line_span(bodies.unwrap_or(instruction.end_line));
            let text = cx.text(line);
            let start = line.start + (text.len() - text.trim_start().len()) as u32;
            let span = match text.trim() {
                "" => Span::empty(line.start),
                trimmed => Span::new(start, start + trimmed.len() as u32),
            };
            // An instruction that is still continued at the end of the file keeps its continuation.
            let is_last = instruction.empty_lines.last().is_some_and(|last| last.end >= line.end);
            let mut finding = Finding::at(span).label(Span::empty(first.start), "line").fix_if(!is_last);
            for empty in &instruction.empty_lines {
                finding = finding.edit(*empty, "");
            }
            cx.report(finding);
        }
    }
}
