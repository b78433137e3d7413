//! RUN after RUN, each with one command.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule {
    /// The step of the RUN under way, if it has one command.
    previous: Option<usize>,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::EveryInstruction]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let previous = self.previous.take().and_then(|index| cx.model.step(index));
        if step.trigger_of.is_some() || step.keyword() != Keyword::Run || !has_one_command(step, cx) {
            return;
        }
        self.previous = Some(step.index);
        if previous.is_some_and(|previous| flags(previous) == flags(step)) {
            cx.report(Finding::at(step.instruction.name.span));
        }
    }
}

/// The flags of a RUN in an order of their own.
fn flags<'s>(step: &'s Step<'_>) -> Vec<&'s str> {
    let mut flags: Vec<&str> = step.instruction.flags.iter().map(|flag| flag.text.as_str()).collect();
    flags.sort_unstable();
    flags
}

/// Whether a RUN has a single command; the scripts that a command is given are its own.
fn has_one_command(step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    match cx.model.body(step) {
        Body::Shell(_) => {
            let in_script = |frame: &Frame<'_>| matches!(frame, Frame::Script { .. });
            let counts = |command: &&Command<'_>| {
                let is_condition = command.line.as_ref().is_some_and(|line| line.name == "[");
                let has_words = !command.invocation.simple.words.is_empty();
                has_words && !is_condition && !command.invocation.frames.iter().any(in_script)
            };
            cx.model.commands_of(step.index).iter().filter(counts).count() <= 1
        }
        Body::Exec(_) => cx.model.commands_of(step.index).len() <= 2,
        Body::Foreign if step.heredocs.is_empty() => !has_separator(&body::shell_text(step.instruction).text),
        Body::Foreign | Body::Broken(_) | Body::Empty => false,
    }
}

/// Whether a line for PowerShell or cmd has more than one command, as far as its quotes tell.
fn has_separator(line: &str) -> bool {
    let mut quote = None;
    line.chars().any(|c| {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            _ => {}
        }
        quote.is_none() && matches!(c, ';' | '&' | '|' | '\n')
    })
}
