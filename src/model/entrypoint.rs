//! What rules ask about an entrypoint script: what it does with its arguments, how it ends, where it knows that it is root.

use std::collections::{HashMap, HashSet};

use crate::shell::ast::{
    AssignedValue, Command as Shell, Function, List, Operation, Operator, Parameter, Part, PartKind, Quoting,
    Separator, Simple, Statement, Step, Word,
};
use crate::shell::{Frame, invocations};

use super::Model;
use super::flow::Execution;

/// Functions that call functions are followed this far.
const MAX_DEPTH: usize = 4;
/// So many statements may be the last one of a script, those that lead to them among them.
const MAX_STATEMENTS: usize = 4096;
/// Commands that run another one as another user, or watch it.
const HANDING_OVER: [&str; 8] =
    ["gosu", "su-exec", "setpriv", "chroot", "tini", "dumb-init", "catatonit", "docker-init"];

/// How the arguments of the script are expanded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expansion {
    /// `"$@"`: each is a word.
    Words,
    /// `$@` and `$*`: split at blanks.
    Split,
    /// `"$*"`: one text.
    Joined,
}

/// A command that a script ends with.
#[derive(Debug, Clone, Copy)]
pub struct Ending<'a> {
    /// The command.
    pub simple: &'a Simple,
    /// Whether it is reached on one of several ways.
    pub conditional: bool,
    /// Whether it is a stage of a pipeline or in a subshell, where `exec` does not replace the script.
    pub is_apart: bool,
}

/// How a part of a word, with its text, expands all arguments or those from one on.
pub fn expansion(part: &Part, text: &str) -> Option<Expansion> {
    let PartKind::Parameter(Parameter { name, operation }) = &part.kind else { return None };
    // `${1+$@}` is what it has inside.
    if let Operation::Alternative { word, .. } = operation {
        let inside = word.parts.iter().find_map(|inner| expansion(inner, ""));
        return inside.filter(|inside| part.quoting == Quoting::None && *inside == Expansion::Split);
    }
    let is_slice = || text.starts_with("${@:") || text.starts_with("${*:");
    if !matches!(operation, Operation::Plain | Operation::Default { .. }) && !is_slice() {
        return None;
    }
    match (name.as_str(), part.quoting) {
        ("@", Quoting::Double) => Some(Expansion::Words),
        ("*", Quoting::Double) => Some(Expansion::Joined),
        ("@" | "*", _) => Some(Expansion::Split),
        _ => None,
    }
}

/// Whether a word holds all arguments, or those from one on.
pub fn has_arguments(word: &Word) -> bool {
    word.parts.iter().any(
        |part| matches!(&part.kind, PartKind::Parameter(parameter) if matches!(parameter.name.as_str(), "@" | "*")),
    )
}

/// Whether a word is all of an array: `"${args[@]}"`.
pub fn is_array(word: &Word, text: &str) -> bool {
    matches!(word.parts.as_slice(), [Part { kind: PartKind::Parameter(_), .. }])
        && text.trim_end_matches('"').ends_with("[@]}")
}

/// How a part of a word, with its text, expands all of an array, and its name: `${args[@]}`.
pub fn array_expansion<'t>(part: &Part, text: &'t str) -> Option<(&'t str, Expansion)> {
    let inside = text.strip_prefix("${")?.strip_suffix("]}")?;
    let (name, how) = inside.split_once('[')?;
    match (how, part.quoting) {
        ("@", Quoting::Double) => Some((name, Expansion::Words)),
        ("*", Quoting::Double) => Some((name, Expansion::Joined)),
        ("@" | "*", _) => Some((name, Expansion::Split)),
        _ => None,
    }
}

/// Whether a word is a variable by itself, split at blanks: its name.
pub fn split_variable(word: &Word) -> Option<&str> {
    match word.parts.as_slice() {
        [
            Part {
                kind: PartKind::Parameter(Parameter { name, operation: Operation::Plain }),
                quoting: Quoting::None,
                ..
            },
        ] => Some(name),
        _ => None,
    }
}

