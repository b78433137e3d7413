//! ShellCheck's findings, whoever finds them: the linter that is [built in](super::builtin), or [ShellCheck](super::program).

use std::ops::Range;

use super::Dialect;

/// The number of one of ShellCheck's findings, 2086 for SC2086.
pub type Code = u16;

/// What a script cannot be read for.
const SYNTAX: Range<Code> = 1000..2000;
/// The code for a script that cannot be read, whatever the mistake is.
pub const UNREADABLE: Code = 1072;
/// What depends on the shell, and is wrong in some of them.
const PORTABILITY: Range<Code> = 3000..4000;

/// A whole script, with what its interpreter is started with.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ShellScript {
    /// The text, its `#!` line included.
    pub text: String,
    /// The shell that reads it; none where a script does not say.
    pub dialect: Option<Dialect>,
    /// Whether the shell is started with `-e`.
    pub errexit: bool,
    /// Whether the shell is started with `-o pipefail`.
    pub pipefail: bool,
}

/// A finding in a script; all offsets are bytes of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShellFinding {
    /// ShellCheck's code.
    pub code: Code,
    /// What is wrong, in one line.
    pub message: String,
    /// Where.
    pub range: Range<usize>,
    /// How to mend it.
    pub fix: Option<ShellFix>,
}

impl ShellFinding {
    /// Whether it is about how the script is written, and not about what it does.
    pub fn is_about_syntax(&self) -> bool {
        SYNTAX.contains(&self.code)
    }

    /// Whether it is about what only some shells can do.
    pub fn is_about_portability(&self) -> bool {
        PORTABILITY.contains(&self.code)
    }
}

/// Replacements that mend a finding together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShellFix {
    /// Whether the script does the same in every case that works.
    pub is_safe: bool,
    /// What is replaced, and what stands there instead.
    pub edits: Vec<(Range<usize>, String)>,
}
