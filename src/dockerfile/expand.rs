//! Variables, quotes and escapes in Dockerfile words, as BuildKit's shell lexer reads them.
//!
//! Follows frontend/dockerfile/shell/lex.go, quirks included. Besides a value, a variable may be unknown here: set, but
//! not in this file. What depends on one is unknown too.

use std::collections::BTreeSet;
use std::ops::Range;

use super::glob::{self, Glob, GlobError};
use super::quote::quote;

/// Expansions inside each other are read this deep.
const MAX_DEPTH: usize = 100;

/// A text takes this many bytes from variables, as many as BuildKit lets a line have: values that double from one line to
/// the next must not fill the memory.
const MAX_FROM_VALUES: usize = 65_535;

/// How words are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "the switches of BuildKit's lexer")]
pub struct Lexer {
    /// The escape character, `\` or `` ` ``.
    pub escape: char,
    /// Keep quotes.
    pub raw_quotes: bool,
    /// Keep escape characters.
    pub raw_escapes: bool,
    /// Leave variables that are not set as they are written.
    pub skip_unset: bool,
    /// Take quotes for plain text.
    pub skip_quotes: bool,
}

impl Default for Lexer {
    fn default() -> Self {
        Self { escape: '\\', raw_quotes: false, raw_escapes: false, skip_unset: false, skip_quotes: false }
    }
}

/// What is known of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// It is not set.
    Unset,
    /// It is set to this.
    Known(String),
    /// It is set, or may be, to something that the file does not tell.
    Unknown,
    /// It is declared, and not set in a build that is given nothing. Where an expansion says what stands for it, that does; else it
    /// is as good as unknown.
    Declared,
}

/// A text with its variables filled in, as far as they are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Folded {
    /// The text.
    Known(String),
    /// It depends on an unknown variable, or BuildKit refuses it.
    Unknown,
}

impl Folded {
    /// The text, where it is known.
    pub fn known(self) -> Option<String> {
        match self {
            Self::Known(text) => Some(text),
            Self::Unknown => None,
        }
    }
}

/// An expanded word, with the variables that it asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expansion {
    /// The text; unknown variables stand as nothing.
    pub text: String,
    /// Whether the text depends on an unknown variable.
    pub unknown: bool,
    /// The variables that are set.
    pub matched: BTreeSet<String>,
    /// The variables that are not.
    pub unmatched: BTreeSet<String>,
}

/// A variable in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Its name.
    pub name: String,
    /// From `$` to the end of the name or the closing brace, in bytes of the text.
    pub range: Range<usize>,
    /// Whether the expansion says what stands for an unset variable (`:-`, `-`, `:+`, `+`).
    pub has_default: bool,
}

/// Why BuildKit refuses a word.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("failed to process {}: {kind}", quote(.text))]
pub struct ExpandError {
    /// The whole text.
    pub text: String,
    /// What is wrong with it.
    pub kind: ExpandErrorKind,
}

/// What is wrong with a word. The messages are BuildKit's own.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExpandErrorKind {
    /// A quote is not closed.
    #[error("unexpected end of statement while looking for matching {0}-quote")]
    Quote(&'static str),
    /// `${` is not closed.
    #[error("syntax error: missing '}}'")]
    MissingBrace,
    /// `${V/pattern` has no second slash.
    #[error("syntax error: missing '/' in ${{}}")]
    MissingSlash,
    /// `${}`, `${:x}`, `${{`.
    #[error("syntax error: bad substitution")]
    BadSubstitution,
    /// `${V:=x}`, `${V@Q}`.
    #[error("unsupported modifier ({0}) in substitution")]
    Modifier(String),
    /// `${V:?message}` without a value.
    #[error("{name}: {message}")]
    Required {
        /// The variable.
        name: String,
        /// The message of the word, or BuildKit's own.
        message: String,
    },
    /// A pattern with an escape that means nothing.
    #[error("invalid pattern ({pattern}) in substitution: {error}")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// What is wrong.
        error: GlobError,
    },
    /// This lexer's own limit.
    #[error("expansions are nested too deeply")]
    TooDeep,
    /// This lexer's own limit.
    #[error("the expanded text is too long")]
    TooLong,
}

