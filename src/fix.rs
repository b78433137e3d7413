//! Applies fixes to the text of a file.

use crate::diagnostic::{Edit, Fix};

/// The text after the fixes; where edits of two fixes overlap, the later fix is dropped as a whole.
///
/// Fixes are taken in the order given, so that the caller decides which one wins. A fix with an edit outside of the
/// text, or inside a character, is dropped too.
pub fn apply<'a>(text: &str, fixes: impl IntoIterator<Item = &'a Fix>) -> String {
    let mut taken: Vec<&Edit> = Vec::new();
    for fix in fixes {
        let fits = fix.edits.iter().all(|edit| text.get(edit.span.range()).is_some() && !clashes(&taken, edit));
        if fits {
            for edit in &fix.edits {
                // Two fixes may ask for the very same edit; once is enough.
                if let Err(at) = taken.binary_search_by_key(&key(edit), |known| key(known)) {
                    taken.insert(at, edit);
                }
            }
        }
    }
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for edit in taken {
        let Some(before) = text.get(done..edit.span.start as usize) else { continue };
        out.push_str(before);
        out.push_str(&edit.text);
        done = edit.span.end as usize;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

fn key(edit: &Edit) -> (u32, u32) {
    (edit.span.start, edit.span.end)
}

/// Whether an edit overlaps one that is taken, or inserts something else at the same place.
fn clashes(taken: &[&Edit], edit: &Edit) -> bool {
    let at = taken.partition_point(|known| key(known) < key(edit));
    let before = at.checked_sub(1).and_then(|at| taken.get(at));
    let after = taken.get(at);
    if after.is_some_and(|known| key(known) == key(edit)) {
        return after.is_some_and(|known| known.text != edit.text);
    }
    before.is_some_and(|known| known.span.end > edit.span.start)
        || after.is_some_and(|known| known.span.start < edit.span.end)
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
        for (fixes, expected) in [
            (vec![], "abcdef"),
            (vec![fix(&[(4, 6, "X")]), fix(&[(0, 1, "Y")])], "YbcdX"),
            (vec![fix(&[(1, 3, "X")]), fix(&[(2, 4, "Y"), (5, 6, "Z")])], "aXdef"),
            (vec![fix(&[(1, 1, "+")]), fix(&[(1, 1, "+")]), fix(&[(1, 1, "-")])], "a+bcdef"),
            (vec![fix(&[(0, 3, "")]), fix(&[(3, 6, "!")])], "!"),
            (vec![fix(&[(1, 1, "+")]), fix(&[(1, 2, "B")])], "a+Bcdef"),
            (vec![fix(&[(5, 9, "X")])], "abcdef"),
        ] {
            assert_eq!(apply("abcdef", &fixes), expected, "{fixes:?}");
        }
    }
}
