//! Reads what users write in YAML, and says where it is wrong. The YAML library is named in this file alone.

use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use crate::source::{Source, Span};

/// The library takes the square of the time for brackets in brackets.
const MOST_NESTED: usize = 1000;
/// Bytes of a file; what people write has a hundredth of them.
const LARGEST: usize = 1 << 20;
/// Bytes that aliases stand for, each for the whole file at worst.
const MOST_ALIASED: usize = 1 << 18;
/// Names longer than this are like none.
pub const LONGEST_NAME: usize = 100;

/// An error in a file of YAML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadFile {
    /// The file.
    pub path: PathBuf,
    /// Its text.
    pub source: Source,
    /// Where the error is.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl fmt::Display for BadFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path.display(), self.source.line_of(self.span.start), self.message)
    }
}

/// Reads a file; `help` is for what the library itself finds wrong.
pub fn parse<T: DeserializeOwned>(path: &Path, source: &Source, help: &str) -> Result<T, Box<BadFile>> {
    let bad = |(span, message, help)| {
        Box::new(BadFile { path: path.to_path_buf(), source: source.clone(), span, message, help: Some(help) })
    };
    if !source.is_utf8() {
        let at = source.text().find(Source::SUBSTITUTE).unwrap_or_default() as u32;
        let help = "save the file as UTF-8".to_owned();
        return Err(bad((Span::new(at, at + 1), "this is no UTF-8".to_owned(), help)));
    }
    if source.bytes().len() > LARGEST {
        let at = (0..=LARGEST).rev().find(|&at| source.text().is_char_boundary(at)).unwrap_or_default() as u32;
        let help = "a file of YAML has 1 MiB at most".to_owned();
        return Err(bad((Span::empty(at), "the file is too large".to_owned(), help)));
    }
    if let Some(at) = too_deep(source.text()) {
        let help = "close some brackets before others are opened".to_owned();
        return Err(bad((Span::new(at, at + 1), "this is nested too deeply".to_owned(), help)));
    }
    if let Some(span) = alias_too_many(source.text()) {
        let help = "write out what some of them stand for".to_owned();
        return Err(bad((span, "there are too many aliases".to_owned(), help)));
    }
    serde_yaml::from_str(source.text()).map_err(|error| bad(explain(source, &error, help)))
}

/// The bracket that opens one level too many.
fn too_deep(text: &str) -> Option<u32> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MOST_NESTED {
            return Some(at as u32);
        }
    }
    None
}

/// The first alias that would make too much of the file. The library limits how many there are, not how long what they stand for is.
fn alias_too_many(text: &str) -> Option<Span> {
    let name = |at: usize| {
        let behind = text.get(at + 1..).unwrap_or_default();
        let is_name = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_');
        behind.get(..behind.find(|char| !is_name(char)).unwrap_or(behind.len())).unwrap_or_default()
    };
    let anchors: HashSet<&str> = text.match_indices('&').map(|(at, _)| name(at)).collect();
    let aliases = text.match_indices('*').map(|(at, _)| (at, name(at)));
    let is_alias = |(_, name): &(usize, &str)| !name.is_empty() && anchors.contains(name);
    let (at, name) = aliases.filter(is_alias).nth(MOST_ALIASED / text.len().max(1))?;
    Some(Span::new(at as u32, (at + 1 + name.len()) as u32))
}

/// Where a value stands after its key, comments apart; the key, or else the first line, where it cannot be found.
pub fn find(source: &Source, key: &str, value: &str) -> Span {
    let first_line = Span::new(0, source.text().find('\n').unwrap_or(source.text().len()) as u32);
    let Some(at) = words(source, 0, key).next() else { return first_line };
    let after = at + key.len();
    match words(source, after, value).next().filter(|_| !value.is_empty()) {
        Some(at) => Span::new(at as u32, (at + value.len()) as u32),
        None => Span::new(at as u32, (at + key.trim_end_matches(':').len()) as u32),
    }
}

