//! `apt` in scripts.

use crate::checks::prelude::*;

/// The subcommands that apt-get has too.
const COMMON: [&str; 18] = [
    "install",
    "reinstall",
    "update",
    "upgrade",
    "full-upgrade",
    "dist-upgrade",
    "remove",
    "purge",
    "autoremove",
    "autopurge",
    "auto-remove",
    "autoclean",
    "auto-clean",
    "clean",
    "build-dep",
    "satisfy",
    "source",
    "download",
];
/// apt's `upgrade` installs new packages where that takes any, apt-get's leaves such upgrades out.
const NEW_PACKAGES: &str = "--with-new-pkgs";

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("apt")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let (Some(line), Some(step)) = (&command.line, cx.model.step(command.step)) else { return };
        let Some(subcommand) = line.subcommand.filter(|_| line.subcommand_is(&COMMON)) else { return };
        let name = subcommand.literal().unwrap_or_default();
        let name_word = line.name_word.span;
        let finding = Finding::at(name_word.to(subcommand.span)).with("command", format!("apt {name}"));
        let finding = if cx.text(name_word).ends_with("apt") {
            finding.edit(Span::empty(name_word.end), "-get")
        } else {
            finding.edit(name_word, "apt-get")
        };
        let is_upgrade = line.subcommand_is(&["upgrade"]) && !cx.model.may_give(command, line, NEW_PACKAGES);
        let finding = if is_upgrade {
            let finding = finding.edit(Span::empty(subcommand.span.end), format!(" {NEW_PACKAGES}"));
            finding.with("subcommand", format!("{name} {NEW_PACKAGES}"))
        } else {
            finding.with("subcommand", name)
        };
        // In the JSON form a word that is inserted would need quotes and a comma of its own.
        let is_json = !matches!(cx.model.body(step), Body::Shell(_));
        cx.report(finding.fix_if(!is_json));
    }
}
