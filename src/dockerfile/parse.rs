//! The parser: bytes in, tree out. It never fails; what BuildKit refuses is an error beside the tree.
//!
//! Follows `Parse` and `newNodeFromLine` in BuildKit's frontend/dockerfile/parser/parser.go.

use std::iter::Peekable;
use std::ops::Range;

use super::ast::{
    Args, Comment, Directive, Dockerfile, Flag, Heredoc, Instruction, Keyword, Pair, SyntaxError, SyntaxErrorKind, Word,
};
use super::directives::{self, DirectiveLine, DirectiveParser};
use super::json::{self, JsonForm};
use super::lexers;
use super::lines::{self, Line, Lines};
use super::tokens::TokenWriter;
use super::{heredoc, tokens};
use crate::source::{Joined, Source, Span};

/// ONBUILD triggers inside each other are read this deep; BuildKit refuses the second in its next stage.
const MAX_ONBUILD: usize = 8;

/// Parses a Dockerfile.
pub fn parse(source: &Source) -> Dockerfile {
    let mut parser = Parser {
        source,
        lines: Lines::new(source).peekable(),
        file: Dockerfile { escape: '\\', syntax: directives::detect_syntax(source), ..Dockerfile::default() },
        tokens: TokenWriter::new(source),
        comments: Vec::new(),
    };
    parser.file();
    let Parser { mut file, tokens, .. } = parser;
    if file.instructions.is_empty() {
        let at = source.text().len() as u32;
        file.errors.push(SyntaxError { kind: SyntaxErrorKind::NoInstructions, span: Span::empty(at) });
    }
    file.tokens = tokens.finish();
    file
}

struct Parser<'s> {
    source: &'s Source,
    lines: Peekable<Lines<'s>>,
    file: Dockerfile,
    tokens: TokenWriter<'s>,
    /// Comment lines that wait for the instruction below them.
    comments: Vec<Comment>,
}

/// The lines of one instruction, joined.
struct Logical {
    joined: Joined,
    start_line: u32,
    end_line: u32,
    inner_comments: Vec<Comment>,
    empty_lines: Vec<Span>,
    start: u32,
}

