//! `oi-lint [PATH]...`: finds files, lints them on all processors, prints in order.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::{CommandError, Exit, book, complain, note};
use crate::cli::LintArgs;
use crate::discover::{self, Found, Input, InputError};
use crate::engine::{Linter, Settings};
use crate::git_index::Repositories;
use crate::library::Library;
use crate::model::Surroundings;
use crate::report::{FileReport, Reporter, Summary, Terminal};
use crate::rulebook::Subject;
use crate::submission::Submission;

/// Files whose reports are held at a time: enough to keep all processors busy, few enough to stay small.
const BATCH: usize = 256;
/// The stack of a thread: shell bodies nest.
const STACK: usize = 8 << 20;

/// Lints.
pub fn run(args: &LintArgs, out: &mut dyn Write) -> Result<Exit, CommandError> {
    let settings = Settings { profile: args.profile.into(), select: names(&args.select), ignore: names(&args.ignore) };
    let linter = Linter::new(book(&args.rules)?, &settings)?;
    let library = args.library.as_deref().map(Library::read).transpose()?.map(Arc::new);
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
    let subject = |input: &Input| match (args.kind, input) {
        (Some(kind), _) => kind.into(),
        (None, Input::File(path)) if found.scripts.contains(path) => Subject::EntrypointScript,
        (None, _) => discover::subject(Path::new(&shown(input, args))),
    };
    let inputs: Vec<(&Input, Subject)> = found.inputs.iter().map(|input| (input, subject(input))).collect();
    let submission = Submission::link(&inputs, library.as_deref());
    let run =
        Run { linter: &linter, reporter: &reporter, library, submission, checkouts: Repositories::default(), args };
    let (summary, unread) = run.lint(&inputs, out)?;
    Ok(if failed || unread {
        Exit::Failure
    } else if args.fail_on.severity().is_some_and(|least| summary.at_or_above(least) > 0) {
        Exit::Findings
    } else {
        Exit::Clean
    })
}

/// What all files of a run are linted with.
struct Run<'r> {
    linter: &'r Linter,
    reporter: &'r Reporter<'r>,
    library: Option<Arc<Library>>,
    submission: Submission,
    /// The repositories whose indices were read.
    checkouts: Repositories,
    args: &'r LintArgs,
}

impl Run<'_> {
    /// Prints everything; also gives whether a file could not be read.
    fn lint(&self, inputs: &[(&Input, Subject)], out: &mut dyn Write) -> Result<(Summary, bool), CommandError> {
        // Threads cost more than a single file does. Where the system has none to give, one will do.
        let pool = match inputs.len() {
            0 | 1 => None,
            _ => rayon::ThreadPoolBuilder::new().stack_size(STACK).build().ok(),
        };
        let one = |&(input, subject): &(&Input, Subject)| self.one_file(input, subject);
        let mut total = Summary::default();
        let mut unread = false;
        self.reporter.begin(out)?;
        for batch in inputs.chunks(BATCH) {
            let results: Vec<_> = match &pool {
                Some(pool) => pool.install(|| batch.par_iter().map(one).collect()),
                None => batch.iter().map(one).collect(),
            };
            for result in results {
                match result {
                    Ok((rendered, summary)) => {
                        self.reporter.write(&rendered, total.files == 0, out)?;
                        total.add(summary);
                    }
                    Err(error) => {
                        unread = true;
                        // Both may be the same terminal: what was found before comes first.
                        out.flush()?;
                        complain(&error.into(), self.args.color.choice());
                    }
                }
            }
        }
        self.reporter.end(&total, out)?;
        Ok((total, unread))
    }

    fn one_file(&self, input: &Input, subject: Subject) -> Result<(String, Summary), InputError> {
        let source = discover::read(input)?;
        let diagnostics = self.linter.lint_as(subject, &source, &self.surroundings(input, subject));
        let summary = Summary::of(&diagnostics);
        Ok((self.reporter.render(&FileReport { path: shown(input, self.args), source, diagnostics }), summary))
    }

    fn surroundings(&self, input: &Input, subject: Subject) -> Surroundings {
        let surroundings = discover::surroundings(input, self.args.stdin_filename.as_deref(), subject, &self.checkouts);
        let surroundings = Surroundings { library: self.library.clone(), ..surroundings };
        match (input, subject) {
            (Input::File(path), Subject::Dockerfile) => {
                Surroundings { builds: self.submission.builds_of(path), ..surroundings }
            }
            (Input::File(path), Subject::LibraryManifest) => {
                Surroundings { repositories: self.submission.repositories_of(path), ..surroundings }
            }
            _ => surroundings,
        }
    }
}

/// The name under which an input is reported.
fn shown(input: &Input, args: &LintArgs) -> String {
    match input {
        Input::Stdin => args.stdin_filename.as_deref().unwrap_or("<stdin>").to_owned(),
        Input::File(path) => path.to_string_lossy().into_owned(),
    }
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
