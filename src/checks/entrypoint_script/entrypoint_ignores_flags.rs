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
            let words = &command.invocation.simple.words;
            command.line.as_ref().is_some_and(|line| line.is("set"))
                && words.iter().any(|word| word.is("--") || entrypoint::has_arguments(word))
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
        let (mut program, mut subcommand) = (None, None);
        entrypoint::each_statement(list, &mut |statement| {
            program = program.or_else(|| compared(statement, "1"));
            subcommand = subcommand.or_else(|| compared(statement, "2"));
        });
        // So has a program that is looked at by its second argument.
        if let Some(word) = program.filter(|_| subcommand.is_none()) {
            let program = word.literal().unwrap_or_default().into_owned();
            cx.report(Finding::at(word.span).with("program", program));
        }
    }
}

/// The name that an argument is compared with: `[ "$1" = 'program' ]`.
fn compared<'a>(statement: &'a sh::Statement, argument: &str) -> Option<&'a sh::Word> {
    let (first, program) = match &statement.command {
        sh::Command::Test(words) => match words.as_slice() {
            [first, program] => (first, program),
            _ => return None,
        },
        sh::Command::Simple(simple) => match simple.words.as_slice() {
            [name, first, operator, program, ..]
                if (name.is("[") || name.is("test")) && (operator.is("=") || operator.is("==")) =>
            {
                (first, program)
            }
            _ => return None,
        },
        _ => return None,
    };
    let is_argument = |word: &sh::Word| {
        matches!(word.parts.as_slice(), [sh::Part { kind: sh::PartKind::Parameter(it), .. }]
            if it.name == argument && matches!(it.operation, sh::Operation::Plain | sh::Operation::Default { .. }))
    };
    let is_program = |word: &sh::Word| {
        word.literal().is_some_and(|text| {
            !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c))
        })
    };
    // Either may stand first.
    [(first, program), (program, first)].into_iter().find(|(a, b)| is_argument(a) && is_program(b)).map(|(_, it)| it)
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