/// Whether a word is the script itself: `"$0"`, `"$BASH_SOURCE"`.
pub fn is_script_itself(word: &Word) -> bool {
    matches!(word.parts.as_slice(), [Part { kind: PartKind::Parameter(parameter), .. }]
        if matches!(parameter.name.as_str(), "0" | "BASH_SOURCE"))
}

/// The command of this list that hands over to another user or an init: its name, and whether what it runs is the arguments, or
/// the script once more.
pub fn hands_over(simple: &Simple) -> Option<(&Word, bool)> {
    let (first, rest) = simple.words.split_first()?;
    let full = first.literal()?;
    let name = full.rsplit('/').next().unwrap_or_default();
    if !HANDING_OVER.contains(&name) {
        return None;
    }
    let mut operands = usize::from(matches!(name, "gosu" | "su-exec" | "chroot"));
    let mut before: Option<&Word> = None;
    for word in rest {
        if has_arguments(word) || is_script_itself(word) {
            return Some((first, true));
        }
        let is_option = |word: &Word| source_start(word).starts_with('-');
        let takes_value = before.is_some_and(|it| {
            let text = source_start(it);
            text.starts_with('-') && text != "--" && !text.contains('=')
        });
        if !is_option(word) && !takes_value {
            if operands == 0 {
                return Some((first, false));
            }
            operands -= 1;
        }
        before = Some(word);
    }
    Some((first, false))
}

fn source_start(word: &Word) -> &str {
    match word.parts.first().map(|part| &part.kind) {
        Some(PartKind::Literal(text)) => text,
        _ => "",
    }
}

/// Visits all statements of a list with those inside of them; substitutions, and what another shell is given, are left out.
pub fn each_statement<'a>(list: &'a List, visit: &mut dyn FnMut(&'a Statement)) {
    list.statements.iter().for_each(|statement| each_inside(statement, visit));
}

fn each_inside<'a>(statement: &'a Statement, visit: &mut dyn FnMut(&'a Statement)) {
    visit(statement);
    match &statement.command {
        Shell::Simple(_) | Shell::Test(_) => {}
        Shell::AndOr(steps) => steps.iter().for_each(|step| each_inside(&step.statement, visit)),
        Shell::Pipeline(stages) => stages.iter().for_each(|stage| each_inside(stage, visit)),
        Shell::Group(list) | Shell::Subshell(list) => each_statement(list, visit),
        Shell::If(command) => {
            for (condition, body) in &command.branches {
                each_statement(condition, visit);
                each_statement(body, visit);
            }
            command.otherwise.iter().for_each(|list| each_statement(list, visit));
        }
        Shell::For(command) => each_statement(&command.body, visit),
        Shell::While(command) => {
            each_statement(&command.condition, visit);
            each_statement(&command.body, visit);
        }
        Shell::Case(case) => case.arms.iter().for_each(|arm| each_statement(&arm.body, visit)),
        Shell::Function(function) => each_inside(&function.body, visit),
        Shell::Other(lists) => lists.iter().for_each(|list| each_statement(list, visit)),
    }
}

/// All words of a list, also those of tests, functions and substitutions.
pub fn words_in(list: &List) -> Vec<&Word> {
    let mut found = Vec::new();
    list.statements.iter().for_each(|statement| statement_words(statement, &mut found));
    found
}

/// A word with those inside of its expansions.
pub fn words_of(word: &Word) -> Vec<&Word> {
    let mut found = Vec::new();
    add(word, &mut found);
    found
}

