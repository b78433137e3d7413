//! Words as parts: quotes and escapes removed, expansions told apart.
//!
//! The parser behind says where words begin and end. What is in them is read here from the text, because its own parts
//! carry wrong spans after an escape in double quotes. Semantics: the Bash manual, 3.1.2 (Quoting), 3.5 (Shell Expansions).

use super::ast::{Operation, Parameter, Part, PartKind, Quoting, Word};
use super::lower::{Lowering, ShellError};
use super::scan::{self, Open};

/// Where the text stands, and so which characters are special.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    /// A word.
    Plain,
    /// Between double quotes.
    Double,
    /// A here-document that is expanded; whether leading tabs are stripped.
    HereDoc { strip: bool },
    /// The word in `${NAME:-word}`; whether that stands in double quotes.
    Operand { quoted: bool },
    /// Arithmetic: only its command substitutions are kept.
    Arithmetic,
}

/// A text without its quotes and escapes, and where in the joined text each run of it comes from.
#[derive(Debug, Default)]
pub(super) struct Origin {
    pub(super) text: String,
    /// Offset here, offset in the joined text, length.
    pub(super) runs: Vec<(usize, usize, usize)>,
}

impl Origin {
    pub(super) fn push(&mut self, text: &str, from: usize) {
        match self.runs.last_mut() {
            Some((_, joined, len)) if *joined + *len == from => *len += text.len(),
            _ => self.runs.push((self.text.len(), from, text.len())),
        }
        self.text.push_str(text);
    }
}

struct Scan<'l, 'a> {
    lowering: &'l mut Lowering<'a>,
    at: usize,
    end: usize,
    parts: Vec<Part>,
    quoted: bool,
    literal: String,
    literal_start: usize,
    literal_end: usize,
    quoting: Quoting,
    origin: Option<&'l mut Origin>,
}

impl Lowering<'_> {
    /// The word at `start..end` of the text.
    pub(super) fn word(&mut self, start: usize, end: usize) -> Result<Word, ShellError> {
        self.word_in(start, end, Context::Plain, None)
    }

    /// The same for other contexts; `origin` receives the literal text, expansions left out.
    pub(super) fn word_in<'l>(
        &'l mut self,
        start: usize,
        end: usize,
        context: Context,
        origin: Option<&'l mut Origin>,
    ) -> Result<Word, ShellError> {
        self.enter(start)?;
        let span = self.span(start, end);
        let mut reading = Scan {
            lowering: self,
            at: start,
            end: end.max(start),
            parts: Vec::new(),
            quoted: false,
            literal: String::new(),
            literal_start: start,
            literal_end: start,
            quoting: Quoting::None,
            origin,
        };
        if matches!(context, Context::HereDoc { strip: true }) {
            reading.skip_tabs();
        }
        reading.run(context)?;
        reading.flush();
        let Scan { parts, quoted, .. } = reading;
        self.leave();
        let quoted = quoted || matches!(context, Context::HereDoc { .. });
        Ok(Word { parts, span, quoted })
    }
}

