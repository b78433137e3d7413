//! `!` before a command whose failure `set -e` would have stopped at (SC2251).

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Run)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let Some(list) = cx.model.body(step).list() else { return };
        if !cx.model.uses_errexit(step) {
            return;
        }
        let mut found = Vec::new();
        statements(&list.statements, true, &mut found);
        for at in found {
            cx.report(Finding::at(Span::new(at, at + 1)));
        }
    }
}

/// Where `!` stands before statements that go on whatever comes of them. The last one of a script or function is its status.
fn statements(list: &[sh::Statement], last_counts: bool, found: &mut Vec<u32>) {
    for (index, statement) in list.iter().enumerate() {
        let is_status = last_counts && index + 1 == list.len();
        if statement.negated && !is_status && statement.separator != sh::Separator::Background {
            found.push(statement.span.start);
        }
        inside(&statement.command, found);
    }
}

fn inside(command: &sh::Command, found: &mut Vec<u32>) {
    let mut body = |list: &sh::List| statements(&list.statements, false, found);
    match command {
        sh::Command::Group(list) => body(list),
        sh::Command::Subshell(list) => statements(&list.statements, true, found),
        sh::Command::If(command) => {
            for (condition, branch) in &command.branches {
                statements(&condition.statements, true, found);
                statements(&branch.statements, false, found);
            }
            if let Some(list) = &command.otherwise {
                statements(&list.statements, false, found);
            }
        }
        sh::Command::For(command) => body(&command.body),
        sh::Command::While(command) => {
            // A loop asks its condition; what stands before the last command of that, it does not.
            let (last, before) = match command.condition.statements.split_last() {
                Some((last, before)) => (Some(last), before),
                None => (None, &[] as &[sh::Statement]),
            };
            statements(before, false, found);
            if let Some(last) = last {
                inside(&last.command, found);
            }
            statements(&command.body.statements, false, found);
        }
        sh::Command::Function(function) => match &function.body.command {
            sh::Command::Group(list) => statements(&list.statements, true, found),
            other => inside(other, found),
        },
        sh::Command::AndOr(steps) => steps.iter().for_each(|step| inside(&step.statement.command, found)),
        sh::Command::Pipeline(parts) => parts.iter().for_each(|part| inside(&part.command, found)),
        sh::Command::Other(lists) => lists.iter().for_each(|list| statements(&list.statements, false, found)),
        // ShellCheck takes the status of an arm for one that is asked for.
        sh::Command::Case(_) | sh::Command::Simple(_) | sh::Command::Test(_) => {}
    }
}