fn statement_words<'a>(statement: &'a Statement, found: &mut Vec<&'a Word>) {
    let lists = |lists: &[&'a List], found: &mut Vec<&'a Word>| {
        lists.iter().flat_map(|list| &list.statements).for_each(|it| statement_words(it, found));
    };
    match &statement.command {
        Shell::Simple(simple) => {
            for assignment in &simple.assignments {
                match &assignment.value {
                    AssignedValue::Scalar(word) => add(word, found),
                    AssignedValue::Array(words) => words.iter().for_each(|word| add(word, found)),
                    AssignedValue::Unset => {}
                }
            }
            simple.words.iter().for_each(|word| add(word, found));
            if let Some(script) = &simple.script {
                lists(&[&script.list], found);
            }
        }
        Shell::AndOr(steps) => steps.iter().for_each(|step| statement_words(&step.statement, found)),
        Shell::Pipeline(stages) => stages.iter().for_each(|stage| statement_words(stage, found)),
        Shell::Group(list) | Shell::Subshell(list) => lists(&[list], found),
        Shell::If(command) => {
            command.branches.iter().for_each(|(condition, body)| lists(&[condition, body], found));
            command.otherwise.iter().for_each(|list| lists(&[list], found));
        }
        Shell::For(command) => {
            command.words.iter().flatten().for_each(|word| add(word, found));
            lists(&[&command.body], found);
        }
        Shell::While(command) => lists(&[&command.condition, &command.body], found),
        Shell::Case(case) => {
            add(&case.subject, found);
            case.arms.iter().for_each(|arm| lists(&[&arm.body], found));
        }
        Shell::Function(function) => statement_words(&function.body, found),
        Shell::Test(words) => words.iter().for_each(|word| add(word, found)),
        Shell::Other(inner) => inner.iter().for_each(|list| lists(&[list], found)),
    }
    statement.redirects.iter().for_each(|redirect| add(&redirect.target, found));
}

fn add<'a>(word: &'a Word, found: &mut Vec<&'a Word>) {
    found.push(word);
    for part in &word.parts {
        match &part.kind {
            PartKind::Substitution(list) | PartKind::ProcessSubstitution { list, .. } => {
                list.statements.iter().for_each(|statement| statement_words(statement, found));
            }
            PartKind::Parameter(Parameter {
                operation:
                    Operation::Default { word, .. }
                    | Operation::Assign { word, .. }
                    | Operation::Alternative { word, .. }
                    | Operation::Replace { replacement: word, .. },
                ..
            }) => add(word, found),
            _ => {}
        }
    }
}

/// The names of variables that the words use.
pub fn variables<'a>(words: &[&'a Word]) -> impl Iterator<Item = &'a str> {
    let parts: Vec<&'a Part> = words.iter().flat_map(|word| &word.parts).collect();
    parts.into_iter().filter_map(|part| match &part.kind {
        PartKind::Parameter(parameter) => Some(parameter.name.as_str()),
        _ => None,
    })
}

/// Variables and functions of a script that tell who it is run as.
#[derive(Debug, Default)]
pub struct UserTests<'a> {
    names: HashSet<&'a str>,
}

impl<'a> UserTests<'a> {
    /// Whether the words ask who the script is run as.
    pub fn ask(&self, words: &[&Word]) -> bool {
        let is_program =
            |word: &&&Word| word.literal().is_some_and(|text| matches!(&*text, "id" | "whoami" | "/usr/bin/id"));
        // A function of another file is known by its name alone: `running_as_root`.
        let names_root = |word: &Word| word.literal().is_some_and(|text| text.contains("root") && is_name(&text));
        words.iter().find(is_program).is_some()
            || words.iter().any(|word| names_root(word))
            || words.iter().any(|word| word.literal().is_some_and(|text| self.names.contains(&*text)))
            || variables(words).any(|name| matches!(name, "UID" | "EUID") || self.names.contains(name))
    }

    fn of(list: &'a List) -> Self {
        let mut tests = Self::default();
        let found = invocations(list);
        // Twice, for functions that ask functions.
        for _ in 0..2 {
            for invocation in &found {
                for assignment in &invocation.simple.assignments {
                    let AssignedValue::Scalar(value) = &assignment.value else { continue };
                    let mut words = Vec::new();
                    add(value, &mut words);
                    if tests.ask(&words) {
                        tests.names.insert(&assignment.name);
                    }
                }
                // A function that does nothing but ask.
                if let Some(function) = invocation.function() {
                    let mut words = Vec::new();
                    statement_words(&function.body, &mut words);
                    if words.len() <= 12 && tests.ask(&words) {
                        tests.names.insert(&function.name);
                    }
                }
            }
        }
        tests
    }
}

