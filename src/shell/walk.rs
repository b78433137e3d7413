//! The simple commands of a script in source order, each with what it stands in.

use super::ast::{
    AssignedValue, Assignment, Case, Command, For, Function, If, List, Operation, Operator, PartKind, Redirect, Script,
    Separator, Simple, Statement, Step, While, Word,
};

/// A simple command where it is run.
#[derive(Debug, Clone)]
pub struct Invocation<'a> {
    /// The command. Assignments alone are one too: it has no words then.
    pub simple: &'a Simple,
    /// The statement that it is: its redirections, separator, `!`.
    pub statement: &'a Statement,
    /// What it stands in, from the outside to the inside. The first is the list that was asked.
    pub frames: Vec<Frame<'a>>,
}

/// One thing that a command stands in.
#[derive(Debug, Clone, Copy)]
pub enum Frame<'a> {
    /// A statement of a list.
    List {
        /// The list.
        list: &'a List,
        /// Which statement, from 0.
        index: usize,
    },
    /// An operand of `&&` or `||`.
    AndOr {
        /// All operands.
        steps: &'a [Step],
        /// Which, from 0.
        index: usize,
    },
    /// A stage of a pipeline.
    Pipeline {
        /// All stages.
        stages: &'a [Statement],
        /// Which, from 0.
        index: usize,
    },
    /// The condition of `if` or `elif`.
    IfCondition {
        /// The `if`.
        command: &'a If,
        /// Which branch, from 0.
        branch: usize,
    },
    /// The body of `if`, `elif` or `else`.
    IfBody {
        /// The `if`.
        command: &'a If,
        /// Which branch, from 0; none for `else`.
        branch: Option<usize>,
    },
    /// The condition of `while` or `until`.
    WhileCondition(&'a While),
    /// The body of `while` or `until`.
    WhileBody(&'a While),
    /// The body of `for`.
    ForBody(&'a For),
    /// An arm of `case`.
    Arm {
        /// The `case`.
        case: &'a Case,
        /// Which arm, from 0.
        index: usize,
    },
    /// `{ ...; }`
    Group,
    /// `( ... )`
    Subshell,
    /// The body of a function.
    Function(&'a Function),
    /// `time`, `coproc`, an arithmetic loop.
    Other,
    /// `$(...)`, backticks, `<(...)` or `>(...)`.
    Substitution(Substitution<'a>),
    /// A script in an argument or on standard input of a command.
    Script {
        /// The command that is given the script.
        command: &'a Simple,
        /// The script.
        script: &'a Script,
    },
}

/// Where a command or process substitution stands.
#[derive(Debug, Clone, Copy)]
pub struct Substitution<'a> {
    /// The word that it is part of.
    pub word: &'a Word,
    /// The simple command that the word belongs to; none for the words of `for`, `case` and `[[`.
    pub command: Option<&'a Simple>,
    /// The assignment whose value it is part of.
    pub assignment: Option<&'a Assignment>,
    /// The redirection whose target it is part of.
    pub redirect: Option<&'a Redirect>,
    /// Whether it is `<(...)` or `>(...)`.
    pub process: bool,
}

/// All simple commands of a script in source order, also those in substitutions, functions and scripts in arguments.
pub fn invocations(list: &List) -> Vec<Invocation<'_>> {
    let mut walk = Walk { found: Vec::new(), frames: Vec::new() };
    walk.list(list);
    walk.found
}

struct Walk<'a> {
    found: Vec<Invocation<'a>>,
    frames: Vec<Frame<'a>>,
}

/// What a word belongs to.
#[derive(Clone, Copy, Default)]
struct Owner<'a> {
    command: Option<&'a Simple>,
    assignment: Option<&'a Assignment>,
    redirect: Option<&'a Redirect>,
}

impl<'a> Walk<'a> {
    fn within(&mut self, frame: Frame<'a>, visit: impl FnOnce(&mut Self)) {
        self.frames.push(frame);
        visit(self);
        self.frames.pop();
    }

