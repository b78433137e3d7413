//! A script that knows its program, but not what to do with a bare option.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn script(&mut self, _script: &Script, cx: &mut Context<'_, '_>) {
        let Some(list) = cx.model.script_list() else { return };
        let commands = cx.model.commands_of(0);
        let words = entrypoint::words_in(list);
        let looks = words.iter().any(|word| looks_at_dash(word))
            || commands
                .iter()
                .flat_map(|command| command.invocation.arms())
                .any(|(_, arm)| arm.patterns.iter().any(|pattern| pattern.starts_with('-')))
            || commands.iter().any(|command| command.line.as_ref().is_some_and(|line| line.is("getopts")));
        // One that makes `prog help` of `help` has sub-commands of its own.
        let sets = commands.iter().any(|command| {
            let simple = command.invocation.simple;
            command.line.as_ref().is_some_and(|line| line.is("set"))
                && simple.words.iter().any(entrypoint::has_arguments)
        });
        let ends = cx.model.endings().iter().any(|ending| {
            let words = &ending.simple.words;
            words.len() == 2
                && words.first().is_some_and(|word| word.is("exec"))
                && words.iter().any(entrypoint::has_arguments)
        });
        if looks || sets || !ends {
            return;
        }
        let compared = commands.iter().find_map(compared_program);
        if let Some(word) = compared {
            let program = word.literal().unwrap_or_default().into_owned();
            cx.report(Finding::at(word.span).with("program", program));
        }
    }
}

/// The program in `[ "$1" = 'program' ]`.
fn compared_program<'a>(command: &Command<'a>) -> Option<&'a sh::Word> {
    let words = command.invocation.simple.words.as_slice();
    let [name, first, operator, program, ..] = words else { return None };
    let is_first =
        matches!(first.parts.as_slice(), [sh::Part { kind: sh::PartKind::Parameter(it), .. }] if it.name == "1");
    let text = program.literal()?;
    let is_program = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c));
    (is_first && name.is("[") && (operator.is("=") || operator.is("==")) && is_program).then_some(program)
}

/// `${1#-}`, `${1:0:1}`, `-*`
fn looks_at_dash(word: &sh::Word) -> bool {
    word.parts.iter().any(|part| match &part.kind {
        sh::PartKind::Parameter(parameter) => match &parameter.operation {
            sh::Operation::TrimPrefix { pattern, .. } | sh::Operation::TrimSuffix { pattern, .. } => {
                pattern.contains('-')
            }
            sh::Operation::Other => parameter.name == "1",
            _ => false,
        },
        sh::PartKind::Literal(text) => text.starts_with("-*") || text == "-" || text.starts_with("^-"),
        _ => false,
    })
}
