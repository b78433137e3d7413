//! One lexer for each form that arguments take. All give byte ranges of the text they read, without copying it.
//!
//! Follows BuildKit's `frontend/dockerfile/parser/{split_command,line_parsers}.go`, quirks included.

use std::ops::Range;

/// The blanks of BuildKit's `reWhitespace`, `[\t\v\f\r ]`.
fn is_blank(c: char) -> bool {
    matches!(c, '\t' | '\x0B' | '\x0C' | '\r' | ' ')
}

/// Blanks as BuildKit's byte-wise lexers see them: each byte is a Latin-1 character, so that NEL and NBSP count.
fn is_latin1_space(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ' | 0x85 | 0xA0)
}

/// The range of `text` without the blanks around it (Go's `strings.TrimSpace`).
pub(super) fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let part = text.get(range.clone()).unwrap_or_default();
    let start = range.start + (part.len() - part.trim_start().len());
    start..(start + part.trim().len())
}

/// Splits a line into its keyword and what follows, both without the blanks around them.
pub(super) fn split_keyword(line: &str) -> (Range<usize>, Range<usize>) {
    let whole = trimmed(line, 0..line.len());
    let text = line.get(whole.clone()).unwrap_or_default();
    let Some(end) = text.find(is_blank) else { return (whole.clone(), whole.end..whole.end) };
    let rest = text.get(end..).unwrap_or_default();
    let behind = rest.len() - rest.trim_start_matches(is_blank).len();
    (whole.start..whole.start + end, whole.start + end + behind..whole.end)
}

/// A flag: its text with quotes and escapes removed, and the range that it comes from.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RawFlag {
    /// Decoded, `--` included.
    pub text: String,
    /// As it stands.
    pub range: Range<usize>,
    /// Where the value starts, behind `=`.
    pub value_at: Option<usize>,
}

/// Reads the leading `--flags` of `line[from..]`; gives the offset where the arguments begin. `byte_at` tells the bytes
/// of the file, where they differ from the text's. A flag that ends inside a character has all of it in its range.
pub(super) fn flags(line: &str, from: usize, escape: char, byte_at: impl Fn(usize) -> u8) -> (Vec<RawFlag>, usize) {
    let end = line.len();
    let bytes = |at: usize| if at < end { byte_at(at) } else { 0 };
    let mut flags = Vec::new();
    let mut at = from;
    loop {
        while at < end && is_latin1_space(bytes(at)) {
            at += 1;
        }
        if at >= end {
            return (flags, end);
        }
        if bytes(at) != b'-' || bytes(at + 1) != b'-' {
            return (flags, line.ceil_char_boundary(at));
        }
        let start = at;
        let mut text = String::new();
        let mut quote = None;
        let mut quoted = false;
        let mut value_at = None;
        while at < end {
            let byte = bytes(at);
            match quote {
                None if is_latin1_space(byte) => break,
                None if matches!(byte, b'\'' | b'"') => {
                    quote = Some(byte);
                    quoted = true;
                    at += 1;
                    continue;
                }
                Some(open) if byte == open => {
                    quote = None;
                    at += 1;
                    continue;
                }
                _ => {}
            }
            if char::from(byte) == escape {
                at += 1;
                if at >= end {
                    break;
                }
            }
            if bytes(at) == b'=' && value_at.is_none() {
                value_at = Some(at + 1);
            }
            text.push(char::from(bytes(at)));
            at += 1;
        }
        if text == "--" {
            return (flags, at);
        }
        if quoted || !text.is_empty() {
            flags.push(RawFlag { text, range: start..line.ceil_char_boundary(at), value_at });
        }
    }
}

/// Splits at blanks alone, as FROM, EXPOSE, COPY, ADD and VOLUME are split.
pub(super) fn blank_separated(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let part = text.get(range.clone()).unwrap_or_default();
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in part.char_indices().chain([(part.len(), ' ')]) {
        match start {
            Some(from) if is_blank(c) => {
                words.push(range.start + from..range.start + at);
                start = None;
            }
            None if !is_blank(c) => start = Some(at),
            _ => {}
        }
    }
    words
}

/// The first blank-separated word and the rest of the text: the legacy form of ENV and LABEL.
pub(super) fn key_and_rest(text: &str, range: Range<usize>) -> Option<(Range<usize>, Range<usize>)> {
    let part = text.get(range.clone()).unwrap_or_default();
    let end = part.find(is_blank)?;
    let rest = part.get(end..).unwrap_or_default();
    let value = range.start + part.len() - rest.trim_start_matches(is_blank).len();
    Some((range.start..range.start + end, value..range.end))
}

