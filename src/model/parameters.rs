//! The variables that scripts and words expand.

use crate::shell::ast::{self, AssignedValue, List, Operation, Parameter, PartKind, Word};
use crate::source::Span;

/// Calls `visit` with all variables, and their places, that a script expands.
pub fn each_parameter(list: &List, visit: &mut impl FnMut(&Parameter, Span)) {
    list.statements.iter().for_each(|statement| of_statement(statement, visit));
}

fn of_statement(statement: &ast::Statement, visit: &mut impl FnMut(&Parameter, Span)) {
    match &statement.command {
        ast::Command::Simple(simple) => {
            for assignment in &simple.assignments {
                match &assignment.value {
                    AssignedValue::Scalar(word) => each_parameter_of(word, visit),
                    AssignedValue::Array(words) => words.iter().for_each(|word| each_parameter_of(word, visit)),
                    AssignedValue::Unset => {}
                }
            }
            simple.words.iter().for_each(|word| each_parameter_of(word, visit));
            if let Some(script) = &simple.script {
                each_parameter(&script.list, visit);
            }
        }
        ast::Command::AndOr(steps) => steps.iter().for_each(|step| of_statement(&step.statement, visit)),
        ast::Command::Pipeline(stages) => stages.iter().for_each(|stage| of_statement(stage, visit)),
        ast::Command::Group(list) | ast::Command::Subshell(list) => each_parameter(list, visit),
        ast::Command::If(command) => {
            for (condition, body) in &command.branches {
                each_parameter(condition, visit);
                each_parameter(body, visit);
            }
            command.otherwise.iter().for_each(|body| each_parameter(body, visit));
        }
        ast::Command::For(command) => {
            command.words.iter().flatten().for_each(|word| each_parameter_of(word, visit));
            each_parameter(&command.body, visit);
        }
        ast::Command::While(command) => {
            each_parameter(&command.condition, visit);
            each_parameter(&command.body, visit);
        }
        ast::Command::Case(case) => {
            each_parameter_of(&case.subject, visit);
            case.arms.iter().for_each(|arm| each_parameter(&arm.body, visit));
        }
        ast::Command::Function(function) => of_statement(&function.body, visit),
        ast::Command::Test(words) => words.iter().for_each(|word| each_parameter_of(word, visit)),
        ast::Command::Other(lists) => lists.iter().for_each(|list| each_parameter(list, visit)),
    }
    statement.redirects.iter().for_each(|redirect| each_parameter_of(&redirect.target, visit));
}

/// Calls `visit` with all variables, and their places, that a word expands.
pub fn each_parameter_of(word: &Word, visit: &mut impl FnMut(&Parameter, Span)) {
    for part in &word.parts {
        match &part.kind {
            PartKind::Parameter(parameter) => {
                visit(parameter, part.span);
                match &parameter.operation {
                    Operation::Default { word, .. }
                    | Operation::Assign { word, .. }
                    | Operation::Alternative { word, .. }
                    | Operation::Replace { replacement: word, .. } => each_parameter_of(word, visit),
                    _ => {}
                }
            }
            PartKind::Substitution(list) | PartKind::ProcessSubstitution { list, .. } => each_parameter(list, visit),
            PartKind::Literal(_) | PartKind::Unknown => {}
        }
    }
}

/// Whether a word expands a variable.
pub fn expands(word: &Word, name: &str) -> bool {
    let mut found = false;
    each_parameter_of(word, &mut |other, _| found = found || other.name == name);
    found
}
