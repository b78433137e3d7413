//! Texts of which the file tells a part: what cannot be known stands in them as it is written.

use std::ops::Range;

/// What stands for other text in a pattern.
pub(in crate::model) const WILDCARDS: [char; 4] = ['*', '?', '[', ']'];
/// Longer patterns than this match anything: finding out takes the product of their lengths.
const MAX_PATTERN: usize = 512;

/// A text as far as the file tells: `tini-${arch}`, where `${arch}` is a hole that cannot be known.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct PartialText {
    text: String,
    /// What of it is not known, in order, in bytes.
    holes: Vec<Range<usize>>,
}

impl PartialText {
    /// A text that is known.
    pub fn known(text: impl Into<String>) -> Self {
        Self { text: text.into(), holes: Vec::new() }
    }

    /// Something that cannot be known, as it is written.
    pub fn unknown(written: impl Into<String>) -> Self {
        let text = written.into();
        let hole = 0..text.len();
        Self { text, holes: vec![hole] }
    }

    /// The text, holes as they are written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text, where all of it is known.
    pub fn known_str(&self) -> Option<&str> {
        self.holes.is_empty().then_some(self.text.as_str())
    }

    /// Whether nothing stands in it.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Appends what is known.
    pub fn push_str(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Appends another text.
    pub fn push(&mut self, other: &Self) {
        let offset = self.text.len();
        self.text.push_str(&other.text);
        self.holes.extend(other.holes.iter().map(|hole| hole.start + offset..hole.end + offset));
    }

    /// This text and another one behind it.
    #[must_use]
    pub fn with(&self, other: &Self) -> Self {
        let mut both = self.clone();
        both.push(other);
        both
    }

    /// A part of it, which must not cut through a hole; an empty text for any other range.
    #[must_use]
    pub fn part(&self, range: Range<usize>) -> Self {
        let text = self.text.get(range.clone()).unwrap_or_default().to_owned();
        let inside = self.holes.iter().filter(|hole| range.start <= hole.start && hole.end <= range.end);
        Self { holes: inside.map(|hole| hole.start - range.start..hole.end - range.start).collect(), text }
    }

    /// Where known characters that `is_border` is true for stand, in bytes.
    fn borders(&self, is_border: impl Fn(char) -> bool) -> impl Iterator<Item = (usize, usize)> {
        let mut holes = self.holes.as_slice();
        self.text.char_indices().filter(move |&(_, c)| is_border(c)).filter_map(move |(at, c)| {
            while let Some((_, rest)) = holes.split_first().filter(|(hole, _)| hole.end <= at) {
                holes = rest;
            }
            holes.first().is_none_or(|hole| at < hole.start).then_some((at, at + c.len_utf8()))
        })
    }

    /// Whether the byte at an offset stands in no hole.
    fn is_known(&self, at: usize) -> bool {
        !self.holes.iter().any(|hole| hole.contains(&at))
    }

    /// What stands between the known characters that `is_border` is true for, empty parts too.
    pub fn split(&self, is_border: impl Fn(char) -> bool) -> Vec<Self> {
        let mut parts = Vec::new();
        let mut start = 0;
        for (at, end) in self.borders(is_border) {
            parts.push(self.part(start..at));
            start = end;
        }
        parts.push(self.part(start..self.text.len()));
        parts
    }

    /// What stands between known pieces of text that are `border`.
    pub fn split_at_text(&self, border: &str) -> Vec<Self> {
        let mut parts = Vec::new();
        let mut start = 0;
        for (at, found) in self.text.match_indices(border) {
            if self.holes.iter().all(|hole| hole.end <= at || at + found.len() <= hole.start) {
                parts.push(self.part(start..at));
                start = at + found.len();
            }
        }
        parts.push(self.part(start..self.text.len()));
        parts
    }

    /// The words between its known blanks.
    pub fn words(&self) -> Vec<Self> {
        let mut words = self.split(char::is_whitespace);
        words.retain(|word| !word.is_empty());
        words
    }

    /// What stands behind the last known `c`; all of it where there is none.
    #[must_use]
    pub fn behind_last(&self, c: char) -> Self {
        let found = self.text.rmatch_indices(c).find(|(at, _)| self.is_known(*at));
        let start = found.map_or(0, |(at, c)| at + c.len());
        self.part(start..self.text.len())
    }

    /// What stands before the first known `c`; all of it where there is none.
    #[must_use]
    pub fn before_first(&self, c: char) -> Self {
        let found = self.text.match_indices(c).find(|(at, _)| self.is_known(*at));
        self.part(0..found.map_or(self.text.len(), |(at, _)| at))
    }

    /// The text without a known beginning, where it begins so.
    pub fn strip_prefix(&self, prefix: &str) -> Option<Self> {
        let known = self.holes.first().map_or(self.text.len(), |hole| hole.start);
        (self.text.starts_with(prefix) && prefix.len() <= known).then(|| self.part(prefix.len()..self.text.len()))
    }

    /// The text without a known ending, where it ends so.
    pub fn strip_suffix(&self, suffix: &str) -> Option<Self> {
        let known = self.holes.last().map_or(0, |hole| hole.end);
        let end = self.text.len().checked_sub(suffix.len())?;
        (self.text.ends_with(suffix) && known <= end).then(|| self.part(0..end))
    }

    /// The known text that it begins with.
    pub fn known_prefix(&self) -> &str {
        let end = self.holes.first().map_or(self.text.len(), |hole| hole.start);
        self.text.get(..end).unwrap_or_default()
    }

    /// The known texts in it, between its holes.
    pub fn known_parts(&self) -> Vec<&str> {
        let mut parts = Vec::new();
        let mut start = 0;
        for hole in &self.holes {
            parts.push(self.text.get(start..hole.start).unwrap_or_default());
            start = hole.end;
        }
        parts.push(self.text.get(start..).unwrap_or_default());
        parts
    }

    /// What of it is not known, as written.
    pub fn unknown_parts(&self) -> impl Iterator<Item = &str> {
        self.holes.iter().filter_map(|hole| self.text.get(hole.clone()))
    }

    /// Whether both may be the same text, wildcards and holes standing for anything.
    pub fn may_be(&self, other: &Self) -> bool {
        if self.text == other.text {
            return true;
        }
        if self.is_plain() && other.is_plain() || self.ends_apart(other) {
            return false;
        }
        let (one, two) = (self.pattern(), other.pattern());
        let (one, two) = without_common_ends(&one, &two);
        if one.len() > MAX_PATTERN || two.len() > MAX_PATTERN {
            return true;
        }
        may_meet(one, two)
    }

    /// Whether it is the other text, or goes on behind it with a known `border`; holes are the same where they are written so.
    pub fn goes_on_behind(&self, other: &Self, border: char) -> bool {
        let (own, rest) = self.holes.split_at(self.holes.len().min(other.holes.len()));
        let Some(behind) = self.text.strip_prefix(other.text.as_str()).filter(|_| own == other.holes) else {
            return false;
        };
        let is_known = rest.first().is_none_or(|hole| hole.start > other.text.len());
        behind.is_empty() || is_known && behind.starts_with(border)
    }

    /// Whether it stands for itself alone: nothing in it is unknown, and it has no wildcards.
    fn is_plain(&self) -> bool {
        self.holes.is_empty() && !self.text.contains(WILDCARDS)
    }

    /// Whether the two begin or end with what cannot be the same, which is quicker found than whether all of it can.
    fn ends_apart(&self, other: &Self) -> bool {
        let mut ends = self.plain_end().iter().rev().zip(other.plain_end().iter().rev());
        self.starts_apart(other) || ends.any(|(one, other)| one != other)
    }

    /// Whether the two begin with what cannot be the same.
    pub(in crate::model) fn starts_apart(&self, other: &Self) -> bool {
        let mut starts = self.plain_start().iter().zip(other.plain_start());
        starts.any(|(one, other)| one != other)
    }

    /// What stands before the first hole or wildcard.
    fn plain_start(&self) -> &[u8] {
        let known = self.known_prefix();
        known.get(..known.find(WILDCARDS).unwrap_or(known.len())).unwrap_or_default().as_bytes()
    }

    /// What stands behind the last hole or wildcard.
    fn plain_end(&self) -> &[u8] {
        let known = self.text.get(self.holes.last().map_or(0, |hole| hole.end)..).unwrap_or_default();
        known.get(known.rfind(WILDCARDS).map_or(0, |at| at + 1)..).unwrap_or_default().as_bytes()
    }

    fn pattern(&self) -> Vec<Token> {
        let mut tokens = Vec::new();
        let mut holes = self.holes.iter().peekable();
        let mut class_end = 0;
        for (at, c) in self.text.char_indices() {
            if at < class_end {
                continue;
            }
            while holes.next_if(|hole| hole.end <= at).is_some() {}
            let token = match c {
                _ if holes.peek().is_some_and(|hole| hole.contains(&at)) => Token::Any,
                '*' => Token::Any,
                '?' => Token::One,
                // A class is taken for any character.
                '[' if let Some(len) = class_len(self.text.get(at..).unwrap_or_default()) => {
                    class_end = at + len;
                    Token::One
                }
                c => Token::Char(c),
            };
            if token != Token::Any || tokens.last() != Some(&Token::Any) {
                tokens.push(token);
            }
        }
        tokens
    }
}

/// How long the class `[...]` is that a text begins with; none where it is not closed.
fn class_len(text: &str) -> Option<usize> {
    let inside = text.get(2..)?;
    inside.find([']', '/']).filter(|&end| inside.as_bytes().get(end) == Some(&b']')).map(|end| end + 3)
}

/// One step of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Char(char),
    One,
    Any,
}

