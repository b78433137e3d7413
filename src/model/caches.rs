//! The caches of package managers: what fills them, what removes them, what turns them off.

use crate::dockerfile::ast::Keyword;
use crate::dockerfile::views::Run;
use crate::shell::CommandLine;
use crate::shell::ast::Word;
use crate::shell::table::Verb;

use super::{Command, Model, Step};

/// A package manager and its cache.
#[derive(Debug)]
pub struct Manager {
    /// Its commands.
    pub names: &'static [&'static str],
    /// Subcommands that fill the cache; an empty one is the command without any.
    fills: &'static [&'static str],
    /// Subcommands that empty it or configure it.
    empties: &'static [&'static str],
    /// Parts of the cache of which one has to be named there; none where all of it goes anyway.
    emptied: &'static [&'static str],
    /// The option that keeps no cache.
    pub option: Option<&'static str>,
    /// Options with which there is no cache, or one elsewhere.
    spares: &'static [&'static str],
    /// Variables with which there is none, or one elsewhere.
    variables: &'static [&'static str],
    /// Where the cache of root is.
    caches: &'static [&'static str],
    /// What paths of the cache have in them, also those of other users.
    parts: &'static [&'static str],
    /// Its configuration, which may turn the cache off.
    config: &'static str,
    /// What removes the cache; `{}` stands for the command.
    pub cleanup: &'static str,
    /// Whether the edit is well defined.
    pub mends: bool,
    /// Whether what it keeps is little, so that few images remove it.
    pub minor: bool,
}

const BASE: Manager = Manager {
    names: &[],
    fills: &["install"],
    empties: &["clean"],
    emptied: &[],
    option: None,
    spares: &[],
    variables: &[],
    caches: &[],
    parts: &[],
    config: "",
    cleanup: "{} clean all",
    mends: false,
    minor: false,
};

/// The package managers.
pub const MANAGERS: [Manager; 8] = [
    Manager {
        names: &["pip"],
        empties: &["cache"],
        option: Some("--no-cache-dir"),
        spares: &["--cache-dir", "--no-index", "--dry-run", "--help", "--version"],
        variables: &["PIP_NO_CACHE_DIR", "PIP_CACHE_DIR", "XDG_CACHE_HOME"],
        caches: &["/root/.cache/pip"],
        parts: &[".cache", "cache/pip", "pip-cache", "pip_cache"],
        config: "pip.conf",
        mends: true,
        ..BASE
    },
    Manager {
        names: &["dnf", "dnf5", "microdnf", "tdnf", "yum"],
        fills: &[
            "install",
            "localinstall",
            "reinstall",
            "groupinstall",
            "group",
            "module",
            "swap",
            "update",
            "upgrade",
            "upgrade-minimal",
            "update-minimal",
            "distro-sync",
            "builddep",
            "install-n",
            "makecache",
            "check-update",
            "in",
        ],
        // Packages go after an install by themselves; the metadata stay.
        emptied: &["all", "metadata"],
        spares: &["--installroot", "--cacheonly", "--assumeno", "--downloadonly", "--help", "--version"],
        caches: &["/var/cache/dnf", "/var/cache/yum", "/var/cache/tdnf", "/var/cache/libdnf5"],
        parts: &["cache/dnf", "cache/yum", "cache/tdnf", "cache/libdnf5", "cache/*"],
        mends: true,
        ..BASE
    },
    Manager {
        names: &["zypper"],
        fills: &[
            "install",
            "in",
            "update",
            "up",
            "patch",
            "dist-upgrade",
            "dup",
            "refresh",
            "ref",
            "source-install",
            "si",
        ],
        empties: &["clean", "cc"],
        spares: &["--root", "--installroot", "--cache-dir", "--dry-run", "--help"],
        caches: &["/var/cache/zypp"],
        parts: &["cache/zypp", "cache/*"],
        cleanup: "{} clean --all",
        mends: true,
        ..BASE
    },
    Manager {
        names: &["pacman"],
        spares: &["--root", "--sysroot", "--cachedir", "--downloadonly", "--help"],
        caches: &["/var/cache/pacman"],
        parts: &["cache/pacman", "cache/*"],
        cleanup: "rm -rf /var/cache/pacman/pkg/*",
        mends: true,
        ..BASE
    },
    Manager {
        names: &["conda", "mamba", "micromamba"],
        fills: &["install", "create", "update", "upgrade", "env"],
        spares: &["--dry-run", "--help", "--version"],
        variables: &["CONDA_PKGS_DIRS"],
        caches: &["/opt/conda/pkgs"],
        parts: &["pkgs", "conda", "mamba"],
        config: "condarc",
        cleanup: "{} clean -afy",
        ..BASE
    },
    Manager {
        names: &["npm"],
        fills: &[
            "install",
            "i",
            "in",
            "ins",
            "inst",
            "insta",
            "instal",
            "isntall",
            "add",
            "ci",
            "clean-install",
            "ic",
            "install-clean",
            "it",
            "install-test",
            "cit",
            "update",
            "upgrade",
            "up",
        ],
        empties: &["cache", "config"],
        spares: &["--cache", "--offline", "--dry-run", "--help", "--version"],
        variables: &["npm_config_cache", "NPM_CONFIG_CACHE"],
        caches: &["/root/.npm"],
        parts: &["npm", "_cacache"],
        config: ".npmrc",
        cleanup: "{} cache clean --force",
        minor: true,
        ..BASE
    },
    Manager {
        names: &["yarn", "yarnpkg"],
        fills: &["", "install", "add", "upgrade"],
        empties: &["cache", "config", "set"],
        spares: &["--cache-folder", "--immutable", "--offline", "--help", "-h", "--version", "-v", "-V"],
        variables: &["YARN_CACHE_FOLDER", "YARN_ENABLE_GLOBAL_CACHE"],
        caches: &["/usr/local/share/.cache/yarn", "/root/.cache/yarn"],
        parts: &["yarn", ".cache"],
        config: ".yarnrc",
        cleanup: "{} cache clean",
        minor: true,
        ..BASE
    },
    Manager {
        names: &["gem"],
        fills: &["install", "i", "update"],
        empties: &[],
        spares: &["--local", "--install-dir", "--user-install", "--help"],
        caches: &["/usr/local/bundle/cache"],
        parts: &["cache", "gem"],
        config: ".gemrc",
        cleanup: "rm -rf \"$(gem env gemdir)\"/cache",
        minor: true,
        ..BASE
    },
];

