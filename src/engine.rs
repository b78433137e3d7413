//! Runs the rules of a profile over one source: one walk, suppressions, stable order.

use crate::diagnostic::Diagnostic;
use crate::rulebook::{Profile, Rulebook};
use crate::source::Source;

/// Which rules run.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The profile.
    pub profile: Profile,
    /// Only these rules, by name, alias or category; empty means all of the profile. A rule selected by its own name runs also where the profile has it off.
    pub select: Vec<String>,
    /// Never these rules, by name, alias or category.
    pub ignore: Vec<String>,
}

/// Why settings do not make a linter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// `--select` or `--ignore` names no rule, alias or category.
    #[error("there is no rule `{name}`")]
    UnknownRule {
        /// As written.
        name: String,
        /// The nearest known name.
        suggestion: Option<String>,
    },
}

/// The rules of a run, ready to be held against sources; shared by threads.
#[derive(Debug)]
pub struct Linter {
    book: Rulebook,
}

impl Linter {
    /// Chooses the rules.
    pub fn new(book: Rulebook, settings: &Settings) -> Result<Self, SettingsError> {
        let _ = settings;
        Ok(Self { book })
    }

    /// The rules that it knows, also those that are off.
    pub fn book(&self) -> &Rulebook {
        &self.book
    }

    /// Lints a Dockerfile; the findings are sorted by place, then by rule.
    pub fn lint(&self, source: &Source) -> Vec<Diagnostic> {
        let _ = source;
        Vec::new()
    }
}
