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
            if instruction.empty_lines.is_empty() {
                swallowed(instruction, cx);
            }
        }
    }
}

/// An instruction that the continuation above it makes a part of another one.
fn swallowed(instruction: &Instruction, cx: &mut Context<'_, '_>) {
    use Keyword as K;
    let is_of_words = matches!(
        instruction.keyword,
        K::Run | K::Copy | K::Add | K::Cmd | K::Entrypoint | K::Expose | K::Volume | K::User | K::Workdir
    );
    if !is_of_words || !instruction.heredocs.is_empty() || instruction.start_line == instruction.end_line {
        return;
    }
    let source = cx.model.source;
    let step = cx.model.steps.iter().find(|step| step.instruction.span == instruction.span);
    let is_script = step.is_some_and(|step| cx.model.body(step).list().is_some());
    // In a script it is what the shell takes for a word of its own, and no part of a text.
    let mut starts: Vec<u32> = Vec::new();
    if let Some(step) = step.filter(|_| is_script) {
        let words = cx.model.commands_of(step.index).iter().flat_map(|command| &command.invocation.simple.words);
        starts = words.filter(|word| word.parts.len() == 1).map(|word| word.span.start).collect();
    }
    let mut above = None;
    for line in instruction.start_line..=instruction.end_line {
        let span = source.line_span(line);
        let text = source.slice(span);
        let indent = (text.len() - text.trim_start().len()) as u32;
        let mut words = text.split_whitespace();
        let word = words.next().unwrap_or_default();
        if word.starts_with('#') {
            continue;
        }
        let is_instruction = Keyword::ALL.iter().any(|(name, _)| *name == word) && words.next().is_some();
        if let Some(above) = above
            && is_instruction
            && (!is_script || starts.contains(&(span.start + indent)))
        {
            let finding = Finding::at(Span::new(span.start + indent, span.start + indent + word.len() as u32));
            let finding = finding.variant("instruction").label(above, "continued");
            cx.report(finding.with("next", word).with("keyword", instruction.name.text.as_str()));
            return;
        }
        let trimmed = text.trim_end().len() as u32;
        above = trimmed.checked_sub(1).map(|at| Span::new(span.start + at, span.start + trimmed));
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
