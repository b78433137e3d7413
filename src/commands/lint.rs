//! `oi-lint [PATH]...`: finds files, lints them on all processors, prints in order.

use std::collections::HashSet;
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use rayon::prelude::*;

use super::outputs::Outputs;
use super::{CommandError, Exit, complain, note};
use crate::cli::{LintArgs, ShellcheckArg};
use crate::config::{CommandLine, Config, Configs, FailOn};
use crate::diagnostic::{Diagnostic, Severity};
use crate::discover::{self, Found, Input};
use crate::engine::{Linter, Mended, Settings};
use crate::git_index::Repositories;
use crate::library::Library;
use crate::model::Surroundings;
use crate::report::{FileReport, Format, Reporter, Summary, Terminal, count, diff};
use crate::rulebook::{Rule, Subject};
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
    let subject = |input: &Input| match (args.kind, input) {
        (Some(kind), _) => kind.into(),
        (None, Input::File(path)) if found.scripts.contains(path) => Subject::EntrypointScript,
        (None, _) => discover::subject(Path::new(&shown(input, args))),
    };
    let mut linters = Linters::new(args);
    let mut jobs = Vec::new();
    for input in &found.inputs {
        if let Some((linter, fail_on)) = linters.of(input)? {
            jobs.push(Job { input, subject: subject(input), linter, fail_on });
        }
    }
    if jobs.is_empty() {
        return Err(CommandError::AllExcluded(found.inputs.len()));
    }
    let inputs: Vec<(&Input, Subject)> = jobs.iter().map(|job| (job.input, job.subject)).collect();
    let submission = Submission::link(&inputs, library.as_deref());
    for (index, linter) in linters.made.iter().enumerate() {
        // What cannot be read is told in its turn, and standard input can be read only once.
        let files = jobs.iter().filter(|job| job.linter == index && *job.input != Input::Stdin);
        linter.ask_shellcheck(files.filter_map(|job| Some((job.subject, discover::read(job.input).ok()?))))?;
    }
    // What standard input becomes has standard output for itself.
    let is_filter = args.fix && found.inputs.contains(&Input::Stdin);
    let mut stderr = io::stderr();
    let outputs = Outputs::open(args, linters.format(&jobs), if is_filter { &mut stderr } else { out })?;
    let reporters = outputs.reporters(&linters.reporter(&jobs));
    let run =
        Run { linters: &linters.made, reporters: &reporters, library, submission, checkouts: Arc::default(), args };
    let outcome = run.lint(&jobs, outputs)?;
    let has_findings = if args.diff { outcome.summary.fixed > 0 } else { outcome.fails };
    Ok(match (failed || outcome.unread, has_findings) {
        (true, _) => Exit::Failure,
        (false, true) => Exit::Findings,
        (false, false) => Exit::Clean,
    })
}

/// A file to lint, and what it is judged by.
struct Job<'f> {
    input: &'f Input,
    subject: Subject,
    /// Its linter's place among those of the run.
    linter: usize,
    fail_on: FailOn,
}

/// The linters of a run: one for each configuration and each set of its overrides.
struct Linters<'a> {
    args: &'a LintArgs,
    configs: Configs,
    command_line: CommandLine,
    /// The files that are named outright, which nothing excludes.
    named: HashSet<PathBuf>,
    made: Vec<Linter>,
    /// What each was made from.
    from: Vec<Made>,
}

struct Made {
    config: Rc<Config>,
    settings: Settings,
}

impl<'a> Linters<'a> {
    fn new(args: &'a LintArgs) -> Self {
        let named = args.paths.iter().filter(|path| path.is_file()).filter_map(|path| fs::canonicalize(path).ok());
        Self {
            args,
            configs: Configs::new(args.config.choice(), &args.rules),
            command_line: CommandLine {
                profile: args.profile.map(Into::into),
                select: names(&args.select),
                ignore: names(&args.ignore),
            },
            named: named.collect(),
            made: Vec::new(),
            from: Vec::new(),
        }
    }

    /// The place of a file's linter, and what makes the run fail; none where the file is excluded.
    fn of(&mut self, input: &Input) -> Result<Option<(usize, FailOn)>, CommandError> {
        let path = match input {
            Input::File(path) => path.clone(),
            Input::Stdin => self.args.stdin_filename.as_deref().unwrap_or("Dockerfile").into(),
        };
        let (config, place) = self.configs.of(&path)?;
        if *input != Input::Stdin && config.excludes(&place) {
            let is_named = fs::canonicalize(&path).is_ok_and(|path| self.named.contains(&path));
            if !is_named {
                return Ok(None);
            }
        }
        let fail_on = self.args.fail_on.or_else(|| config.fail_on()).unwrap_or_default();
        let settings = config.settings(&place, &self.command_line);
        let is_same = |made: &Made| Rc::ptr_eq(&made.config, &config) && made.settings == settings;
        if let Some(at) = self.from.iter().position(is_same) {
            return Ok(Some((at, fail_on)));
        }
        let linter = with_shellcheck(Linter::new(config.book().clone(), &settings)?, self.args)?;
        self.made.push(linter);
        self.from.push(Made { config, settings });
        Ok(Some((self.made.len() - 1, fail_on)))
    }

