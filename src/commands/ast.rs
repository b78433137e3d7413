//! `oi-lint ast`: the syntax tree of Dockerfiles.

use std::io::Write;

use serde::Serialize;

use super::{CommandError, Exit, complain};
use crate::cli::AstArgs;
use crate::discover::{self, Input};
use crate::dockerfile::{self, dump};
use crate::model::{Bodies, Body, Model};
use crate::report::{Color, printable_json};
use crate::source::{Source, Span};

/// What is printed of a file, on one line.
#[derive(Serialize)]
struct FileTree {
    file: String,
    #[serde(flatten)]
    dump: dump::Dump,
    #[serde(skip_serializing_if = "Option::is_none")]
    shell: Option<Vec<RunTree>>,
}

/// The commands of one RUN.
#[derive(Serialize)]
struct RunTree {
    line: u32,
    /// `shell`, `exec`, `foreign`, `broken` or `empty`.
    body: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    commands: Vec<CommandTree>,
}

/// One command as it is run.
#[derive(Serialize)]
struct CommandTree {
    /// The command behind `sudo` and the like, without its path; null where it cannot be known.
    name: Option<String>,
    wrappers: Vec<String>,
    subcommand: Option<String>,
    /// Canonical name and value.
    options: Vec<(String, Option<String>)>,
    operands: Vec<String>,
    assignments: Vec<String>,
    conditional: bool,
    failure_ignored: bool,
    span: [u32; 2],
}

/// Prints the trees.
pub fn run(args: &AstArgs, out: &mut dyn Write) -> Result<Exit, CommandError> {
    let mut exit = Exit::Clean;
    for path in &args.files {
        let input = if path.as_os_str() == "-" { Input::Stdin } else { Input::File(path.clone()) };
        match discover::read(&input) {
            Ok(source) => {
                let tree = tree(path.to_string_lossy().into_owned(), &source, args.shell);
                let text = serde_json::to_string(&tree).map_err(std::io::Error::from)?;
                writeln!(out, "{}", printable_json(&text))?;
            }
            Err(error) => {
                exit = Exit::Failure;
                out.flush()?;
                complain(&error.into(), Color::Auto);
            }
        }
    }
    Ok(exit)
}

fn tree(file: String, source: &Source, with_shell: bool) -> FileTree {
    let parsed = dockerfile::parse(source);
    let shell = with_shell.then(|| {
        let bodies = Bodies::of(&parsed);
        let model = Model::new(source, &parsed, &bodies);
        runs(&model)
    });
    FileTree { file, dump: dump::dump(&parsed, source), shell }
}

fn runs(model: &Model<'_>) -> Vec<RunTree> {
    let runs = model.steps.iter().filter(|step| step.keyword() == dockerfile::ast::Keyword::Run);
    runs.map(|step| {
        let (body, error) = match model.body(step) {
            Body::Shell(_) => ("shell", None),
            Body::Exec(_) => ("exec", None),
            Body::Foreign => ("foreign", None),
            Body::Broken(error) => ("broken", Some(error.to_string())),
            Body::Empty => ("empty", None),
        };
        let commands = model.commands_of(step.index).iter().map(|command| one_command(command, model)).collect();
        RunTree { line: step.instruction.start_line, body, error, commands }
    })
    .collect()
}

fn one_command(command: &crate::model::Command<'_>, model: &Model<'_>) -> CommandTree {
    let text = |span: Span| model.source.slice(span).to_owned();
    let simple = command.invocation.simple;
    let line = command.line.as_ref();
    CommandTree {
        name: line.map(|line| line.name.clone()),
        wrappers: line.map_or_else(Vec::new, |line| line.wrappers.iter().map(|word| text(word.span)).collect()),
        subcommand: line.and_then(|line| line.subcommand).map(|word| text(word.span)),
        options: line.map_or_else(Vec::new, |line| {
            let value = |option: &crate::shell::Opt<'_>| option.value.as_ref().map(|value| text(value.span));
            line.options.iter().map(|option| (option.name.to_string(), value(option))).collect()
        }),
        operands: match line {
            Some(line) => line.operands.iter().map(|word| text(word.span)).collect(),
            None => simple.words.iter().map(|word| text(word.span)).collect(),
        },
        assignments: simple.assignments.iter().map(|assignment| text(assignment.span)).collect(),
        conditional: command.invocation.is_conditional(),
        failure_ignored: command.invocation.failure_is_ignored(),
        span: [simple.span.start, simple.span.end],
    }
}
