//! Every byte of a file in one token.

use super::ast::{Args, Instruction, Token, TokenKind, Word};
use crate::source::{Source, Span};

/// Collects the tokens of a file in order. What stands on an instruction's lines is cut up once its parts are known.
#[derive(Debug)]
pub(super) struct TokenWriter<'s> {
    source: &'s Source,
    tokens: Vec<Token>,
    /// Keywords, flags and arguments, in order, still to be laid over the content of lines.
    leaves: Vec<Token>,
}

impl<'s> TokenWriter<'s> {
    pub(super) fn new(source: &'s Source) -> Self {
        let mut writer = Self { source, tokens: Vec::new(), leaves: Vec::new() };
        if source.text().starts_with('\u{FEFF}') {
            writer.push(TokenKind::Bom, Span::new(0, '\u{FEFF}'.len_utf8() as u32));
        }
        writer
    }

    fn push(&mut self, kind: TokenKind, span: Span) {
        if !span.is_empty() {
            self.tokens.push(Token { kind, span });
        }
    }

    pub(super) fn blank(&mut self, span: Span) {
        self.push(TokenKind::Blank, span);
    }

    pub(super) fn ending(&mut self, span: Span) {
        self.push(TokenKind::Newline, span);
    }

    pub(super) fn comment(&mut self, span: Span) {
        self.push(TokenKind::Comment, span);
    }

    pub(super) fn directive(&mut self, span: Span) {
        self.push(TokenKind::Directive, span);
    }

    pub(super) fn continuation(&mut self, span: Span) {
        self.push(TokenKind::Continuation, span);
    }

    pub(super) fn heredoc_body(&mut self, span: Span) {
        self.push(TokenKind::HeredocBody, span);
    }

    pub(super) fn heredoc_terminator(&mut self, span: Span) {
        self.push(TokenKind::HeredocTerminator, span);
    }

    /// The part of a line that belongs to an instruction.
    pub(super) fn content(&mut self, span: Span) {
        self.push(TokenKind::Punctuation, span);
    }

    pub(super) fn leaf(&mut self, kind: TokenKind, span: Span) {
        if !span.is_empty() {
            self.leaves.push(Token { kind, span });
        }
    }

    pub(super) fn finish(self) -> Vec<Token> {
        let mut out = Vec::with_capacity(self.tokens.len() + 2 * self.leaves.len());
        let mut leaves = self.leaves.iter().peekable();
        for token in &self.tokens {
            if token.kind != TokenKind::Punctuation {
                out.push(*token);
                continue;
            }
            let mut at = token.span.start;
            while at < token.span.end {
                while leaves.next_if(|leaf| leaf.span.end <= at).is_some() {}
                match leaves.peek().filter(|leaf| leaf.span.start < token.span.end) {
                    Some(leaf) => {
                        let start = leaf.span.start.max(at);
                        self.between(Span::new(at, start), &mut out);
                        let end = leaf.span.end.min(token.span.end);
                        out.push(Token { kind: leaf.kind, span: Span::new(start, end) });
                        at = end;
                    }
                    None => {
                        self.between(Span::new(at, token.span.end), &mut out);
                        at = token.span.end;
                    }
                }
            }
        }
        out
    }

    /// Blanks and punctuation between the parts of an instruction.
    fn between(&self, span: Span, out: &mut Vec<Token>) {
        let mut at = span.start;
        for run in self.source.slice(span).split_inclusive(char::is_whitespace).flat_map(|run| {
            let text = run.trim_end();
            [(TokenKind::Punctuation, text.len()), (TokenKind::Blank, run.len() - text.len())]
        }) {
            let (kind, len) = (run.0, run.1 as u32);
            match out.last_mut() {
                _ if len == 0 => {}
                Some(last) if last.kind == kind && last.span.end == at && at > span.start => last.span.end += len,
                _ => out.push(Token { kind, span: Span::new(at, at + len) }),
            }
            at += len;
        }
    }
}

/// The keyword, flags and arguments of an instruction, in the order of the file.
pub(super) fn leaves(instruction: &Instruction, visit: &mut dyn FnMut(TokenKind, Span)) {
    visit(TokenKind::Keyword, instruction.name.span);
    for flag in &instruction.flags {
        visit(TokenKind::Flag, flag.span);
    }
    arguments(&instruction.args, visit);
}

fn arguments(args: &Args, visit: &mut dyn FnMut(TokenKind, Span)) {
    let mut word = |word: &Word| visit(TokenKind::Argument, word.span);
    match args {
        Args::None => {}
        Args::Text(text) | Args::Unread(text) => word(text),
        Args::Json(words) | Args::Words(words) => words.iter().for_each(word),
        Args::Pairs(pairs) => {
            for pair in pairs {
                word(&pair.key);
                word(&pair.value);
            }
        }
        Args::Typed(kind, command) => {
            word(kind);
            arguments(command, visit);
        }
        Args::Child(child) => leaves(child, visit),
    }
}