impl Manager {
    /// Whether a command leaves something in the cache, unless it is removed again.
    pub fn fills(&self, command: &Command<'_>, model: &Model<'_>) -> bool {
        let Some(line) = command.line.as_ref().filter(|line| line.is_any(self.names)) else { return false };
        let fills = match (line.is("pacman"), subcommand(line)) {
            (true, _) => line.has("-S") && line.verb() == Some(Verb::Install),
            (false, None) => self.fills.contains(&""),
            (false, Some(word)) => self.fills.iter().any(|name| word.is(name)),
        };
        let spares = self.spares.iter().chain(&self.option);
        fills && !spares.into_iter().any(|option| line.has(option) || model.may_give(command, line, option))
    }

    /// Whether a command removes the cache, or may.
    fn removes(&self, command: &Command<'_>, model: &Model<'_>) -> bool {
        let Some(line) = &command.line else { return false };
        let has_part = |word: &&Word| self.parts.iter().any(|part| model.source.slice(word.span).contains(part));
        if line.is_any(self.names) {
            let is_whole = self.emptied.is_empty()
                || line.operands.iter().any(|word| word.literal().is_none_or(|part| self.emptied.contains(&&*part)));
            return line.is("pacman") && line.verb() == Some(Verb::Clean)
                || is_whole && subcommand(line).is_some_and(|word| self.empties.iter().any(|name| word.is(name)));
        }
        line.is_any(&["rm", "find"]) && line.operands.iter().any(has_part)
            || self.caches.iter().any(|cache| model.may_empty(command, cache))
    }

    /// Whether the RUN removes the cache, mounts something over it, or is told to have none.
    pub fn has_no_cache(&self, step: &Step<'_>, model: &Model<'_>) -> bool {
        let mounts = Run::of(step.instruction).map(|run| run.mounts).unwrap_or_default();
        let is_cache = |text: &str| self.parts.iter().any(|part| text.contains(part));
        if mounts.iter().filter_map(|mount| mount.target.as_ref()).any(|target| is_cache(&target.text))
            || self.caches.iter().any(|cache| model.is_mounted(step, cache))
        {
            return true;
        }
        let is_defined = |name: &&str| model.environment().definition(step.stage, step.index, name).is_some();
        let run = model.executions(step.index);
        let last = run.iter().rposition(|execution| self.fills(execution.command, model)).unwrap_or_default();
        let first = run.iter().position(|execution| self.fills(execution.command, model)).unwrap_or_default();
        let is_told = !self.config.is_empty()
            && run.iter().take(first).any(|execution| self.configures(execution.command, model));
        is_told
            || self.variables.iter().any(is_defined)
            || run.iter().any(|execution| self.sets(execution.command))
            || run.iter().skip(last).any(|execution| self.removes(execution.command, model))
            || !self.config.is_empty() && self.is_configured(step, model)
    }