fn is_name(text: &str) -> bool {
    text.contains('_') && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

/// The functions of a script by name.
pub type Functions<'a> = HashMap<&'a str, &'a Function>;

impl<'a> Model<'a> {
    /// Whether the file is an entrypoint script, which has no stages.
    pub fn is_script(&self) -> bool {
        self.stages.is_empty() && self.script_list().is_some()
    }

    /// The commands of an entrypoint script.
    pub fn script_list(&self) -> Option<&'a List> {
        self.body(self.step(0)?).list()
    }

    /// The functions of an entrypoint script.
    pub fn script_functions(&self) -> Functions<'a> {
        let functions = self.commands_of(0).iter().filter_map(|command| command.invocation.function());
        functions.map(|function| (function.name.as_str(), function)).collect()
    }

    /// What tells in an entrypoint script who it is run as.
    pub fn user_tests(&self) -> UserTests<'a> {
        self.script_list().map(UserTests::of).unwrap_or_default()
    }

    /// The commands that an entrypoint script can end with, those of the functions that it calls in the end included. Where it
    /// ends in a loop there are none.
    pub fn endings(&self) -> Vec<Ending<'a>> {
        let mut found = Vec::new();
        if let Some(list) = self.script_list() {
            let functions = self.script_functions();
            Endings { functions: &functions, found: &mut found, calls: Vec::new(), left: MAX_STATEMENTS }.list(
                list,
                (false, false),
                0,
            );
        }
        found
    }

    /// The calls of the script's functions that are the last thing it does.
    pub fn last_calls(&self) -> Vec<&'a Simple> {
        let (Some(list), functions) = (self.script_list(), self.script_functions()) else { return Vec::new() };
        let mut endings =
            Endings { functions: &functions, found: &mut Vec::new(), calls: Vec::new(), left: MAX_STATEMENTS };
        endings.list(list, (false, false), 0);
        endings.calls
    }

    /// Whether the script has handlers for signals or for its own end; `exec` would lose them.
    pub fn has_traps(&self) -> bool {
        self.commands_of(0).iter().any(|command| command.line.as_ref().is_some_and(|line| line.is("trap")))
    }

    /// The conditions that a command is run under: of `if`, `case` and `&&` around it and its calls, and of earlier `if`s that leave
    /// the script.
    pub fn conditions(&self, execution: &Execution<'_, 'a>) -> Vec<&'a Word> {
        let mut words = Vec::new();
        for frame in execution.frames() {
            match *frame {
                Frame::Arm { case, .. } => add(&case.subject, &mut words),
                Frame::ForBody(command) => command.words.iter().flatten().for_each(|word| add(word, &mut words)),
                _ => conditions_of(frame).iter().for_each(|statement| statement_words(statement, &mut words)),
            }
        }
        words
    }

    /// Whether a condition that a command is run under asks in arithmetic, `((EUID == 0))`, who the script is run as.
    pub fn asks_in_arithmetic(&self, execution: &Execution<'_, 'a>, tests: &UserTests<'_>) -> bool {
        let mut is_asked = false;
        let mut visit = |statement: &Statement| {
            let text = self.source.slice(statement.span);
            let is_arithmetic =
                matches!(&statement.command, Shell::Other(lists) if lists.is_empty()) && text.starts_with("((");
            let mut names = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            // The tree has no words of arithmetic, so that its text has to tell: `(( $(id -u) == 0 ))`.
            let asks = |name: &str| matches!(name, "UID" | "EUID" | "id" | "whoami") || tests.names.contains(name);
            is_asked |= is_arithmetic && names.any(asks);
        };
        for statement in execution.frames().flat_map(conditions_of) {
            each_inside(statement, &mut visit);
        }
        is_asked
    }
}

/// The statements that decide whether what stands in a frame is run.
fn conditions_of<'a>(frame: &Frame<'a>) -> Vec<&'a Statement> {
    match *frame {
        Frame::IfBody { command, .. } | Frame::IfCondition { command, .. } => {
            command.branches.iter().flat_map(|(condition, _)| &condition.statements).collect()
        }
        Frame::AndOr { steps, index } => steps.iter().take(index).map(|step| &step.statement).collect(),
        Frame::WhileBody(command) => command.condition.statements.iter().collect(),
        Frame::List { list, index } => list.statements.iter().take(index).filter(|it| parts_ways(it)).collect(),
        _ => Vec::new(),
    }
}

