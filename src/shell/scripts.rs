//! Scripts that a simple command is given in an argument or a here-document.

use super::ast::{Script, Simple, Word};
use super::commands;
use super::lower::{Lowering, parse_decoded};
use super::words::{Context, Origin};

/// Which words of a command are a script, by their index among the command's words.
enum Place {
    Words(Vec<usize>),
    Stdin,
}

/// Words that a command with a script in it has, so that few commands are read for nothing.
const SCRIPTED: [&str; 10] = ["sh", "bash", "dash", "ash", "ksh", "mksh", "zsh", "eval", "su", "runuser"];

fn place(simple: &Simple, has_stdin: bool) -> Option<Place> {
    let is_scripted = |word: &Word| {
        word.literal().is_some_and(|text| SCRIPTED.contains(&text.rsplit('/').next().unwrap_or_default()))
    };
    if !simple.words.iter().any(is_scripted) {
        return None;
    }
    let line = commands::read(simple)?;
    let index = |script: &Word| simple.words.iter().position(|word| std::ptr::eq(word, script));
    if line.is("sh") {
        return match line.operands.first() {
            Some(script) if line.has("-c") => Some(Place::Words(vec![index(script)?])),
            None if has_stdin && !line.has("-c") => Some(Place::Stdin),
            Some(_) if has_stdin && line.has("-s") => Some(Place::Stdin),
            _ => None,
        };
    }
    if line.is("eval") {
        let first = index(line.operands.first()?)?;
        return Some(Place::Words((first..simple.words.len()).collect()));
    }
    let script = line.is_any(&["su", "runuser"]).then(|| line.value_of("-c")).flatten()?;
    if script.attached { None } else { Some(Place::Words(vec![index(script.word)?])) }
}

impl Lowering<'_> {
    /// Reads the script of `simple`, whose words stand at `ranges`.
    pub(super) fn attach_script(&mut self, simple: &mut Simple, ranges: &[(usize, usize)], stdin: Option<Origin>) {
        let origin = match place(simple, stdin.is_some()) {
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
    let Some(Place::Words(indices)) = place(simple, false) else { return };
    let &[index] = indices.as_slice() else { return };
    let script = simple.words.get(index).and_then(|word| {
        let inside = word.parts.first()?.span;
        parse_decoded(&word.literal()?, inside, 0)
    });
    simple.script = script.map(|(list, verbatim)| Box::new(Script { list, verbatim }));
}
