//! What a rule reports: where, what, how to mend it.

use crate::source::Span;

/// How bad a finding is; see [`Severity::Error`] for the ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A nudge.
    Info,
    /// A reviewer would comment on it.
    Warning,
    /// The submission would be refused, or the build breaks.
    Error,
}

impl Severity {
    /// The word that stands in reports: `info`, `warning` or `error`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl std::fmt::Display for Severity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether a fix may be applied without a human look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Applicability {
    /// The image built is the same or better, and no build that worked fails by it.
    Safe,
    /// The edit is well defined, but it may change what the build does.
    Unsafe,
}

/// One replacement of bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// What is replaced; empty for an insertion.
    pub span: Span,
    /// What stands there instead.
    pub text: String,
}

/// Edits that mend one finding together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// Whether it may be applied unseen.
    pub applicability: Applicability,
    /// What the fix does, imperative: "add `-y`".
    pub title: String,
    /// The replacements, in the order of the file, not overlapping.
    pub edits: Vec<Edit>,
}

/// Another place that explains a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is there.
    pub message: String,
}

/// A place in a document of others.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Reference {
    /// The document's name for people.
    pub title: &'static str,
    /// The address of the place.
    pub url: String,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The rule's kebab-case name.
    pub rule: String,
    /// The variant of the rule, where it is one.
    pub variant: Option<&'static str>,
    /// How bad it is under the profile in force.
    pub severity: Severity,
    /// What is wrong, in one line.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// The rule's page, or the guideline where the rule is a user's own.
    pub url: String,
    /// What the rule enforces.
    pub guideline: Reference,
    /// The primary place.
    pub span: Span,
    /// Related places, in the order of the file.
    pub related: Vec<Label>,
    /// How to mend it, where an edit is known.
    pub fix: Option<Fix>,
}
