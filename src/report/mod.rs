//! What a run prints: one file an output format, and the counts that all of them share.

use std::io::{self, Write};
use std::path::Path;

use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::rulebook::{Profile, Rule};
use crate::source::Source;

mod compact;
pub mod diff;
mod frame;
mod github;
mod gitlab;
mod json;
mod place;
pub mod pretty;
mod printable;
mod sarif;
mod sonarqube;
mod statistics;
pub mod terminal;
mod xml;

pub use place::fingerprint;
pub use printable::{printable, printable_json, printable_line};
pub use statistics::Statistics;
pub use terminal::{Color, Style, Terminal};

/// One file and what was found in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileReport {
    /// The path as it is shown; not yet fit to be printed.
    pub path: String,
    /// The path from the current folder, with forward slashes, as other programs find the file.
    pub relative: String,
    /// The same as a URI.
    pub uri: String,
    /// The file.
    pub source: Source,
    /// The findings, sorted.
    pub diagnostics: Vec<Diagnostic>,
}

impl FileReport {
    /// What was found in the file of this name.
    pub fn new(path: &Path, source: Source, diagnostics: Vec<Diagnostic>) -> Self {
        let shown = path.to_string_lossy().into_owned();
        Self { path: shown, relative: place::relative(path), uri: place::uri(path), source, diagnostics }
    }
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
    /// Findings that a baseline has, which are counted nowhere else.
    pub known: usize,
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
            known: 0,
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
        self.known += other.known;
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
    /// The object of a file on a line.
    Ndjson,
    /// SARIF 2.1.0.
    Sarif,
    /// Commands that become annotations on GitHub.
    Github,
    /// The summary of a job on GitHub, in Markdown.
    #[serde(skip)]
    GithubSummary,
    /// How often each rule found something, for people.
    #[serde(skip)]
    Statistics,
    /// The same for programs.
    #[serde(skip)]
    StatisticsJson,
    /// GitLab's code quality report.
    Gitlab,
    /// Checkstyle's XML.
    Checkstyle,
    /// JUnit's XML.
    Junit,
    /// SonarQube's generic issues.
    Sonarqube,
}

impl Format {
    /// Every format that can be asked for.
    pub const ALL: [Self; 10] = [
        Self::Pretty,
        Self::Compact,
        Self::Json,
        Self::Ndjson,
        Self::Sarif,
        Self::Github,
        Self::Gitlab,
        Self::Checkstyle,
        Self::Junit,
        Self::Sonarqube,
    ];

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
            Self::Ndjson => "ndjson",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::GithubSummary => "github-summary",
            Self::Statistics | Self::StatisticsJson => "statistics",
            Self::Gitlab => "gitlab",
            Self::Checkstyle => "checkstyle",
            Self::Junit => "junit",
            Self::Sonarqube => "sonarqube",
        }
    }

    /// Whether it is JSON.
    const fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::Ndjson | Self::Sarif | Self::StatisticsJson | Self::Gitlab | Self::Sonarqube)
    }
}

/// Prints a run; the files are rendered on their own, so that threads can do it, and written in order.
#[derive(Debug)]
pub struct Reporter<'a> {
    /// How.
    pub format: Format,
    /// On what.
    pub terminal: Terminal,
    /// The rules that are on, sorted by name, and how severe they are.
    pub rules: Vec<(&'a Rule, Severity)>,
    /// The profile in force; none where the files have several.
    pub profile: Option<Profile>,
    /// Findings only, no summary line.
    pub quiet: bool,
}

