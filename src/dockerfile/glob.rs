//! The patterns of `${V#pattern}` and its like: `*`, `?` and escapes, nothing else.
//!
//! Follows `convertShellPatternToRegex` in BuildKit's frontend/dockerfile/shell/lex.go.

/// More steps than this and the answer is "unknown": a pattern against a text is their product.
const MAX_STEPS: usize = 4_000_000;

/// A replaced text longer than BuildKit lets a line be has no answer either.
const MAX_OUTPUT: usize = 65_535;

/// Why a text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GlobError {
    /// A backslash before anything but `*`, `?`, `\`, `}` or `/`.
    #[error("invalid escape '\\{0}'")]
    Escape(char),
}

/// Finding the answer takes too many steps.
struct TooLong;

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
        let len = match_length(&self.atoms, &chars, longest).ok()?;
        Some(chars.iter().skip(len.unwrap_or_default()).collect())
    }

    /// The text without the shortest or longest suffix that matches; `None` where finding it takes too long.
    pub fn trim_suffix(&self, text: &str, longest: bool) -> Option<String> {
        let reversed: Vec<char> = text.chars().rev().collect();
        let atoms: Vec<Atom> = self.atoms.iter().rev().copied().collect();
        let len = match_length(&atoms, &reversed, longest).ok()?;
        let mut rest: Vec<char> = reversed.into_iter().skip(len.unwrap_or_default()).collect();
        rest.reverse();
        Some(rest.into_iter().collect())
    }

    /// The text with the first match, or every one, replaced; `None` where that takes too long or gives too much.
    pub fn replace(&self, text: &str, replacement: &str, all: bool) -> Option<String> {
        let chars: Vec<char> = text.chars().collect();
        let mut out = String::new();
        let mut copied = 0;
        let mut from = 0;
        let mut steps = 0;
        while from <= chars.len() {
            let Some((start, end)) = self.find(&chars, from, &mut steps).ok()? else { break };
            out.extend(chars.get(copied..start).unwrap_or_default());
            // Go replaces no empty match right behind another one.
            if end > copied || start == 0 {
                out.push_str(replacement);
            }
            if out.len() > MAX_OUTPUT {
                return None;
            }
            copied = end;
            from = end.max(from + 1);
            if !all {
                break;
            }
        }
        out.extend(chars.get(copied..).unwrap_or_default());
        Some(out)
    }

    /// The leftmost match at or behind `from`, the longest of those that start there. One walk over the text: each place in
    /// the pattern has the earliest start that leads to it.
    fn find(&self, text: &[char], from: usize, steps: &mut usize) -> Result<Option<(usize, usize)>, TooLong> {
        let mut starts: Vec<Option<usize>> = vec![None; self.atoms.len() + 1];
        let mut best: Option<(usize, usize)> = None;
        for at in from..=text.len() {
            *steps += starts.len();
            if *steps > MAX_STEPS {
                return Err(TooLong);
            }
            if best.is_none() {
                reach(&mut starts, 0, Some(at));
            }
            for (index, atom) in self.atoms.iter().enumerate() {
                if *atom == Atom::Star {
                    let start = starts.get(index).copied().flatten();
                    reach(&mut starts, index + 1, start);
                }
            }
            // What starts behind the best match cannot better it.
            if let Some((earliest, _)) = best {
                for start in &mut starts {
                    *start = start.filter(|&start| start <= earliest);
                }
                if starts.iter().all(Option::is_none) {
                    break;
                }
            }
            if let Some(start) = starts.last().copied().flatten() {
                best = Some((start, at));
            }
            let Some(&c) = text.get(at) else { break };
            let mut next = vec![None; starts.len()];
            for (index, atom) in self.atoms.iter().enumerate() {
                let start = starts.get(index).copied().flatten();
                match atom {
                    Atom::Star if c != '\n' => reach(&mut next, index, start),
                    Atom::One if c != '\n' => reach(&mut next, index + 1, start),
                    Atom::Char(wanted) if *wanted == c => reach(&mut next, index + 1, start),
                    _ => {}
                }
            }
            starts = next;
        }
        Ok(best)
    }
}

/// Notes that a match from `start` leads to a place in the pattern, unless an earlier one does.
fn reach(starts: &mut [Option<usize>], index: usize, start: Option<usize>) {
    if let (Some(place), Some(start)) = (starts.get_mut(index), start) {
        *place = Some(place.map_or(start, |earlier| earlier.min(start)));
    }
}

/// The length of the shortest or longest start of `text` that matches.
fn match_length(atoms: &[Atom], text: &[char], longest: bool) -> Result<Option<usize>, TooLong> {
    if text.len().saturating_mul(atoms.len()) > MAX_STEPS {
        return Err(TooLong);
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
    Ok(found)
}

fn skip_stars(atoms: &[Atom], reached: &mut [bool]) {
    for (index, atom) in atoms.iter().enumerate() {
        if *atom == Atom::Star
            && reached.get(index).copied().unwrap_or_default()
            && let Some(behind) = reached.get_mut(index + 1)
        {
            *behind = true;
        }
    }
}