impl Parser<'_> {
    fn file(&mut self) {
        let mut directives = DirectiveParser::default();
        while let Some(line) = self.next_line() {
            let content = self.source.slice(line.content).trim_start();
            let start = line.content.end - content.len() as u32;
            self.tokens.blank(Span::new(line.content.start, start));
            let directive = directives.line(content, "#");
            if lines::is_comment(content) {
                self.comment_line(&line, Span::new(start, line.content.end), directive);
            } else if content.is_empty() {
                self.tokens.ending(line.ending);
            } else {
                let logical = self.logical_line(line, start);
                self.instruction(logical);
            }
        }
    }

    fn next_line(&mut self) -> Option<Line> {
        let line = self.lines.next()?;
        if line.is_too_long() {
            self.file.errors.push(SyntaxError { kind: SyntaxErrorKind::LineTooLong, span: line.content });
        }
        Some(line)
    }

    fn comment_line(&mut self, line: &Line, span: Span, directive: DirectiveLine<'_>) {
        let text = self.source.slice(span);
        match directive {
            DirectiveLine::Directive { name, value } => {
                if name == "escape" {
                    self.file.escape = value.chars().next().unwrap_or('\\');
                }
                let at = span.start + directives::offset_in(text, value);
                let value = Word { text: value.to_owned(), span: Span::new(at, at + value.len() as u32) };
                self.file.directives.push(Directive { name, value, span, line: line.number });
                self.tokens.directive(span);
            }
            other => {
                if let DirectiveLine::Error(kind) = other {
                    self.file.errors.push(SyntaxError { kind, span });
                }
                let comment = comment(text, span, line.number);
                // A bare `#` cuts the comments above off from the instruction below; BuildKit sees it only at the line's start.
                if text.trim() == "#" && span.start == line.content.start {
                    self.comments.clear();
                } else {
                    self.comments.push(comment.clone());
                }
                self.file.comments.push(comment);
                self.tokens.comment(span);
            }
        }
        self.tokens.ending(line.ending);
    }

    /// Joins `first`, whose content starts at `start`, with the lines that continue it.
    fn logical_line(&mut self, first: Line, start: u32) -> Logical {
        let mut logical = Logical {
            joined: Joined::default(),
            start_line: first.number,
            end_line: first.number,
            inner_comments: Vec::new(),
            empty_lines: Vec::new(),
            start,
        };
        let mut continues = self.piece(&mut logical, &first, start);
        while continues {
            let Some(line) = self.next_line() else { break };
            logical.end_line = line.number;
            let content = self.source.slice(line.content);
            if lines::is_comment(content) {
                let start = line.content.end - content.trim_start().len() as u32;
                self.tokens.blank(Span::new(line.content.start, start));
                let span = Span::new(start, line.content.end);
                logical.inner_comments.push(comment(self.source.slice(span), span, line.number));
                self.tokens.comment(span);
                self.tokens.ending(line.ending);
            } else if content.trim_start().is_empty() {
                logical.empty_lines.push(line.content.to(line.ending));
                self.tokens.blank(line.content);
                self.tokens.ending(line.ending);
            } else {
                continues = self.piece(&mut logical, &line, line.content.start);
            }
        }
        logical
    }

    /// Adds a physical line to the joined text; tells whether another one follows.
    fn piece(&mut self, logical: &mut Logical, line: &Line, start: u32) -> bool {
        let span = Span::new(start, line.content.end);
        let content = self.source.slice(span);
        let continued = lines::continued(content, self.file.escape);
        let len = continued.unwrap_or(content.len());
        logical.joined.push(content.get(..len).unwrap_or_default(), start);
        let end = start + len as u32;
        self.tokens.content(Span::new(start, end));
        if continued.is_some() {
            self.tokens.continuation(Span::new(end, line.content.end));
        }
        self.tokens.ending(line.ending);
        continued.is_some()
    }

    fn instruction(&mut self, logical: Logical) {
        let Logical { joined, start_line, end_line, inner_comments, empty_lines, start } = logical;
        let mut reader = LineReader {
            source: self.source,
            escape: self.file.escape,
            lines: (start_line, end_line),
            at: start,
            errors: Vec::new(),
        };
        let mut instruction = reader.read(joined, 0);
        let failed = !reader.errors.is_empty();
        self.file.errors.append(&mut reader.errors);
        instruction.leading_comments = std::mem::take(&mut self.comments);
        instruction.inner_comments = inner_comments;
        instruction.empty_lines = empty_lines;
        tokens::leaves(&instruction, &mut |kind, span| self.tokens.leaf(kind, span));
        if !failed {
            self.heredocs(&mut instruction);
        }
        self.file.instructions.push(instruction);
    }

    fn heredocs(&mut self, instruction: &mut Instruction) {
        if !heredoc::may_have(instruction) || !instruction.joined.text.contains("<<") {
            return;
        }
        let operators = match heredoc::operators(&instruction.joined.text) {
            Ok(operators) => operators,
            Err(error) => {
                let kind = SyntaxErrorKind::HeredocName(error.to_string());
                self.file.errors.push(SyntaxError { kind, span: instruction.span });
                return;
            }
        };
        for operator in operators {
            let span = instruction.joined.span(operator.range.start, operator.range.end);
            let start = self.lines.peek().map_or(self.source.text().len() as u32, |line| line.content.start);
            let mut body = Span::empty(start);
            let mut terminator = None;
            while let Some(line) = self.next_line() {
                instruction.end_line = line.number;
                let content = self.source.slice(line.content);
                let candidate = if operator.chomp { content.trim_start_matches('\t') } else { content };
                if candidate == operator.name {
                    terminator = Some(line.content);
                    self.tokens.heredoc_body(body);
                    self.tokens.heredoc_terminator(line.content);
                    self.tokens.ending(line.ending);
                    break;
                }
                body.end = line.ending.end;
            }
            if terminator.is_none() {
                self.tokens.heredoc_body(body);
                let kind = SyntaxErrorKind::UnterminatedHeredoc(operator.name.clone());
                self.file.errors.push(SyntaxError { kind, span });
            }
            instruction.heredocs.push(Heredoc {
                name: operator.name,
                operator: span,
                expand: operator.expand,
                chomp: operator.chomp,
                fd: operator.fd,
                content: self.source.slice(body).to_owned(),
                body,
                terminator: terminator.unwrap_or(Span::empty(body.end)),
            });
        }
    }
}

