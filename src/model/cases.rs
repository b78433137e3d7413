//! The `case` commands of a RUN.

use std::ptr;

use crate::diagnostic::Edit;
use crate::shell::Frame;
use crate::shell::ast::{Case, Statement};
use crate::source::Span;

use super::{Body, Command, Model, Step};

/// A `case` where it stands.
#[derive(Debug, Clone)]
pub struct CaseUse<'m, 'a> {
    /// The command.
    pub case: &'a Case,
    /// The statement that it is.
    pub statement: &'a Statement,
    /// What it stands in, from the outside to the inside.
    pub frames: &'m [Frame<'a>],
    /// The commands in its arms with the index of the arm, in order.
    pub commands: Vec<(usize, &'m Command<'a>)>,
}

impl<'a> Model<'a> {
    /// The `case` commands of a step that have a command in an arm, in order.
    pub fn cases(&self, step: usize) -> Vec<CaseUse<'_, 'a>> {
        let mut found: Vec<CaseUse<'_, 'a>> = Vec::new();
        for command in self.commands_of(step) {
            for (depth, frame) in command.invocation.frames.iter().enumerate() {
                let Frame::Arm { case, index } = *frame else { continue };
                // A case is entered once: the latest ones are the ones that are open.
                if let Some(known) = found.iter_mut().rev().find(|known| ptr::eq(known.case, case)) {
                    known.commands.push((index, command));
                    continue;
                }
                let frames = command.invocation.frames.get(..depth).unwrap_or_default();
                if let Some(statement) = frames.last().and_then(Frame::statement) {
                    found.push(CaseUse { case, statement, frames, commands: vec![(index, command)] });
                }
            }
        }
        found
    }

    /// The edit that adds an arm at the end of a `case`, laid out as those before it. None where it does not stand in the
    /// file as such, or its last arm does not end in `;;`.
    pub fn add_arm(&self, step: &Step<'a>, case: &CaseUse<'_, 'a>, arm: &str) -> Option<Edit> {
        let Body::Shell(_) = self.body(step) else { return None };
        if case.frames.iter().any(|frame| matches!(frame, Frame::Script { .. } | Frame::Substitution(_))) {
            return None;
        }
        let end = case.statement.span.end;
        let esac = end.checked_sub(4)?;
        let before = self.source.slice(Span::new(case.statement.span.start, esac));
        let is_break = |c: char| c.is_whitespace() || c == self.file.escape;
        if self.source.slice(Span::new(esac, end)) != "esac" || !before.trim_end_matches(is_break).ends_with(";;") {
            return None;
        }
        let text = match self.indent_before(esac) {
            Some(indent) => {
                let arms = case.case.arms.last().and_then(|last| self.indent_before(last.span.start));
                let deeper = arms.and_then(|arms| arms.strip_prefix(indent)).unwrap_or("\t");
                let next = self.next_line(step);
                let gap = if next.starts_with(self.file.escape) { " " } else { "" };
                format!("{deeper}{arm}{gap}{next}{indent}")
            }
            None => format!("{arm} "),
        };
        Some(Edit { span: Span::empty(esac), text })
    }
}
