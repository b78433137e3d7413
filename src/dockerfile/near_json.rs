//! Texts that were meant as the JSON form and are no JSON, with what is wrong and how it is mended.
//!
//! `RUN [ -f x ] && y` is a shell test: what starts with a bracket is taken for an array only where no shell and no
//! pattern could have been meant.

use std::ops::Range;

use super::ast::Keyword;
use super::json::{self, JsonForm};

/// Why a text is no JSON array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// A string in single quotes.
    SingleQuotes,
    /// A string in typographic quotes.
    CurlyQuotes,
    /// A comma behind the last string.
    TrailingComma,
    /// A comma without a string before it.
    EmptyItem,
    /// No comma between two strings.
    MissingComma,
    /// Text that is no string.
    Unquoted,
    /// A backslash with a character that JSON does not escape, or a tab.
    Escape,
    /// A string without its closing quote.
    OpenString,
    /// No closing bracket.
    OpenArray,
    /// Text behind the closing bracket.
    TextBehind,
}

/// A text that was meant as the JSON form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearJson {
    /// What is wrong first.
    pub flaw: Flaw,
    /// Where, in the text.
    pub range: Range<usize>,
    /// The strings that the repairs lead to; none where the text cannot be mended unseen.
    pub repaired: Option<Vec<String>>,
    /// What to put where, in the text.
    pub repairs: Vec<(Range<usize>, &'static str)>,
}

const OPENING: [char; 7] = ['"', '\'', '“', '”', '„', '‘', '’'];

/// Reads the arguments of an instruction; none where they are an array, or no attempt at one.
pub fn read(text: &str, keyword: Keyword) -> Option<NearJson> {
    if json::read(text, false) != JsonForm::Absent || !is_attempt(text, keyword) {
        return None;
    }
    let mut scan = Scan { text, at: 0, flaws: Vec::new(), repairs: Vec::new(), mendable: true };
    scan.array();
    let (flaw, range) = scan.flaws.first()?.clone();
    let repaired = scan.mendable.then(|| mended(text, &scan.repairs)).flatten();
    let repairs = if repaired.is_some() { scan.repairs } else { Vec::new() };
    Some(NearJson { flaw, range, repaired, repairs })
}