/// Whether a statement leaves the script on one way and goes on on the other.
fn parts_ways(statement: &Statement) -> bool {
    let leaves = |list: &List| {
        list.statements.last().is_some_and(|last| {
            matches!(&last.command, Shell::Simple(simple) if simple.words.first().is_some_and(|word| {
                word.is("exec") || word.is("exit") || word.is("return")
            }))
        })
    };
    match &statement.command {
        Shell::If(command) => command.branches.iter().any(|(_, body)| leaves(body)),
        Shell::Case(case) => case.arms.iter().any(|arm| leaves(&arm.body)),
        Shell::AndOr(steps) => steps.iter().skip(1).any(|step| match &step.statement.command {
            Shell::Group(list) => leaves(list),
            Shell::Simple(simple) => {
                simple.words.first().is_some_and(|word| word.is("exec") || word.is("exit") || word.is("return"))
            }
            _ => false,
        }),
        _ => false,
    }
}

struct Endings<'e, 'a> {
    functions: &'e Functions<'a>,
    found: &'e mut Vec<Ending<'a>>,
    /// The calls that lead to them.
    calls: Vec<&'a Simple>,
    /// How many statements may still be looked at.
    left: usize,
}

impl<'a> Endings<'_, 'a> {
    fn list(&mut self, list: &'a List, place: (bool, bool), depth: usize) {
        for statement in list.statements.iter().rev() {
            match &statement.command {
                Shell::Function(_) => {}
                Shell::Simple(simple) if leaves_well(simple) => {}
                _ => return self.statement(statement, place, depth),
            }
        }
    }

    fn statement(&mut self, statement: &'a Statement, place: (bool, bool), depth: usize) {
        let (conditional, is_apart) = place;
        if depth > MAX_DEPTH * 4 || self.left == 0 || statement.separator == Separator::Background {
            return;
        }
        self.left -= 1;
        match &statement.command {
            Shell::Simple(simple) => {
                let called = simple.words.first().and_then(Word::literal);
                match called.and_then(|name| self.functions.get(&*name)) {
                    Some(function) => {
                        self.calls.push(simple);
                        self.statement(&function.body, place, depth + MAX_DEPTH);
                    }
                    None => self.found.push(Ending { simple, conditional, is_apart }),
                }
            }
            Shell::AndOr(steps) => {
                let Some(last) = steps.last() else { return };
                if last.operator == Some(Operator::Or) {
                    // `a || true` is about `a`.
                    let before = steps.len().checked_sub(2).and_then(|index| steps.get(index));
                    if let Some(step) = before {
                        self.statement(&step.statement, (true, is_apart), depth + 1);
                    }
                }
                let decides = |step: &Step| match &step.statement.command {
                    Shell::Simple(simple) => simple.words.first().is_some_and(|word| word.is("[") || word.is("test")),
                    Shell::Test(_) => true,
                    _ => step.statement.negated,
                };
                let is_certain = steps.iter().all(|step| step.operator != Some(Operator::Or) && !decides(step));
                self.statement(&last.statement, (conditional || !is_certain, is_apart), depth + 1);
            }
            Shell::Pipeline(stages) => stages.iter().for_each(|it| self.statement(it, (conditional, true), depth + 1)),
            Shell::Group(list) => self.list(list, place, depth + 1),
            Shell::Subshell(list) => self.list(list, (conditional, true), depth + 1),
            Shell::If(command) => {
                let bodies = command.branches.iter().map(|(_, body)| body).chain(&command.otherwise);
                bodies.for_each(|body| self.list(body, (true, is_apart), depth + 1));
            }
            Shell::Case(case) => case.arms.iter().for_each(|arm| self.list(&arm.body, (true, is_apart), depth + 1)),
            _ => {}
        }
    }
}

/// `exit` with the status of the command before it, or with success.
fn leaves_well(simple: &Simple) -> bool {
    let Some((first, rest)) = simple.words.split_first() else { return false };
    let is_status = |word: &Word| {
        word.is("0")
            || matches!(word.parts.as_slice(), [Part { kind: PartKind::Parameter(parameter), .. }] if parameter.name == "?")
    };
    (first.is("exit") || first.is("return")) && rest.iter().all(is_status)
}