impl<'a> Scan<'_, 'a> {
    fn char_at(&self, at: usize) -> Option<char> {
        if at >= self.end {
            return None;
        }
        self.lowering.text.get(at..).and_then(|rest| rest.chars().next())
    }

    fn slice(&self, start: usize, end: usize) -> &'a str {
        self.lowering.text.get(start..end).unwrap_or_default()
    }

    fn push(&mut self, text: &str, from: usize, to: usize, quoting: Quoting) {
        if let Some(origin) = &mut self.origin {
            origin.push(text, from);
        }
        if self.literal.is_empty() || self.quoting != quoting || self.literal_end != from {
            self.flush();
            self.literal_start = from;
            self.quoting = quoting;
        }
        self.literal.push_str(text);
        self.literal_end = to;
    }

    fn push_char(&mut self, c: char, from: usize, quoting: Quoting) {
        self.push(c.encode_utf8(&mut [0; 4]), from, from + c.len_utf8(), quoting);
    }

    fn flush(&mut self) {
        if !self.literal.is_empty() {
            let span = self.lowering.span(self.literal_start, self.literal_end);
            let text = std::mem::take(&mut self.literal);
            self.parts.push(Part { kind: PartKind::Literal(text), quoting: self.quoting, span });
        }
    }

    fn expansion(&mut self, kind: PartKind, start: usize, quoting: Quoting) {
        self.flush();
        let span = self.lowering.span(start, self.at);
        self.parts.push(Part { kind, quoting, span });
    }

    fn skip_tabs(&mut self) {
        while self.char_at(self.at) == Some('\t') {
            self.at += 1;
        }
    }

    /// Reads to the end of the context.
    fn run(&mut self, context: Context) -> Result<(), ShellError> {
        let bare = matches!(context, Context::Plain | Context::Operand { quoted: false } | Context::Arithmetic);
        let quoting = match context {
            _ if bare => Quoting::None,
            Context::HereDoc { .. } | Context::Double | Context::Operand { .. } => Quoting::Double,
            Context::Plain | Context::Arithmetic => Quoting::None,
        };
        while let Some(c) = self.char_at(self.at) {
            let start = self.at;
            match c {
                '\\' => self.escape(context, quoting),
                '\'' if bare => {
                    self.quoted = true;
                    let end = scan::after(self.lowering.text.as_bytes(), start + 1, b'\'', false)
                        .unwrap_or(self.end + 1)
                        .min(self.end + 1);
                    let text = self.slice(start + 1, end - 1).to_owned();
                    if !text.is_empty() {
                        self.push(&text, start + 1, end - 1, Quoting::Single);
                    }
                    self.at = end;
                }
                '"' if context == Context::Double => return Ok(()),
                '"' if !matches!(context, Context::HereDoc { .. }) => self.double(start + 1)?,
                '$' => self.dollar(bare, quoting)?,
                '`' => self.backquoted(quoting)?,
                '<' | '>' if context == Context::Plain && self.char_at(start + 1) == Some('(') => {
                    let list = self.commands(start + 2)?;
                    self.expansion(PartKind::ProcessSubstitution { list, input: c == '<' }, start, quoting);
                }
                '\n' if context == (Context::HereDoc { strip: true }) => {
                    self.push("\n", start, start + 1, quoting);
                    self.at += 1;
                    self.skip_tabs();
                    self.literal_end = self.at;
                }
                _ => {
                    self.push_char(c, start, quoting);
                    self.at += c.len_utf8();
                }
            }
        }
        Ok(())
    }

    fn double(&mut self, from: usize) -> Result<(), ShellError> {
        self.quoted = true;
        self.at = from;
        self.run(Context::Double)?;
        self.at += 1;
        Ok(())
    }

    fn escape(&mut self, context: Context, quoting: Quoting) {
        let start = self.at;
        let Some(next) = self.char_at(start + 1) else {
            self.push("\\", start, start + 1, quoting);
            self.at += 1;
            return;
        };
        let end = start + 1 + next.len_utf8();
        let removed = match context {
            Context::Plain | Context::Operand { quoted: false } | Context::Arithmetic => true,
            Context::Double => matches!(next, '$' | '`' | '"' | '\\' | '\n'),
            Context::HereDoc { .. } => matches!(next, '$' | '`' | '\\' | '\n'),
            Context::Operand { quoted: true } => matches!(next, '$' | '`' | '"' | '\\' | '\n' | '}'),
        };
        self.at = end;
        if next == '\n' && removed {
            if self.literal_end == start {
                self.literal_end = end;
            }
        } else if removed {
            let quoting = if quoting == Quoting::None { Quoting::Single } else { quoting };
            let mut buffer = [0; 4];
            let text = next.encode_utf8(&mut buffer);
            self.quoted |= quoting == Quoting::Single;
            if let Some(origin) = &mut self.origin {
                origin.push(text, start + 1);
            }
            let origin = self.origin.take();
            self.push(text, start, end, quoting);
            self.origin = origin;
        } else {
            self.at = start + 1;
            self.push("\\", start, start + 1, quoting);
        }
    }

    /// The end of an expansion, which has to lie in the word: the parser lets some go on to the end of the text.
    fn closed(&self, end: Option<usize>, start: usize, close: char) -> Result<usize, ShellError> {
        end.filter(|&end| end < self.end).ok_or_else(|| ShellError {
            message: format!("expected '{close}'"),
            span: self.lowering.span(start, self.end),
            is_limit: false,
        })
    }

    /// Commands up to the bracket that closes them; afterwards `at` is behind it.
    fn commands(&mut self, start: usize) -> Result<super::ast::List, ShellError> {
        let text = self.lowering.text;
        let end = self.closed(scan::close(text, start, Open::code()), start, ')')?;
        self.at = end + 1;
        self.lowering.list_at(start, end)
    }

    fn backquoted(&mut self, quoting: Quoting) -> Result<(), ShellError> {
        let start = self.at;
        let bytes = self.lowering.text.as_bytes();
        let end = self.closed(scan::after(bytes, start + 1, b'`', true).map(|end| end - 1), start, '`')?;
        self.at = end + 1;
        let inside = self.slice(start + 1, end);
        let list = if inside.contains('\\') {
            let mut origin = Origin::default();
            let mut chars = inside.char_indices().peekable();
            while let Some((at, c)) = chars.next() {
                let escaped = chars.next_if(|&(_, next)| {
                    c == '\\' && (matches!(next, '$' | '`' | '\\') || next == '"' && quoting == Quoting::Double)
                });
                let (at, c) = escaped.unwrap_or((at, c));
                origin.push(c.encode_utf8(&mut [0; 4]), start + 1 + at);
            }
            self.lowering.list_of(&origin)?
        } else {
            self.lowering.list_at(start + 1, end)?
        };
        self.expansion(PartKind::Substitution(list), start, quoting);
        Ok(())
    }

    fn dollar(&mut self, bare: bool, quoting: Quoting) -> Result<(), ShellError> {
        let start = self.at;
        let text = self.lowering.text;
        match self.char_at(start + 1) {
            Some('(') => {
                let arithmetic = (self.char_at(start + 2) == Some('('))
                    .then(|| scan::arithmetic(text, start + 3))
                    .flatten()
                    .filter(|&end| end < self.end);
                if let Some(end) = arithmetic {
                    self.unknown(start, start + 3, end - 1, end + 1, quoting)?;
                } else {
                    let list = self.commands(start + 2)?;
                    self.expansion(PartKind::Substitution(list), start, quoting);
                }
            }
            Some('{') => {
                let end = self.closed(scan::close(text, start + 2, Open::Brace { quoted: !bare }), start, '}')?;
                let parameter = self.braced(start + 2, end, !bare)?;
                self.at = end + 1;
                self.expansion(PartKind::Parameter(parameter), start, quoting);
            }
            Some('[') => match self.slice(start, self.end).find(']') {
                Some(len) => self.unknown(start, start + 2, start + len, start + len + 1, quoting)?,
                None => self.dollar_sign(quoting),
            },
            Some('\'') if bare => self.ansi_quoted(),
            Some('"') if bare => self.double(start + 2)?,
            Some(c) if c.is_ascii_alphabetic() || c == '_' => {
                let rest = self.slice(start + 1, self.end);
                let name = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default();
                let name = name.to_owned();
                self.at = start + 1 + name.len();
                self.parameter(name, start, quoting);
            }
            Some(c) if c.is_ascii_digit() || is_special(c) => {
                self.at = start + 2;
                self.parameter(c.to_string(), start, quoting);
            }
            _ => self.dollar_sign(quoting),
        }
        Ok(())
    }

    fn dollar_sign(&mut self, quoting: Quoting) {
        self.push("$", self.at, self.at + 1, quoting);
        self.at += 1;
    }

    fn parameter(&mut self, name: String, start: usize, quoting: Quoting) {
        self.expansion(PartKind::Parameter(Parameter { name, operation: Operation::Plain }), start, quoting);
    }

    /// Arithmetic from `start` to `end`; its text is `from..to`.
    fn unknown(
        &mut self,
        start: usize,
        from: usize,
        to: usize,
        end: usize,
        quoting: Quoting,
    ) -> Result<(), ShellError> {
        self.at = end;
        self.expansion(PartKind::Unknown, start, quoting);
        if self.slice(from, to).contains(['$', '`']) {
            let inside = self.lowering.word_in(from, to, Context::Arithmetic, None)?;
            self.parts.extend(inside.parts.into_iter().filter(|part| matches!(part.kind, PartKind::Substitution(_))));
        }
        Ok(())
    }

    /// `$'...'`, decoded as the Bash manual says in 3.1.2.4.
    fn ansi_quoted(&mut self) {
        self.quoted = true;
        let mut at = self.at + 2;
        let end = scan::after(self.lowering.text.as_bytes(), at, b'\'', true).unwrap_or(self.end + 1).min(self.end + 1);
        while at + 1 < end {
            let Some(c) = self.char_at(at) else { break };
            let (c, len) = match c {
                '\\' => unescape(self.slice(at + 1, end - 1)).map_or((c, 1), |(c, len)| (c, len + 1)),
                _ => (c, c.len_utf8()),
            };
            let mut buffer = [0; 4];
            self.push(c.encode_utf8(&mut buffer), at, at + len, Quoting::Single);
            at += len;
        }
        self.at = end;
    }

    /// What stands in `${...}`.
    fn braced(&mut self, start: usize, end: usize, quoted: bool) -> Result<Parameter, ShellError> {
        let inside = self.slice(start, end);
        let prefixed = inside.len() > 1 && inside.starts_with(['#', '!']) && {
            let next = inside.get(1..).unwrap_or_default();
            next.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') || matches!(next, "@" | "*" | "#" | "?")
        };
        let inside = if prefixed { inside.get(1..).unwrap_or_default() } else { inside };
        let name = match inside.chars().next() {
            Some(c) if c.is_ascii_alphabetic() || c == '_' => {
                inside.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next()
            }
            Some(c) if c.is_ascii_digit() => inside.split(|c: char| !c.is_ascii_digit()).next(),
            Some(c) if is_special(c) => inside.get(..1),
            _ => None,
        };
        let name = name.unwrap_or_default();
        let rest = inside.get(name.len()..).unwrap_or_default();
        let colon = rest.starts_with(':');
        let after_colon = rest.get(usize::from(colon)..).unwrap_or_default();
        let operator = after_colon.chars().next();
        let tail = after_colon.get(1..).unwrap_or_default();
        let name = name.to_owned();
        let context = Context::Operand { quoted };
        let operation = match operator {
            _ if prefixed || name.is_empty() => Operation::Other,
            None if !colon => Operation::Plain,
            Some(c @ ('-' | '=' | '+')) => {
                let from = end - tail.len();
                let word = Box::new(self.lowering.word_in(from, end, context, None)?);
                match c {
                    '-' => Operation::Default { word, colon },
                    '=' => Operation::Assign { word, colon },
                    _ => Operation::Alternative { word, colon },
                }
            }
            Some('?') => Operation::Required,
            Some('#') if !colon => {
                let longest = tail.starts_with('#');
                Operation::TrimPrefix { pattern: tail.strip_prefix('#').unwrap_or(tail).to_owned(), longest }
            }
            Some('%') if !colon => {
                let longest = tail.starts_with('%');
                Operation::TrimSuffix { pattern: tail.strip_prefix('%').unwrap_or(tail).to_owned(), longest }
            }
            Some('/') if !colon => {
                let all = tail.starts_with('/');
                let tail = tail.strip_prefix('/').unwrap_or(tail);
                let slash = unquoted_slash(tail);
                let pattern = tail.get(..slash).unwrap_or_default().to_owned();
                let from = (end - tail.len() + slash + 1).min(end);
                let replacement = Box::new(self.lowering.word_in(from, end, context, None)?);
                // `/#` and `/%` are bound to an end of the value, which a plain replacement cannot say.
                if !all && pattern.starts_with(['#', '%']) {
                    Operation::Other
                } else {
                    Operation::Replace { pattern, replacement, all }
                }
            }
            _ => Operation::Other,
        };
        Ok(Parameter { name, operation })
    }
}