    fn list(&mut self, list: &'a List) {
        for (index, statement) in list.statements.iter().enumerate() {
            self.within(Frame::List { list, index }, |walk| walk.statement(statement));
        }
    }

    fn statement(&mut self, statement: &'a Statement) {
        match &statement.command {
            Command::Simple(simple) => self.simple(simple, statement),
            Command::AndOr(steps) => {
                for (index, step) in steps.iter().enumerate() {
                    self.within(Frame::AndOr { steps, index }, |walk| walk.statement(&step.statement));
                }
            }
            Command::Pipeline(stages) => {
                for (index, stage) in stages.iter().enumerate() {
                    self.within(Frame::Pipeline { stages, index }, |walk| walk.statement(stage));
                }
            }
            Command::Group(list) => self.within(Frame::Group, |walk| walk.list(list)),
            Command::Subshell(list) => self.within(Frame::Subshell, |walk| walk.list(list)),
            Command::If(command) => {
                for (branch, (condition, body)) in command.branches.iter().enumerate() {
                    self.within(Frame::IfCondition { command, branch }, |walk| walk.list(condition));
                    self.within(Frame::IfBody { command, branch: Some(branch) }, |walk| walk.list(body));
                }
                if let Some(body) = &command.otherwise {
                    self.within(Frame::IfBody { command, branch: None }, |walk| walk.list(body));
                }
            }
            Command::For(command) => {
                self.words(command.words.iter().flatten(), Owner::default());
                self.within(Frame::ForBody(command), |walk| walk.list(&command.body));
            }
            Command::While(command) => {
                self.within(Frame::WhileCondition(command), |walk| walk.list(&command.condition));
                self.within(Frame::WhileBody(command), |walk| walk.list(&command.body));
            }
            Command::Case(case) => {
                self.words(std::iter::once(&case.subject), Owner::default());
                for (index, arm) in case.arms.iter().enumerate() {
                    self.within(Frame::Arm { case, index }, |walk| walk.list(&arm.body));
                }
            }
            Command::Function(function) => {
                self.within(Frame::Function(function), |walk| walk.statement(&function.body));
            }
            Command::Test(words) => self.words(words, Owner::default()),
            Command::Other(lists) => {
                for list in lists {
                    self.within(Frame::Other, |walk| walk.list(list));
                }
            }
        }
        let command = match &statement.command {
            Command::Simple(simple) => Some(simple),
            _ => None,
        };
        for redirect in &statement.redirects {
            let owner = Owner { command, redirect: Some(redirect), assignment: None };
            self.words(std::iter::once(&redirect.target), owner);
        }
        if let Some((command, script)) = command.and_then(|command| Some((command, command.script.as_deref()?))) {
            self.within(Frame::Script { command, script }, |walk| walk.list(&script.list));
        }
    }

    fn simple(&mut self, simple: &'a Simple, statement: &'a Statement) {
        self.found.push(Invocation { simple, statement, frames: self.frames.clone() });
        let command = Some(simple);
        for assignment in &simple.assignments {
            let owner = Owner { command, assignment: Some(assignment), redirect: None };
            match &assignment.value {
                AssignedValue::Scalar(word) => self.words(std::iter::once(word), owner),
                AssignedValue::Array(words) => self.words(words, owner),
                AssignedValue::Unset => {}
            }
        }
        self.words(&simple.words, Owner { command, ..Owner::default() });
    }

    fn words(&mut self, words: impl IntoIterator<Item = &'a Word>, owner: Owner<'a>) {
        for word in words {
            self.parts(word, word, owner);
        }
    }

