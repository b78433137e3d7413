//! The patterns of `${V#pattern}` and its like: `*`, `?` and escapes, nothing else.
//!
//! Follows `convertShellPatternToRegex` in BuildKit's frontend/dockerfile/shell/lex.go.

/// More steps than this and the answer is "unknown": a pattern against a text is their product.
const MAX_STEPS: usize = 4_000_000;

/// Why a text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GlobError {
    /// A backslash before anything but `*`, `?`, `\`, `}` or `/`.
    #[error("invalid escape '\\{0}'")]
    Escape(char),
}

/// A parsed pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob {
    atoms: Vec<Atom>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Atom {
    Star,
    One,
    Char(char),
}

impl Glob {
    /// Reads a pattern.
    pub fn parse(pattern: &str) -> Result<Self, GlobError> {
        let mut atoms = Vec::new();
        let mut chars = pattern.chars().peekable();
        while let Some(c) = chars.next() {
            atoms.push(match c {
                '*' => Atom::Star,
                '?' => Atom::One,
                '\\' => match chars.peek() {
                    // `}` and `/` are escaped for the expansion's sake, not the pattern's.
                    Some('}' | '/') => continue,
                    Some(&next @ ('*' | '?' | '\\')) => {
                        chars.next();
                        Atom::Char(next)
                    }
                    other => return Err(GlobError::Escape(other.copied().unwrap_or('\u{FFFD}'))),
                },
                other => Atom::Char(other),
            });
        }
        Ok(Self { atoms })
    }

    /// The text without the shortest or longest prefix that matches; `None` where finding it takes too long.
    pub fn trim_prefix(&self, text: &str, longest: bool) -> Option<String> {
        let chars: Vec<char> = text.chars().collect();
        let len = match_length(&self.atoms, &chars, longest)?;
        Some(chars.iter().skip(len.unwrap_or_default()).collect())
    }

    /// The text without the shortest or longest suffix that matches; `None` where finding it takes too long.
    pub fn trim_suffix(&self, text: &str, longest: bool) -> Option<String> {
        let reversed: Vec<char> = text.chars().rev().collect();
        let atoms: Vec<Atom> = self.atoms.iter().rev().copied().collect();
        let len = match_length(&atoms, &reversed, longest)?;
        let mut rest: Vec<char> = reversed.into_iter().skip(len.unwrap_or_default()).collect();
        rest.reverse();
        Some(rest.into_iter().collect())
    }

    /// The text with the first match, or every one, replaced; `None` where finding them takes too long.
    pub fn replace(&self, text: &str, replacement: &str, all: bool) -> Option<String> {
        let chars: Vec<char> = text.chars().collect();
        if chars.len().saturating_mul(chars.len()).saturating_mul(self.atoms.len()) > MAX_STEPS {
            return None;
        }
        let mut out = String::new();
        let mut at = 0;
        while at <= chars.len() {
            let rest = chars.get(at..).unwrap_or_default();
            match match_length(&self.atoms, rest, true)? {
                Some(len) => {
                    out.push_str(replacement);
                    if len == 0 {
                        out.extend(rest.first());
                    }
                    at += len.max(1);
                    if !all {
                        break;
                    }
                    if len > 0 && at == chars.len() {
                        break;
                    }
                }
                None => {
                    out.extend(rest.first());
                    at += 1;
                }
            }
        }
        out.extend(chars.iter().skip(at));
        Some(out)
    }
}

/// The length of the shortest or longest start of `text` that matches; the outer `None` means that it takes too long.
fn match_length(atoms: &[Atom], text: &[char], longest: bool) -> Option<Option<usize>> {
    if text.len().saturating_mul(atoms.len()) > MAX_STEPS {
        return None;
    }
    // `reached[i]`: the atoms before `i` match the characters read so far.
    let mut reached = vec![false; atoms.len() + 1];
    if let Some(first) = reached.first_mut() {
        *first = true;
    }
    skip_stars(atoms, &mut reached);
    let mut found = None;
    for read in 0..=text.len() {
        if reached.last() == Some(&true) {
            found = Some(read);
            if !longest {
                break;
            }
        }
        let Some(&c) = text.get(read) else { break };
        let mut next = vec![false; atoms.len() + 1];
        for (index, atom) in atoms.iter().enumerate() {
            if !reached.get(index).copied().unwrap_or_default() {
                continue;
            }
            let to = match atom {
                Atom::Star if c != '\n' => index,
                Atom::One if c != '\n' => index + 1,
                Atom::Char(wanted) if *wanted == c => index + 1,
                _ => continue,
            };
            if let Some(state) = next.get_mut(to) {
                *state = true;
            }
        }
        skip_stars(atoms, &mut next);
        reached = next;
    }
    Some(found)
}

fn skip_stars(atoms: &[Atom], reached: &mut [bool]) {
    for (index, atom) in atoms.iter().enumerate() {
        if *atom == Atom::Star && reached.get(index).copied().unwrap_or_default() {
            if let Some(behind) = reached.get_mut(index + 1) {
                *behind = true;
            }
        }
    }
}
