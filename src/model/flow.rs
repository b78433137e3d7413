//! The order in which a RUN executes its commands: the body of a function where the function is called.

use std::collections::HashMap;
use std::ptr;

use crate::dockerfile::ast::Keyword;
use crate::shell::Frame;
use crate::shell::ast::{Function, Operator};

use super::{Command, Model, Stage, Step};

/// Functions that call functions are followed this far.
const MAX_DEPTH: usize = 4;
/// A RUN with more commands than this, functions written out at each call, is followed no further.
const MAX_COMMANDS: usize = 4096;
/// So many steps are looked back on, so that long files take time by their length.
const MAX_STEPS_BELOW: usize = 512;

/// A command where it takes effect.
#[derive(Debug, Clone)]
pub struct Execution<'m, 'a> {
    /// Its place in [`Model::commands`].
    pub index: usize,
    /// The command.
    pub command: &'m Command<'a>,
    /// The calls that lead to it, the outermost first; none for a command outside of functions.
    pub calls: Vec<&'m Command<'a>>,
}

impl<'m, 'a> Execution<'m, 'a> {
    /// All that it stands in, from the outside to the inside, calls included.
    pub fn frames(&self) -> impl Iterator<Item = &'m Frame<'a>> {
        self.calls.iter().copied().chain([self.command]).flat_map(|command| command.invocation.frames.iter())
    }

    /// Whether this one, which comes later, is not run after `earlier` was run with success: they stand in two branches of
    /// one `if`, in two arms of one `case`, or this one stands behind the `||` that takes the other's failure.
    pub fn excludes(&self, earlier: &Self) -> bool {
        let after: Vec<Frame<'a>> = self.frames().copied().collect();
        earlier.frames().any(|before| after.iter().any(|after| excludes(before, after)))
    }
}

/// Whether what stands in `before` and what stands in `after` are not both run with success.
pub(super) fn exclude_each_other(before: &[Frame<'_>], after: &[Frame<'_>]) -> bool {
    let from = shared_frames(before, after);
    // The first frame in which they differ is the one that parts them.
    matches!((before.get(from), after.get(from)), (Some(one), Some(other)) if excludes(one, other))
}

/// How many frames two commands share from the outside on.
pub(super) fn shared_frames(one: &[Frame<'_>], other: &[Frame<'_>]) -> usize {
    one.iter().zip(other).take_while(|(one, other)| is_same(one, other)).count()
}

fn is_same(one: &Frame<'_>, other: &Frame<'_>) -> bool {
    match (one, other) {
        (Frame::List { list: a, index: one }, Frame::List { list: b, index: other }) => ptr::eq(*a, *b) && one == other,
        (Frame::AndOr { steps: a, index: one }, Frame::AndOr { steps: b, index: other }) => {
            ptr::eq(*a, *b) && one == other
        }
        (Frame::Pipeline { stages: a, index: one }, Frame::Pipeline { stages: b, index: other }) => {
            ptr::eq(*a, *b) && one == other
        }
        (Frame::IfCondition { command: a, branch: one }, Frame::IfCondition { command: b, branch: other }) => {
            ptr::eq(*a, *b) && one == other
        }
        (Frame::IfBody { command: a, branch: one }, Frame::IfBody { command: b, branch: other }) => {
            ptr::eq(*a, *b) && one == other
        }
        (Frame::Arm { case: a, index: one }, Frame::Arm { case: b, index: other }) => ptr::eq(*a, *b) && one == other,
        (Frame::WhileCondition(a), Frame::WhileCondition(b)) | (Frame::WhileBody(a), Frame::WhileBody(b)) => {
            ptr::eq(*a, *b)
        }
        (Frame::ForBody(a), Frame::ForBody(b)) => ptr::eq(*a, *b),
        (Frame::Function(a), Frame::Function(b)) => ptr::eq(*a, *b),
        // Groups and the like are told apart by the list that follows.
        (Frame::Group, Frame::Group) | (Frame::Subshell, Frame::Subshell) | (Frame::Other, Frame::Other) => true,
        (Frame::Substitution(a), Frame::Substitution(b)) => ptr::eq(a.word, b.word),
        (Frame::Script { script: a, .. }, Frame::Script { script: b, .. }) => ptr::eq(*a, *b),
        _ => false,
    }
}

