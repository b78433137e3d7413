//! What `set` turns on and off, where a shell stops at a failure, and who asks for one.

use crate::dockerfile::views::{Run, RunBody};
use crate::shell::ast::{self, AssignedValue, Command, Operator, PartKind, Simple, Statement, Word};

use super::{Model, ShellKind, Step};

/// Whether a command turns an option of the shell on or off: `-e` and `-o errexit` are `('e', "errexit")`.
pub fn turns(simple: &Simple, letter: char, name: &str) -> Option<bool> {
    let (command, options) = simple.words.split_first()?;
    if !command.is("set") {
        return None;
    }
    let mut named = None;
    for option in options.iter().map_while(Word::literal) {
        let on = option.starts_with('-');
        if let Some(on) = named.take() {
            if option == name {
                return Some(on);
            }
        } else if option == "--" || !option.starts_with(['-', '+']) {
            return None;
        } else if option.contains(letter) {
            return Some(on);
        } else if option.ends_with('o') {
            named = Some(on);
        }
    }
    None
}

/// Whether a statement turns `-e` on or off, wherever in it that is done for good.
pub fn turns_errexit(statement: &Statement) -> Option<bool> {
    match &statement.command {
        Command::Simple(simple) => turns(simple, 'e', "errexit"),
        Command::AndOr(steps) => steps
            .iter()
            .take_while(|step| step.operator != Some(Operator::Or))
            .find_map(|step| turns_errexit(&step.statement)),
        Command::Group(list) => list.statements.iter().find_map(turns_errexit),
        _ => None,
    }
}

/// Whether a statement looks at `$?` of the one before it.
pub fn asks_for_status(statement: &Statement) -> bool {
    let in_word = |word: &Word| {
        let is_status =
            |part: &ast::Part| matches!(&part.kind, PartKind::Parameter(parameter) if parameter.name == "?");
        word.parts.iter().any(is_status)
    };
    match &statement.command {
        Command::Simple(simple) => {
            let mut values = simple.assignments.iter().map(|assigned| &assigned.value);
            simple.words.iter().any(in_word)
                || values.any(|value| matches!(value, AssignedValue::Scalar(word) if in_word(word)))
        }
        Command::AndOr(steps) => steps.first().is_some_and(|step| asks_for_status(&step.statement)),
        Command::If(command) => {
            let condition = command.branches.first().and_then(|(condition, _)| condition.statements.first());
            condition.is_some_and(asks_for_status)
        }
        Command::Test(words) => words.iter().any(in_word),
        Command::Case(case) => in_word(&case.subject),
        _ => false,
    }
}

impl Model<'_> {
    /// Whether the shell that runs the body of a RUN is started with `-e`: by SHELL, or by the `#!` line of a script. None
    /// where it is no shell.
    pub fn starts_with_errexit(&self, step: &Step<'_>) -> Option<bool> {
        let script = match Run::of(step.instruction).map(|run| run.body) {
            Some(RunBody::Script(_)) => step.heredocs.first(),
            _ => None,
        };
        let shebang = script.and_then(|script| script.content.strip_prefix("#!")?.lines().next());
        match (shebang, step.shell) {
            // The script is run as a program of its own; SHELL has no part in it.
            (Some(line), _) => Some(matches!(
                ShellKind::of_words(line.split_whitespace().skip_while(|word| word.ends_with("env") || *word == "-S")),
                ShellKind::Posix { errexit: true, .. }
            )),
            (None, ShellKind::Posix { errexit, .. }) => Some(errexit),
            (None, ShellKind::Other) => None,
        }
    }
}
