//! Where a bracketed part of a shell word ends.
//!
//! The rules of quoting are those of POSIX 2.2 (Quoting), 2.6 (Word Expansions) and 2.7.4 (Here-Document). The scan keeps
//! its own stack, so that nesting costs no recursion, and reads every byte once.

use super::unclosed::unclosed;

/// What is open, and so what closes it.
#[derive(Debug, Clone)]
pub(super) enum Open {
    /// Commands, up to `)`.
    Code(Code),
    /// `"`, up to `"`.
    Double,
    /// `${`, up to `}`; `quoted` says whether that stands in double quotes, where `'` is an ordinary character.
    Brace { quoted: bool },
    /// `$((`, with the number of brackets open; `split` says whether it went down to one before the end, in which case
    /// these are commands and not arithmetic.
    Arithmetic { depth: u32, split: bool },
}

/// What is known of the commands scanned so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Code {
    /// Number of `case` without their `esac`: `)` ends a pattern there.
    cases: u32,
    /// Whether the next word is not the name of a command.
    in_command: bool,
    /// Start of the current word.
    word: Option<usize>,
    /// Number of `time` and `coproc` in a row: each holds the next.
    prefixes: usize,
    /// Here-documents that start on the next line.
    heredocs: Vec<Heredoc>,
}

/// A here-document to come.
#[derive(Debug, Clone)]
struct Heredoc {
    delimiter: String,
    strips_tabs: bool,
    expands: bool,
}

/// What makes a script dear to read.
#[derive(Debug, Default)]
pub(super) struct Cost {
    /// As far as this it is counted.
    enough: usize,
    /// How deep brackets, quotes and expansions nest.
    pub(super) nesting: usize,
    /// How many expansions do not end, in a here-document or in all of the text.
    pub(super) unclosed: usize,
}

impl Cost {
    /// Counts expansions in quotes and comments too: what the parser cannot read it reads again, and takes its quotes for others.
    fn see_without_quotes(&mut self, text: &str) {
        let bytes = text.as_bytes();
        // Whether each open bracket is one of an expansion.
        let mut brackets = Vec::new();
        let (mut commands, mut parameters) = (0_usize, 0_usize);
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'\\' => at += 1,
                b'(' => {
                    let before = at.checked_sub(1).and_then(|before| bytes.get(before));
                    let is_expansion = matches!(before, Some(b'$' | b'<' | b'>'));
                    commands += usize::from(is_expansion);
                    brackets.push(is_expansion);
                }
                b')' if brackets.pop() == Some(true) => commands -= 1,
                b'$' if bytes.get(at + 1) == Some(&b'{') => parameters += 1,
                b'}' => parameters = parameters.saturating_sub(1),
                _ => {}
            }
            at += 1;
            self.nesting = self.nesting.max(commands + parameters);
            self.unclosed = self.unclosed.max(parameters);
        }
    }
}

impl Open {
    /// Commands from their start.
    pub(super) fn code() -> Self {
        Self::Code(Code::default())
    }
}

/// The offset of the byte that closes `open`, which begins at `at`; none where the text ends first.
pub(super) fn close(text: &str, at: usize, open: Open) -> Option<usize> {
    closing(text, at, open, &mut Cost::default()).map(|(end, _)| end)
}

/// What makes a script dear to read, as far as `enough`.
pub(super) fn cost(text: &str, enough: usize) -> Cost {
    let mut cost = Cost { enough, ..Cost::default() };
    let mut at = 0;
    while cost.nesting < enough && cost.unclosed < enough {
        match closing(text, at, Open::code(), &mut cost) {
            Some((end, _)) => at = end + 1,
            None => break,
        }
    }
    cost.see_without_quotes(text);
    cost
}

/// Whether the `$((` whose inside begins at `at` is arithmetic, and where its last bracket is.
pub(super) fn arithmetic(text: &str, at: usize) -> Option<usize> {
    match closing(text, at, Open::Arithmetic { depth: 2, split: false }, &mut Cost::default())? {
        (end, Open::Arithmetic { split: false, .. }) => Some(end),
        _ => None,
    }
}

fn closing(text: &str, mut at: usize, open: Open, cost: &mut Cost) -> Option<(usize, Open)> {
    let bytes = text.as_bytes();
    let mut stack = Vec::new();
    let mut top = open;
    while let Some(&byte) = bytes.get(at) {
        let next = bytes.get(at + 1).copied();
        if byte == b'\\' {
            if let Open::Code(code) = &mut top {
                code.word.get_or_insert(at);
            }
            at += 2;
            continue;
        }
        let closes = match (&mut top, byte) {
            (Open::Double, b'"') | (Open::Brace { .. }, b'}') => true,
            (Open::Arithmetic { depth, .. }, b'(') => {
                *depth += 1;
                false
            }
            (Open::Arithmetic { depth, split }, b')') => {
                *depth = depth.saturating_sub(1);
                *split |= *depth == 1 && next != Some(b')');
                *depth == 0
            }
            (Open::Code(code), _) => match code.step(text, &mut at, byte, cost) {
                Step::Closes => true,
                Step::Taken => continue,
                Step::Ordinary => {
                    cost.nesting = cost.nesting.max(code.prefixes);
                    false
                }
            },
            _ => false,
        };
        if closes {
            let Some(outer) = stack.pop() else { return Some((at, top)) };
            top = outer;
            at += 1;
            continue;
        }
        let single = !matches!(top, Open::Double | Open::Brace { quoted: true });
        let opened = match (byte, next) {
            (b'\'', _) if single => {
                let Some(end) = after(bytes, at + 1, b'\'', false) else { break };
                at = end;
                continue;
            }
            (b'$', Some(b'\'')) if single => {
                let Some(end) = after(bytes, at + 2, b'\'', true) else { break };
                at = end;
                continue;
            }
            (b'`', _) => {
                let Some(end) = after(bytes, at + 1, b'`', true) else { break };
                at = end;
                continue;
            }
            (b'"', _) => (Open::Double, 1),
            (b'$', Some(b'{')) => (Open::Brace { quoted: !single }, 2),
            (b'$', Some(b'(')) if bytes.get(at + 2) == Some(&b'(') => (Open::Arithmetic { depth: 2, split: false }, 3),
            (b'$', Some(b'(')) => (Open::code(), 2),
            (b'(', _) if matches!(top, Open::Code(_)) => (Open::code(), 1),
            _ => {
                at += 1;
                continue;
            }
        };
        stack.push(std::mem::replace(&mut top, opened.0));
        at += opened.1;
        cost.nesting = cost.nesting.max(stack.len());
    }
    let expansions = stack.iter().chain([&top]).filter(|open| matches!(open, Open::Brace { .. })).count();
    cost.unclosed = cost.unclosed.max(expansions);
    None
}