    /// The substitutions in `inner`, which is `word` or the operand of a parameter expansion in it.
    fn parts(&mut self, inner: &'a Word, word: &'a Word, owner: Owner<'a>) {
        let Owner { command, assignment, redirect } = owner;
        for part in &inner.parts {
            let (list, process) = match &part.kind {
                PartKind::Substitution(list) => (list, false),
                PartKind::ProcessSubstitution { list, .. } => (list, true),
                PartKind::Parameter(parameter) => {
                    match &parameter.operation {
                        Operation::Default { word: inner, .. }
                        | Operation::Assign { word: inner, .. }
                        | Operation::Alternative { word: inner, .. }
                        | Operation::Replace { replacement: inner, .. } => self.parts(inner, word, owner),
                        _ => {}
                    }
                    continue;
                }
                PartKind::Literal(_) | PartKind::Unknown => continue,
            };
            let frame = Frame::Substitution(Substitution { word, command, assignment, redirect, process });
            self.within(frame, |walk| walk.list(list));
        }
    }
}

impl<'a> Frame<'a> {
    /// Whether it takes the status or the output of what stands in it.
    pub fn takes(&self) -> bool {
        matches!(
            self,
            Self::IfCondition { .. }
                | Self::WhileCondition(_)
                | Self::Substitution(_)
                | Self::Script { .. }
                | Self::Pipeline { .. }
        )
    }

    /// The statement that is meant, where the frame holds several.
    pub fn statement(&self) -> Option<&'a Statement> {
        match *self {
            Self::List { list, index } => list.statements.get(index),
            Self::AndOr { steps, index } => steps.get(index).map(|step| &step.statement),
            Self::Pipeline { stages, index } => stages.get(index),
            _ => None,
        }
    }
}

