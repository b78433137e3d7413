//! Everything that the base image holds, brought to its newest version.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

const MANAGERS: [&str; 10] = ["apt-get", "apt", "aptitude", "apk", "yum", "dnf", "dnf5", "microdnf", "tdnf", "zypper"];

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        MANAGERS.into_iter().chain(["unattended-upgrade", "unattended-upgrades"]).map(Visit::Command).collect()
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let (Some(line), Some(step)) = (&command.line, cx.model.step(command.step)) else { return };
        if !upgrades_all(line) || is_distribution(step, cx) {
            return;
        }
        let finding = Finding::at(line.head()).with("command", line.head_text());
        let leaves_lone_update = cx.model.lone_update_without(step, Some(command)).is_some();
        let edit = cx.model.remove(command).filter(|_| !leaves_lone_update && !brings_index(command, line, cx));
        cx.report(match edit {
            Some(edit) => finding.edit(edit.span, edit.text),
            None => finding,
        });
    }
}

/// Whether an `apk add` after it reads the index that it fetches.
fn brings_index(command: &Command<'_>, line: &CommandLine<'_>, cx: &Context<'_, '_>) -> bool {
    let fetches = |line: &CommandLine<'_>| line.has("-U") || line.has("--no-cache");
    let start = command.invocation.simple.span.start;
    let later = cx.model.commands().iter().filter(|other| other.invocation.simple.span.start > start);
    let mut adds = later.filter_map(|other| other.line.as_ref()).filter(|line| line.is("apk"));
    line.is("apk")
        && line.has("-U")
        && !line.has("--no-cache")
        && adds.any(|line| line.verb() == Some(Verb::Install) && !fetches(line))
}

fn upgrades_all(line: &CommandLine<'_>) -> bool {
    if !line.is_any(&MANAGERS) {
        return line.name.starts_with("unattended-upgrade");
    }
    // apt brings all to its newest version also where packages are named.
    let names_packages = !apt::is_apt(line) && !line.operands.is_empty();
    // One that only looks, in another root, or for one advisory.
    let spares = [
        "--download-only",
        "--downloadonly",
        "--assumeno",
        "--dry-run",
        "--simulate",
        "--list",
        "--advisory",
        "--cve",
        "--bz",
        "--installroot",
        "--root",
    ];
    let spares_some = spares.iter().any(|option| line.has(option)) || apt::is_apt(line) && apt::simulates(line);
    line.verb() == Some(Verb::Upgrade) && !names_packages && !spares_some
}

/// Whether the image is a distribution of its own, which nobody else brings up to date.
fn is_distribution(step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    let Some(stage) = step.stage else { return false };
    cx.model.stages_below(stage).last().is_some_and(|stage| stage.base == Base::Scratch)
}
