//! Physical lines, and the joining of those that a continuation character ties together.
//!
//! The source of every rule here is BuildKit's frontend/dockerfile/parser/parser.go: `Parse`, `processLine`,
//! `trimContinuationCharacter`, `isComment`.

use crate::source::{Source, Span};

/// The most bytes that a physical line may have, newline included (Go's `bufio.MaxScanTokenSize`).
pub(super) const MAX_LINE: u32 = 64 * 1024;

/// One physical line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line {
    /// Line number, from 1.
    pub number: u32,
    /// The line without its ending; every trailing carriage return belongs to the ending.
    pub content: Span,
    /// The line ending; empty at the end of the file.
    pub ending: Span,
}

impl Line {
    /// Whether BuildKit's scanner would give up at this line.
    pub(super) fn is_too_long(&self) -> bool {
        let len = self.ending.end - self.content.start;
        // A line that the end of the file ends must leave room for the newline that the scanner still waits for.
        len > MAX_LINE || (self.ending.is_empty() && len == MAX_LINE)
    }
}

/// The physical lines of a source; a byte order mark is left out of the first.
#[derive(Debug)]
pub(super) struct Lines<'s> {
    text: &'s str,
    at: usize,
    number: u32,
}

impl<'s> Lines<'s> {
    /// Starts behind the byte order mark, if there is one.
    pub(super) fn new(source: &'s Source) -> Self {
        let at = if source.text().starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 };
        Self { text: source.text(), at, number: 0 }
    }
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let len = rest.find('\n').map_or(rest.len(), |at| at + 1);
        let content = rest.get(..len).unwrap_or_default().trim_end_matches(['\r', '\n']).len();
        let start = self.at as u32;
        let middle = (self.at + content) as u32;
        self.at += len;
        self.number += 1;
        Some(Line { number: self.number, content: Span::new(start, middle), ending: Span::new(middle, self.at as u32) })
    }
}

/// Whether a line is a comment: `#` is its first character that is no blank.
pub(super) fn is_comment(content: &str) -> bool {
    content.trim_start().starts_with('#')
}

/// The length of a line up to its continuation character; `None` where the line ends the instruction.
///
/// BuildKit's expression is `([^\\])\\[ \t]*$|^\\[ \t]*$`: two or more escape characters at the end do not continue.
pub(super) fn continued(content: &str, escape: char) -> Option<usize> {
    let before = content.trim_end_matches([' ', '\t']).strip_suffix(escape)?;
    (!before.ends_with(escape)).then_some(before.len())
}
