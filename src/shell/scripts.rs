//! Scripts that a simple command is given in an argument or a here-document.

use super::ast::{Script, Simple, Word};
use super::lower::{Lowering, parse_decoded};
use super::words::{Context, Origin};

/// Which words of a command are a script, by their index among the command's words.
enum Place {
    Words(Vec<usize>),
    Stdin,
}

/// Shells that read a script from `-c` or standard input as this crate does.
const SHELLS: [&str; 6] = ["sh", "bash", "dash", "ash", "ksh", "zsh"];

fn place(simple: &Simple) -> Option<Place> {
    // A quick look before the command is read: few are scripts.
    let shells = |word: &Word| {
        word.literal().is_some_and(|text| {
            let name = text.rsplit('/').next().unwrap_or_default();
            SHELLS.contains(&name) || matches!(name, "eval" | "su" | "runuser")
        })
    };
    if !simple.words.iter().any(shells) {
        return None;
    }
    None
}

impl Lowering<'_> {
    /// Reads the script of `simple`, whose words stand at `ranges`.
    pub(super) fn attach_script(&mut self, simple: &mut Simple, ranges: &[(usize, usize)], stdin: Option<Origin>) {
        let origin = match place(simple) {
            None => return,
            Some(Place::Stdin) => stdin,
            Some(Place::Words(indices)) => self.literals(simple, &indices, ranges),
        };
        let script = origin.and_then(|origin| self.script_of(&origin));
        simple.script = script.map(|(list, verbatim)| Box::new(Script { list, verbatim }));
    }

    /// The text of words that nothing expands, put together with blanks as `eval` does.
    fn literals(&mut self, simple: &Simple, indices: &[usize], ranges: &[(usize, usize)]) -> Option<Origin> {
        let mut origin = Origin::default();
        for &index in indices {
            let &(start, end) = ranges.get(index)?;
            simple.words.get(index)?.literal()?;
            if !origin.text.is_empty() {
                origin.push(" ", start.saturating_sub(1));
            }
            self.word_in(start, end, Context::Plain, Some(&mut origin)).ok()?;
        }
        Some(origin)
    }
}

/// The same for a command in JSON form.
pub(super) fn of_exec_form(simple: &mut Simple) {
    let Some(Place::Words(indices)) = place(simple) else { return };
    let &[index] = indices.as_slice() else { return };
    let script = simple.words.get(index).and_then(|word| {
        let inside = word.parts.first()?.span;
        parse_decoded(&word.literal()?, inside, 0)
    });
    simple.script = script.map(|(list, verbatim)| Box::new(Script { list, verbatim }));
}