/// The places of a word from an offset on, comments and longer words apart.
fn words<'s>(source: &'s Source, from: usize, word: &'s str) -> impl Iterator<Item = usize> + 's {
    let text = source.text();
    let is_part = |char: char| char.is_alphanumeric() || char == '-' || char == '_';
    let has_gap =
        move |before: Option<char>, inner: Option<char>| !(before.is_some_and(is_part) && inner.is_some_and(is_part));
    text.get(from..).unwrap_or_default().match_indices(word).map(move |(at, _)| at + from).filter(move |&at| {
        let (before, behind) = (text.get(..at).unwrap_or_default(), text.get(at + word.len()..).unwrap_or_default());
        let line = before.rsplit('\n').next().unwrap_or_default();
        let is_comment = line.trim_start().starts_with('#') || line.contains(" #");
        let (first, last) = (word.chars().next(), word.chars().next_back());
        !is_comment && has_gap(before.chars().next_back(), first) && has_gap(last, behind.chars().next())
    })
}

/// The known name nearest to one that is not, or that it is short for.
pub fn nearest<'n>(unknown: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let near = known
        .into_iter()
        .filter(|_| unknown.len() <= LONGEST_NAME)
        .map(|known| (strsim::damerau_levenshtein(unknown, known), known))
        .filter(|(distance, known)| {
            let is_short_for = unknown.len() > 2 && known.starts_with(unknown);
            *distance <= (known.len() / 3).max(1) || is_short_for
        })
        .min();
    near.map(|(_, known)| known)
}

/// What the YAML library says, in the words of an author: the place, what is wrong, what to do.
fn explain(source: &Source, error: &serde_yaml::Error, help: &str) -> (Span, String, String) {
    let text = error.to_string();
    let said = text.find(" at line ").and_then(|at| text.get(..at)).unwrap_or(&text);
    let (line, column) = error.location().map_or((1, 1), |at| (at.line() as u32, at.column()));
    let start = source.line_span(line.min(source.line_count()).max(1)).start;
    let rest = source.text().get(start as usize..).unwrap_or_default();
    let at = start + rest.chars().take(column.saturating_sub(1)).map(char::len_utf8).sum::<usize>() as u32;
    let place = word_at(source, at);
    let quoted: Vec<&str> = said.split('`').skip(1).step_by(2).collect();
    for (phrase, noun, choice) in
        [("unknown field `", "key", "the keys here are"), ("unknown variant `", "value", "it can be")]
    {
        let (Some(before), Some((unknown, known))) = (said.find(phrase), quoted.split_first()) else { continue };
        let from = |at: usize| Span::new(at as u32, (at + unknown.len()) as u32);
        let span = words(source, start as usize, unknown).next().map_or(place, from);
        let all = format!("{choice} {}", known.join(", "));
        let nearest = nearest(unknown, known.iter().copied());
        let help = nearest.map_or_else(|| all.clone(), |known| format!("did you mean `{known}`? {all}"));
        let path = said.get(..before).unwrap_or_default();
        return (span, format!("{path}unknown {noun} `{unknown}`"), help);
    }
    if let (Some(_), Some(key)) = (said.find("duplicate field `"), quoted.first()) {
        let second = words(source, start as usize, key).nth(1);
        let span = second.map_or(place, |at| Span::new(at as u32, (at + key.len()) as u32));
        return (span, format!("the key `{key}` stands here twice"), "make one of them".to_owned());
    }
    if source.slice(place) == "\t" {
        return (place, "a tab cannot indent YAML".to_owned(), "use blanks".to_owned());
    }
    let message = match (said.find("missing field `"), quoted.first()) {
        (Some(before), Some(key)) => format!("{}the key `{key}` is missing", said.get(..before).unwrap_or_default()),
        _ => said.replace("a YAML tag starting with '!'", "a word"),
    };
    (place, message, help.to_owned())
}

/// The word at an offset, or the character there.
fn word_at(source: &Source, at: u32) -> Span {
    let rest = source.text().get(at as usize..).unwrap_or_default();
    let is_word = |char: char| char.is_alphanumeric() || char == '-' || char == '_';
    let word = rest.find(|char| !is_word(char)).unwrap_or(rest.len());
    let len = if word > 0 { word } else { rest.chars().next().map_or(0, char::len_utf8) };
    Span::new(at, at + len as u32)
}

/// A text as a scalar: plain where it can be nothing else, else in quotes.
pub fn scalar(text: &str) -> String {
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c))
        && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&&*text.to_ascii_lowercase());
    // A string of JSON is one of YAML.
    if is_plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}