impl<'a> Invocation<'a> {
    /// What it stands in, from the inside to the outside, up to the substitution, script or function that it is in.
    pub fn scope(&self) -> impl Iterator<Item = &Frame<'a>> {
        let is_border =
            |frame: &&Frame<'a>| matches!(frame, Frame::Substitution(_) | Frame::Script { .. } | Frame::Function(_));
        self.frames.iter().rev().take_while(move |frame| !is_border(frame))
    }

    /// Whether nothing takes its status or its output, so that a command beside it changes neither: it is not negated, and in
    /// no condition, pipeline, substitution or script of an argument, at any depth.
    pub fn stands_alone(&self) -> bool {
        !self.statement.negated && !self.frames.iter().any(Frame::takes)
    }

    /// Whether it is run to decide an `if`, `elif`, `while` or `until`.
    pub fn in_condition(&self) -> bool {
        self.scope().any(|frame| matches!(frame, Frame::IfCondition { .. } | Frame::WhileCondition(_)))
    }

    /// The innermost pipeline with the index of its stage, unless a substitution lies between.
    pub fn pipeline(&self) -> Option<(&'a [Statement], usize)> {
        self.scope().find_map(|frame| match *frame {
            Frame::Pipeline { stages, index } => Some((stages, index)),
            _ => None,
        })
    }

    /// The innermost and-or list with the index of its operand, unless a substitution lies between.
    pub fn and_or(&self) -> Option<(&'a [Step], usize)> {
        self.scope().find_map(|frame| match *frame {
            Frame::AndOr { steps, index } => Some((steps, index)),
            _ => None,
        })
    }

    /// The innermost list with the index of its statement.
    pub fn list(&self) -> Option<(&'a List, usize)> {
        self.frames.iter().rev().find_map(|frame| match *frame {
            Frame::List { list, index } => Some((list, index)),
            _ => None,
        })
    }

    /// Whether the script goes on as if nothing happened should it fail, also with `set -e`: `|| true`, `!`, a pipeline's
    /// stage that is not the last (`pipefail` not considered), a condition, `&`, a substitution in an argument.
    ///
    /// What follows `||` has to leave (`exit`, `return`, `false`) for the failure to count.
    pub fn failure_is_ignored(&self) -> bool {
        if self.statement.negated {
            return true;
        }
        for frame in self.frames.iter().rev() {
            let ignored = match frame {
                Frame::IfCondition { .. } | Frame::WhileCondition(_) => true,
                Frame::Function(_) => return false,
                Frame::Substitution(place) => {
                    place.process
                        || place.assignment.is_none()
                        || place.command.is_none_or(|command| command.declaration || !command.words.is_empty())
                }
                Frame::AndOr { steps, index } => steps
                    .iter()
                    .skip(index + 1)
                    .any(|step| step.operator == Some(Operator::Or) && !leaves(&step.statement)),
                Frame::Pipeline { stages, index } => index + 1 < stages.len(),
                _ => false,
            };
            let statement = frame.statement();
            if ignored || statement.is_some_and(|one| one.negated || one.separator == Separator::Background) {
                return true;
            }
        }
        false
    }

    /// The words that the innermost loop over `variable` runs through.
    pub fn loop_words(&self, variable: &str) -> Option<&'a [Word]> {
        self.frames.iter().rev().find_map(|frame| match *frame {
            Frame::ForBody(command) if command.variable == variable => command.words.as_deref(),
            _ => None,
        })
    }

    /// The arms of `case` that it stands in, from the inside to the outside.
    pub fn arms(&self) -> impl Iterator<Item = (&'a Case, &'a super::ast::Arm)> {
        self.frames.iter().rev().filter_map(|frame| match *frame {
            Frame::Arm { case, index } => Some((case, case.arms.get(index)?)),
            _ => None,
        })
    }

    /// The innermost substitution that it is in.
    pub fn substitution(&self) -> Option<&Substitution<'a>> {
        self.frames.iter().rev().find_map(|frame| match frame {
            Frame::Substitution(place) => Some(place),
            _ => None,
        })
    }

    /// The function whose body it is in.
    pub fn function(&self) -> Option<&'a Function> {
        self.frames.iter().rev().find_map(|frame| match *frame {
            Frame::Function(function) => Some(function),
            _ => None,
        })
    }

    /// The innermost command whose script it is in: the `sh` of `sh -c '...'`.
    pub fn script(&self) -> Option<(&'a Simple, &'a Script)> {
        self.frames.iter().rev().find_map(|frame| match *frame {
            Frame::Script { command, script } => Some((command, script)),
            _ => None,
        })
    }

    /// Whether it, or something that it is in, is started with `&`.
    pub fn in_background(&self) -> bool {
        let statements = self.frames.iter().filter_map(Frame::statement);
        statements.chain([self.statement]).any(|statement| statement.separator == Separator::Background)
    }

    /// Whether it is in `( ... )`.
    pub fn in_subshell(&self) -> bool {
        self.frames.iter().any(|frame| matches!(frame, Frame::Subshell))
    }

    /// Whether it may not be run though everything before it succeeds: it is in a branch, an arm, a loop, a function, or
    /// behind `||`.
    pub fn is_conditional(&self) -> bool {
        is_conditional(&self.frames)
    }
}

/// Whether what stands in these frames may not be run though everything before it succeeds.
pub fn is_conditional(frames: &[Frame<'_>]) -> bool {
    frames.iter().any(|frame| match frame {
        Frame::IfBody { .. } | Frame::WhileBody(_) | Frame::ForBody(_) | Frame::Arm { .. } | Frame::Function(_) => true,
        Frame::AndOr { steps, index } => steps.iter().take(index + 1).any(|step| step.operator == Some(Operator::Or)),
        _ => false,
    })
}

/// Whether a statement ends the script, or the step, with a failure of its own.
fn leaves(statement: &Statement) -> bool {
    match &statement.command {
        Command::Simple(simple) => {
            let is = |name| simple.words.first().is_some_and(|word| word.is(name));
            let succeeds = simple.words.get(1).is_some_and(|word| word.is("0"));
            is("false") || (is("exit") || is("return")) && !succeeds
        }
        Command::Group(list) | Command::Subshell(list) => list.statements.last().is_some_and(leaves),
        Command::AndOr(steps) => steps.last().is_some_and(|step| leaves(&step.statement)),
        _ => false,
    }
}
