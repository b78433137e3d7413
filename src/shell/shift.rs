//! A tree that stands in another place of another file, with its spans there.

use super::ast::{
    Arm, AssignedValue, Assignment, Case, Command, For, Function, If, List, Operation, Parameter, Part, PartKind,
    Redirect, Script, Simple, Statement, Step, While, Word,
};
use crate::source::Span;

/// What has spans that can be moved, by so many bytes forward; backward where the sum wraps.
pub(super) trait Shift {
    fn shift(&mut self, by: u32);
}

impl<T: Shift> Shift for Vec<T> {
    fn shift(&mut self, by: u32) {
        for one in self {
            one.shift(by);
        }
    }
}

impl<T: Shift> Shift for Option<T> {
    fn shift(&mut self, by: u32) {
        if let Some(one) = self {
            one.shift(by);
        }
    }
}

impl<T: Shift> Shift for Box<T> {
    fn shift(&mut self, by: u32) {
        T::shift(self, by);
    }
}

impl<T: Shift, U: Shift> Shift for (T, U) {
    fn shift(&mut self, by: u32) {
        self.0.shift(by);
        self.1.shift(by);
    }
}

impl Shift for Span {
    fn shift(&mut self, by: u32) {
        *self = Self::new(self.start.wrapping_add(by), self.end.wrapping_add(by));
    }
}

impl Shift for List {
    fn shift(&mut self, by: u32) {
        let Self { statements, span } = self;
        statements.shift(by);
        span.shift(by);
    }
}

impl Shift for Statement {
    fn shift(&mut self, by: u32) {
        let Self { command, negated: _, redirects, separator: _, separator_span, span } = self;
        command.shift(by);
        redirects.shift(by);
        separator_span.shift(by);
        span.shift(by);
    }
}

impl Shift for Command {
    fn shift(&mut self, by: u32) {
        match self {
            Self::Simple(simple) => simple.shift(by),
            Self::AndOr(steps) => steps.shift(by),
            Self::Pipeline(statements) => statements.shift(by),
            Self::Group(list) | Self::Subshell(list) => list.shift(by),
            Self::If(If { branches, otherwise }) => {
                branches.shift(by);
                otherwise.shift(by);
            }
            Self::For(For { variable: _, words, body }) => {
                words.shift(by);
                body.shift(by);
            }
            Self::While(While { until: _, condition, body }) => {
                condition.shift(by);
                body.shift(by);
            }
            Self::Case(Case { subject, arms }) => {
                subject.shift(by);
                arms.shift(by);
            }
            Self::Function(Function { name: _, body }) => body.shift(by),
            Self::Test(words) => words.shift(by),
            Self::Other(lists) => lists.shift(by),
        }
    }
}

impl Shift for Step {
    fn shift(&mut self, by: u32) {
        let Self { operator: _, operator_span, statement } = self;
        operator_span.shift(by);
        statement.shift(by);
    }
}

impl Shift for Simple {
    fn shift(&mut self, by: u32) {
        let Self { assignments, words, declaration: _, span, script } = self;
        assignments.shift(by);
        words.shift(by);
        span.shift(by);
        script.shift(by);
    }
}

impl Shift for Script {
    fn shift(&mut self, by: u32) {
        let Self { list, verbatim: _ } = self;
        list.shift(by);
    }
}

impl Shift for Assignment {
    fn shift(&mut self, by: u32) {
        let Self { name: _, name_span, value, append: _, span } = self;
        name_span.shift(by);
        span.shift(by);
        match value {
            AssignedValue::Scalar(word) => word.shift(by),
            AssignedValue::Array(words) => words.shift(by),
            AssignedValue::Unset => {}
        }
    }
}

impl Shift for Arm {
    fn shift(&mut self, by: u32) {
        let Self { patterns: _, span, body } = self;
        span.shift(by);
        body.shift(by);
    }
}

impl Shift for Redirect {
    fn shift(&mut self, by: u32) {
        let Self { fd: _, kind: _, target, span } = self;
        target.shift(by);
        span.shift(by);
    }
}

impl Shift for Word {
    fn shift(&mut self, by: u32) {
        let Self { parts, span, quoted: _ } = self;
        parts.shift(by);
        span.shift(by);
    }
}

impl Shift for Part {
    fn shift(&mut self, by: u32) {
        let Self { kind, quoting: _, span } = self;
        span.shift(by);
        match kind {
            PartKind::Literal(_) | PartKind::Unknown => {}
            PartKind::Parameter(Parameter { name: _, operation }) => operation.shift(by),
            PartKind::Substitution(list) | PartKind::ProcessSubstitution { list, input: _ } => list.shift(by),
        }
    }
}

impl Shift for Operation {
    fn shift(&mut self, by: u32) {
        match self {
            Self::Default { word, colon: _ }
            | Self::Assign { word, colon: _ }
            | Self::Alternative { word, colon: _ }
            | Self::Replace { pattern: _, replacement: word, all: _ } => word.shift(by),
            Self::Plain
            | Self::Required
            | Self::TrimPrefix { pattern: _, longest: _ }
            | Self::TrimSuffix { pattern: _, longest: _ }
            | Self::Other => {}
        }
    }
}
