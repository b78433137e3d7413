//! `oi-lint [PATH]...`: finds files, lints them on all processors, prints in order.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::ThreadPool;
use rayon::prelude::*;

use super::baseline::Baselines;
use super::changed::{self, Changed};
use super::files_from::Parts;
use super::linters::Linters;
use super::outputs::Outputs;
use super::pass::{File, Job, Pass, shown};
use super::progress::Progress;
use super::{CommandError, Exit, complain, note};
use crate::cli::{FormatArg, LintArgs};
use crate::discover::{self, Found, Input, InputError};
use crate::library::Library;
use crate::report::{Format, Reporter, Statistics, Summary, Terminal, count};
use crate::rulebook::{Profile, Rulebook, Subject};
use crate::submission::Submission;

/// Files whose reports are held at a time: enough to keep all processors busy, few enough to stay small.
pub(super) const BATCH: usize = 256;
/// The stack of a thread: shell bodies nest.
const STACK: usize = 8 << 20;

/// Lints.
pub fn run(args: &LintArgs, out: &mut dyn Write) -> Result<Exit, CommandError> {
    let library = args.library.as_deref().map(Library::read).transpose()?.map(Arc::new);
    let mut parts = Parts::open(args)?;
    if let Some(format) = args.format.filter(|_| args.statistics)
        && !matches!(format, FormatArg::Pretty | FormatArg::Json)
    {
        return Err(CommandError::StatisticsFormat(Format::from(format).as_str()));
    }
    if args.changed.is_some() && parts.has_stdin() {
        return Err(CommandError::StdinChanged);
    }
    let mut stderr = io::stderr();
    // What standard input becomes has standard output for itself.
    let out = if args.fix && parts.has_stdin() { &mut stderr } else { out };
    let book = super::book(&args.rules)?;
    let mut session = Session::new(args, library, &book, out);
    loop {
        match parts.next() {
            Ok(Some((paths, has_more))) => session.lint(&paths, has_more)?,
            Ok(None) => break,
            // What was linted before keeps its report.
            Err(error) => {
                session.complain(&error)?;
                break;
            }
        }
    }
    session.end()
}

/// A run.
struct Session<'s> {
    args: &'s LintArgs,
    library: Option<Arc<Library>>,
    /// The rules that are known whatever the configurations say.
    book: &'s Rulebook,
    /// Where the report goes when its format is known.
    out: Option<&'s mut dyn Write>,
    outputs: Option<Outputs<'s>>,
    baselines: Baselines<'s>,
    changed: Option<Changed<'s>>,
    /// Whether the run began with a part that others follow.
    is_stream: bool,
    pool: Option<ThreadPool>,
    progress: Progress,
    /// The profiles of the parts so far, each once; none for a part whose files have several.
    profiles: Vec<Option<Profile>>,
    summary: Summary,
    statistics: Statistics,
    /// Folders on the command line in which there is nothing to lint.
    empty: Vec<PathBuf>,
    /// How many files were found, how many of them the configurations leave in, and how many of those are changed.
    found: usize,
    left: usize,
    changed_files: usize,
    /// Something could not be read or written.
    failed: bool,
    /// A file has a finding that makes the run fail.
    fails: bool,
}

impl<'s> Session<'s> {
    fn new(args: &'s LintArgs, library: Option<Arc<Library>>, book: &'s Rulebook, out: &'s mut dyn Write) -> Self {
        Self {
            args,
            library,
            book,
            out: Some(out),
            outputs: None,
            baselines: Baselines::new(args),
            changed: args.changed.as_deref().map(Changed::new),
            is_stream: false,
            pool: None,
            progress: Progress::new(args),
            profiles: Vec::new(),
            summary: Summary::default(),
            statistics: Statistics::default(),
            empty: Vec::new(),
            found: 0,
            left: 0,
            changed_files: 0,
            failed: false,
            fails: false,
        }
    }

