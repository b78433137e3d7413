//! What options take.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::ValueEnum;

use crate::report;
use crate::rulebook::{Profile, Subject};

/// `--shellcheck`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShellcheckArg {
    /// What is built in.
    Off,
    /// The program where there is one, else what is built in.
    Auto,
    /// This program.
    Program(PathBuf),
}

impl From<OsString> for ShellcheckArg {
    fn from(value: OsString) -> Self {
        match value.to_str() {
            Some("off") => Self::Off,
            Some("auto") => Self::Auto,
            _ => Self::Program(value.into()),
        }
    }
}

/// `--output`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputArg {
    /// The format; that of `--format` where none is named.
    pub format: Option<FormatArg>,
    /// The file.
    pub path: PathBuf,
}

impl From<OsString> for OutputArg {
    fn from(value: OsString) -> Self {
        // A drive of Windows is no format, nor is a folder with a colon in it.
        let named = value.to_str().and_then(|text| text.split_once(':')).and_then(|(name, path)| {
            Some(Self { format: Some(FormatArg::from_str(name, false).ok()?), path: path.into() })
        });
        named.unwrap_or_else(|| Self { format: None, path: value.into() })
    }
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum KindArg {
    /// A Dockerfile.
    Dockerfile,
    /// An entrypoint script.
    Entrypoint,
    /// A manifest of the programme, `library/<image>`.
    Library,
}

impl From<KindArg> for Subject {
    fn from(kind: KindArg) -> Self {
        match kind {
            KindArg::Dockerfile => Self::Dockerfile,
            KindArg::Entrypoint => Self::EntrypointScript,
            KindArg::Library => Self::LibraryManifest,
        }
    }
}

/// `--profile`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ProfileArg {
    /// Good practice for every author
    #[default]
    Default,
    /// A submission to the Official Images programme
    Official,
    /// What hadolint reports, by its own rules
    Hadolint,
    /// What `docker build --check` reports
    Buildkit,
}

impl From<ProfileArg> for Profile {
    fn from(profile: ProfileArg) -> Self {
        match profile {
            ProfileArg::Default => Self::Default,
            ProfileArg::Official => Self::Official,
            ProfileArg::Hadolint => Self::Hadolint,
            ProfileArg::Buildkit => Self::Buildkit,
        }
    }
}

/// `--format` of a lint run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum FormatArg {
    /// With the lines of code
    #[default]
    Pretty,
    /// One line a finding: path:line:column: severity[rule] message
    Compact,
    /// One JSON document
    Json,
    /// One JSON object a file, each on a line
    Ndjson,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations in a GitHub workflow, and the summary of its job
    Github,
    /// GitLab's code quality report
    Gitlab,
    /// Checkstyle's XML
    Checkstyle,
    /// JUnit's XML
    Junit,
    /// SonarQube's generic issues
    Sonarqube,
}

impl From<FormatArg> for report::Format {
    fn from(format: FormatArg) -> Self {
        match format {
            FormatArg::Pretty => Self::Pretty,
            FormatArg::Compact => Self::Compact,
            FormatArg::Json => Self::Json,
            FormatArg::Ndjson => Self::Ndjson,
            FormatArg::Sarif => Self::Sarif,
            FormatArg::Github => Self::Github,
            FormatArg::Gitlab => Self::Gitlab,
            FormatArg::Checkstyle => Self::Checkstyle,
            FormatArg::Junit => Self::Junit,
            FormatArg::Sonarqube => Self::Sonarqube,
        }
    }
}

/// `--format` of the list of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ListFormat {
    /// For people
    #[default]
    Table,
    /// One JSON document
    Json,
}
