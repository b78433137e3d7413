//! Patterns of paths: those of COPY sources, and those of `.dockerignore`, which have `**` besides.
//!
//! Follows Go's `filepath.Match` and `github.com/moby/patternmatcher`.

use std::iter::Peekable;
use std::ops::RangeInclusive;
use std::str::Chars;

/// A pattern against a path takes at most their product; beyond this nothing matches.
const MAX_STEPS: usize = 1 << 20;

/// A parsed pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathPattern {
    atoms: Vec<Atom>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Atom {
    /// `*`: anything but a slash.
    Star,
    /// `?`
    One,
    Char(char),
    /// `[a-z]`
    Class {
        negated: bool,
        ranges: Vec<RangeInclusive<char>>,
    },
    /// `**` at the end: anything.
    Rest,
    /// `**` at the start and no slash behind it: the text ends in what follows.
    Suffix,
    /// `**` before more: nothing, or what [`Atom::Folders`] takes.
    MaybeFolders,
    /// Anything up to a slash.
    Folders,
}

/// Whether a text is a pattern at all.
pub fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '['])
}

impl PathPattern {
    /// A source of COPY: `**` is no more than `*`. None where it is malformed.
    pub fn of_source(text: &str) -> Option<Self> {
        Self::parse(text, false)
    }

    /// A pattern of `.dockerignore`. None where it is malformed.
    pub fn of_ignore(text: &str) -> Option<Self> {
        Self::parse(text, true)
    }

    fn parse(text: &str, has_deep: bool) -> Option<Self> {
        let mut atoms = Vec::new();
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '*' if has_deep && chars.next_if_eq(&'*').is_some() => {
                    let is_first = atoms.is_empty();
                    let has_slash = chars.next_if_eq(&'/').is_some();
                    // Behind a first `**` only wildcards make the library ask for whole folders.
                    let is_plain = !chars.clone().any(|c| matches!(c, '*' | '?' | '[' | ']' | '\\'));
                    match chars.peek() {
                        None => atoms.push(Atom::Rest),
                        Some(_) if is_first && !has_slash && is_plain => atoms.push(Atom::Suffix),
                        Some(_) => atoms.extend([Atom::MaybeFolders, Atom::Folders]),
                    }
                }
                '*' => atoms.push(Atom::Star),
                '?' => atoms.push(Atom::One),
                '\\' => atoms.push(Atom::Char(chars.next()?)),
                '[' => {
                    let negated = chars.next_if_eq(&'^').is_some();
                    let mut ranges = Vec::new();
                    while ranges.is_empty() || chars.next_if_eq(&']').is_none() {
                        let low = bound(&mut chars, has_deep)?;
                        let is_range = chars.next_if_eq(&'-').is_some();
                        ranges.push(low..=if is_range { bound(&mut chars, has_deep)? } else { low });
                    }
                    atoms.push(Atom::Class { negated, ranges });
                }
                c => atoms.push(Atom::Char(c)),
            }
        }
        Some(Self { atoms })
    }

    /// Whether a path fits.
    pub fn matches(&self, path: &str) -> bool {
        self.run(path).is_some_and(|reached| reached.last() == Some(&true))
    }

    /// Whether something that begins so may fit.
    pub fn may_continue(&self, start: &str) -> bool {
        self.run(start).is_none_or(|reached| reached.contains(&true))
    }

    /// Which places of the pattern a text leads to; none where that takes too long.
    fn run(&self, text: &str) -> Option<Vec<bool>> {
        if text.len().saturating_mul(self.atoms.len()) > MAX_STEPS {
            return None;
        }
        let mut reached = vec![false; self.atoms.len() + 1];
        *reached.first_mut()? = true;
        self.skip(&mut reached);
        let mut next = reached.clone();
        for c in text.chars() {
            next.fill(false);
            for (index, atom) in self.atoms.iter().enumerate() {
                if reached.get(index) != Some(&true) {
                    continue;
                }
                let (stays, goes_on) = match atom {
                    Atom::Star => (c != '/', false),
                    Atom::One => (false, c != '/'),
                    Atom::Char(wanted) => (false, *wanted == c),
                    Atom::Class { negated, ranges } => {
                        (false, ranges.iter().any(|range| range.contains(&c)) != *negated)
                    }
                    Atom::Rest | Atom::Suffix => (true, false),
                    Atom::MaybeFolders => (false, false),
                    Atom::Folders => (true, c == '/'),
                };
                for (place, is_reached) in [(index, stays), (index + 1, goes_on)] {
                    if let Some(place) = next.get_mut(place).filter(|_| is_reached) {
                        *place = true;
                    }
                }
            }
            self.skip(&mut next);
            std::mem::swap(&mut reached, &mut next);
        }
        Some(reached)
    }

    /// Places that take no character to leave.
    fn skip(&self, reached: &mut [bool]) {
        for (index, atom) in self.atoms.iter().enumerate() {
            if reached.get(index) != Some(&true) {
                continue;
            }
            let places: &[usize] = match atom {
                Atom::Star | Atom::Rest | Atom::Suffix => &[index + 1],
                Atom::MaybeFolders => &[index + 1, index + 2],
                _ => &[],
            };
            for &place in places {
                if let Some(place) = reached.get_mut(place) {
                    *place = true;
                }
            }
        }
    }
}

/// One end of a range in a class; none where the class is malformed.
fn bound(chars: &mut Peekable<Chars<'_>>, has_deep: bool) -> Option<char> {
    match chars.next()? {
        '\\' => chars.next(),
        '-' | ']' => None,
        // The library takes them for wildcards even here.
        '*' | '?' if has_deep => None,
        c => Some(c),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn sources() {
        for (pattern, path, expected) in [
            ("*.sh", "a.sh", true),
            ("*.sh", ".sh", true),
            ("*.sh", "x/a.sh", false),
            ("a?c", "a\u{142}c", true),
            ("a?c", "a/c", false),
            ("[a-c]x[^0-9]", "bxq", true),
            ("[a-c]x[^0-9]", "bx1", false),
            ("**/x", "a/x", true),
            ("**/x", "a/b/x", false),
            (r"\*", "*", true),
            (r"\*", "a", false),
            (r"[\]]", "]", true),
        ] {
            assert_eq!(PathPattern::of_source(pattern).unwrap().matches(path), expected, "{pattern} {path}");
        }
        for malformed in ["[", "[]", "[a", "[-]", "a\\", "[a-", "[a-]"] {
            assert_eq!(PathPattern::of_source(malformed), None, "{malformed}");
        }
    }

    #[test]
    fn starts() {
        for (pattern, start, expected) in [
            ("a/b", "a/", true),
            ("a/b", "b/", false),
            ("**/b", "x/y/", true),
            ("*/b", "x/", true),
            ("*/b", "x/y/", false),
            ("*.md", "x/", false),
        ] {
            assert_eq!(PathPattern::of_ignore(pattern).unwrap().may_continue(start), expected, "{pattern} {start}");
        }
    }

    #[test]
    fn long_texts() {
        let pattern = PathPattern::of_ignore(&"**/a".repeat(2000)).unwrap();
        assert!(!pattern.matches(&"a/".repeat(4000)));
    }
}
