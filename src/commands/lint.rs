//! `oi-lint [PATH]...`: finds files, lints them on all processors, prints in order.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::outputs::Outputs;
use super::{CommandError, Exit, book, complain, note};
use crate::cli::{LintArgs, ShellcheckArg};
use crate::diagnostic::Diagnostic;
use crate::discover::{self, Found, Input};
use crate::engine::{Linter, Mended, Settings};
use crate::git_index::Repositories;
use crate::library::Library;
use crate::model::Surroundings;
use crate::report::{FileReport, Reporter, Summary, Terminal, count, diff};
use crate::rulebook::Subject;
use crate::shell::program::{self, ProgramError, ShellcheckProgram};
use crate::source::Source;
use crate::submission::Submission;
use crate::write;

/// Files whose reports are held at a time: enough to keep all processors busy, few enough to stay small.
const BATCH: usize = 256;
/// The stack of a thread: shell bodies nest.
const STACK: usize = 8 << 20;

/// Lints.
pub fn run(args: &LintArgs, out: &mut dyn Write) -> Result<Exit, CommandError> {
    let settings = Settings {
        profile: args.profile.into(),
        select: names(&args.select),
        ignore: names(&args.ignore),
        ..Settings::default()
    };
    let linter = with_shellcheck(Linter::new(book(&args.rules)?, &settings)?, args)?;
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
        rules: linter.rules(),
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
    // What cannot be read is told in its turn, and standard input can be read only once.
    let files = inputs.iter().filter(|(input, _)| **input != Input::Stdin);
    linter.ask_shellcheck(files.filter_map(|(input, subject)| Some((*subject, discover::read(input).ok()?))))?;
    // What standard input becomes has standard output for itself.
    let is_filter = args.fix && found.inputs.contains(&Input::Stdin);
    let mut stderr = io::stderr();
    let outputs = Outputs::open(args, if is_filter { &mut stderr } else { out })?;
    let reporters = &outputs.reporters(&reporter);
    let run = Run { linter: &linter, reporters, library, submission, checkouts: Arc::default(), args };
    let (summary, unread) = run.lint(&inputs, outputs)?;
    Ok(if failed || unread {
        Exit::Failure
    } else if args.diff {
        if summary.fixed > 0 { Exit::Findings } else { Exit::Clean }
    } else if args.fail_on.severity().is_some_and(|least| summary.at_or_above(least) > 0) {
        Exit::Findings
    } else {
        Exit::Clean
    })
}

/// What a file gives.
#[derive(Default)]
struct File {
    /// Its reports, one for each reporter, or its diff.
    rendered: Vec<Vec<u8>>,
    summary: Summary,
    /// Fixes that were taken back.
    failures: Vec<String>,
    /// Standard input with its fixes.
    text: Option<Vec<u8>>,
}

/// What all files of a run are linted with.
struct Run<'r> {
    linter: &'r Linter,
    reporters: &'r [Reporter<'r>],
    library: Option<Arc<Library>>,
    submission: Submission,
    /// The repositories whose indices were read.
    checkouts: Arc<Repositories>,
    args: &'r LintArgs,
}