impl Reporter<'_> {
    /// Writes what comes before the first file.
    pub fn begin(&self, out: &mut dyn Write) -> io::Result<()> {
        match self.format {
            Format::Pretty
            | Format::Compact
            | Format::Ndjson
            | Format::Github
            | Format::Statistics
            | Format::StatisticsJson => Ok(()),
            Format::Json => json::begin(self.profile, out),
            Format::Sarif => sarif::begin(self, out),
            Format::GithubSummary => github::begin_summary(out),
            Format::Gitlab => out.write_all(b"["),
            Format::Checkstyle => out.write_all(xml::CHECKSTYLE.0.as_bytes()),
            Format::Junit => out.write_all(xml::JUNIT.0.as_bytes()),
            Format::Sonarqube => sonarqube::begin(self, out),
        }
    }

    /// Renders one file; empty where there is nothing to say.
    pub fn render(&self, report: &FileReport) -> String {
        let text = match self.format {
            Format::Pretty => pretty::render(report, &self.terminal),
            Format::Compact => compact::render(report),
            Format::Json => json::render(report),
            Format::Ndjson => json::render(report) + "\n",
            Format::Sarif => sarif::render(report, self),
            Format::Github => github::render(report),
            Format::GithubSummary => github::render_summary(report),
            Format::Statistics | Format::StatisticsJson => String::new(),
            Format::Gitlab => gitlab::render(report),
            Format::Checkstyle => xml::checkstyle(report),
            Format::Junit => xml::junit(report),
            Format::Sonarqube => sonarqube::render(report),
        };
        if self.format.is_json() { printable_json(&text).into_owned() } else { text }
    }

    /// Writes a rendered file in which there is something; `is_first` says that none came before.
    pub fn write(&self, rendered: &[u8], is_first: bool, out: &mut dyn Write) -> io::Result<()> {
        if matches!(self.format, Format::Json | Format::Sarif | Format::Gitlab | Format::Sonarqube) {
            out.write_all(if is_first { b"\n" } else { b",\n" })?;
        }
        out.write_all(rendered)
    }

    /// Writes what comes after the last file.
    pub fn end(&self, summary: &Summary, statistics: &Statistics, out: &mut dyn Write) -> io::Result<()> {
        if self.format == Format::Statistics {
            out.write_all(statistics.table(&self.terminal).as_bytes())?;
        }
        match self.format {
            Format::Pretty | Format::Statistics if !self.quiet => {
                out.write_all(pretty::summary(summary, self.profile, &self.terminal).as_bytes())
            }
            Format::StatisticsJson => out.write_all(printable_json(&statistics.json()).as_bytes()),
            Format::Statistics | Format::Pretty | Format::Compact | Format::Ndjson | Format::Github => Ok(()),
            Format::Json => json::end(summary, out),
            Format::Sarif => sarif::end(out),
            Format::GithubSummary => github::end_summary(summary, out),
            Format::Gitlab => out.write_all(b"\n]\n"),
            Format::Checkstyle => out.write_all(xml::CHECKSTYLE.1.as_bytes()),
            Format::Junit => out.write_all(xml::JUNIT.1.as_bytes()),
            Format::Sonarqube => sonarqube::end(out),
        }
    }

    /// The place of a rule among those that are on.
    fn rule_index(&self, name: &str) -> Option<usize> {
        self.rules.binary_search_by(|(rule, _)| (*rule.name).cmp(name)).ok()
    }
}

/// The address of a rule's page, and below it that of the guideline; once where they are the same.
fn addresses(found: &Diagnostic) -> String {
    if found.url == found.guideline.url {
        return found.url.clone();
    }
    format!("{}\n{}", found.url, found.guideline.url)
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
    use crate::diagnostic::{Applicability, Edit, Fix, Label, Reference};
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
            relative: "Dockerfile".into(),
            uri: "Dockerfile".into(),
            source: Source::new(text.into()).unwrap(),
            diagnostics: vec![
                Diagnostic {
                    rule: "healthcheck".into(),
                    variant: None,
                    severity: Severity::Error,
                    message: "an official image carries no HEALTHCHECK".into(),
                    help: Some("delete it and document a health check that users can add".into()),
                    url: "https://oi-lint.example/rules/healthcheck.html".into(),
                    guideline: Reference {
                        title: "Official Images: FAQ",
                        url: "https://github.com/docker-library/faq#healthcheck".into(),
                    },
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
                    guideline: Reference {
                        title: "Docker: Building best practices",
                        url: "https://docs.docker.com/build/building/best-practices/#apt-get".into(),
                    },
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
