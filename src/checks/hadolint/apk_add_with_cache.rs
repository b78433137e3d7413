//! `apk add` that keeps its index.

use crate::checks::prelude::*;

/// With these it keeps none, keeps it elsewhere, or fetches none.
const SPARES: [&str; 5] = ["--no-cache", "--no-network", "--cache-dir", "--root", "--simulate"];

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("apk")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let Some(line) = command.line.as_ref().filter(|line| line.is("apk") && line.subcommand_is(&["add"])) else {
            return;
        };
        let is_mounted = |step| ["/var/cache/apk", "/etc/apk/cache"].iter().any(|it| cx.model.is_mounted(step, it));
        if SPARES.iter().any(|option| cx.model.may_give(command, line, option))
            || cx.model.step(command.step).is_none_or(is_mounted)
        {
            return;
        }
        cx.report(Finding::at(line.head()));
    }
}
