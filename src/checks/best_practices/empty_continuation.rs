//! Empty lines inside a continued instruction.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        for instruction in &cx.model.file.instructions {
            let mut lines = instruction.empty_lines.iter().copied().peekable();
            while let Some(mut run) = lines.next() {
                while let Some(line) = lines.next_if(|line| line.start == run.end) {
                    run = run.to(line);
                }
                report(instruction, run, cx);
            }
        }
    }
}

fn report(instruction: &Instruction, run: Span, cx: &mut Context<'_, '_>) {
    let source = cx.model.source;
    let tokens = &cx.model.file.tokens;
    let before = tokens.get(..tokens.partition_point(|token| token.span.start < run.start)).unwrap_or_default();
    let continuation = before.iter().rev().find(|token| token.kind == TokenKind::Continuation);
    let Some(continuation) = continuation.map(|token| token.span) else { return };
    let mark = Span::new(continuation.start, continuation.start + cx.model.file.escape.len_utf8() as u32);
    let finding = Finding::at(mark).label(Span::empty(run.start), "line").edit(run, "");
    let below = (source.line_of(run.end.saturating_sub(1)) + 1)..=instruction.end_line;
    let mut below = below.map(|line| source.slice(source.line_span(line)).trim());
    let next = below.find(|line| !line.is_empty() && !line.starts_with('#'));
    let word = next.and_then(|line| line.split_whitespace().next()).unwrap_or_default();
    let is_instruction = Keyword::ALL.iter().any(|(name, _)| *name == word);
    cx.report(match next {
        // The continuation is most likely left over: what follows was not meant to belong to it.
        Some(_) if is_instruction => finding
            .variant("swallowed")
            .with("next", word)
            .with("keyword", instruction.name.text.as_str())
            .fix_if(false),
        Some(_) => finding,
        None => {
            let head = source.slice(Span::new(instruction.span.start, mark.start));
            let blanks = (head.len() - head.trim_end_matches([' ', '\t']).len()) as u32;
            finding
                .variant("last")
                .edit(Span::new(mark.start - blanks, continuation.end), "")
                .title("end the instruction")
        }
    });
}
