//! In the place of the built-in linter, where the crate is built without it.

use std::sync::Arc;

use super::lint::{Code, ShellFinding, ShellScript};

/// A linter that finds nothing.
#[derive(Debug)]
pub struct ShellLinter;

impl ShellLinter {
    /// A linter that looks for these codes, and finds none.
    pub fn new(_codes: &[Code]) -> Self {
        Self
    }

    /// Finds nothing.
    pub fn lint(&self, _script: &ShellScript) -> Arc<[ShellFinding]> {
        Arc::default()
    }
}
