//! What a run prints: one file an output format, and the counts that all of them share.

use std::io::{self, Write};

use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::rulebook::{Profile, Rulebook};
use crate::source::Source;

mod compact;
pub mod diff;
mod frame;
mod json;
pub mod pretty;
mod printable;
pub mod terminal;

pub use printable::{printable, printable_line};
pub use terminal::{Color, Style, Terminal};

/// One file and what was found in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileReport {
    /// The path as it is shown; not yet fit to be printed.
    pub path: String,
    /// The file.
    pub source: Source,
    /// The findings, sorted.
    pub diagnostics: Vec<Diagnostic>,
}

/// Counts over all files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Summary {
    /// Files linted.
    pub files: usize,
    /// Findings of [`Severity::Error`].
    pub errors: usize,
    /// Findings of [`Severity::Warning`].
    pub warnings: usize,
    /// Findings of [`Severity::Info`].
    pub infos: usize,
    /// Findings that have a fix.
    pub fixable: usize,
    /// Findings that were fixed, and are none any more.
    pub fixed: usize,
    /// Findings that have a safe fix.
    #[serde(skip)]
    pub fixable_safely: usize,
    /// Files with a finding.
    #[serde(skip)]
    pub files_with_findings: usize,
}

impl Summary {
    /// The counts of one file.
    pub fn of(diagnostics: &[Diagnostic]) -> Self {
        let count = |severity| diagnostics.iter().filter(|found| found.severity == severity).count();
        Self {
            files: 1,
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            infos: count(Severity::Info),
            fixable: diagnostics.iter().filter(|found| found.fix.is_some()).count(),
            fixed: 0,
            fixable_safely: diagnostics.iter().filter(|found| is_safe(found)).count(),
            files_with_findings: usize::from(!diagnostics.is_empty()),
        }
    }

    /// Adds the counts of another file.
    pub fn add(&mut self, other: Self) {
        self.files += other.files;
        self.errors += other.errors;
        self.warnings += other.warnings;
        self.infos += other.infos;
        self.fixable += other.fixable;
        self.fixed += other.fixed;
        self.fixable_safely += other.fixable_safely;
        self.files_with_findings += other.files_with_findings;
    }

    /// The number of findings.
    pub const fn findings(&self) -> usize {
        self.errors + self.warnings + self.infos
    }

    /// The number of findings at or above a severity.
    pub const fn at_or_above(&self, severity: Severity) -> usize {
        match severity {
            Severity::Error => self.errors,
            Severity::Warning => self.errors + self.warnings,
            Severity::Info => self.findings(),
        }
    }
}

fn is_safe(found: &Diagnostic) -> bool {
    found.fix.as_ref().is_some_and(|fix| fix.applicability == Applicability::Safe)
}

/// How findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// With the lines of code, for people.
    #[default]
    Pretty,
    /// One line a finding.
    Compact,
    /// One document, for programs.
    Json,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::Pretty, Self::Compact, Self::Json];

    /// The format of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == name)
    }

    /// The name on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pretty => "pretty",
            Self::Compact => "compact",
            Self::Json => "json",
        }
    }
}

/// Prints a run; the files are rendered on their own, so that threads can do it, and written in order.
#[derive(Debug)]
pub struct Reporter<'a> {
    /// How.
    pub format: Format,
    /// On what.
    pub terminal: Terminal,
    /// Where the titles of guidelines come from.
    pub book: &'a Rulebook,
    /// The profile in force; none where the files have several.
    pub profile: Option<Profile>,
    /// Findings only, no summary line.
    pub quiet: bool,
}

impl Reporter<'_> {
    /// Writes what comes before the first file.
    pub fn begin(&self, out: &mut dyn Write) -> io::Result<()> {
        match self.format {
            Format::Pretty | Format::Compact => Ok(()),
            Format::Json => json::begin(self.profile, out),
        }
    }

    /// Renders one file; empty where there is nothing to say.
    pub fn render(&self, report: &FileReport) -> String {
        match self.format {
            Format::Pretty => pretty::render(report, self.book, &self.terminal),
            Format::Compact => compact::render(report),
            Format::Json => json::render(report),
        }
    }

    /// Writes a rendered file; `is_first` says that none came before.
    pub fn write(&self, rendered: &[u8], is_first: bool, out: &mut dyn Write) -> io::Result<()> {
        if self.format == Format::Json {
            out.write_all(if is_first { b"\n" } else { b",\n" })?;
        }
        out.write_all(rendered)
    }

    /// Writes what comes after the last file.
    pub fn end(&self, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
        match self.format {
            Format::Pretty if !self.quiet => {
                out.write_all(pretty::summary(summary, self.profile, &self.terminal).as_bytes())
            }
            Format::Pretty | Format::Compact => Ok(()),
            Format::Json => json::end(summary, out),
        }
    }
}

/// `1 file`, `2 files`.
pub fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// Findings made by hand, for the tests of the formats.
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod sample {
    use super::*;
    use crate::diagnostic::{Applicability, Edit, Fix, Label};
    use crate::source::Span;

    /// A file with an error that has a fix, and a warning with a related place.
    pub(super) fn report() -> FileReport {
        let text = "FROM debian:trixie-slim\nHEALTHCHECK CMD true\nRUN apt-get update\nRUN apt-get install -y curl\n";
        let span = |needle: &str| {
            let at = text.find(needle).unwrap() as u32;
            Span::new(at, at + needle.len() as u32)
        };
        FileReport {
            path: "Dockerfile".into(),
            source: Source::new(text.into()).unwrap(),
            diagnostics: vec![
                Diagnostic {
                    rule: "healthcheck".into(),
                    variant: None,
                    severity: Severity::Error,
                    message: "an official image carries no HEALTHCHECK".into(),
                    help: Some("delete it and document a health check that users can add".into()),
                    url: "https://github.com/docker-library/faq#healthcheck".into(),
                    span: span("HEALTHCHECK"),
                    related: vec![],
                    fix: Some(Fix {
                        applicability: Applicability::Safe,
                        title: "delete the HEALTHCHECK".into(),
                        edits: vec![Edit { span: span("HEALTHCHECK CMD true\n"), text: String::new() }],
                    }),
                },
                Diagnostic {
                    rule: "split-update".into(),
                    variant: None,
                    severity: Severity::Warning,
                    message: "the package lists come from another layer".into(),
                    help: None,
                    url: "https://docs.docker.com/build/building/best-practices/#apt-get".into(),
                    span: span("apt-get install"),
                    related: vec![Label { span: span("apt-get update"), message: "fetched here".into() }],
                    fix: None,
                },
            ],
        }
    }

    #[test]
    fn counts() {
        let mut summary = Summary::of(&report().diagnostics);
        summary.add(Summary::of(&[]));
        assert_eq!(
            summary,
            Summary {
                files: 2,
                errors: 1,
                warnings: 1,
                fixable: 1,
                fixable_safely: 1,
                files_with_findings: 1,
                ..Summary::default()
            }
        );
        assert_eq!(summary.at_or_above(Severity::Error), 1);
        assert_eq!(summary.at_or_above(Severity::Info), 2);
    }
}
