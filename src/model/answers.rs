//! Who answers when a command asks.

use crate::shell::ast::{Redirect, RedirectKind};

use super::{Command, Model};

impl Model<'_> {
    /// Whether something is written to a command's standard input, as by `yes |`. What `xargs` runs has none.
    pub fn is_answered(&self, command: &Command<'_>) -> bool {
        let is_given = |redirect: &Redirect| {
            matches!(redirect.kind, RedirectKind::HereDoc | RedirectKind::HereString | RedirectKind::Input)
        };
        let has_input = command.invocation.statement.redirects.iter().any(is_given);
        let is_of_xargs = command.line.as_ref().is_some_and(|line| line.wrappers.iter().any(|word| word.is("xargs")));
        (has_input || !self.piped_from(command).is_empty()) && !is_of_xargs
    }
}
