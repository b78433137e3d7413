//! Parser directives: `# syntax=`, `# escape=`, `# check=`, and the other spellings of `syntax`.
//!
//! Follows BuildKit's frontend/dockerfile/parser/directives.go.

use super::ast::{SyntaxErrorKind, Word};
use super::lines::Lines;
use crate::source::{Source, Span};

const KNOWN: [&str; 3] = ["syntax", "escape", "check"];

/// `name = value` behind a comment mark; `value` is a byte range of the text that was read.
#[derive(Debug, PartialEq, Eq)]
struct Assignment<'a> {
    name: String,
    value: &'a str,
}

/// Reads `^([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$` with one of the known names.
fn assignment(text: &str) -> Option<Assignment<'_>> {
    // Go's `\s` is ASCII, without the vertical tab.
    let blank = |c: char| matches!(c, '\t' | '\n' | '\x0C' | '\r' | ' ');
    let text = text.trim_start();
    let (name, value) = text.split_once('=')?;
    let name = name.trim_end_matches(blank);
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) || !name.chars().all(|c| c.is_ascii_alphanumeric()) {
        return None;
    }
    let name = name.to_ascii_lowercase();
    let value = value.trim_matches(blank);
    (KNOWN.contains(&name.as_str()) && !value.is_empty()).then_some(Assignment { name, value })
}

/// Reads directives at the top of a file, until the first line that is none.
#[derive(Debug, Default)]
pub struct DirectiveParser {
    seen: Vec<String>,
    done: bool,
}

/// What a line is to the directive parser.
#[derive(Debug, PartialEq, Eq)]
pub enum DirectiveLine<'a> {
    /// Something else; there are no directives after it.
    Other,
    /// A directive that takes effect.
    Directive {
        /// The name in lower case.
        name: String,
        /// The value, a part of the line.
        value: &'a str,
    },
    /// A directive that BuildKit refuses.
    Error(SyntaxErrorKind),
}

impl DirectiveParser {
    /// Reads the next line, leading blanks taken off.
    pub fn line<'a>(&mut self, line: &'a str, mark: &str) -> DirectiveLine<'a> {
        if self.done {
            return DirectiveLine::Other;
        }
        let Some(Assignment { name, value }) = line.strip_prefix(mark).and_then(assignment) else {
            self.done = true;
            return DirectiveLine::Other;
        };
        if self.seen.contains(&name) {
            return DirectiveLine::Error(SyntaxErrorKind::DuplicateDirective(name));
        }
        self.seen.push(name.clone());
        if name == "escape" && value != "\\" && value != "`" {
            return DirectiveLine::Error(SyntaxErrorKind::InvalidEscape(value.to_owned()));
        }
        DirectiveLine::Directive { name, value }
    }
}

/// The frontend that a file asks for, as BuildKit's `DetectSyntax` finds it: `# syntax=`, `// syntax=` or a JSON object
/// with a `syntax` key, after a shebang line if there is one. The word ends at its first blank.
pub fn detect_syntax(source: &Source) -> Option<Word> {
    ["#", "//"].into_iter().find_map(|mark| detect(source, "syntax", mark)).or_else(|| json_syntax(source))
}

/// The value of a directive up to its first blank, as BuildKit's `ParseDirective` finds it: after a shebang line if there is one.
pub(super) fn detect(source: &Source, wanted: &str, mark: &str) -> Option<Word> {
    let mut parser = DirectiveParser::default();
    for line in Lines::new(source) {
        let content = source.slice(line.content);
        if line.number == 1 && content.starts_with("#!") {
            continue;
        }
        match parser.line(content, mark) {
            DirectiveLine::Directive { name, value } if name == wanted => {
                let word = value.split(' ').next().unwrap_or_default();
                let at = line.content.start + offset_in(content, word);
                return Some(Word { text: word.to_owned(), span: Span::new(at, at + word.len() as u32) });
            }
            DirectiveLine::Directive { .. } => {}
            DirectiveLine::Other | DirectiveLine::Error(_) => return None,
        }
    }
    None
}

fn json_syntax(source: &Source) -> Option<Word> {
    let text = source.text();
    if !text.trim_start_matches('\u{FEFF}').trim_start().starts_with('{') {
        return None;
    }
    let value: serde_json::Value = serde_json::from_str(text.trim_start_matches('\u{FEFF}')).ok()?;
    let syntax = value.get("syntax")?.as_str()?.to_owned();
    let at = text.find(&syntax).unwrap_or_default() as u32;
    let span = Span::new(at, at + syntax.len() as u32);
    Some(Word { text: syntax, span })
}

/// The byte offset of `part`, a slice of `whole`, in it.
pub(super) fn offset_in(whole: &str, part: &str) -> u32 {
    (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize).min(whole.len()) as u32
}