    /// What the first file's configuration was made from.
    fn first(&self, jobs: &[Job<'_>]) -> Option<&Made> {
        jobs.first().and_then(|job| self.from.get(job.linter))
    }

    /// How the whole run is printed: as the first file's configuration says, unless the command line does.
    fn format(&self, jobs: &[Job<'_>]) -> Format {
        let configured = || self.first(jobs).and_then(|made| made.config.format());
        self.args.format.map(Into::into).or_else(configured).unwrap_or_default()
    }

    /// The reporter of all; it knows the rules of each linter.
    fn reporter(&self, jobs: &[Job<'_>]) -> Reporter<'_> {
        let format = self.format(jobs);
        let profile = self.first(jobs).map(|made| made.settings.profile);
        let profile = profile.filter(|first| self.from.iter().all(|made| made.settings.profile == *first));
        let terminal = Terminal::stdout(self.args.color.choice());
        let mut rules: Vec<(&Rule, Severity)> = self.made.iter().flat_map(Linter::rules).collect();
        rules.sort_by(|(one, _), (other, _)| one.name.cmp(&other.name));
        rules.dedup_by(|(one, _), (other, _)| one.name == other.name);
        let quiet = self.args.quiet;
        Reporter { format, terminal, rules, profile, quiet }
    }
}

/// What a run comes to.
#[derive(Default)]
struct Outcome {
    summary: Summary,
    /// A file could not be read.
    unread: bool,
    /// A file has a finding that makes the run fail.
    fails: bool,
}

/// What a file gives.
#[derive(Default)]
struct File {
    /// Its reports, one for each reporter, or its diff.
    rendered: Vec<Vec<u8>>,
    summary: Summary,
    /// Whether it makes the run fail.
    fails: bool,
    /// Fixes that were taken back.
    failures: Vec<String>,
    /// Standard input with its fixes.
    text: Option<Vec<u8>>,
}

/// What all files of a run are linted with.
struct Run<'r> {
    linters: &'r [Linter],
    /// One for each output.
    reporters: &'r [Reporter<'r>],
    library: Option<Arc<Library>>,
    submission: Submission,
    /// The repositories whose indices were read.
    checkouts: Arc<Repositories>,
    args: &'r LintArgs,
}

impl Run<'_> {
    /// Prints everything.
    fn lint(&self, jobs: &[Job<'_>], mut out: Outputs<'_>) -> Result<Outcome, CommandError> {
        // Threads cost more than a single file does. Where the system has none to give, one will do.
        let pool = match jobs.len() {
            0 | 1 => None,
            _ => rayon::ThreadPoolBuilder::new().stack_size(STACK).build().ok(),
        };
        let one = |job: &Job<'_>| self.one_file(job);
        let Outcome { summary: mut total, mut unread, mut fails } = Outcome::default();
        out.begin(self.reporters)?;
        for batch in jobs.chunks(BATCH) {
            let results: Vec<_> = match &pool {
                Some(pool) => pool.install(|| batch.par_iter().map(one).collect()),
                None => batch.iter().map(one).collect(),
            };
            for result in results {
                match result {
                    Ok(file) => {
                        out.write(self.reporters, &file.rendered)?;
                        total.add(file.summary);
                        fails |= file.fails;
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
        }
        if self.args.diff {
            self.end_of_diff(&total);
        } else {
            out.end(self.reporters, &total)?;
        }
        out.finish()?;
        Ok(Outcome { summary: total, unread, fails })
    }

    fn end_of_diff(&self, total: &Summary) {
        if !self.args.quiet {
            let findings = count(total.fixed, "finding");
            note(&format!("{findings} would be fixed in {}", count(total.files, "file")), self.args.color.choice());
        }
    }

    fn one_file(&self, job: &Job<'_>) -> Result<File, CommandError> {
        let &Job { input, subject, linter, fail_on } = job;
        let Some(linter) = self.linters.get(linter) else { return Ok(File::default()) };
        let fails = |summary: &Summary| fail_on.severity().is_some_and(|least| summary.at_or_above(least) > 0);
        let source = discover::read(input)?;
        let surroundings = self.surroundings(input, subject);
        let path = shown(input, self.args);
        let Some(most) = self.args.fixes() else {
            let diagnostics = linter.lint_as(subject, &source, &surroundings);
            let summary = Summary::of(&diagnostics);
            let rendered = render(self.reporters, name(input, self.args), source, diagnostics);
            return Ok(File { rendered, fails: fails(&summary), summary, ..File::default() });
        };
        let before = source.bytes().to_vec();
        let Mended { source, diagnostics, fixed, failures } = linter.mend(subject, source, &surroundings, most);
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
        let rendered = render(self.reporters, name(input, self.args), source, diagnostics);
        Ok(File { rendered, fails: fails(&summary), summary, failures, text })
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

/// A file as each of the reporters prints it.
fn render(reporters: &[Reporter<'_>], name: &Path, source: Source, diagnostics: Vec<Diagnostic>) -> Vec<Vec<u8>> {
    let report = FileReport::new(name, source, diagnostics);
    reporters.iter().map(|reporter| reporter.render(&report).into_bytes()).collect()
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
