//! apt-get asks before it installs.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("apt-get")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let Some(line) = command.line.as_ref().filter(|line| line.is("apt-get") && line.subcommand_is(&["install"]))
        else {
            return;
        };
        let is_setting = |text: &str| text.to_ascii_lowercase().contains("assume-yes");
        let is_quiet = apt::simulates(line)
            || ["-y", "--assume-no"].iter().any(|option| cx.model.may_give(command, line, option))
            || line.values_of("-o").any(|value| value.text.as_deref().is_none_or(is_setting))
            || cx.model.is_answered(command)
            || configured::APT.may_set(cx.model, command, "assume-yes");
        if !is_quiet {
            cx.report(Finding::at(line.head()));
        }
    }
}