/// Whether what is in `after` is not run when what is in `before` has been run with success.
fn excludes(before: &Frame<'_>, after: &Frame<'_>) -> bool {
    match (before, after) {
        (Frame::IfBody { command: a, branch: one }, Frame::IfBody { command: b, branch: other }) => {
            ptr::eq(*a, *b) && one != other
        }
        (Frame::Arm { case: a, index: one }, Frame::Arm { case: b, index: other }) => ptr::eq(*a, *b) && one != other,
        (Frame::AndOr { steps: a, index: one }, Frame::AndOr { steps: b, index: other }) => {
            ptr::eq(*a, *b) && one < other && b.get(*other).is_some_and(|step| step.operator == Some(Operator::Or))
        }
        _ => false,
    }
}

impl<'a> Model<'a> {
    /// The commands of a step in the order of their execution: those in a function at each call of it, none for a function
    /// that is not called.
    pub fn executions(&self, step: usize) -> Vec<Execution<'_, 'a>> {
        let commands = self.commands_of(step);
        let first = self.commands().partition_point(|command| command.step < step);
        let mut found = Vec::with_capacity(commands.len());
        let mut calls = Vec::new();
        let functions = commands.iter().filter_map(|command| command.invocation.function());
        let functions = functions.map(|function| (function.name.as_str(), function)).collect();
        follow(first, commands, &functions, None, &mut calls, &mut found);
        found
    }

    /// The steps that a step builds on, the nearest first: those before it in its stage, then those of the stages below.
    /// Triggers are left out, they belong to another build.
    pub fn steps_below(&self, step: &Step<'_>) -> impl Iterator<Item = &Step<'a>> {
        let stages = step.stage.into_iter().flat_map(|stage| self.stages_below(stage));
        let before = step.index;
        stages
            .filter_map(move |stage| self.steps.get(stage.steps.start..stage.steps.end.min(before)))
            .flat_map(|steps| steps.iter().rev())
            .filter(|other| other.trigger_of.is_none())
            .take(MAX_STEPS_BELOW)
    }

    /// A stage and the stages that it is built on, the nearest first.
    pub fn stages_below(&self, stage: usize) -> impl Iterator<Item = &super::Stage<'a>> {
        std::iter::successors(self.stages.get(stage), |stage| match stage.base {
            super::Base::Stage(below) if below < stage.index => self.stages.get(below),
            _ => None,
        })
    }

