//! Where names of variables stand, in whatever language.

use std::collections::{HashMap, HashSet};

use super::Model;

impl Model<'_> {
    /// The steps that mention each of these names, other than at the places where they are `defined`. In code of any
    /// language, and in words that a program is given, a name is as good as a reading of the variable.
    pub fn mentions<'n>(&self, names: &HashSet<&'n str>, defined: &HashSet<u32>) -> HashMap<&'n str, Vec<usize>> {
        let mut found: HashMap<&str, Vec<usize>> = HashMap::new();
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        for step in self.steps.iter().filter(|step| step.trigger_of.is_none()) {
            let mut look = |text: &str, place: &dyn Fn(usize) -> u32| {
                let mut at = 0;
                // A comment in a here-document reads nothing.
                let is_comment = |at: usize| {
                    let line = text.get(..at).and_then(|before| before.rsplit('\n').next()).unwrap_or_default();
                    line.trim_start().starts_with('#')
                };
                for piece in text.split(|c| !is_name(c)) {
                    if let Some(name) = names.get(piece).filter(|_| !defined.contains(&place(at)) && !is_comment(at)) {
                        found.entry(name).or_default().push(step.index);
                    }
                    at += piece.len()
                        + text.get(at + piece.len()..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
                }
            };
            let joined = &step.instruction.joined;
            look(&joined.text, &|at| joined.to_source(at));
            for heredoc in step.heredocs {
                look(&heredoc.content, &|at| heredoc.body.start + u32::try_from(at).unwrap_or_default());
            }
        }
        found
    }
}
