//! `oi-lint [PATH]...`: finds files, lints them on all processors, prints in order.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::{CommandError, Exit, book, complain, note};
use crate::cli::LintArgs;
use crate::discover::{self, Found, Input, InputError};
use crate::engine::{Linter, Settings};
use crate::git_index::Repositories;
use crate::report::{FileReport, Reporter, Summary, Terminal};
use crate::rulebook::Subject;

/// Files whose reports are held at a time: enough to keep all processors busy, few enough to stay small.
const BATCH: usize = 256;
/// The stack of a thread: shell bodies nest.
const STACK: usize = 8 << 20;

/// Lints.
pub fn run(args: &LintArgs, out: &mut dyn Write) -> Result<Exit, CommandError> {
    let settings = Settings { profile: args.profile.into(), select: names(&args.select), ignore: names(&args.ignore) };
    let linter = Linter::new(book(&args.rules)?, &settings)?;
    let found = discover::find(&paths(args));
    let failed = !found.errors.is_empty();
    tell(&found, args);
    let errors = found.errors;
    for error in errors {
        complain(&error.into(), args.color.choice());
    }
    if found.inputs.is_empty() {
        return if failed { Ok(Exit::Failure) } else { Err(CommandError::NothingToLint { folders: found.empty }) };
    }
    let reporter = Reporter {
        format: args.format.into(),
        terminal: Terminal::stdout(args.color.choice()),
        book: linter.book(),
        profile: settings.profile,
        quiet: args.quiet,
    };
    let kind = |input: &Input| match (args.kind, input) {
        (Some(kind), _) => Some(kind.into()),
        (None, Input::File(path)) if found.scripts.contains(path) => Some(Subject::EntrypointScript),
        _ => None,
    };
    let (summary, unread) = lint(&found.inputs, &kind, &linter, &reporter, args, out)?;
    Ok(if failed || unread {
        Exit::Failure
    } else if args.fail_on.severity().is_some_and(|least| summary.at_or_above(least) > 0) {
        Exit::Findings
    } else {
        Exit::Clean
    })
}

/// Prints everything; also gives whether a file could not be read.
fn lint(
    inputs: &[Input],
    kind: &(dyn Fn(&Input) -> Option<Subject> + Sync),
    linter: &Linter,
    reporter: &Reporter<'_>,
    args: &LintArgs,
    out: &mut dyn Write,
) -> Result<(Summary, bool), CommandError> {
    let repositories = Repositories::default();
    let one = |input: &Input| {
        let of = Linted { name: args.stdin_filename.as_deref(), kind: kind(input), repositories: &repositories };
        one_file(input, linter, reporter, &of)
    };
    // Threads cost more than a single file does. Where the system has none to give, one will do.
    let pool = match inputs.len() {
        0 | 1 => None,
        _ => rayon::ThreadPoolBuilder::new().stack_size(STACK).build().ok(),
    };
    let mut total = Summary::default();
    let mut unread = false;
    reporter.begin(out)?;
    for batch in inputs.chunks(BATCH) {
        let results: Vec<_> = match &pool {
            Some(pool) => pool.install(|| batch.par_iter().map(one).collect()),
            None => batch.iter().map(one).collect(),
        };
        for result in results {
            match result {
                Ok((rendered, summary)) => {
                    reporter.write(&rendered, total.files == 0, out)?;
                    total.add(summary);
                }
                Err(error) => {
                    unread = true;
                    // Both may be the same terminal: what was found before comes first.
                    out.flush()?;
                    complain(&error.into(), args.color.choice());
                }
            }
        }
    }
    reporter.end(&total, out)?;
    Ok((total, unread))
}

/// What is known of an input before it is read.
struct Linted<'a> {
    /// What standard input is called.
    name: Option<&'a str>,
    /// What it is said to be.
    kind: Option<Subject>,
    repositories: &'a Repositories,
}

fn one_file(
    input: &Input,
    linter: &Linter,
    reporter: &Reporter<'_>,
    of: &Linted<'_>,
) -> Result<(String, Summary), InputError> {
    let path = match input {
        Input::Stdin => of.name.unwrap_or("<stdin>").to_owned(),
        Input::File(path) => path.to_string_lossy().into_owned(),
    };
    let source = discover::read(input)?;
    let subject = of.kind.unwrap_or_else(|| discover::subject(Path::new(&path)));
    let surroundings = discover::surroundings(input, of.name, subject, of.repositories);
    let diagnostics = linter.lint_as(subject, &source, &surroundings);
    let summary = Summary::of(&diagnostics);
    Ok((reporter.render(&FileReport { path, source, diagnostics }), summary))
}

/// No path means the current folder, or standard input where a name for it is given.
fn paths(args: &LintArgs) -> Vec<PathBuf> {
    match (args.paths.is_empty(), &args.stdin_filename) {
        (false, _) => args.paths.clone(),
        (true, Some(_)) => vec!["-".into()],
        (true, None) => vec![".".into()],
    }
}

/// `--select a, b,` as people write it.
fn names(list: &[String]) -> Vec<String> {
    list.iter().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}

fn tell(found: &Found, args: &LintArgs) {
    let color = args.color.choice();
    if !args.quiet && !found.inputs.is_empty() {
        for folder in &found.empty {
            note(&format!("no Dockerfiles in `{}`", folder.display()), color);
        }
        if found.inputs.contains(&Input::Stdin) && io::stdin().is_terminal() {
            note("reading a Dockerfile from the terminal; Ctrl-D ends it, Ctrl-C gives up", color);
        }
    }
}