/// Two patterns without the characters that both begin and end with.
fn without_common_ends<'t>(mut one: &'t [Token], mut two: &'t [Token]) -> (&'t [Token], &'t [Token]) {
    while let ([Token::Char(a), one_rest @ ..], [Token::Char(b), two_rest @ ..]) = (one, two)
        && a == b
    {
        (one, two) = (one_rest, two_rest);
    }
    while let ([one_rest @ .., Token::Char(a)], [two_rest @ .., Token::Char(b)]) = (one, two)
        && a == b
    {
        (one, two) = (one_rest, two_rest);
    }
    (one, two)
}

/// Whether some text matches both patterns.
fn may_meet(one: &[Token], two: &[Token]) -> bool {
    // From the end on, whether what is left of `one` has a text in common with each end of `two`, the empty one first.
    let mut row = vec![true];
    for other in two.iter().rev() {
        row.push(*other == Token::Any && row.last() == Some(&true));
    }
    for token in one.iter().rev() {
        let mut cells = row.iter_mut();
        let Some(cell) = cells.next() else { return false };
        let mut behind_both = std::mem::replace(cell, *token == Token::Any && *cell);
        let mut behind_other = *cell;
        for (cell, other) in cells.zip(two.iter().rev()) {
            let behind_own = *cell;
            *cell = match (token, other) {
                // A wildcard ends here, or takes one more.
                (Token::Any, _) | (_, Token::Any) => behind_own || behind_other,
                (Token::One, _) | (_, Token::One) => behind_both,
                (Token::Char(one), Token::Char(other)) => one == other && behind_both,
            };
            (behind_both, behind_other) = (behind_own, *cell);
        }
    }
    row.last() == Some(&true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(parts: &str) -> PartialText {
        let mut text = PartialText::default();
        for (index, part) in parts.split('|').enumerate() {
            if index % 2 == 0 { text.push_str(part) } else { text.push(&PartialText::unknown(part)) }
        }
        text
    }

    #[test]
    fn what_may_be_the_same() {
        for (one, other, expected) in [
            ("a", "a", true),
            ("a", "b", false),
            ("", "", true),
            ("x-|$v|.tgz", "x-1.tgz", true),
            ("x-|$v|.tgz", "x-1.zip", false),
            ("x-|$v|.tgz", "y-1.tgz", false),
            ("|$f|", "anything", true),
            ("|$f|.tgz", "x-|$v|", true),
            ("|$f|.tgz", "x-|$v|.zip", false),
            ("*.deb", "a.deb", true),
            ("*.deb", "a.rpm", false),
            ("?.deb", "a.deb", true),
            ("?.deb", "ab.deb", false),
            ("a|$b|", "a", true),
        ] {
            assert_eq!(text(one).may_be(&text(other)), expected, "{one} {other}");
            assert_eq!(text(other).may_be(&text(one)), expected, "{other} {one}");
        }
    }

    #[test]
    fn holes_are_not_split() {
        let words = text("a |$(uname -m)|b c").words();
        let words: Vec<&str> = words.iter().map(PartialText::as_str).collect();
        assert_eq!(words, ["a", "$(uname -m)b", "c"]);
        assert_eq!(text("https://h/|$(x/y)|/f.tgz").behind_last('/').as_str(), "f.tgz");
        assert_eq!(text("|a/b|c").behind_last('/').as_str(), "a/bc");
    }
}
