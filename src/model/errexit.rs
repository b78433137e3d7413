//! What `set` turns on and off, where a shell stops at a failure, and who asks for one.

use crate::dockerfile::views::{Run, RunBody};
use crate::shell::ast::{self, AssignedValue, Command, Operator, PartKind, Simple, Statement, Word};
use crate::shell::{Dialect, Frame, Invocation, walk};

use super::base::{self, Family};
use super::{Model, Shebang, ShellKind, Step, flow};

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

/// Whether a statement begins with a question in which one of the words is such that `is_asked` is true: `[ -n "$a" ]`, the
/// condition of an `if`, the subject of a `case`.
pub fn asks_about(statement: &Statement, is_asked: &dyn Fn(&Word) -> bool) -> bool {
    let begins = |list: &ast::List| list.statements.first().is_some_and(|first| asks_about(first, is_asked));
    match &statement.command {
        Command::Simple(simple) => {
            let is_test = simple.words.first().is_some_and(|name| ["[", "test", ":"].iter().any(|test| name.is(test)));
            is_test && simple.words.iter().skip(1).any(is_asked)
        }
        Command::AndOr(steps) => steps.first().is_some_and(|step| asks_about(&step.statement, is_asked)),
        Command::If(command) => command.branches.first().is_some_and(|(condition, _)| begins(condition)),
        Command::While(command) => begins(&command.condition),
        Command::Test(words) => words.iter().any(is_asked),
        Command::Case(case) => is_asked(&case.subject),
        _ => false,
    }
}

/// Whether what one command sets holds for another behind it: it is in no subshell, function or branch that the
/// other is not in, and the other is in no script of its own.
fn lasts(set: &[Frame<'_>], after: &[Frame<'_>]) -> bool {
    let shared = flow::shared_frames(set, after);
    let own = set.get(shared..).unwrap_or_default();
    let is_apart = |frame: &Frame<'_>| {
        matches!(
            frame,
            Frame::Subshell
                | Frame::Substitution(_)
                | Frame::Pipeline { .. }
                | Frame::Function(_)
                | Frame::Script { .. }
        )
    };
    let mut rest = after.iter().skip(shared);
    !own.iter().any(is_apart) && !walk::is_conditional(own) && !rest.any(|frame| matches!(frame, Frame::Script { .. }))
}

/// The commands of a RUN that turn an option of the shell on or off.
#[derive(Debug)]
pub struct OptionChanges<'m> {
    changes: Vec<(&'m Invocation<'m>, bool)>,
}

impl OptionChanges<'_> {
    /// Whether the option has been turned on where a command runs.
    pub fn is_on_at(&self, invocation: &Invocation<'_>) -> bool {
        let start = invocation.simple.span.start;
        let reaches = |(set, _): &&(&Invocation<'_>, bool)| {
            set.simple.span.start < start && lasts(&set.frames, &invocation.frames)
        };
        self.changes.iter().rev().find(reaches).is_some_and(|(_, is_on)| *is_on)
    }
}

impl Model<'_> {
    /// Where a RUN turns an option of the shell that has no letter on (or off), such as `pipefail`.
    pub fn option_changes(&self, step: &Step<'_>, name: &str) -> OptionChanges<'_> {
        let commands = self.commands_of(step.index).iter();
        let changes =
            commands.filter_map(|command| Some((&command.invocation, turns(command.invocation.simple, '\0', name)?)));
        OptionChanges { changes: changes.collect() }
    }

    /// The shell that runs the body of a RUN: that of SHELL, or of the `#!` line of a script.
    pub fn shell_of_body(&self, step: &Step<'_>) -> ShellKind {
        let script = match Run::of(step.instruction).map(|run| run.body) {
            Some(RunBody::Script(_)) => step.heredocs.first(),
            _ => None,
        };
        // Such a script is run as a program of its own; SHELL has no part in it.
        let shebang = script.and_then(|script| Shebang::read(&script.content));
        shebang.map_or(step.shell, |shebang| shebang.shell())
    }

    /// Whether the shell that runs a command expands braces: bash and its like, and what `sh` is but on Debian and with BusyBox.
    pub fn has_braces(&self, command: &super::Command<'_>) -> bool {
        let Some(step) = self.step(command.step) else { return false };
        let dialect = match command.invocation.script().and_then(|(simple, _)| crate::shell::read(simple)) {
            Some(line) if line.is("sh") => Dialect::of_program(&line.name),
            _ => match self.shell_of_body(step) {
                ShellKind::Posix { dialect, .. } => Some(dialect),
                ShellKind::Other => None,
            },
        };
        match dialect {
            Some(Dialect::Bash | Dialect::Ksh | Dialect::Zsh) => true,
            Some(Dialect::Sh) => {
                let image = self.stage_of(step).and_then(|stage| self.root_image(stage));
                !matches!(
                    image.and_then(base::family),
                    Some(Family::Debian | Family::Ubuntu | Family::Alpine | Family::Busybox)
                )
            }
            Some(Dialect::Dash | Dialect::Busybox) | None => false,
        }
    }

    /// Whether the shell that runs the body of a RUN is started with `-e`. None where it is no shell.
    pub fn starts_with_errexit(&self, step: &Step<'_>) -> Option<bool> {
        match self.shell_of_body(step) {
            ShellKind::Posix { errexit, .. } => Some(errexit),
            ShellKind::Other => None,
        }
    }

    /// Whether `-e` is in force somewhere in a RUN.
    pub fn uses_errexit(&self, step: &Step<'_>) -> bool {
        let sets = |command: &super::Command<'_>| turns(command.invocation.simple, 'e', "errexit") == Some(true);
        self.starts_with_errexit(step) == Some(true) || self.commands_of(step.index).iter().any(sets)
    }
}
