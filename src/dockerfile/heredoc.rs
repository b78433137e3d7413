//! Here-documents: the operators on an instruction's line.
//!
//! Follows `heredocsFromLine` and `heredocFromMatch` in BuildKit's frontend/dockerfile/parser/parser.go.

use std::ops::Range;

use super::ast::{Instruction, Keyword};
use super::expand::{ExpandError, Lexer, Lookup};

/// A `<<NAME` word.
#[derive(Debug, PartialEq, Eq)]
pub struct Operator {
    /// The terminator, quotes and escapes removed.
    pub name: String,
    /// The word in the joined line.
    pub range: Range<usize>,
    /// Whether variables are expanded in the body.
    pub expand: bool,
    /// Whether leading tabs are stripped.
    pub chomp: bool,
    /// The file descriptor before `<<`.
    pub fd: u64,
}

/// Whether an instruction can have here-documents: ADD, COPY and RUN outside the JSON form, and ONBUILD of those.
pub fn may_have(instruction: &Instruction) -> bool {
    let instruction = instruction.child().unwrap_or(instruction);
    matches!(instruction.keyword, Keyword::Add | Keyword::Copy | Keyword::Run) && !instruction.is_json()
}

/// The here-document operators of a joined line, keyword included. A line that the lexer cannot read has none.
pub fn operators(line: &str) -> Result<Vec<Operator>, ExpandError> {
    let lexer = Lexer { escape: '\\', raw_quotes: true, raw_escapes: true, skip_unset: true, ..Lexer::default() };
    let mut operators = Vec::new();
    for (word, range) in lexer.words_at(line, &|_| Lookup::Unset).unwrap_or_default() {
        operators.extend(operator(&word, range)?);
    }
    Ok(operators)
}

/// Reads `[fd]<<[-][blanks]name`, the whole of a word.
pub fn operator(word: &str, range: Range<usize>) -> Result<Option<Operator>, ExpandError> {
    let digits = word.len() - word.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (fd, rest) = word.split_at(digits);
    let Some(rest) = rest.strip_prefix("<<") else { return Ok(None) };
    let (chomp, rest) = rest.strip_prefix('-').map_or((false, rest), |rest| (true, rest));
    let name = rest.trim_start_matches(['\t', '\n', '\x0C', '\r', ' ']);
    if name.is_empty() || name.contains('<') {
        return Ok(None);
    }
    let unset = |_: &str| Lookup::Unset;
    let lexer = Lexer { escape: '\\', skip_unset: true, ..Lexer::default() };
    let words = lexer.words(name, &unset)?;
    let raw = Lexer { raw_quotes: true, ..lexer }.words(name, &unset)?;
    let ([word], [raw]) = (words.as_slice(), raw.as_slice()) else { return Ok(None) };
    let quotes = |text: &str| text.matches(['\'', '"']).count();
    Ok(Some(Operator {
        name: word.clone(),
        range,
        expand: quotes(word) == quotes(raw),
        chomp,
        // Go parses what does not fit as the largest number.
        fd: if fd.is_empty() { 0 } else { fd.parse().unwrap_or(u64::MAX) },
    }))
}