    /// Whether the RUN removes the package manager itself behind a command, so that it cannot clean up at the end.
    pub fn is_removed_behind(&self, command: &Command<'_>, model: &Model<'_>) -> bool {
        let is_own = |word: &Word| {
            word.literal().is_some_and(|text| {
                let name = text.rsplit('/').next().unwrap_or_default();
                let stem = name.split(['*', '?', '[']).next().unwrap_or_default();
                self.names.contains(&name)
                    || stem != name && !stem.is_empty() && self.names.iter().any(|it| it.starts_with(stem))
            })
        };
        let commands = model.commands_of(command.step);
        let behind = commands.iter().skip_while(|other| !std::ptr::eq(*other, command)).skip(1);
        self.cleanup.starts_with("{}")
            && behind.filter_map(|other| other.line.as_ref()).any(|line| {
                let removes = line.is_any(&["rm", "unlink", "mv"])
                    || line.is("rpm") && line.has("-e")
                    || line.verb() == Some(Verb::Remove);
                removes && line.words.iter().skip(1).any(is_own)
            })
    }

    /// Whether a command is given one of the variables.
    fn sets(&self, command: &Command<'_>) -> bool {
        let simple = command.invocation.simple;
        let is_ours = |name: &str| self.variables.contains(&name);
        simple.assignments.iter().any(|assignment| is_ours(&assignment.name))
            || simple
                .words
                .iter()
                .filter_map(Word::literal)
                .any(|text| text.split_once('=').is_some_and(|(name, _)| is_ours(name)))
    }

    /// Whether an earlier step brings or writes a configuration.
    fn is_configured(&self, step: &Step<'_>, model: &Model<'_>) -> bool {
        model.steps_below(step).any(|below| match below.keyword() {
            Keyword::Run => model.commands_of(below.index).iter().any(|command| self.configures(command, model)),
            Keyword::Copy | Keyword::Add => model.source.slice(below.instruction.span).contains(self.config),
            _ => false,
        })
    }

    /// Whether a command sets something of the cache, or is given the file with the configuration.
    fn configures(&self, command: &Command<'_>, model: &Model<'_>) -> bool {
        let invocation = &command.invocation;
        let mut words =
            invocation.simple.words.iter().chain(invocation.statement.redirects.iter().map(|it| &it.target));
        let is_about_cache =
            |word: &Word| word.literal().is_none_or(|text| text.contains("cache") || text.contains("pkgs_dirs"));
        let sets = |line: &CommandLine<'_>| {
            line.is_any(self.names)
                && subcommand(line).is_some_and(|word| word.is("config"))
                && line.words.iter().any(is_about_cache)
        };
        // What is printed into the file stands there to be read.
        let is_silent = |line: &CommandLine<'_>| {
            line.is_any(&["echo", "printf"]) && !model.source.slice(invocation.statement.span).contains("cache")
        };
        command.line.as_ref().is_some_and(sets)
            || words.any(|word| model.source.slice(word.span).contains(self.config))
                && !command.line.as_ref().is_some_and(is_silent)
    }
}

/// The subcommand, for commands whose options are not known the first operand.
pub fn subcommand<'a>(line: &CommandLine<'a>) -> Option<&'a Word> {
    line.subcommand.or_else(|| line.operands.first().copied().filter(|_| line.spec.is_none()))
}

impl<'a> Model<'a> {
    /// The first command of a step that leaves a cache in its layer, of those with these names and subcommands.
    pub fn leaves_cache(&self, step: &Step<'_>, names: &[&str], subcommands: &[&str]) -> Option<&CommandLine<'a>> {
        let manager = MANAGERS.iter().find(|manager| names.iter().any(|name| manager.names.contains(name)))?;
        let leaves = |command: &&Command<'a>| {
            let asked = |line: &CommandLine<'_>| line.is_any(names) && line.subcommand_is(subcommands);
            command.line.as_ref().is_some_and(asked) && manager.fills(command, self)
        };
        let command = self.commands_of(step.index).iter().find(leaves)?;
        if manager.has_no_cache(step, self) { None } else { command.line.as_ref() }
    }
}