    /// The steps of a stage and of those that it is built on, the nearest stage first; triggers left out.
    pub fn steps_of(&self, stage: &Stage<'_>) -> impl Iterator<Item = &Step<'a>> {
        let stages = self.stages_below(stage.index);
        let steps = stages.filter_map(|stage| self.steps.get(stage.steps.clone()));
        steps.flatten().filter(|step| step.trigger_of.is_none())
    }

    /// The instruction of this kind that holds at the end of a stage: its last one, or the last of the stages below.
    pub fn last_of(&self, stage: &Stage<'_>, keyword: Keyword) -> Option<&Step<'a>> {
        let is_one = |step: &&Step<'a>| step.keyword() == keyword && step.trigger_of.is_none();
        let mut stages = self.stages_below(stage.index);
        stages.find_map(|stage| self.steps.get(stage.steps.clone())?.iter().rev().find(is_one))
    }

    /// Whether the layers of a step are part of the image: its stage is the last one, or one that the last is built on.
    pub fn is_shipped(&self, step: &Step<'_>) -> bool {
        let shipped = self.shipped.get_or_init(|| {
            let mut shipped = vec![false; self.stages.len()];
            for below in self.stages.len().checked_sub(1).into_iter().flat_map(|last| self.stages_below(last)) {
                if let Some(one) = shipped.get_mut(below.index) {
                    *one = true;
                }
            }
            shipped
        });
        step.stage.and_then(|stage| shipped.get(stage)).copied().unwrap_or(true)
    }

    /// Whether a step mounts something on this directory or on one that it is in; a target that cannot be known may be it.
    pub fn is_mounted(&self, step: &Step<'_>, directory: &str) -> bool {
        let mounts = crate::dockerfile::views::Run::of(step.instruction).map(|run| run.mounts).unwrap_or_default();
        mounts.iter().filter(|mount| !matches!(mount.kind_text().as_str(), "secret" | "ssh")).any(|mount| {
            mount.target.as_ref().is_some_and(|target| {
                target.text.contains('$') || super::paths::lies_in(directory, target.text.trim_end_matches('/'))
            })
        })
    }

    /// Whether a RUN stops at the first command that fails: by its SHELL, or by `set -e` before anything that matters.
    pub fn stops_at_failure(&self, step: &Step<'_>) -> bool {
        if matches!(step.shell, super::ShellKind::Posix { errexit: true, .. }) {
            return true;
        }
        self.commands_of(step.index)
            .iter()
            .take_while(|command| !command.invocation.is_conditional())
            .filter_map(|command| command.line.as_ref())
            .take_while(|line| line.is_any(&["set", "export", "echo", "cd"]))
            .any(|line| line.is("set") && (line.has("-e") || line.values_of("-o").any(|name| name.word.is("errexit"))))
    }
}

/// Whether a command before `command` has run where that one does: it stands in no branch, or in one that both share.
pub(super) fn is_certain(earlier: &Command<'_>, command: &Command<'_>) -> bool {
    if !earlier.invocation.is_conditional() {
        return true;
    }
    let shared = shared_frames(&earlier.invocation.frames, &command.invocation.frames);
    let own = earlier.invocation.frames.get(shared..).unwrap_or_default();
    !crate::shell::walk::is_conditional(own)
}

/// Appends the commands in `function`, or outside of functions, in order.
fn follow<'m, 'a>(
    first: usize,
    commands: &'m [Command<'a>],
    functions: &HashMap<&str, &Function>,
    function: Option<&Function>,
    calls: &mut Vec<&'m Command<'a>>,
    found: &mut Vec<Execution<'m, 'a>>,
) {
    for (index, command) in commands.iter().enumerate() {
        let is_here = match (command.invocation.function(), function) {
            (None, None) => true,
            (Some(own), Some(wanted)) => ptr::eq(own, wanted),
            _ => false,
        };
        if !is_here || found.len() >= MAX_COMMANDS {
            continue;
        }
        found.push(Execution { index: first + index, command, calls: calls.clone() });
        let called = command.line.as_ref().and_then(|line| functions.get(line.name.as_str()));
        if let Some(called) = called.filter(|_| calls.len() < MAX_DEPTH) {
            calls.push(command);
            follow(first, commands, functions, Some(called), calls, found);
            calls.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::dockerfile::parse;
    use crate::model::{Bodies, Model};
    use crate::source::Source;

    #[test]
    fn functions_run_where_they_are_called() {
        for (script, expected) in [
            ("a; b", "a b"),
            ("f() { a; }; b; f; f", "b f a f a"),
            ("f() { a; }; b", "b"),
            ("g() { c; }; f() { g && a; }; f", "f g c a"),
            ("f() { f; }; f", "f f f f f"),
        ] {
            let source = Source::new(format!("FROM a\nRUN {script}\n").into_bytes()).unwrap();
            let file = parse(&source);
            let bodies = Bodies::of(&file);
            let model = Model::new(&source, &file, &bodies);
            let run = model.executions(1);
            let names: Vec<&str> =
                run.iter().filter_map(|one| Some(one.command.line.as_ref()?.name.as_str())).collect();
            assert_eq!(names.join(" "), expected, "{script}");
        }
    }

    #[test]
    fn one_branch_excludes_the_other() {
        for (script, expected) in [
            ("a && b", false),
            ("a || b", true),
            ("if x; then a; else b; fi", true),
            ("if a; then b; fi", false),
            ("case x in 1) a;; 2) b;; esac", true),
            ("c || a; b", false),
            ("f() { b; }; if x; then a; else f; fi", true),
        ] {
            let source = Source::new(format!("FROM a\nRUN {script}\n").into_bytes()).unwrap();
            let file = parse(&source);
            let bodies = Bodies::of(&file);
            let model = Model::new(&source, &file, &bodies);
            let run = model.executions(1);
            let named = |name| run.iter().find(|one| one.command.line.as_ref().is_some_and(|line| line.name == name));
            assert_eq!(named("b").unwrap().excludes(named("a").unwrap()), expected, "{script}");
        }
    }
}
