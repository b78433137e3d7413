//! The pattern language of `match:` rules: a Dockerfile line with gaps.
//!
//! ```text
//! RUN apt-get install ... sudo ...    a command; options stand anywhere, operands in order
//! RUN gpg --verify ...                a command that has the option, however it is spelled
//! RUN apt install|remove ...          either word
//! FROM *:latest ...                   `*` stands for any characters
//! HEALTHCHECK ...                     any HEALTHCHECK
//! COPY --from=* ...                   a flag
//! ```
//!
//! `...` stands for any words; without it at the end no further words may follow. A RUN pattern is held against each
//! parsed command of the body, never against its text. build.rs reads this file too: it uses `std` alone.

/// One pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// The instruction in upper case.
    pub keyword: String,
    /// For RUN: the names of the command; empty means any.
    pub commands: Vec<String>,
    /// The options or flags that have to be there.
    pub options: Vec<Alternatives>,
    /// The words that have to follow each other.
    pub operands: Vec<Operand>,
}

/// Words of which one has to match.
pub type Alternatives = Vec<String>;

/// An element of the sequence of words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operand {
    /// Any words, also none.
    Gap,
    /// One word.
    Word(Alternatives),
}

/// Why a text is no pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// Nothing is written.
    #[error("a pattern starts with an instruction, as in `RUN apt-get install ...`")]
    Empty,
    /// The first word is in no known instruction.
    #[error("the first word of a pattern is an instruction in upper case, as in `RUN apt-get install ...`")]
    Keyword,
    /// `RUN` alone would match every command.
    #[error("a RUN pattern names its command, as in `RUN apt-get install ...`")]
    Command,
    /// `a||b`.
    #[error("an alternative is empty; write `a|b`")]
    Alternative,
}

const KEYWORDS: [&str; 18] = [
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

impl Pattern {
    /// Reads a pattern.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let mut words = text.split_whitespace();
        let keyword = words.next().ok_or(PatternError::Empty)?;
        if !KEYWORDS.contains(&keyword) {
            return Err(PatternError::Keyword);
        }
        let mut commands = Vec::new();
        if keyword == "RUN" {
            let command = words.next().filter(|word| !word.starts_with('-') && *word != "...");
            commands = alternatives(command.ok_or(PatternError::Command)?)?;
        }
        let mut options = Vec::new();
        let mut operands = Vec::new();
        for word in words {
            match word {
                "..." => operands.push(Operand::Gap),
                _ if word.len() > 1 && word.starts_with('-') => options.push(alternatives(word)?),
                _ => operands.push(Operand::Word(alternatives(word)?)),
            }
        }
        Ok(Self { keyword: keyword.to_owned(), commands, options, operands })
    }

    /// Holds the sequence of operands against words; a word that cannot be known is `None` and matches `*` and gaps
    /// alone.
    pub fn match_operands(&self, words: &[Option<&str>]) -> Option<Matched> {
        match_from(&self.operands, words)
    }
}

/// How a sequence of words matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Matched {
    /// The index of the last word that an [`Operand::Word`] took; none where gaps took all.
    pub last_word: Option<usize>,
}

/// Greedy matching with one point to fall back to, the last gap: linear but for the restarts after it.
fn match_from(operands: &[Operand], words: &[Option<&str>]) -> Option<Matched> {
    let (mut operand, mut word) = (0, 0);
    let mut gap: Option<(usize, usize)> = None;
    let mut last = None;
    loop {
        match operands.get(operand) {
            Some(Operand::Gap) => {
                gap = Some((operand, word));
                operand += 1;
            }
            Some(Operand::Word(wanted)) if words.get(word).is_some_and(|found| any_matches(wanted, *found)) => {
                last = Some(word);
                operand += 1;
                word += 1;
            }
            None if word >= words.len() => return Some(Matched { last_word: last }),
            _ => {
                let (at, taken) = gap.filter(|&(_, taken)| taken < words.len())?;
                gap = Some((at, taken + 1));
                operand = at + 1;
                word = taken + 1;
            }
        }
    }
}

/// Whether one of the alternatives matches a word; an unknown word matches `*` alone.
pub fn any_matches(alternatives: &[String], word: Option<&str>) -> bool {
    alternatives.iter().any(|pattern| match word {
        Some(word) => glob_matches(pattern, word),
        None => pattern == "*",
    })
}

/// Whether `*` in `pattern`, standing for any characters, makes it `text`.
pub fn glob_matches(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(mut rest) = pieces.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else { return rest.is_empty() };
    for piece in pieces {
        match rest.find(piece) {
            Some(at) => rest = rest.get(at + piece.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.ends_with(last)
}

fn alternatives(word: &str) -> Result<Alternatives, PatternError> {
    let alternatives: Alternatives = word.split('|').map(str::to_owned).collect();
    if alternatives.iter().any(String::is_empty) { Err(PatternError::Alternative) } else { Ok(alternatives) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The last word taken; -1 where gaps took all, -2 for no match.
    fn matches(pattern: &str, words: &[&str]) -> i32 {
        let words: Vec<_> = words.iter().map(|&word| (word != "$").then_some(word)).collect();
        let matched = Pattern::parse(pattern).unwrap().match_operands(&words);
        matched.map_or(-2, |matched| matched.last_word.map_or(-1, |at| i32::try_from(at).unwrap_or(i32::MAX)))
    }

    #[test]
    fn operands() {
        assert_eq!(matches("RUN apt-get install ...", &["install", "curl"]), 0);
        assert_eq!(matches("RUN apt-get install", &["install", "curl"]), -2);
        assert_eq!(matches("RUN apt-get install ... sudo ...", &["install", "a", "sudo", "b"]), 2);
        assert_eq!(matches("RUN apt-get install ... sudo", &["install", "sudo", "b", "sudo"]), 3);
        assert_eq!(matches("RUN apt-get install ... sudo ...", &["install", "sudoku"]), -2);
        assert_eq!(matches("RUN apt-get install|remove ...", &["$", "sudo"]), -2);
        assert_eq!(matches("RUN apt-get *", &["$"]), 0);
        assert_eq!(matches("HEALTHCHECK ...", &[]), -1);
        assert_eq!(matches("ONBUILD ... a b ...", &["a", "a", "b"]), 2);
    }

    #[test]
    fn globs() {
        for (pattern, text, expected) in [
            ("*:latest", "debian:latest", true),
            ("*:latest", "debian:latest-slim", false),
            ("a*c*", "abcd", true),
            ("a*a", "a", false),
            ("*", "", true),
            ("abc", "abc", true),
            ("abc", "abcd", false),
        ] {
            assert_eq!(glob_matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn errors() {
        assert_eq!(Pattern::parse(""), Err(PatternError::Empty));
        assert_eq!(Pattern::parse("apt-get install"), Err(PatternError::Keyword));
        assert_eq!(Pattern::parse("RUN ..."), Err(PatternError::Command));
        assert_eq!(Pattern::parse("RUN apt-get|"), Err(PatternError::Alternative));
    }
}
