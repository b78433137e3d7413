//! Package managers that wait for an answer.

use crate::checks::prelude::*;

/// A package manager and what keeps it from asking.
struct Manager {
    names: &'static [&'static str],
    /// Subcommands that ask.
    asks: &'static [&'static str],
    /// Subcommands that ask by what stands behind them.
    asks_below: &'static [(&'static str, &'static [&'static str])],
    /// The option to write.
    yes: &'static str,
    /// Options with which it does not ask, or changes nothing.
    quiet: &'static [&'static str],
    /// The setting that answers for it, in lower case.
    setting: &'static str,
    configuration: Option<&'static configured::Configuration>,
}

const MANAGERS: [Manager; 5] = [
    Manager {
        names: &["apt-get", "apt", "aptitude"],
        asks: &[
            "install",
            "reinstall",
            "remove",
            "purge",
            "autoremove",
            "auto-remove",
            "autopurge",
            "upgrade",
            "dist-upgrade",
            "full-upgrade",
            "build-dep",
            "satisfy",
        ],
        asks_below: &[],
        yes: "-y",
        quiet: &["-y", "-s", "--print-uris", "--help"],
        setting: "assume-yes",
        configuration: Some(&configured::APT),
    },
    Manager {
        // microdnf never asks, its -y does nothing.
        names: &["yum", "dnf", "dnf5", "tdnf"],
        asks: &[
            "install",
            "localinstall",
            "groupinstall",
            "reinstall",
            "remove",
            "erase",
            "autoremove",
            "update",
            "upgrade",
            "downgrade",
            "distro-sync",
            "swap",
            "builddep",
            "groupremove",
        ],
        asks_below: &[
            ("module", &["install", "enable", "disable", "reset", "remove", "switch-to", "update"]),
            ("group", &["install", "remove", "update", "upgrade"]),
            ("groups", &["install", "remove", "update", "upgrade"]),
            ("copr", &["enable"]),
        ],
        yes: "-y",
        quiet: &["-y", "--assumeno", "--help"],
        setting: "assumeyes",
        configuration: Some(&configured::DNF),
    },
    Manager {
        names: &["yum-builddep"],
        asks: &[],
        asks_below: &[],
        yes: "-y",
        quiet: &["-y", "--assumeno", "--help"],
        setting: "assumeyes",
        configuration: Some(&configured::DNF),
    },
    Manager {
        names: &["zypper"],
        asks: &[
            "install",
            "in",
            "remove",
            "rm",
            "update",
            "up",
            "patch",
            "dist-upgrade",
            "dup",
            "source-install",
            "si",
        ],
        asks_below: &[],
        yes: "-y",
        quiet: &["-n", "-y", "--dry-run", "--help"],
        setting: "",
        configuration: None,
    },
    Manager {
        names: &["pacman"],
        asks: &[],
        asks_below: &[],
        yes: "--noconfirm",
        quiet: &["--noconfirm", "-p", "--print", "--help"],
        setting: "",
        configuration: None,
    },
];

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        MANAGERS.iter().flat_map(|manager| manager.names).map(|name| Visit::Command(name)).collect()
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let (Some(line), Some(step)) = (&command.line, cx.model.step(command.step)) else { return };
        let Some(manager) = MANAGERS.iter().find(|manager| line.is_any(manager.names)) else { return };
        let behind = line.operands.first().filter(|word| {
            let mut groups = manager.asks_below.iter().filter(|(group, _)| line.subcommand_is(&[group]));
            groups.any(|(_, names)| names.iter().any(|name| word.is(name)))
        });
        let asks = line.subcommand_is(manager.asks)
            || behind.is_some()
            || line.name == "yum-builddep" && !line.operands.is_empty()
            // `pacman -Sy` alone fetches package lists.
            || line.is("pacman")
                && matches!(line.verb(), Some(Verb::Install | Verb::Remove))
                && (!line.operands.is_empty() || line.has("-u"));
        let is_set = |text: &str| !manager.setting.is_empty() && text.to_ascii_lowercase().contains(manager.setting);
        let mut settings = line.values_of("-o").chain(line.values_of("--setopt"));
        if !asks
            || manager.quiet.iter().any(|option| cx.model.may_give(command, line, option))
            || settings.any(|value| value.text.as_deref().is_none_or(is_set))
            || cx.model.is_answered(command)
            || manager.configuration.is_some_and(|it| it.may_set(cx.model, command, manager.setting))
        {
            return;
        }
        let last = behind.copied().or(line.subcommand).unwrap_or(line.name_word).span;
        let words = line.subcommand.iter().chain(behind).filter_map(|word| word.literal());
        let full = words.fold(line.name.clone(), |full, word| format!("{full} {word}"));
        // What pacman does stands in an option.
        let operation = line.words.iter().find(|word| line.is("pacman") && word.span.start > last.end);
        let operation = operation.filter(|word| word.literal().is_some_and(|text| text.starts_with(['-', 'S', 'R'])));
        let after = operation.map_or(last, |word| word.span);
        // In the JSON form an inserted word would need quotes and a comma of its own.
        let in_shell = matches!(cx.model.body(step), Body::Shell(_));
        cx.report(
            Finding::at(line.name_word.span.to(last))
                .with("command", full)
                .with("yes", manager.yes)
                .edit(Span::empty(after.end), format!(" {}", manager.yes))
                .fix_if(in_shell),
        );
    }
}
