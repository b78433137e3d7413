//! `gem install` of a gem without a version.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("gem")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let Some(line) = command.line.as_ref().filter(|line| line.subcommand_is(&["install", "i"])) else { return };
        if !line.is("gem") || ["-v", "-g", "--local"].iter().any(|option| line.has(option)) {
            return;
        }
        // What follows `--` is for the build of the gem.
        let end = line.words.iter().find(|word| word.is("--")).map_or(u32::MAX, |word| word.span.start);
        let gems: Vec<&sh::Word> = line.operands.iter().copied().filter(|word| word.span.start < end).collect();
        let Some(unpinned) = cx.model.unpinned(command, &gems, |gem| gem.contains(':')) else { return };
        cx.report(Finding::at(unpinned.span).with("packages", unpinned.listed()).with("package", unpinned.package));
    }
}