fn is_special(c: char) -> bool {
    matches!(c, '@' | '*' | '#' | '?' | '-' | '$' | '!')
}

/// The length of the pattern before the `/` of a replacement.
fn unquoted_slash(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at = match byte {
            b'/' => return at,
            b'\\' => at + 2,
            b'\'' => scan::after(bytes, at + 1, b'\'', false).unwrap_or(bytes.len()),
            b'"' => scan::close(text, at + 1, Open::Double).map_or(bytes.len(), |end| end + 1),
            b'$' if bytes.get(at + 1) == Some(&b'{') => {
                scan::close(text, at + 2, Open::Brace { quoted: false }).map_or(bytes.len(), |end| end + 1)
            }
            b'$' if bytes.get(at + 1) == Some(&b'(') => {
                scan::close(text, at + 2, Open::code()).map_or(bytes.len(), |end| end + 1)
            }
            _ => at + 1,
        };
    }
    text.len()
}

/// The character that an escape in `$'...'` stands for, and its length behind the backslash; none if it is no escape.
fn unescape(text: &str) -> Option<(char, usize)> {
    let number = |from: usize, most: usize, radix: u32| {
        let digits = text.get(from..)?.chars().take(most).take_while(|c| c.is_digit(radix)).count();
        let value = u32::from_str_radix(text.get(from..from + digits)?, radix).ok()?;
        Some((char::from_u32(value)?, from + digits))
    };
    let simple = |c| Some((c, 1));
    match text.chars().next()? {
        'a' => simple('\x07'),
        'b' => simple('\x08'),
        'e' | 'E' => simple('\x1b'),
        'f' => simple('\x0c'),
        'n' => simple('\n'),
        'r' => simple('\r'),
        't' => simple('\t'),
        'v' => simple('\x0b'),
        c @ ('\\' | '\'' | '"' | '?') => simple(c),
        'x' => number(1, 2, 16),
        'u' => number(1, 4, 16),
        'U' => number(1, 8, 16),
        '0'..='7' => number(0, 3, 8),
        _ => None,
    }
}
