//! Which commands of a file set which shell variables.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::shell::ast::{self, AssignedValue, Operation, Word};

use super::entrypoint::each_statement;
use super::parameters::each_parameter;
use super::{Command, Model, Step};

/// The commands that set each variable, or read something into it, by where they stand.
#[derive(Debug, Default)]
pub(super) struct Setters<'a>(BTreeMap<Cow<'a, str>, Vec<Setter>>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Setter {
    step: usize,
    start: u32,
    /// An index into [`Model::commands`].
    index: usize,
}

impl<'a> Setters<'a> {
    pub(super) fn of(commands: &[Command<'a>]) -> Self {
        let mut setters = Self::default();
        for (index, command) in commands.iter().enumerate() {
            let simple = command.invocation.simple;
            let setter = Setter { step: command.step, start: simple.span.start, index };
            let assigned = simple.assignments.iter().map(|assignment| Cow::Borrowed(assignment.name.as_str()));
            for name in assigned.chain(read_into(&simple.words)) {
                setters.0.entry(name).or_default().push(setter);
            }
        }
        for of_name in setters.0.values_mut() {
            of_name.sort_unstable();
            of_name.dedup();
        }
        setters
    }
}

impl<'a> Model<'a> {
    /// The commands before `command` in the same RUN that set a variable or read something into it, in order.
    pub fn setters_before(&self, command: &Command<'_>, name: &str) -> impl DoubleEndedIterator<Item = &Command<'a>> {
        let here = (command.step, command.invocation.simple.span.start);
        let setters = self.setters.get_or_init(|| Setters::of(self.commands()));
        let of_name = setters.0.get(name).map(Vec::as_slice).unwrap_or_default();
        let first = of_name.partition_point(|setter| setter.step < here.0);
        let end = of_name.partition_point(|setter| (setter.step, setter.start) < here);
        let before = of_name.get(first..end).unwrap_or_default();
        before.iter().filter_map(|setter| self.commands().get(setter.index))
    }

    /// From where on the shell of a RUN has a variable of its own: assigned, looped over, read, or by `${NAME:=word}`.
    pub fn set_by_shell(&self, step: &Step<'_>, name: &str) -> Option<u32> {
        let mut places: Vec<u32> = Vec::new();
        for command in self.commands_of(step.index) {
            let simple = command.invocation.simple;
            // What stands before a command is for it alone.
            let stays = simple.words.is_empty() || simple.declaration;
            let mut assigned = simple.assignments.iter().filter(|one| stays && one.value != AssignedValue::Unset);
            if assigned.any(|one| one.name == name) || read_into(&simple.words).any(|read| read == name) {
                places.push(simple.span.end);
            }
        }
        if let Some(list) = self.body(step).list() {
            each_statement(list, &mut |statement| match &statement.command {
                ast::Command::For(each) if each.variable == name => places.push(each.body.span.start),
                _ => {}
            });
            each_parameter(list, &mut |parameter, span| {
                if parameter.name == name && matches!(parameter.operation, Operation::Assign { .. }) {
                    places.push(span.end);
                }
            });
        }
        places.into_iter().min()
    }
}

/// The variables that `read` and its like put something into, options among them.
pub(super) fn read_into(words: &[Word]) -> impl Iterator<Item = Cow<'_, str>> {
    let (command, operands) = words.split_first().unzip();
    let names = |names: &[&str]| command.is_some_and(|command| names.iter().any(|it| command.is(it)));
    let operands = match operands.unwrap_or_default() {
        [option, rest @ ..] if names(&["printf"]) && option.is("-v") => rest.get(..1).unwrap_or_default(),
        operands if names(&["read", "mapfile", "readarray", "getopts"]) => operands,
        _ => &[],
    };
    operands.iter().filter_map(Word::literal)
}