impl Run<'_> {
    /// Prints everything; also gives whether a file could not be read.
    fn lint(&self, inputs: &[(&Input, Subject)], mut out: Outputs<'_>) -> Result<(Summary, bool), CommandError> {
        // Threads cost more than a single file does. Where the system has none to give, one will do.
        let pool = match inputs.len() {
            0 | 1 => None,
            _ => rayon::ThreadPoolBuilder::new().stack_size(STACK).build().ok(),
        };
        let one = |&(input, subject): &(&Input, Subject)| self.one_file(input, subject);
        let mut total = Summary::default();
        let mut unread = false;
        out.begin(self.reporters)?;
        for batch in inputs.chunks(BATCH) {
            let results: Vec<_> = match &pool {
                Some(pool) => pool.install(|| batch.par_iter().map(one).collect()),
                None => batch.iter().map(one).collect(),
            };
            for result in results {
                match result {
                    Ok(file) => {
                        out.write(self.reporters, &file.rendered)?;
                        total.add(file.summary);
                        for failure in file.failures {
                            out.flush()?;
                            note(
                                &format!("{failure}. This is a bug of oi-lint: please report it"),
                                self.args.color.choice(),
                            );
                        }
                        if let Some(text) = file.text {
                            io::stdout().lock().write_all(&text)?;
                        }
                    }
                    Err(error) => {
                        unread = true;
                        // Both may be the same terminal: what was found before comes first.
                        out.flush()?;
                        complain(&error, self.args.color.choice());
                    }
                }
            }
            // Who reads along gets what there is.
            out.flush()?;
        }
        if self.args.diff {
            self.end_of_diff(&total);
        } else {
            out.end(self.reporters, &total)?;
        }
        out.finish()?;
        Ok((total, unread))
    }

    fn end_of_diff(&self, total: &Summary) {
        if !self.args.quiet {
            let findings = count(total.fixed, "finding");
            note(&format!("{findings} would be fixed in {}", count(total.files, "file")), self.args.color.choice());
        }
    }

    fn one_file(&self, input: &Input, subject: Subject) -> Result<File, CommandError> {
        let source = discover::read(input)?;
        let surroundings = self.surroundings(input, subject);
        let path = shown(input, self.args);
        let Some(most) = self.args.fixes() else {
            let diagnostics = self.linter.lint_as(subject, &source, &surroundings);
            let summary = Summary::of(&diagnostics);
            let rendered = self.render(input, source, diagnostics);
            return Ok(File { rendered, summary, ..File::default() });
        };
        let before = source.bytes().to_vec();
        let Mended { source, diagnostics, fixed, failures } = self.linter.mend(subject, source, &surroundings, most);
        let summary = Summary { fixed: fixed.values().sum(), ..Summary::of(&diagnostics) };
        let failures = failures.iter().map(|failure| format!("{path}: {failure}")).collect();
        let is_same = before == source.bytes();
        if self.args.diff {
            let rendered = if is_same {
                Vec::new()
            } else {
                let terminal = Terminal::stdout(self.args.color.choice());
                vec![diff::render(&path, &before, source.bytes(), &terminal)]
            };
            return Ok(File { rendered, summary, failures, ..File::default() });
        }
        let text = match input {
            Input::Stdin => Some(source.bytes().to_vec()),
            Input::File(file) if !is_same => {
                write::replace(file, &before, source.bytes())?;
                None
            }
            Input::File(_) => None,
        };
        let rendered = self.render(input, source, diagnostics);
        Ok(File { rendered, summary, failures, text })
    }

    fn render(&self, input: &Input, source: Source, diagnostics: Vec<Diagnostic>) -> Vec<Vec<u8>> {
        let report = FileReport::new(name(input, self.args), source, diagnostics);
        self.reporters.iter().map(|reporter| reporter.render(&report).into_bytes()).collect()
    }

    fn surroundings(&self, input: &Input, subject: Subject) -> Surroundings {
        let surroundings = discover::surroundings(input, self.args.stdin_filename.as_deref(), subject, &self.checkouts);
        let surroundings =
            Surroundings { library: self.library.clone(), git: Arc::clone(&self.checkouts), ..surroundings };
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

fn with_shellcheck(linter: Linter, args: &LintArgs) -> Result<Linter, ProgramError> {
    Ok(match &args.shellcheck {
        ShellcheckArg::Off => linter,
        ShellcheckArg::Program(path) => linter.with_shellcheck(ShellcheckProgram::at(path)?),
        ShellcheckArg::Auto if !linter.has_shell_rules() => linter,
        ShellcheckArg::Auto => match ShellcheckProgram::at(Path::new(program::NAME)) {
            Ok(program) => linter.with_shellcheck(program),
            Err(_) => linter,
        },
    })
}

/// The name under which an input is reported.
fn shown(input: &Input, args: &LintArgs) -> String {
    name(input, args).to_string_lossy().into_owned()
}

fn name<'i>(input: &'i Input, args: &'i LintArgs) -> &'i Path {
    match input {
        Input::Stdin => Path::new(args.stdin_filename.as_deref().unwrap_or("<stdin>")),
        Input::File(path) => path,
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
