//! Where the output of a command goes.

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
        let Output::Piped(stages, index) = Output::of(&command.invocation) else { return Vec::new() };
        self.in_stages(command.step, stages, |stage| stage > index)
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