/// The offset after the closing `quote`; with `escapes`, one after a backslash does not count.
pub(super) fn after(bytes: &[u8], mut at: usize, quote: u8, escapes: bool) -> Option<usize> {
    loop {
        match bytes.get(at)? {
            b'\\' if escapes => at += 2,
            &byte if byte == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
}

enum Step {
    Closes,
    Taken,
    Ordinary,
}

impl Code {
    fn step(&mut self, text: &str, at: &mut usize, byte: u8, cost: &mut Cost) -> Step {
        match byte {
            b'<' if text.as_bytes().get(*at + 1) == Some(&b'<') => {
                self.end_word(text, *at);
                *at += 2;
                if text.as_bytes().get(*at) == Some(&b'<') {
                    *at += 1;
                } else if let Some((heredoc, end)) = heredoc_delimiter(text, *at) {
                    self.heredocs.push(heredoc);
                    *at = end;
                }
                return Step::Taken;
            }
            b' ' | b'\t' | b'(' | b'<' | b'>' => self.end_word(text, *at),
            b'\n' => {
                self.end_word(text, *at);
                self.in_command = false;
                *at += 1;
                for heredoc in std::mem::take(&mut self.heredocs) {
                    let start = *at;
                    let (end, is_closed) = after_heredoc(text, start, &heredoc);
                    *at = end;
                    // The parser may not find one in it where there is no end.
                    if heredoc.expands || !is_closed {
                        let body = text.get(start..*at).unwrap_or_default();
                        cost.unclosed = cost.unclosed.max(unclosed(body, cost.enough));
                    }
                }
                return Step::Taken;
            }
            b';' | b'&' | b'|' => {
                self.end_word(text, *at);
                self.in_command = false;
            }
            b'#' if self.word.is_none() => {
                *at += text.as_bytes().get(*at..).unwrap_or_default().iter().take_while(|&&byte| byte != b'\n').count();
                return Step::Taken;
            }
            b')' => {
                self.end_word(text, *at);
                if self.cases == 0 {
                    return Step::Closes;
                }
                self.in_command = false;
            }
            _ => {
                self.word.get_or_insert(*at);
            }
        }
        Step::Ordinary
    }

    fn end_word(&mut self, text: &str, at: usize) {
        let Some(start) = self.word.take() else { return };
        if self.in_command {
            return;
        }
        match text.get(start..at).unwrap_or_default() {
            "case" => {
                self.cases += 1;
                self.in_command = true;
            }
            "esac" => {
                self.cases = self.cases.saturating_sub(1);
                self.in_command = true;
            }
            "time" | "coproc" => self.prefixes += 1,
            "if" | "then" | "elif" | "else" | "while" | "until" | "do" | "{" | "!" => {}
            _ => {
                self.in_command = true;
                self.prefixes = 0;
            }
        }
    }
}

/// The here-document whose delimiter stands here, and the offset after it.
fn heredoc_delimiter(text: &str, at: usize) -> Option<(Heredoc, usize)> {
    let rest = text.get(at..)?;
    let strips_tabs = rest.starts_with('-');
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    let rest = rest.trim_start_matches([' ', '\t']);
    let word = rest.split([' ', '\t', '\n', ';', '&', '|', '<', '>', '(', ')']).next()?;
    let delimiter: String = word.chars().filter(|c| !matches!(c, '\'' | '"' | '\\')).collect();
    let expands = delimiter.len() == word.len();
    (!word.is_empty()).then_some((Heredoc { delimiter, strips_tabs, expands }, text.len() - rest.len() + word.len()))
}

/// The offset after the line that holds the delimiter alone, or the end of the text where there is none; and whether there is.
fn after_heredoc(text: &str, mut at: usize, heredoc: &Heredoc) -> (usize, bool) {
    for line in text.get(at..).unwrap_or_default().split_inclusive('\n') {
        at += line.len();
        let line = line.strip_suffix('\n').unwrap_or(line);
        if (if heredoc.strips_tabs { line.trim_start_matches('\t') } else { line }) == heredoc.delimiter {
            return (at, true);
        }
    }
    (at, false)
}