/// Tells what is known of a variable.
pub type Environment<'e> = &'e dyn Fn(&str) -> Lookup;

impl Lexer {
    /// Splits into words at blanks, after the variables are filled in (`ProcessWords`).
    pub fn words(&self, text: &str, environment: Environment<'_>) -> Result<Vec<String>, ExpandError> {
        Ok(self.words_at(text, environment)?.into_iter().map(|(word, _)| word).collect())
    }

    /// The same, with the bytes of the text that each word comes from.
    pub fn words_at(
        &self,
        text: &str,
        environment: Environment<'_>,
    ) -> Result<Vec<(String, Range<usize>)>, ExpandError> {
        let mut scan = Scan { splits: true, ..Scan::new(self, text, environment) };
        scan.run()?;
        scan.end_word(text.len());
        Ok(scan.words)
    }

    /// Fills in the variables of one word (`ProcessWordWithMatches`).
    pub fn word(&self, text: &str, environment: Environment<'_>) -> Result<Expansion, ExpandError> {
        if self.is_plain(text) {
            return Ok(Expansion { text: text.to_owned(), ..Expansion::default() });
        }
        let mut scan = Scan::new(self, text, environment);
        let Piece { text, unknown } = scan.run()?;
        Ok(Expansion { text, unknown, matched: scan.matched, unmatched: scan.unmatched })
    }

    /// Fills in the variables as far as they are known.
    pub fn fold(&self, text: &str, environment: Environment<'_>) -> Folded {
        if self.is_plain(text) {
            return Folded::Known(text.to_owned());
        }
        match Scan::new(self, text, environment).run() {
            Ok(Piece { text, unknown: false }) => Folded::Known(text),
            _ => Folded::Unknown,
        }
    }

    /// The variables in a text, in order, those inside others too. What follows an error is not read.
    pub fn references(&self, text: &str) -> Vec<Reference> {
        if !text.contains('$') {
            return Vec::new();
        }
        // No value is asked for, so that `${V:?}` and a pattern without sense do not end the list.
        let unknown = |_: &str| Lookup::Unknown;
        let mut scan = Scan::new(self, text, &unknown);
        // An error ends the list; what was read before it stands.
        let _ = scan.run();
        let mut references = scan.references;
        references.sort_by_key(|reference| (reference.range.start, std::cmp::Reverse(reference.range.end)));
        references
    }

    /// Whether a text stands for itself: nothing in it is expanded, quoted or escaped.
    fn is_plain(self, text: &str) -> bool {
        !text.contains(['$', '\'', '"', self.escape])
    }
}

/// A part of the result.
#[derive(Debug, Default)]
struct Piece {
    text: String,
    unknown: bool,
}

struct Scan<'a> {
    lexer: &'a Lexer,
    environment: Environment<'a>,
    text: &'a str,
    at: usize,
    depth: usize,
    from_values: usize,
    raw_escapes: bool,
    /// Whether the words are asked for.
    splits: bool,
    /// The word under way; BuildKit has one buffer, which an inner expansion empties.
    buffer: String,
    in_word: bool,
    word_start: usize,
    words: Vec<(String, Range<usize>)>,
    matched: BTreeSet<String>,
    unmatched: BTreeSet<String>,
    references: Vec<Reference>,
}

type Result2<T> = Result<T, ExpandErrorKind>;

impl<'a> Scan<'a> {
    fn new(lexer: &'a Lexer, text: &'a str, environment: Environment<'a>) -> Self {
        Self {
            lexer,
            environment,
            text,
            at: 0,
            depth: 0,
            from_values: 0,
            raw_escapes: lexer.raw_escapes,
            splits: false,
            buffer: String::new(),
            in_word: false,
            word_start: 0,
            words: Vec::new(),
            matched: BTreeSet::new(),
            unmatched: BTreeSet::new(),
            references: Vec::new(),
        }
    }