fn comment(text: &str, span: Span, line: u32) -> Comment {
    Comment { text: text.trim_start_matches('#').trim().to_owned(), span, line }
}

/// Reads one joined line.
struct LineReader<'s> {
    source: &'s Source,
    escape: char,
    lines: (u32, u32),
    /// Where the line stands, for a line without any text.
    at: u32,
    errors: Vec<SyntaxError>,
}

impl LineReader<'_> {
    fn read(&mut self, joined: Joined, depth: usize) -> Instruction {
        let text = joined.text.as_str();
        let (name, rest) = lexers::split_keyword(text);
        let keyword = Keyword::parse(text.get(name.clone()).unwrap_or_default());
        let source = self.source;
        let (raw_flags, args_at) = lexers::flags(text, rest.start, self.escape, |at| {
            if source.is_utf8() {
                text.as_bytes().get(at).copied().unwrap_or_default()
            } else {
                source.bytes().get(joined.to_source(at) as usize).copied().unwrap_or_default()
            }
        });
        let args_at = (args_at..=text.len()).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len());
        let args_range = lexers::trimmed(text, args_at.min(rest.end)..rest.end);
        let flags: Vec<Flag> = raw_flags.into_iter().map(|flag| Self::flag(&joined, flag)).collect();
        let args = self.args(keyword, &joined, args_range.clone(), depth);
        let span = match (name.is_empty(), args_range.is_empty()) {
            (true, _) => Span::empty(self.at),
            (false, false) => joined.span(name.start, args_range.end),
            (false, true) => {
                let keyword = joined.span(name.start, name.end);
                flags.last().map_or(keyword, |flag| keyword.to(flag.span))
            }
        };
        Instruction {
            keyword,
            name: self.word(&joined, name),
            flags,
            args,
            heredocs: Vec::new(),
            start_line: self.lines.0,
            end_line: self.lines.1,
            span,
            leading_comments: Vec::new(),
            inner_comments: Vec::new(),
            empty_lines: Vec::new(),
            joined,
        }
    }

    fn word(&self, joined: &Joined, range: Range<usize>) -> Word {
        let span = if joined.text.is_empty() { Span::empty(self.at) } else { joined.span(range.start, range.end) };
        Word { text: joined.text.get(range).unwrap_or_default().to_owned(), span }
    }

    fn flag(joined: &Joined, raw: lexers::RawFlag) -> Flag {
        let (name, value) = match raw.text.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (raw.text.as_str(), None),
        };
        let name_end = raw.value_at.map_or(raw.range.end, |at| at - 1);
        let name_start = (raw.range.start + 2).min(name_end);
        Flag {
            name: Word { text: name.get(2..).unwrap_or_default().to_owned(), span: joined.span(name_start, name_end) },
            value: value.map(|value| Word {
                text: value.to_owned(),
                span: joined.span(raw.value_at.unwrap_or(raw.range.end), raw.range.end),
            }),
            span: joined.span(raw.range.start, raw.range.end),
            text: raw.text,
        }
    }

    fn args(&mut self, keyword: Keyword, joined: &Joined, range: Range<usize>, depth: usize) -> Args {
        if keyword == Keyword::Unknown {
            return Args::Unread(self.word(joined, range));
        }
        if range.is_empty() {
            return Args::None;
        }
        match keyword {
            Keyword::Run | Keyword::Cmd | Keyword::Entrypoint | Keyword::Shell => {
                self.json_or(joined, range, |this, range| Args::Text(this.word(joined, range)))
            }
            Keyword::Add | Keyword::Copy | Keyword::Volume => self
                .json_or(joined, range, |this, range| this.words(joined, lexers::blank_separated(&joined.text, range))),
            Keyword::From | Keyword::Expose => self.words(joined, lexers::blank_separated(&joined.text, range)),
            Keyword::Arg => self.words(joined, lexers::quoted_words(&joined.text, range, self.escape)),
            Keyword::Env | Keyword::Label => self.pairs(keyword, joined, range),
            Keyword::Healthcheck => {
                let (name, rest) = lexers::healthcheck_type(&joined.text, range);
                if name.is_empty() {
                    return Args::None;
                }
                let command = if rest.is_empty() {
                    Args::None
                } else {
                    self.json_or(joined, rest, |this, range| Args::Text(this.word(joined, range)))
                };
                Args::Typed(self.word(joined, name), Box::new(command))
            }
            Keyword::Onbuild if depth < MAX_ONBUILD => {
                Args::Child(Box::new(self.read(joined.part(range.start, range.end), depth + 1)))
            }
            _ => Args::Text(self.word(joined, range)),
        }
    }

    fn words(&self, joined: &Joined, ranges: Vec<Range<usize>>) -> Args {
        if ranges.is_empty() {
            return Args::None;
        }
        Args::Words(ranges.into_iter().map(|range| self.word(joined, range)).collect())
    }

    fn json_or(
        &mut self,
        joined: &Joined,
        range: Range<usize>,
        shell_form: impl FnOnce(&Self, Range<usize>) -> Args,
    ) -> Args {
        let text = joined.text.get(range.clone()).unwrap_or_default();
        match json::read(text, !self.source.is_utf8()) {
            JsonForm::Absent => shell_form(self, range),
            JsonForm::Strings(strings) => {
                let word = |(text, at): (String, Range<usize>)| Word {
                    text,
                    span: joined.span(range.start + at.start, range.start + at.end),
                };
                Args::Json(strings.into_iter().map(word).collect())
            }
            JsonForm::NotStrings => {
                let span = joined.span(range.start, range.end);
                self.errors.push(SyntaxError { kind: SyntaxErrorKind::JsonNotStrings, span });
                shell_form(self, range)
            }
        }
    }

    fn pairs(&mut self, keyword: Keyword, joined: &Joined, range: Range<usize>) -> Args {
        let text = joined.text.as_str();
        let words = lexers::quoted_words(text, range.clone(), self.escape);
        let Some(first) = words.first() else { return Args::None };
        if !text.get(first.clone()).unwrap_or_default().contains('=') {
            let Some((key, value)) = lexers::key_and_rest(text, range.clone()) else {
                let kind = SyntaxErrorKind::MissingValue(keyword.as_str().to_owned());
                self.errors.push(SyntaxError { kind, span: joined.span(range.start, range.end) });
                return Args::Text(self.word(joined, range));
            };
            let (key, value) = (self.word(joined, key), self.word(joined, value));
            return Args::Pairs(vec![Pair { key, value, equals: false }]);
        }
        let mut pairs = Vec::new();
        let mut failed = false;
        for range in words {
            let word = text.get(range.clone()).unwrap_or_default();
            match word.find('=') {
                Some(at) => pairs.push(Pair {
                    key: self.word(joined, range.start..range.start + at),
                    value: self.word(joined, range.start + at + 1..range.end),
                    equals: true,
                }),
                // BuildKit stops at the first word without `=`.
                None if !failed => {
                    failed = true;
                    let kind = SyntaxErrorKind::MissingEquals(word.to_owned());
                    self.errors.push(SyntaxError { kind, span: joined.span(range.start, range.end) });
                }
                None => {}
            }
        }
        Args::Pairs(pairs)
    }
}