    /// Lints what a part of the paths stands for. All that it needs is gone behind it.
    fn lint(&mut self, paths: &[PathBuf], has_more: bool) -> Result<(), CommandError> {
        let args = self.args;
        let found = discover::find(paths);
        self.tell(&found, has_more);
        for mut error in found.errors {
            if let InputError::Missing { path, hint } = &mut error
                && args.changed.as_deref() == Some(changed::HEAD)
            {
                *hint = format!("{hint}; a revision is written `--changed={}`", path.display());
            }
            self.complain(&error.into())?;
        }
        let subject = |input: &Input| match (args.kind, input) {
            (Some(kind), _) => kind.into(),
            (None, Input::File(path)) if found.scripts.contains(path) => Subject::EntrypointScript,
            (None, _) => discover::subject(Path::new(&shown(input, args))),
        };
        let mut linters = Linters::new(args, paths);
        let mut jobs = Vec::new();
        for input in &found.inputs {
            if let Some(judge) = linters.of(input, &mut self.baselines)? {
                jobs.push(Job { input, subject: subject(input), judge });
            }
        }
        self.found += found.inputs.len();
        self.left += jobs.len();
        if jobs.is_empty() {
            return Ok(());
        }
        let inputs: Vec<(&Input, Subject)> = jobs.iter().map(|job| (job.input, job.subject)).collect();
        let submission = Submission::link(&inputs, self.library.as_deref());
        if let Some(changed) = &mut self.changed {
            let mut is_changed = Vec::new();
            for job in &jobs {
                is_changed.push(changed.has(&job.judge.place)?);
            }
            let mut is_changed = is_changed.into_iter();
            jobs.retain(|_| is_changed.next().unwrap_or_default());
        }
        self.changed_files += jobs.len();
        for (index, linter) in linters.made.iter().enumerate() {
            // What cannot be read is told in its turn, and standard input can be read only once.
            let files = jobs.iter().filter(|job| job.judge.linter == index && *job.input != Input::Stdin);
            linter.ask_shellcheck(files.filter_map(|job| Some((job.subject, discover::read(job.input).ok()?))))?;
        }
        self.begin(&linters, has_more)?;
        let Some(outputs) = &self.outputs else { return Ok(()) };
        let reporters = outputs.reporters(&linters.reporter(None, Some(self.book).filter(|_| self.is_stream)));
        let pass = Pass {
            linters: &linters.made,
            reporters: &reporters,
            library: self.library.clone(),
            submission,
            checkouts: Arc::default(),
            args,
        };
        self.progress.expect(jobs.len(), has_more);
        self.batches(&pass, &jobs)
    }

    /// Opens the reports, if this is the first part.
    fn begin(&mut self, linters: &Linters<'_>, has_more: bool) -> Result<(), CommandError> {
        let profile = linters.profile();
        if !self.profiles.contains(&profile) {
            self.profiles.push(profile);
        }
        let Some(out) = self.out.take() else { return Ok(()) };
        self.is_stream = has_more;
        let mut outputs = Outputs::open(self.args, linters.format(), out)?;
        // The command line's profile is that of all files to come.
        let profile = if has_more { self.args.profile.map(Into::into) } else { profile };
        if !linters.made.is_empty() {
            let prototype = linters.reporter(profile, Some(self.book).filter(|_| has_more));
            outputs.begin(&outputs.reporters(&prototype))?;
        }
        self.outputs = Some(outputs);
        Ok(())
    }