/// Splits into words that quotes and escapes hold together, as ENV, LABEL and ARG are split. An escape character at the
/// very end belongs to no word.
pub(super) fn quoted_words(text: &str, range: Range<usize>, escape: char) -> Vec<Range<usize>> {
    let part = text.get(range.clone()).unwrap_or_default();
    let mut words = Vec::new();
    let mut start: Option<usize> = None;
    let mut quote: Option<char> = None;
    let mut characters = part.char_indices();
    let mut end = part.len();
    while let Some((at, c)) = characters.next() {
        if start.is_none() {
            if c.is_whitespace() {
                continue;
            }
            start = Some(at);
        }
        match quote {
            None if c.is_whitespace() => {
                words.extend(start.take().map(|from| range.start + from..range.start + at));
                continue;
            }
            None if matches!(c, '\'' | '"') => quote = Some(c),
            Some(open) if c == open => quote = None,
            _ => {}
        }
        if c == escape && quote != Some('\'') && characters.next().is_none() {
            end = at;
        }
    }
    words.extend(start.filter(|&from| from < end).map(|from| range.start + from..range.start + end));
    words
}

/// The type of a HEALTHCHECK and where its command starts.
pub(super) fn healthcheck_type(text: &str, range: Range<usize>) -> (Range<usize>, Range<usize>) {
    let part = text.get(range.clone()).unwrap_or_default();
    let is_space = |c: &u8| is_latin1_space(*c);
    let end = part.bytes().position(|byte| is_space(&byte)).unwrap_or(part.len());
    let next = end + part.bytes().skip(end).position(|byte| !is_space(&byte)).unwrap_or(part.len() - end);
    let (end, next) = (part.ceil_char_boundary(end), part.ceil_char_boundary(next));
    (range.start..range.start + end, range.start + next..range.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flag_texts(line: &str) -> (Vec<String>, &str) {
        let (flags, rest) = flags(line, 0, '\\', |at| line.as_bytes()[at]);
        (flags.into_iter().map(|flag| flag.text).collect(), &line[rest..])
    }

    #[test]
    fn flags_are_read_bytewise() {
        for (line, expected, rest) in [
            ("--a=b c", &["--a=b"] as &[&str], "c"),
            ("--a='x y' --b \"--c\"", &["--a=x y", "--b"], "\"--c\""),
            ("--a -- --b", &["--a"], " --b"),
            ("-a", &[], "-a"),
            ("--a\\ b c", &["--a b"], "c"),
            ("--a\u{A0}b", &["--a\u{C2}"], "b"),
            ("--é x", &["--Ã©"], "x"),
            ("--a\\", &["--a"], ""),
            // A byte of a character that ends the flag: 0x85 of `Ѕ`, 0xA0 of the blank Braille pattern.
            ("--a=\u{405} b", &["--a=\u{D0}"], "b"),
            ("--a=\u{2800}b", &["--a=\u{E2}"], "b"),
        ] {
            let (texts, found) = flag_texts(line);
            assert_eq!(
                (texts.iter().map(String::as_str).collect::<Vec<_>>().as_slice(), found),
                (expected, rest),
                "{line}"
            );
        }
    }

    #[test]
    fn words_keep_their_quotes() {
        for (text, expected) in [
            ("a b", &["a", "b"] as &[&str]),
            ("A=\"b c\" D=e\\ f G='h'\"i\" J=", &["A=\"b c\"", "D=e\\ f", "G='h'\"i\"", "J="]),
            ("A=\"x\\\"y z\" B='a\\' C=1", &["A=\"x\\\"y z\"", "B='a\\'", "C=1"]),
            ("a\u{A0}b", &["a", "b"]),
            ("a\\", &["a"]),
            ("\\", &[]),
            ("'", &["'"]),
            ("", &[]),
        ] {
            let words: Vec<_> = quoted_words(text, 0..text.len(), '\\').into_iter().map(|range| &text[range]).collect();
            assert_eq!(words, expected, "{text}");
        }
    }

    #[test]
    fn keywords() {
        for (line, keyword, rest) in
            [("FROM a", "FROM", "a"), ("  RUN \t x  ", "RUN", "x"), ("RUN\u{A0}x", "RUN\u{A0}x", ""), ("", "", "")]
        {
            let (found, behind) = split_keyword(line);
            assert_eq!((&line[found], &line[behind]), (keyword, rest), "{line}");
        }
    }
}
