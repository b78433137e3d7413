//! Applies fixes to the bytes of a file.

use crate::diagnostic::{Edit, Fix};
use crate::source::Source;

/// What fixes make of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The file after them.
    pub bytes: Vec<u8>,
    /// The indices of the fixes that were applied, in the order given.
    pub taken: Vec<usize>,
    /// Their edits, in the order of the file, each once.
    pub edits: Vec<Edit>,
}

/// Applies fixes; where edits of two fixes overlap, the later fix is dropped as a whole.
///
/// Fixes are taken in the order given, so that the caller decides which one wins. A fix with an edit outside of the
/// file, or inside a character, is dropped too, and so is one that would write what stands in for bytes that are no UTF-8.
pub fn apply<'a>(source: &Source, fixes: impl IntoIterator<Item = &'a Fix>) -> Applied {
    let text = source.text();
    let is_possible = |edit: &Edit| {
        text.get(edit.span.range()).is_some() && (source.is_utf8() || !edit.text.contains(Source::SUBSTITUTE))
    };
    let mut edits: Vec<&Edit> = Vec::new();
    let mut taken = Vec::new();
    for (index, fix) in fixes.into_iter().enumerate() {
        if !fix.edits.iter().all(|edit| is_possible(edit) && !clashes(&edits, edit)) {
            continue;
        }
        taken.push(index);
        for edit in &fix.edits {
            // Two fixes may ask for the very same edit; once is enough.
            if let Err(at) = edits.binary_search_by_key(&key(edit), |known| key(known)) {
                edits.insert(at, edit);
            }
        }
    }
    let old = source.bytes();
    let mut bytes = Vec::with_capacity(old.len());
    let mut done = 0;
    for edit in &edits {
        bytes.extend_from_slice(old.get(done..edit.span.start as usize).unwrap_or_default());
        bytes.extend_from_slice(edit.text.as_bytes());
        done = edit.span.end as usize;
    }
    bytes.extend_from_slice(old.get(done..).unwrap_or_default());
    Applied { bytes, taken, edits: edits.into_iter().cloned().collect() }
}

fn key(edit: &Edit) -> (u32, u32) {
    (edit.span.start, edit.span.end)
}

/// Whether an edit overlaps one that is taken, or inserts something else at the same place, or at the edge of what is deleted: what it
/// belongs to may be gone.
fn clashes(taken: &[&Edit], edit: &Edit) -> bool {
    let at = taken.partition_point(|known| key(known) < key(edit));
    let before = at.checked_sub(1).and_then(|at| taken.get(at));
    let after = taken.get(at);
    if after.is_some_and(|known| key(known) == key(edit)) {
        return after.is_some_and(|known| known.text != edit.text);
    }
    before.is_some_and(|known| overlap(known, edit)) || after.is_some_and(|known| overlap(edit, known))
}

fn overlap(first: &Edit, second: &Edit) -> bool {
    let inserts_at_edge = |one: &Edit, other: &Edit| one.span.is_empty() && other.text.is_empty();
    first.span.end > second.span.start
        || first.span.end == second.span.start && (inserts_at_edge(first, second) || inserts_at_edge(second, first))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Applicability;
    use crate::source::Span;

    fn fix(edits: &[(u32, u32, &str)]) -> Fix {
        let edits =
            edits.iter().map(|&(start, end, text)| Edit { span: Span::new(start, end), text: text.into() }).collect();
        Fix { applicability: Applicability::Safe, title: String::new(), edits }
    }

    #[test]
    fn applies_in_order_and_drops_what_overlaps() {
        for (fixes, expected, taken) in [
            (vec![], "abcdef", vec![]),
            (vec![fix(&[(4, 6, "X")]), fix(&[(0, 1, "Y")])], "YbcdX", vec![0, 1]),
            (vec![fix(&[(1, 3, "X")]), fix(&[(2, 4, "Y"), (5, 6, "Z")])], "aXdef", vec![0]),
            (vec![fix(&[(1, 1, "+")]), fix(&[(1, 1, "+")]), fix(&[(1, 1, "-")])], "a+bcdef", vec![0, 1]),
            (vec![fix(&[(0, 3, "")]), fix(&[(3, 6, "!")])], "!", vec![0, 1]),
            (vec![fix(&[(1, 1, "+")]), fix(&[(1, 2, "B")])], "a+Bcdef", vec![0, 1]),
            // Behind and before what is deleted.
            (vec![fix(&[(0, 3, "")]), fix(&[(3, 3, "!")])], "def", vec![0]),
            (vec![fix(&[(3, 3, "!")]), fix(&[(3, 6, "")])], "abc!def", vec![0]),
            (vec![fix(&[(5, 9, "X")])], "abcdef", vec![]),
        ] {
            let applied = apply(&Source::new(b"abcdef".to_vec()).unwrap(), &fixes);
            assert_eq!(String::from_utf8(applied.bytes).unwrap(), expected, "{fixes:?}");
            assert_eq!(applied.taken, taken, "{fixes:?}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_stay() {
        let source = Source::new(b"a\xE9b".to_vec()).unwrap();
        let stand_in = Source::SUBSTITUTE.to_string();
        let applied = apply(&source, &[fix(&[(0, 1, "x")]), fix(&[(2, 3, &stand_in)])]);
        assert_eq!((applied.bytes.as_slice(), applied.taken), (&b"x\xE9b"[..], vec![0]));
    }
}