    fn run(&mut self) -> Result<Piece, ExpandError> {
        self.until(None).map_err(|kind| ExpandError { text: self.text.to_owned(), kind })
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn end_word(&mut self, end: usize) {
        if !self.buffer.is_empty() {
            self.words.push((std::mem::take(&mut self.buffer), self.word_start..end));
            self.in_word = false;
        }
    }

    /// Adds a character from `start` of the text that blanks around it may split off.
    fn add(&mut self, c: char, start: usize) {
        if !c.is_whitespace() {
            self.add_raw(c, start);
        } else if self.in_word {
            self.end_word(start);
        }
    }

    fn add_raw(&mut self, c: char, start: usize) {
        if self.buffer.is_empty() {
            self.word_start = start;
        }
        self.buffer.push(c);
        self.in_word = true;
    }

    fn add_raw_text(&mut self, text: &str, start: usize) {
        if self.buffer.is_empty() {
            self.word_start = start;
        }
        self.buffer.push_str(text);
        self.in_word = true;
    }

    /// Reads up to `stop` or to the end. Only the outermost level splits words.
    fn until(&mut self, stop: Option<char>) -> Result2<Piece> {
        let outermost = self.splits && self.depth == 0;
        let mut result = Piece::default();
        while let Some(c) = self.peek() {
            let start = self.at;
            if Some(c) == stop {
                self.next();
                return Ok(result);
            }
            match c {
                '$' => {
                    let piece = self.dollar()?;
                    if outermost {
                        piece.text.chars().for_each(|c| self.add(c, start));
                    }
                    result.unknown |= piece.unknown;
                    result.text.push_str(&piece.text);
                }
                '\'' | '"' | '<' if c == '<' || !self.lexer.skip_quotes => {
                    let piece = match c {
                        '\'' => self.single_quote()?,
                        '"' => self.double_quote()?,
                        _ => self.angle(),
                    };
                    if outermost {
                        self.add_raw_text(&piece.text, start);
                    }
                    result.unknown |= piece.unknown;
                    result.text.push_str(&piece.text);
                }
                _ => {
                    self.next();
                    let mut c = c;
                    let escaped = c == self.lexer.escape;
                    if escaped {
                        if self.raw_escapes {
                            if outermost {
                                self.add_raw(c, start);
                            }
                            result.text.push(c);
                        }
                        match self.next() {
                            Some(next) => c = next,
                            None => break,
                        }
                    }
                    if outermost && escaped {
                        self.add_raw(c, start);
                    } else if outermost {
                        self.add(c, start);
                    }
                    result.text.push(c);
                }
            }
        }
        match stop {
            Some(_) => Err(ExpandErrorKind::MissingBrace),
            None => Ok(result),
        }
    }

    /// Reads the word of a modifier; BuildKit loses what the outer word has so far, and reports any error at the end of the
    /// text as a missing `stop`.
    fn inner(&mut self, stop: char, raw_escapes: bool) -> Result2<Piece> {
        if self.depth >= MAX_DEPTH {
            return Err(ExpandErrorKind::TooDeep);
        }
        self.buffer.clear();
        let outer = std::mem::replace(&mut self.raw_escapes, raw_escapes);
        self.depth += 1;
        let piece = self.until(Some(stop));
        self.depth -= 1;
        self.raw_escapes = outer;
        match piece {
            Err(_) if self.at >= self.text.len() && stop == '/' => Err(ExpandErrorKind::MissingSlash),
            Err(_) if self.at >= self.text.len() => Err(ExpandErrorKind::MissingBrace),
            piece => piece,
        }
    }

    fn single_quote(&mut self) -> Result2<Piece> {
        let mut text = String::new();
        let raw = self.lexer.raw_quotes;
        text.extend(self.next().filter(|_| raw));
        loop {
            match self.next() {
                None => return Err(ExpandErrorKind::Quote("single")),
                Some('\'') => {
                    text.extend(raw.then_some('\''));
                    return Ok(Piece { text, unknown: false });
                }
                Some(c) => text.push(c),
            }
        }
    }

    fn double_quote(&mut self) -> Result2<Piece> {
        let mut piece = Piece::default();
        let raw = self.lexer.raw_quotes;
        piece.text.extend(self.next().filter(|_| raw));
        loop {
            match self.peek() {
                None => return Err(ExpandErrorKind::Quote("double")),
                Some('"') => {
                    piece.text.extend(self.next().filter(|_| raw));
                    return Ok(piece);
                }
                Some('$') => {
                    let inner = self.dollar()?;
                    piece.unknown |= inner.unknown;
                    piece.text.push_str(&inner.text);
                }
                Some(mut c) => {
                    self.next();
                    if c == self.lexer.escape {
                        if self.raw_escapes {
                            piece.text.push(c);
                        }
                        match self.peek() {
                            None => continue,
                            Some(next) if next == '"' || next == '$' || next == self.lexer.escape => {
                                self.next();
                                c = next;
                            }
                            Some(_) => {}
                        }
                    }
                    piece.text.push(c);
                }
            }
        }
    }

    /// `<<` keeps the blanks behind it, so that a here-document's name stays with its operator.
    fn angle(&mut self) -> Piece {
        self.next();
        let mut text = String::from("<");
        if self.peek() == Some('<') {
            text.extend(self.next());
            while matches!(self.peek(), Some('\t' | '\r' | ' ')) {
                text.extend(self.next());
            }
        }
        Piece { text, unknown: false }
    }

    fn dollar(&mut self) -> Result2<Piece> {
        let start = self.at;
        self.next();
        if self.peek() != Some('{') {
            let name = self.name();
            if name.is_empty() {
                return Ok(Piece { text: "$".into(), unknown: false });
            }
            self.reference(&name, start, false);
            return Ok(match self.look_up(&name)? {
                Lookup::Unset if self.lexer.skip_unset => Piece { text: format!("${name}"), unknown: false },
                value => plain(value),
            });
        }
        self.next();
        match self.peek() {
            None => return Err(ExpandErrorKind::MissingBrace),
            Some('{' | '}' | ':') => return Err(ExpandErrorKind::BadSubstitution),
            Some(_) => {}
        }
        let name = self.name();
        let piece = self.braced(&name)?;
        let body = self.text.get(start..self.at).unwrap_or_default();
        let modifier = body.get(2 + name.len()..).unwrap_or_default();
        self.reference(&name, start, modifier.trim_start_matches(':').starts_with(['-', '+']));
        Ok(piece)
    }

    fn braced(&mut self, name: &str) -> Result2<Piece> {
        let Some(mut operator) = self.next() else { return Err(ExpandErrorKind::Modifier(String::from('\u{FFFD}'))) };
        if operator == '}' {
            return Ok(match self.look_up(name)? {
                Lookup::Unset if self.lexer.skip_unset => Piece { text: format!("${{{name}}}"), unknown: false },
                value => plain(value),
            });
        }
        let mut modifier = String::from(operator);
        let colon = operator == ':';
        if colon {
            operator = self.next().unwrap_or('\u{FFFD}');
            modifier.push(operator);
        }
        match operator {
            '/' if !colon => self.replacement(name),
            '#' | '%' if colon => Err(ExpandErrorKind::Modifier(modifier)),
            '+' | '-' | '?' | '#' | '%' => {
                let word = self.inner('}', matches!(operator, '#' | '%'))?;
                let value = self.look_up(name)?;
                if self.lexer.skip_unset && value == Lookup::Unset {
                    return Ok(Piece { text: format!("${{{name}{modifier}{}}}", word.text), unknown: word.unknown });
                }
                modified(name, operator, colon, value, word)
            }
            _ if colon => {
                // BuildKit reads the word before it refuses the operator.
                self.inner('}', false)?;
                Err(ExpandErrorKind::Modifier(modifier))
            }
            _ => Err(ExpandErrorKind::Modifier(modifier)),
        }
    }

    fn replacement(&mut self, name: &str) -> Result2<Piece> {
        let all = self.peek() == Some('/');
        if all {
            self.next();
        }
        let pattern = self.inner('/', true)?;
        let replacement = self.inner('}', true)?;
        let value = match self.look_up(name)? {
            Lookup::Unset if self.lexer.skip_unset => {
                let text = format!("${{{name}/{}/{}}}", pattern.text, replacement.text);
                return Ok(Piece { text, unknown: pattern.unknown || replacement.unknown });
            }
            Lookup::Unset => String::new(),
            Lookup::Known(value) if !pattern.unknown && !replacement.unknown => value,
            _ => return Ok(Piece { text: String::new(), unknown: true }),
        };
        let glob = parse_glob(&pattern.text)?;
        Ok(known_or_unknown(glob.replace(&value, &replacement.text, all)))
    }

    fn name(&mut self) -> String {
        let start = self.at;
        match self.peek() {
            Some(c) if c.is_numeric() => {
                while self.peek().is_some_and(char::is_numeric) {
                    self.next();
                }
            }
            Some('@' | '*' | '#' | '?' | '-' | '$' | '!') => {
                self.next();
            }
            _ => {
                while self.peek().is_some_and(|c| c.is_alphanumeric() || c == '_') {
                    self.next();
                }
            }
        }
        self.text.get(start..self.at).unwrap_or_default().to_owned()
    }

    fn look_up(&mut self, name: &str) -> Result2<Lookup> {
        let value = (self.environment)(name);
        let list = if value == Lookup::Unset { &mut self.unmatched } else { &mut self.matched };
        list.insert(name.to_owned());
        if let Lookup::Known(text) = &value {
            self.from_values += text.len();
        }
        if self.from_values > MAX_FROM_VALUES { Err(ExpandErrorKind::TooLong) } else { Ok(value) }
    }

    fn reference(&mut self, name: &str, start: usize, has_default: bool) {
        self.references.push(Reference { name: name.to_owned(), range: start..self.at, has_default });
    }
}

fn plain(value: Lookup) -> Piece {
    match value {
        Lookup::Known(text) => Piece { text, unknown: false },
        Lookup::Unset => Piece::default(),
        Lookup::Unknown | Lookup::Declared => Piece { text: String::new(), unknown: true },
    }
}

fn known_or_unknown(text: Option<String>) -> Piece {
    Piece { unknown: text.is_none(), text: text.unwrap_or_default() }
}

fn parse_glob(pattern: &str) -> Result2<Glob> {
    glob::Glob::parse(pattern).map_err(|error| ExpandErrorKind::Pattern { pattern: pattern.to_owned(), error })
}

fn modified(name: &str, operator: char, colon: bool, value: Lookup, word: Piece) -> Result2<Piece> {
    let counts = match &value {
        Lookup::Unset => false,
        Lookup::Known(value) => !(colon && value.is_empty()),
        Lookup::Declared if operator == '-' => false,
        Lookup::Unknown | Lookup::Declared => return Ok(Piece { text: String::new(), unknown: true }),
    };
    match operator {
        '-' => Ok(if counts { plain(value) } else { word }),
        '+' => Ok(if counts { word } else { Piece::default() }),
        '?' if counts => Ok(plain(value)),
        '?' => {
            let message = match (&word.text, &value) {
                (text, _) if !text.is_empty() => text.clone(),
                (_, Lookup::Unset) => "is not allowed to be unset".into(),
                _ => "is not allowed to be empty".into(),
            };
            Err(ExpandErrorKind::Required { name: name.to_owned(), message })
        }
        _ => {
            let value = plain(value).text;
            let (longest, pattern) = match word.text.strip_prefix(operator) {
                Some(pattern) => (true, pattern),
                None => (false, word.text.as_str()),
            };
            if word.unknown {
                return Ok(Piece { text: String::new(), unknown: true });
            }
            let glob = parse_glob(pattern)?;
            Ok(known_or_unknown(if operator == '#' {
                glob.trim_prefix(&value, longest)
            } else {
                glob.trim_suffix(&value, longest)
            }))
        }
    }
}

#[cfg(test)]
#[path = "expand_tests.rs"]
mod tests;
