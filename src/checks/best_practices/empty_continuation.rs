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
        for step in cx.model.steps.iter().filter(|step| step.trigger_of.is_none()) {
            swallowed(step, cx);
        }
    }
}

/// An instruction that the continuation above it makes a part of another one; behind an empty line it is told there.
fn swallowed(step: &Step<'_>, cx: &mut Context<'_, '_>) {
    use Keyword as K;
    let instruction = step.instruction;
    let is_of_words = matches!(
        instruction.keyword,
        K::Run | K::Copy | K::Add | K::Cmd | K::Entrypoint | K::Expose | K::Volume | K::User | K::Workdir
    );
    if !is_of_words || !instruction.heredocs.is_empty() || !instruction.empty_lines.is_empty() {
        return;
    }
    let source = cx.model.source;
    let mut above = None;
    for line in instruction.start_line..=instruction.end_line {
        let span = source.line_span(line);
        let text = source.slice(span);
        let start = span.start + (text.len() - text.trim_start().len()) as u32;
        let mut words = text.split_whitespace();
        let word = words.next().unwrap_or_default();
        if word.starts_with('#') {
            continue;
        }
        let has_arguments = words.next().is_some();
        let is_instruction = || has_arguments && Keyword::ALL.iter().any(|(name, _)| *name == word);
        if let Some(above) = above.filter(|_| is_instruction() && is_word(step, start, cx)) {
            let finding = Finding::at(Span::new(start, start + word.len() as u32)).variant("instruction");
            let finding = finding.with("next", word).with("keyword", instruction.name.text.as_str());
            cx.report(finding.label(above, "continued"));
            return;
        }
        let end = span.start + text.trim_end().len() as u32;
        above = (end > span.start).then(|| Span::new(end - 1, end));
    }
}

/// Whether what begins at a byte is a word of its own for the shell that reads the step, and no part of a text.
fn is_word(step: &Step<'_>, start: u32, cx: &Context<'_, '_>) -> bool {
    let mut words = cx.model.commands_of(step.index).iter().flat_map(|command| &command.invocation.simple.words);
    cx.model.body(step).list().is_none() || words.any(|word| word.parts.len() == 1 && word.span.start == start)
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
