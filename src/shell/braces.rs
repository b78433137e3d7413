//! Brace expansion: the words that `a{b,c}` and `a{1..3}` become. Semantics: the Bash manual, 3.5.1.

use super::ast::{Part, PartKind, Quoting, Word};

/// More words than these are not written out.
const MAX_WORDS: usize = 64;
/// Longer words are left as they are.
const MAX_LEN: usize = 1024;
/// So many opening braces of one word are looked at.
const MAX_BRACES: usize = 16;

/// A character that stands for itself or opens, parts or closes braces; or a part that does neither.
#[derive(Clone)]
enum Atom {
    Bare(char),
    Whole(Part),
}

impl Word {
    /// The words that braces make of it in a shell that has them; the word itself where there is nothing to expand, or too much.
    pub fn without_braces(&self) -> Vec<Self> {
        let bare = self.parts.iter().filter_map(|part| match &part.kind {
            PartKind::Literal(text) if part.quoting == Quoting::None => Some(text.as_str()),
            _ => None,
        });
        let braces: usize = bare.clone().map(|text| text.matches('{').count()).sum();
        if !(1..=MAX_BRACES).contains(&braces) || bare.map(str::len).sum::<usize>() > MAX_LEN {
            return vec![self.clone()];
        }
        let atoms: Vec<Atom> = self.parts.iter().flat_map(atoms).collect();
        match expand(&atoms) {
            Some(words) if words.len() > 1 => words.into_iter().map(|atoms| self.made_of(atoms)).collect(),
            _ => vec![self.clone()],
        }
    }

    fn made_of(&self, atoms: Vec<Atom>) -> Self {
        let mut word = Self { parts: Vec::new(), ..self.clone() };
        for atom in atoms {
            match (atom, word.parts.last_mut()) {
                (Atom::Whole(part), _) => word.parts.push(part),
                (Atom::Bare(c), Some(Part { kind: PartKind::Literal(text), quoting: Quoting::None, .. })) => {
                    text.push(c);
                }
                (Atom::Bare(c), _) => word.parts.extend(Self::literal_at(c.to_string(), self.span).parts),
            }
        }
        word
    }
}

fn atoms(part: &Part) -> Vec<Atom> {
    match &part.kind {
        PartKind::Literal(text) if part.quoting == Quoting::None => text.chars().map(Atom::Bare).collect(),
        _ => vec![Atom::Whole(part.clone())],
    }
}

/// None where it is more than is written out.
fn expand(atoms: &[Atom]) -> Option<Vec<Vec<Atom>>> {
    let opens = atoms.iter().enumerate().filter(|(_, atom)| matches!(atom, Atom::Bare('{')));
    for (open, _) in opens {
        let Some((choices, behind)) = atoms.get(open + 1..).and_then(choices) else { continue };
        let before = atoms.get(..open).unwrap_or_default();
        let mut inner = Vec::new();
        for choice in &choices {
            inner.extend(expand(choice)?);
        }
        let rest = expand(behind)?;
        if inner.len().saturating_mul(rest.len()) > MAX_WORDS {
            return None;
        }
        let pairs = inner.iter().flat_map(|inner| rest.iter().map(move |rest| [before, inner, rest].concat()));
        return Some(pairs.collect());
    }
    Some(vec![atoms.to_vec()])
}

/// What may stand in place of the braces that were opened before `atoms`, and what follows them.
fn choices(atoms: &[Atom]) -> Option<(Vec<Vec<Atom>>, &[Atom])> {
    let mut depth = 0_usize;
    let mut choices = vec![Vec::new()];
    for (at, atom) in atoms.iter().enumerate() {
        match atom {
            Atom::Bare('}') if depth == 0 => {
                let choices = if choices.len() > 1 { choices } else { range(choices.first()?)? };
                return Some((choices, atoms.get(at + 1..)?));
            }
            Atom::Bare(',') if depth == 0 => {
                choices.push(Vec::new());
                continue;
            }
            Atom::Bare('{') => depth += 1,
            Atom::Bare('}') => depth -= 1,
            _ => {}
        }
        choices.last_mut()?.push(atom.clone());
    }
    None
}

/// `1..3` and `a..c`.
fn range(atoms: &[Atom]) -> Option<Vec<Vec<Atom>>> {
    let text: String =
        atoms.iter().map(|atom| if let Atom::Bare(c) = atom { Some(*c) } else { None }).collect::<Option<_>>()?;
    let (first, last) = text.split_once("..")?;
    let texts: Vec<String> = match (first.parse::<i64>(), last.parse::<i64>()) {
        // With zeros before them all are of one length.
        (Ok(from), Ok(to)) if ![first, last].iter().any(|end| end.len() > 1 && end.starts_with('0')) => {
            let (low, high) = (from.min(to), from.max(to));
            (low..=high).take(MAX_WORDS + 1).map(|number| number.to_string()).collect()
        }
        (Err(_), Err(_)) => {
            let is_letter = |end: &str| end.len() == 1 && end.chars().all(|c| c.is_ascii_alphabetic());
            let (from, to) = (first.chars().next()?, last.chars().next()?);
            if !is_letter(first) || !is_letter(last) {
                return None;
            }
            (from.min(to)..=from.max(to)).map(String::from).collect()
        }
        _ => return None,
    };
    Some(texts.into_iter().map(|text| text.chars().map(Atom::Bare).collect()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    #[test]
    fn words_of_braces() {
        for (written, expected) in [
            ("/tmp/a{,.asc}", "/tmp/a /tmp/a.asc"),
            ("/{a,b{1,2}}/{c,d}", "/a/c /a/d /b1/c /b1/d /b2/c /b2/d"),
            ("a{1..3}{x..z}", "a1x a1y a1z a2x a2y a2z a3x a3y a3z"),
            ("{a{b,c}", "{ab {ac"),
            ("{}", "{}"),
            ("{a}", "{a}"),
            ("a,b}", "a,b}"),
            ("{1..9999}", "{1..9999}"),
            ("{01..03}", "{01..03}"),
            ("{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}", "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}"),
        ] {
            let words = Word::literal_at(written.to_owned(), Span::empty(0)).without_braces();
            let words: Vec<_> = words.iter().filter_map(Word::literal).collect();
            assert_eq!(words.join(" "), expected, "{written}");
        }
    }
}
