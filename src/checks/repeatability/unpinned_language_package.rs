//! Packages of a language without a version.

use crate::checks::prelude::*;

/// A package manager and how it is told a version.
struct Manager {
    name: &'static str,
    /// What stands between a package and its version.
    at: &'static str,
    /// Options with which versions come from elsewhere.
    unless: &'static [&'static str],
}

const MANAGERS: [Manager; 9] = [
    Manager { name: "pip", at: "==", unless: &["-c", "--no-index", "--require-hashes"] },
    Manager { name: "pipx", at: "==", unless: &[] },
    Manager { name: "uv", at: "==", unless: &["-c", "--no-index", "--frozen", "--locked"] },
    Manager { name: "npm", at: "@", unless: &[] },
    Manager { name: "yarn", at: "@", unless: &["--frozen-lockfile", "--immutable"] },
    Manager { name: "pnpm", at: "@", unless: &["--frozen-lockfile"] },
    Manager { name: "gem", at: ":", unless: &["-v", "--local", "-g"] },
    Manager { name: "go", at: "@v", unless: &[] },
    Manager { name: "cargo", at: "@", unless: &["--version", "--path", "--git", "--list"] },
];

/// The tools that install the others.
const INSTALLERS: [&str; 3] = ["pip", "setuptools", "wheel"];

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        MANAGERS.iter().map(|manager| Visit::Command(manager.name)).collect()
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let Some(line) = &command.line else { return };
        let Some(manager) = MANAGERS.iter().find(|manager| line.is(manager.name)) else { return };
        if line.verb() != Some(Verb::Install)
            || manager.unless.iter().any(|option| cx.model.may_give(command, line, option))
        {
            return;
        }
        let mut unpinned: Vec<(Span, String)> = Vec::new();
        for word in line.packages() {
            // A word that cannot be known may have a version, and the one that matters.
            let Some(names) = cx.model.possible_words(command, word) else {
                if version_in(manager, &cx.text(word.span).replace(['"', '\''], "")) == Version::Pinned {
                    return;
                }
                continue;
            };
            for name in names {
                match version_in(manager, &name) {
                    // The others come along with the one that is packaged.
                    Version::Pinned => return,
                    Version::Missing if !is_removed(command, line, &name, cx) => unpinned.push((word.span, name)),
                    _ => {}
                }
            }
        }
        let Some((span, first)) = unpinned.first().cloned() else { return };
        if line.is("go") && !first.contains('@') && may_have_module(command, cx) {
            return;
        }
        let bare =
            first.rsplit_once('@').map_or(first.as_str(), |(name, _)| if name.is_empty() { &first } else { name });
        let others = unpinned.len() - 1;
        let finding = Finding::at(span)
            .with("package", first.clone())
            .with("example", format!("{bare}{}1.2.3", manager.at))
            .with("others", others.to_string());
        cx.report(if others == 0 { finding } else { finding.variant("several") });
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    Pinned,
    Missing,
    /// A path, an address, a package that is not asked for one.
    Other,
}

/// What a package's word says of its version.
fn version_in(manager: &Manager, word: &str) -> Version {
    let is_path = word.starts_with(['.', '/', '~', '-', '$'])
        || word.contains("://")
        || word.contains("git+")
        || word.starts_with("file:")
        || [".whl", ".tgz", ".gz", ".zip", ".gem"].iter().any(|end| word.ends_with(end));
    if is_path || word.is_empty() {
        return Version::Other;
    }
    let version = match manager.name {
        "pip" | "pipx" | "uv" => {
            let name = word.split(['=', '<', '>', '~', '!', '@', '[', ';', ' ']).next().unwrap_or_default();
            if INSTALLERS.contains(&name) || name.contains('/') {
                return Version::Other;
            }
            if word.contains(['=', '<', '>', '~', '!']) {
                return Version::Pinned;
            }
            word.split_once('@').map(|(_, version)| version.trim())
        }
        "gem" => word.split_once(':').map(|(_, version)| version),
        // The dot of a host: others are of Go itself, or of the module at hand.
        "go" if !word.split('/').next().is_some_and(|host| host.contains('.')) => return Version::Other,
        "go" | "cargo" => word.split_once('@').map(|(_, version)| version),
        // `user/repository` is on GitHub, `@scope/name` is a package.
        _ if !word.starts_with('@') && word.split('@').next().is_some_and(|name| name.contains('/')) => {
            return Version::Other;
        }
        _ => word.get(1..).and_then(|rest| rest.split_once('@')).map(|(_, version)| version),
    };
    match version {
        None | Some("latest" | "next" | "lts" | "upgrade" | "master" | "main" | "HEAD" | "*" | "") => Version::Missing,
        Some(_) => Version::Pinned,
    }
}

/// Whether a package is for the build alone: the same RUN removes it.
fn is_removed(command: &Command<'_>, line: &CommandLine<'_>, name: &str, cx: &Context<'_, '_>) -> bool {
    cx.model.commands_of(command.step).iter().filter_map(|other| other.line.as_ref()).any(|other| {
        other.verb() == Some(Verb::Remove)
            && other.is_any(&[line.name.as_str()])
            && other.operands.iter().any(|word| word.is(name))
    })
}

/// Whether a go.mod may say the version, or a checkout of the sources, also in a later RUN of the stage.
fn may_have_module(command: &Command<'_>, cx: &Context<'_, '_>) -> bool {
    let Some(step) = cx.model.step(command.step) else { return true };
    let runs = |step: &Step<'_>, names: &[&str]| {
        let mut lines = cx.model.commands_of(step.index).iter().filter_map(|other| other.line.as_ref());
        lines.any(|line| line.is_any(names) || line.is("go") && line.subcommand_is(&["mod"]))
    };
    let brings_module =
        |step: &Step<'_>| matches!(step.keyword(), Keyword::Copy | Keyword::Add) || runs(step, &["git", "cd", "tar"]);
    let stage = cx.model.stage_of(step).and_then(|stage| cx.model.steps.get(stage.steps.clone())).unwrap_or_default();
    runs(step, &["git", "cd", "tar"])
        || cx.model.steps_below(step).any(brings_module)
        || stage.iter().any(|other| runs(other, &["git"]))
}
