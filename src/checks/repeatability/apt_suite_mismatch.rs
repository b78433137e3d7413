//! Packages for another release than the one that the image holds.

use crate::checks::prelude::*;

/// Where apt looks for its sources.
const SOURCES: &str = "/etc/apt/";
/// Stands for what cannot be known; no blank, so that it is part of a word.
const UNKNOWN: char = '\u{1A}';

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![
            Visit::Command("echo"),
            Visit::Command("printf"),
            Visit::Command("add-apt-repository"),
            Visit::Command("apt-add-repository"),
            Visit::Command("cat"),
            Visit::Command("tee"),
            Visit::Instruction(Keyword::Copy),
            Visit::Instruction(Keyword::Add),
        ]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let transfer = match (views::Copy::of(step.instruction), views::Add::of(step.instruction)) {
            (Some(copy), _) => copy.transfer,
            (_, Some(add)) => add.transfer,
            _ => return,
        };
        if !transfer.destination.is_some_and(|destination| destination.text.starts_with(SOURCES)) {
            return;
        }
        for heredoc in transfer.heredocs.iter().filter_map(|word| views::heredoc_of(step.heredocs, word.span)) {
            let mut text = Text::default();
            text.push(&heredoc.content, Some(heredoc.body.start));
            report(step, &text, cx);
        }
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let (Some(line), Some(step)) = (&command.line, cx.model.step(command.step)) else { return };
        let mut text = Text::default();
        if line.is_any(&["cat", "tee"]) {
            if !writes_sources(command, line) {
                return;
            }
            for redirect in &command.invocation.statement.redirects {
                if matches!(redirect.kind, sh::RedirectKind::HereDoc | sh::RedirectKind::HereString) {
                    text.word(command, &redirect.target, cx);
                }
            }
        } else {
            if line.is_any(&["echo", "printf"]) && !writes_sources(command, line) {
                return;
            }
            for word in &line.operands {
                text.word(command, word, cx);
                text.push(" ", None);
            }
        }
        report(step, &text, cx);
    }
}

/// A text with the places of its parts.
#[derive(Default)]
struct Text {
    text: String,
    /// Where a part starts in the text, and its span with whether the file has it byte by byte.
    parts: Vec<(usize, Span, bool)>,
}

impl Text {
    fn push(&mut self, text: &str, at: Option<u32>) {
        if let Some(at) = at {
            self.parts.push((self.text.len(), Span::new(at, at + text.len() as u32), true));
        }
        self.text.push_str(text);
    }

    fn word(&mut self, command: &Command<'_>, word: &sh::Word, cx: &Context<'_, '_>) {
        for part in &word.parts {
            let text = match &part.kind {
                sh::PartKind::Literal(text) => Some(text.clone()),
                _ => {
                    cx.model.only_word(command, &sh::Word { parts: vec![part.clone()], span: part.span, quoted: true })
                }
            };
            let text = text.unwrap_or_else(|| UNKNOWN.to_string());
            let verbatim = cx.text(part.span) == text;
            self.parts.push((self.text.len(), part.span, verbatim));
            self.text.push_str(&text);
        }
    }

    /// Where a slice of the text stands, and whether it can be replaced there.
    fn place(&self, start: usize, len: usize) -> Option<(Span, bool)> {
        let &(from, span, verbatim) = self.parts.iter().rev().find(|(from, ..)| *from <= start)?;
        let at = span.start + (start - from) as u32;
        let exact = Span::new(at, at + len as u32);
        Some(if verbatim && span.contains(exact) { (exact, true) } else { (span, false) })
    }
}

fn report(step: &Step<'_>, text: &Text, cx: &mut Context<'_, '_>) {
    if text.text.is_empty() {
        return;
    }
    let stage = cx.model.stage_of(step);
    let Some(image) = stage.and_then(|stage| cx.model.root_image(stage)) else { return };
    let Some(base) = base::suite(image) else { return };
    for (start, suite) in apt::suites_in(&text.text) {
        let name = suite.split(['-', '/']).next().unwrap_or_default();
        let Some(other) = base::suite_named(name).filter(|other| other.name != base.name) else { continue };
        let Some((span, is_exact)) = text.place(start, name.len()) else { continue };
        cx.report(
            Finding::at(span)
                .with("suite", other.name)
                .with("base", base.name)
                .with("image", image.text.as_str())
                .edit(span, base.name)
                .fix_if(is_exact && other.family == base.family),
        );
    }
}

/// Whether what a command prints goes into apt's sources: by a redirection of its own or around it, or through `tee`.
fn writes_sources(command: &Command<'_>, line: &CommandLine<'_>) -> bool {
    let is_source = |word: &sh::Word| word.literal().is_some_and(|path| path.starts_with(SOURCES));
    let writes = |statement: &sh::Statement| {
        statement.redirects.iter().any(|redirect| {
            matches!(redirect.kind, sh::RedirectKind::Output | sh::RedirectKind::Append) && is_source(&redirect.target)
        })
    };
    let is_tee = |statement: &sh::Statement| match &statement.command {
        sh::Command::Simple(simple) => {
            shell::read(simple).is_some_and(|line| line.is("tee") && line.operands.iter().any(|word| is_source(word)))
        }
        _ => false,
    };
    let invocation = &command.invocation;
    line.is("tee") && line.operands.iter().any(|word| is_source(word))
        || writes(invocation.statement)
        || invocation.frames.iter().filter_map(Frame::statement).any(writes)
        || invocation.pipeline().is_some_and(|(stages, at)| stages.iter().skip(at + 1).any(is_tee))
}