    /// Lints and prints.
    fn batches(&mut self, pass: &Pass<'_>, jobs: &[Job<'_>]) -> Result<(), CommandError> {
        // Threads cost more than a single file does. Where the system has none to give, one will do.
        if self.pool.is_none() && jobs.len() > 1 {
            self.pool = rayon::ThreadPoolBuilder::new().stack_size(STACK).build().ok();
        }
        for batch in jobs.chunks(BATCH) {
            let progress = &self.progress;
            let one = |job: &Job<'_>| {
                let file = pass.one_file(job);
                progress.step();
                file
            };
            let results: Vec<_> = match &self.pool {
                Some(pool) => pool.install(|| batch.par_iter().map(one).collect()),
                None => batch.iter().map(one).collect(),
            };
            // What is printed may go to the same terminal.
            self.progress.clear();
            for result in results {
                match result {
                    Ok(file) => self.add(file, pass.reporters)?,
                    Err(error) => self.complain(&error)?,
                }
            }
            // A half line would meet the line of the progress.
            if self.progress.is_on() {
                self.flush()?;
            }
        }
        Ok(())
    }

    fn add(&mut self, file: File, reporters: &[Reporter<'_>]) -> Result<(), CommandError> {
        if let Some(outputs) = &mut self.outputs {
            outputs.write(reporters, &file.rendered)?;
        }
        self.summary.add(file.summary);
        self.statistics.add(file.statistics);
        if let Some(known) = file.known {
            self.baselines.add(known);
        }
        self.fails |= file.fails;
        for failure in file.failures {
            self.flush()?;
            self.note(&format!("{failure}. This is a bug of oi-lint: please report it"));
        }
        if let Some(text) = file.text {
            io::stdout().lock().write_all(&text)?;
        }
        Ok(())
    }

    /// Closes the reports.
    fn end(mut self) -> Result<Exit, CommandError> {
        let is_listed = self.args.files_from.is_some();
        match (self.found, self.left) {
            (0, _) if self.failed => return Ok(Exit::Failure),
            (0, _) if !is_listed => return Err(CommandError::NothingToLint { folders: self.empty }),
            (0, _) => self.end_of_nothing()?,
            (found, 0) => return Err(CommandError::AllExcluded(found)),
            (found, _) if self.changed_files == 0 => self.say_nothing_is_changed(found),
            _ => {}
        }
        let summary = self.summary;
        if let Some(mut outputs) = self.outputs.take() {
            if self.args.diff {
                self.end_of_diff();
            } else {
                let terminal = Terminal::stdout(self.args.color.choice());
                let profile = if let [profile] = self.profiles[..] { profile } else { None };
                let (format, quiet) = (Format::default(), self.args.quiet);
                let prototype = Reporter { format, terminal, rules: Vec::new(), profile, quiet };
                outputs.end(&outputs.reporters(&prototype), &summary, &self.statistics)?;
            }
            outputs.finish()?;
        }
        self.baselines.end()?;
        let has_findings = if self.args.diff { summary.fixed > 0 } else { self.fails };
        Ok(match (self.failed, has_findings) {
            (true, _) => Exit::Failure,
            (false, true) => Exit::Findings,
            (false, false) => Exit::Clean,
        })
    }

    /// Who reads the report gets one, though there is nothing in it.
    fn end_of_nothing(&mut self) -> Result<(), CommandError> {
        if !self.args.quiet {
            self.note("the list names nothing to lint");
        }
        let mut linters = Linters::new(self.args, &[]);
        linters.of(&Input::File("Dockerfile".into()), &mut self.baselines)?;
        self.begin(&linters, false)
    }

    fn say_nothing_is_changed(&self, found: usize) {
        if !self.args.quiet {
            let since = self.args.changed.as_deref().filter(|revision| *revision != changed::HEAD);
            let since = since.map_or_else(String::new, |revision| format!(" since `{revision}`"));
            self.note(&format!("nothing to lint: git says that none of {} is changed{since}", count(found, "file")));
        }
    }

    fn end_of_diff(&self) {
        if !self.args.quiet {
            let findings = count(self.summary.fixed, "finding");
            self.note(&format!("{findings} would be fixed in {}", count(self.summary.files, "file")));
        }
    }

    fn tell(&mut self, found: &Found, has_more: bool) {
        // Where there is nothing at all an error says so.
        let is_nothing = found.inputs.is_empty() && self.found == 0 && !has_more;
        if self.args.files_from.is_none() {
            self.empty.clone_from(&found.empty);
        }
        if self.args.quiet || is_nothing {
            return;
        }
        for folder in &found.empty {
            self.note(&format!("no Dockerfiles in `{}`", folder.display()));
        }
        if found.inputs.contains(&Input::Stdin) && io::stdin().is_terminal() {
            self.note("reading a Dockerfile from the terminal; Ctrl-D ends it, Ctrl-C gives up");
        }
    }

    fn complain(&mut self, error: &CommandError) -> Result<(), CommandError> {
        self.failed = true;
        // Both may be the same terminal: what was found before comes first.
        self.flush()?;
        complain(error, self.args.color.choice());
        Ok(())
    }

    fn note(&self, text: &str) {
        note(text, self.args.color.choice());
    }

    fn flush(&mut self) -> io::Result<()> {
        self.outputs.as_mut().map_or(Ok(()), Outputs::flush)
    }
}
