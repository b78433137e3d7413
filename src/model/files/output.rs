//! Where the output of a command goes.

use crate::model::flow::Execution;
use crate::model::{Command, Model};
use crate::shell::ast::{Redirect, RedirectKind, Statement};
use crate::shell::{Frame, Invocation, Substitution};

/// Where the standard output of a command goes.
#[derive(Debug, Clone, Copy)]
pub enum Output<'a> {
    /// It is shown to whoever builds.
    Terminal,
    /// A redirection takes it.
    File(&'a Redirect),
    /// The next stage of a pipeline reads it.
    Piped(&'a [Statement], usize),
    /// A substitution takes it.
    Captured(Substitution<'a>),
}

impl<'a> Output<'a> {
    /// That of a command.
    pub fn of(invocation: &Invocation<'a>) -> Self {
        if let Some(output) = redirected(invocation.statement) {
            return output;
        }
        for frame in invocation.frames.iter().rev() {
            let around = frame.statement().filter(|statement| !std::ptr::eq(*statement, invocation.statement));
            if let Some(output) = around.and_then(redirected) {
                return output;
            }
            match *frame {
                Frame::Pipeline { stages, index } if index + 1 < stages.len() => return Self::Piped(stages, index),
                Frame::Substitution(place) => return Self::Captured(place),
                Frame::Function(_) => return Self::Terminal,
                _ => {}
            }
        }
        Self::Terminal
    }

    /// That of a command where it is executed: what a function prints goes where the output of its call goes.
    pub fn at(execution: &Execution<'_, 'a>) -> Self {
        let mut output = Self::of(&execution.command.invocation);
        let mut inner = &execution.command.invocation;
        for call in execution.calls.iter().rev() {
            if !matches!(output, Self::Terminal) || !prints_for_function(inner) {
                break;
            }
            inner = &call.invocation;
            output = Self::of(inner);
        }
        output
    }
}

/// Whether nothing in the function that it stands in takes its output.
fn prints_for_function(invocation: &Invocation<'_>) -> bool {
    let around = invocation.frames.iter().rev().take_while(|frame| !matches!(frame, Frame::Function(_)));
    let takes = |statement: &Statement| redirected(statement).is_some();
    !takes(invocation.statement) && !around.filter_map(Frame::statement).any(takes)
}

/// Where the redirections of a statement lead its standard output, the last of them.
fn redirected(statement: &Statement) -> Option<Output<'_>> {
    let last = statement.redirects.iter().rev().find(|redirect| match redirect.kind {
        RedirectKind::Output | RedirectKind::Append | RedirectKind::DuplicateOutput => {
            redirect.fd.is_none_or(|fd| fd == 1)
        }
        kind => kind == RedirectKind::OutputAndError,
    })?;
    Some(if last.kind == RedirectKind::DuplicateOutput { Output::Terminal } else { Output::File(last) })
}

impl<'a> Model<'a> {
    /// The commands that read the output of a command through a pipeline, in order; those in substitutions are left out.
    pub fn piped_into(&self, command: &Command<'_>) -> Vec<&Command<'a>> {
        match Output::of(&command.invocation) {
            Output::Piped(stages, index) => self.in_stages(command.step, stages, |stage| stage > index),
            Output::Terminal if prints_for_function(&command.invocation) => self.piped_from_calls(command),
            _ => Vec::new(),
        }
    }

    /// The commands that read what a function prints where it is called in a pipeline.
    fn piped_from_calls(&self, command: &Command<'_>) -> Vec<&Command<'a>> {
        let Some(function) = command.invocation.function() else { return Vec::new() };
        let calls = self.commands_of(command.step).iter().filter(|call| {
            call.invocation.function().is_none() && call.line.as_ref().is_some_and(|line| line.name == function.name)
        });
        let readers = calls.filter_map(|call| match Output::of(&call.invocation) {
            Output::Piped(stages, index) => Some(self.in_stages(command.step, stages, |stage| stage > index)),
            _ => None,
        });
        readers.flatten().collect()
    }

    /// The commands whose output a command reads through a pipeline, in order.
    pub fn piped_from(&self, command: &Command<'_>) -> Vec<&Command<'a>> {
        let Some((stages, index)) = command.invocation.pipeline().filter(|&(_, index)| index > 0) else {
            return Vec::new();
        };
        self.in_stages(command.step, stages, |stage| stage < index)
    }

    fn in_stages(&self, step: usize, stages: &[Statement], wanted: impl Fn(usize) -> bool) -> Vec<&Command<'a>> {
        let is_in = |frame: &Frame<'_>| matches!(frame, Frame::Pipeline { stages: others, index } if std::ptr::eq(*others, stages) && wanted(*index));
        let inside = |command: &&Command<'a>| {
            let frames = &command.invocation.frames;
            frames
                .iter()
                .position(is_in)
                .is_some_and(|at| !frames.iter().skip(at).any(|frame| matches!(frame, Frame::Substitution(_))))
        };
        self.commands_of(step).iter().filter(inside).collect()
    }
}