fn mended(text: &str, repairs: &[(Range<usize>, &'static str)]) -> Option<Vec<String>> {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (range, replacement) in repairs {
        out.push_str(text.get(done..range.start)?);
        out.push_str(replacement);
        done = range.end;
    }
    out.push_str(text.get(done..)?);
    match json::read(&out, false) {
        JsonForm::Strings(strings) => Some(strings.into_iter().map(|(string, _)| string).collect()),
        _ => None,
    }
}

/// Whether an array was meant, and no shell test, pattern or placeholder of a template.
fn is_attempt(text: &str, keyword: Keyword) -> bool {
    let Some(inside) = text.trim().strip_prefix('[') else { return false };
    let start = inside.trim_start();
    let closed = inside.ends_with(']');
    let Some(first) = start.chars().next() else { return false };
    if inside.starts_with('[') || text.contains("{{") {
        return false;
    }
    if OPENING.contains(&first) {
        if start.len() == inside.len() {
            return true;
        }
        // `[ "$x" = y ]` is a test; no test has a comma behind its first word.
        let behind = start.get(first.len_utf8()..).unwrap_or_default();
        let close = behind
            .find(|c| if OPENING.iter().skip(2).any(|q| *q == first) { OPENING.contains(&c) } else { c == first });
        let rest = close.and_then(|close| behind.get(close..)?.get(behind.get(close..)?.chars().next()?.len_utf8()..));
        let next = rest.and_then(|rest| rest.trim_start().chars().next());
        return next == Some(',')
            || keyword != Keyword::Run && closed && next.is_some_and(|c| c == ']' || OPENING.contains(&c));
    }
    let takes_commands = matches!(keyword, Keyword::Cmd | Keyword::Entrypoint | Keyword::Shell | Keyword::Volume);
    takes_commands && closed && (start.len() == inside.len() || inside.contains(','))
}

struct Scan<'t> {
    text: &'t str,
    at: usize,
    flaws: Vec<(Flaw, Range<usize>)>,
    repairs: Vec<(Range<usize>, &'static str)>,
    mendable: bool,
}

impl Scan<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn flaw(&mut self, flaw: Flaw, range: Range<usize>) {
        self.mendable &= matches!(flaw, Flaw::SingleQuotes | Flaw::CurlyQuotes | Flaw::TrailingComma);
        self.flaws.push((flaw, range));
    }

    fn array(&mut self) {
        self.skip_blanks();
        let start = self.at;
        self.at += 1;
        let mut comma: Option<usize> = None;
        let mut previous: Option<Range<usize>> = None;
        loop {
            self.skip_blanks();
            let from = self.at;
            match self.peek() {
                None => {
                    self.flaw(Flaw::OpenArray, start..start + 1);
                    return;
                }
                Some(']') => {
                    self.at += 1;
                    if let Some(comma) = comma {
                        self.flaw(Flaw::TrailingComma, comma..comma + 1);
                        self.repairs.push((comma..comma + 1, ""));
                    }
                    break;
                }
                Some(',') => {
                    if previous.is_none() || comma.is_some() {
                        self.flaw(Flaw::EmptyItem, from..from + 1);
                    }
                    comma = Some(from);
                    self.at += 1;
                    continue;
                }
                Some(first) => {
                    if let Some(before) = previous.take().filter(|_| comma.is_none()) {
                        self.flaw(Flaw::MissingComma, before);
                    }
                    self.item(first);
                }
            }
            comma = None;
            previous = Some(from..self.at);
        }
        self.skip_blanks();
        if self.at < self.text.trim_end().len() {
            self.flaw(Flaw::TextBehind, self.at..self.text.trim_end().len());
        }
    }

    fn item(&mut self, first: char) {
        match first {
            '"' => self.string(),
            '\'' => self.other_string(Flaw::SingleQuotes, |c| c == '\''),
            '“' | '”' | '„' | '‘' | '’' => {
                self.other_string(Flaw::CurlyQuotes, |c| matches!(c, '“' | '”' | '‘' | '’' | '"'));
            }
            _ => {
                let from = self.at;
                let rest = self.rest();
                self.at += rest.find([',', ']']).unwrap_or(rest.len()).max(1);
                let end = from + self.text.get(from..self.at).unwrap_or_default().trim_end().len();
                self.flaw(Flaw::Unquoted, from..end);
            }
        }
    }

    fn string(&mut self) {
        let from = self.at;
        self.at += 1;
        while let Some(c) = self.peek() {
            let at = self.at;
            self.at += c.len_utf8();
            match c {
                '"' => return,
                '\\' => {
                    let escaped = self.peek();
                    self.at += escaped.map_or(0, char::len_utf8);
                    let hex = |text: &str| text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
                    let valid = match escaped {
                        Some('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't') => true,
                        Some('u') => self.text.get(self.at..self.at + 4).is_some_and(hex),
                        _ => false,
                    };
                    if !valid {
                        self.flaw(Flaw::Escape, at..self.at);
                    }
                }
                _ if c < ' ' => self.flaw(Flaw::Escape, at..self.at),
                _ => {}
            }
        }
        self.flaw(Flaw::OpenString, from..self.text.trim_end().len());
    }

    /// A string in other quotes; it ends at a quote that stands before a comma, a bracket or the end.
    fn other_string(&mut self, flaw: Flaw, is_close: impl Fn(char) -> bool) {
        let from = self.at;
        let open = self.peek().map_or(1, char::len_utf8);
        let opened = self.repairs.len();
        self.repairs.push((from..from + open, "\""));
        self.at += open;
        while let Some(c) = self.peek() {
            let range = self.at..self.at + c.len_utf8();
            self.at = range.end;
            let ends = || matches!(self.rest().trim_start().chars().next(), None | Some(',' | ']'));
            if is_close(c) && ends() {
                self.flaw(flaw, from..range.end);
                self.repairs.push((range, "\""));
                return;
            }
            match c {
                '"' => self.repairs.push((range, "\\\"")),
                // It may be meant as itself or as an escape.
                '\\' => self.mendable = false,
                _ => {}
            }
        }
        self.repairs.truncate(opened);
        self.flaw(Flaw::OpenString, from..self.text.trim_end().len());
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn flaws() {
        for (text, flaw, at, repaired) in [
            ("['a', 'b c']", Flaw::SingleQuotes, "'a'", Some(&["a", "b c"] as &[&str])),
            ("[ 'a' ]", Flaw::SingleQuotes, "'a'", Some(&["a"])),
            (r#"['say "x"', "it's"]"#, Flaw::SingleQuotes, r#"'say "x"'"#, Some(&["say \"x\"", "it's"])),
            ("['it's']", Flaw::SingleQuotes, "'it's'", Some(&["it's"])),
            (r"['a\b']", Flaw::SingleQuotes, r"'a\b'", None),
            ("[“a”, “b”]", Flaw::CurlyQuotes, "“a”", Some(&["a", "b"])),
            (r#"["a", "b",]"#, Flaw::TrailingComma, ",", Some(&["a", "b"])),
            (r#"["a",, "b"]"#, Flaw::EmptyItem, ",", None),
            (r#"["a" "b"]"#, Flaw::MissingComma, r#""a""#, None),
            (r#"[ "a" "b" ]"#, Flaw::MissingComma, r#""a""#, None),
            ("[nginx, -g]", Flaw::Unquoted, "nginx", None),
            (r#"["a", b c]"#, Flaw::Unquoted, "b c", None),
            (r#"["C:\Program Files\x"]"#, Flaw::Escape, r"\P", None),
            (r#"["a", "b]"#, Flaw::OpenString, r#""b]"#, None),
            ("['a]", Flaw::OpenString, "'a]", None),
            (r#"["a", "b""#, Flaw::OpenArray, "[", None),
            (r#"["a"] && b"#, Flaw::TextBehind, "&& b", None),
            ("[\"a\tb\"]", Flaw::Escape, "\t", None),
        ] {
            let found = read(text, Keyword::Cmd).unwrap_or_else(|| unreachable!("{text}"));
            assert_eq!((found.flaw, &text[found.range.clone()]), (flaw, at), "{text}");
            let strings = repaired.map(|strings| strings.iter().map(|&string| string.to_owned()).collect::<Vec<_>>());
            assert_eq!(found.repaired, strings, "{text}");
        }
    }

    #[test]
    fn no_attempts() {
        for text in [
            "",
            "[",
            "x",
            r#"["a"]"#,
            "[1]",
            "[ -f x ] && y",
            "[ -f x ]",
            r#"[ "$x" = y ] && z"#,
            "[ 'a' = 'b' ]",
            "[[ -f x ]]",
            "[[ 'a', ]]",
            "[{{ range }}]",
            "[Environment]::Exit(1)",
        ] {
            for keyword in [Keyword::Run, Keyword::Cmd, Keyword::Copy] {
                assert_eq!(read(text, keyword), None, "{text}");
            }
        }
        assert_eq!(read("[ab]*.txt /x/[c]", Keyword::Copy), None);
        assert_eq!(read("[ab]", Keyword::Run), None);
        assert_eq!(read("[ 'a' ]", Keyword::Run), None);
    }
}
