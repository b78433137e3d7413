//! One file of a run: read, linted or mended, and rendered.

use std::path::Path;
use std::sync::Arc;

use super::CommandError;
use super::baseline::Known;
use super::linters::Judge;
use crate::baseline::{Compared, Counts};
use crate::cli::LintArgs;
use crate::diagnostic::Diagnostic;
use crate::discover::{self, Input};
use crate::engine::{Linter, Mended};
use crate::git_index::Repositories;
use crate::library::Library;
use crate::model::Surroundings;
use crate::report::{FileReport, Reporter, Statistics, Summary, Terminal, diff};
use crate::rulebook::Subject;
use crate::source::Source;
use crate::submission::Submission;
use crate::write;

/// A file to lint, and what it is judged by.
pub(super) struct Job<'f> {
    pub(super) input: &'f Input,
    pub(super) subject: Subject,
    pub(super) judge: Judge,
}

/// What a file gives.
#[derive(Default)]
pub(super) struct File {
    /// Its reports, one for each reporter, or its diff.
    pub(super) rendered: Vec<Vec<u8>>,
    pub(super) summary: Summary,
    pub(super) statistics: Statistics,
    /// What its baseline has of it, where it has one.
    pub(super) known: Option<Known>,
    /// Whether it makes the run fail.
    pub(super) fails: bool,
    /// Fixes that were taken back.
    pub(super) failures: Vec<String>,
    /// Standard input with its fixes.
    pub(super) text: Option<Vec<u8>>,
}

/// What all files of a part are linted with.
pub(super) struct Pass<'r> {
    pub(super) linters: &'r [Linter],
    /// One for each output.
    pub(super) reporters: &'r [Reporter<'r>],
    pub(super) library: Option<Arc<Library>>,
    pub(super) submission: Submission,
    /// The repositories whose indices were read.
    pub(super) checkouts: Arc<Repositories>,
    pub(super) args: &'r LintArgs,
}

impl Pass<'_> {
    pub(super) fn one_file(&self, job: &Job<'_>) -> Result<File, CommandError> {
        let &Job { input, subject, judge: Judge { linter, fail_on, .. } } = job;
        let Some(linter) = self.linters.get(linter) else { return Ok(File::default()) };
        let fails = |summary: &Summary| fail_on.severity().is_some_and(|least| summary.at_or_above(least) > 0);
        let source = discover::read(input)?;
        let surroundings = self.surroundings(input, subject);
        let path = shown(input, self.args);
        let Some(most) = self.args.fixes() else {
            let diagnostics = linter.lint_as(subject, &source, &surroundings);
            let (diagnostics, summary, known) = self.compare(job, linter, &source, diagnostics);
            let statistics = self.statistics(linter, &diagnostics);
            let rendered = render(self.reporters, name(input, self.args), source, diagnostics);
            return Ok(File { rendered, fails: fails(&summary), summary, statistics, known, ..File::default() });
        };
        let before = source.bytes().to_vec();
        let Mended { source, diagnostics, fixed, failures } = linter.mend(subject, source, &surroundings, most);
        let (diagnostics, summary, known) = self.compare(job, linter, &source, diagnostics);
        let summary = Summary { fixed: fixed.values().sum(), ..summary };
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
        let statistics = self.statistics(linter, &diagnostics);
        let rendered = render(self.reporters, name(input, self.args), source, diagnostics);
        Ok(File { rendered, fails: fails(&summary), summary, statistics, known, failures, text })
    }

    fn statistics(&self, linter: &Linter, diagnostics: &[Diagnostic]) -> Statistics {
        if self.args.statistics { Statistics::of(diagnostics, linter.book()) } else { Statistics::default() }
    }

    /// Holds findings against the baseline, where there is one; those that it has are counted, and left out.
    fn compare(
        &self,
        job: &Job<'_>,
        linter: &Linter,
        source: &Source,
        diagnostics: Vec<Diagnostic>,
    ) -> (Vec<Diagnostic>, Summary, Option<Known>) {
        let Some(baseline) = &job.judge.baseline else {
            let summary = Summary::of(&diagnostics);
            return (diagnostics, summary, None);
        };
        let name = match (job.input, &self.args.stdin_filename) {
            (Input::Stdin, None) => shown(job.input, self.args),
            _ => baseline.name(&job.judge.place),
        };
        let is_on = |name: &str| linter.rules().iter().any(|(rule, _)| rule.name == name);
        let (compared, counts) = if self.args.write_baseline {
            let counts = baseline.renewed(&name, source, &diagnostics, is_on);
            (Compared { known: diagnostics.len(), ..Compared::default() }, counts)
        } else {
            (baseline.compare(&name, source, diagnostics, is_on), Counts::default())
        };
        let Compared { new, known, gone } = compared;
        let summary = Summary { known, ..Summary::of(&new) };
        (new, summary, Some(Known { baseline: Arc::clone(baseline), name, counts, gone }))
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

/// A file as each of the reporters prints it.
fn render(reporters: &[Reporter<'_>], name: &Path, source: Source, diagnostics: Vec<Diagnostic>) -> Vec<Vec<u8>> {
    let report = FileReport::new(name, source, diagnostics);
    reporters.iter().map(|reporter| reporter.render(&report).into_bytes()).collect()
}

/// The name under which an input is reported.
pub(super) fn shown(input: &Input, args: &LintArgs) -> String {
    name(input, args).to_string_lossy().into_owned()
}

fn name<'i>(input: &'i Input, args: &'i LintArgs) -> &'i Path {
    match input {
        Input::Stdin => Path::new(args.stdin_filename.as_deref().unwrap_or("<stdin>")),
        Input::File(path) => path,
    }
}
