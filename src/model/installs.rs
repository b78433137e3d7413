//! What a command that installs packages reads of the build context.

use crate::dockerfile::views::Run;
use crate::shell::CommandLine;
use crate::shell::ast::{PartKind, RedirectKind, Word};
use crate::shell::table::Verb;

use super::{Command, Model, Step, apt, building};

/// What an install needs of the build context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// Nothing: the packages are named.
    Nothing,
    /// The files that name the dependencies.
    Manifest {
        /// Which package managers read the same files.
        family: &'static str,
        /// The files, for a message.
        files: String,
    },
}

/// Commands that install what a file names: their subcommands, family and files. An empty subcommand is none at all.
const READERS: [(&[&str], &[&str], &str, &str); 12] = [
    (&["npm"], &["install", "i", "ci", "clean-install"], "node", "`package.json` and its lock file"),
    (&["yarn", "yarnpkg"], &["", "install"], "node", "`package.json` and `yarn.lock`"),
    (&["pnpm"], &["install", "i"], "node", "`package.json` and `pnpm-lock.yaml`"),
    (&["bun"], &["install", "i"], "node", "`package.json` and `bun.lock`"),
    (&["bundle", "bundler"], &["", "install"], "bundle", "`Gemfile` and `Gemfile.lock`"),
    (&["composer"], &["install", "i"], "composer", "`composer.json` and `composer.lock`"),
    (&["cargo"], &["fetch"], "cargo", "`Cargo.toml` and `Cargo.lock`"),
    (&["dotnet"], &["restore"], "dotnet", "the project files"),
    (&["pipenv"], &["install", "sync"], "pipenv", "`Pipfile` and `Pipfile.lock`"),
    (&["mix"], &["deps.get"], "mix", "`mix.exs` and `mix.lock`"),
    (&["pod"], &["install"], "pod", "`Podfile` and its lock file"),
    (&["rebar3"], &["get-deps"], "rebar", "`rebar.config` and its lock file"),
];

/// Commands that install what is named behind these subcommands.
const NAMERS: [(&str, &[&str]); 4] =
    [("gem", &["install", "i"]), ("go", &["install"]), ("cargo", &["install"]), ("pecl", &["install"])];

/// Commands that read nothing of the build context before an install, whatever their arguments.
const NEUTRAL: [&str; 26] = [
    "set",
    "echo",
    "printf",
    "true",
    ":",
    "export",
    "test",
    "[",
    "mkdir",
    "apt-get",
    "apt",
    "apt-key",
    "add-apt-repository",
    "apk",
    "dnf",
    "yum",
    "microdnf",
    "tdnf",
    "zypper",
    "pacman",
    "curl",
    "wget",
    "apt-mark",
    "groupadd",
    "useradd",
    "rm",
];

impl Model<'_> {
    /// What a command needs of the build context to install packages; none where it installs none, or needs more.
    pub fn install_need(&self, command: &Command<'_>) -> Option<Need> {
        let line = command.line.as_ref()?;
        let reads_input = command.invocation.statement.redirects.iter().any(|it| it.kind == RedirectKind::Input)
            || line.wrappers.iter().any(|word| word.is("xargs"));
        let operands = || line.operands.iter().copied();
        if reads_input || ["--version", "--help"].iter().any(|option| line.has(option)) {
            return None;
        }
        let all_named = || operands().next().is_some() && operands().all(|word| self.is_name(command, word));
        if building::installs(line) && !line.subcommand_is(&["build-dep"]) || apt::is_apt(line) && apt::installs(line) {
            return all_named().then_some(Need::Nothing);
        }
        if line.is("pip") && line.subcommand_is(&["install"]) {
            return self.pip_need(command, line);
        }
        let subcommand = line.subcommand.or_else(|| line.operands.first().copied().filter(|_| line.spec.is_none()));
        let fits = |names: &[&str]| match subcommand {
            Some(word) => names.iter().any(|name| word.is(name)),
            None => names.contains(&""),
        };
        let rest = || operands().filter(|word| subcommand.is_none_or(|it| !std::ptr::eq(it, *word)));
        if line.has("-g") && line.is_any(&["npm", "pnpm"]) || line.words.iter().any(|word| word.is("global")) {
            return (line.verb() == Some(Verb::Install) && all_named()).then_some(Need::Nothing);
        }
        if NAMERS.iter().any(|(name, subcommands)| line.is(name) && fits(subcommands)) {
            // Without a version `go install` builds what the module here names.
            let is_local = line.options.iter().any(|option| option.name == "--path" || option.name == "--local")
                || line.is("go") && !rest().all(|word| self.source.slice(word.span).contains('@'));
            return (!is_local && rest().next().is_some() && rest().all(|word| self.is_name(command, word)))
                .then_some(Need::Nothing);
        }
        let manifest = |family, files: &str| Some(Need::Manifest { family, files: files.to_owned() });
        if line.is("go") && line.subcommand_is(&["mod"]) {
            return operands()
                .next()
                .filter(|word| word.is("download"))
                .and_then(|_| manifest("go", "`go.mod` and `go.sum`"));
        }
        if line.is_any(&["mvn", "mvnw"]) {
            let mut goals = operands().filter_map(Word::literal);
            return goals.any(|goal| goal.starts_with("dependency:")).then_some(manifest("maven", "`pom.xml`"))?;
        }
        let found = READERS.iter().find(|(names, subcommands, ..)| line.is_any(names) && fits(subcommands))?;
        let is_local = rest().any(|word| !self.is_name(command, word));
        if is_local && found.2 != "dotnet" { None } else { manifest(found.2, found.3) }
    }

    fn pip_need(&self, command: &Command<'_>, line: &CommandLine<'_>) -> Option<Need> {
        let mut files = line.values_of("-r").map(|value| value.text.as_deref());
        let needs_source = line.has("-e") || !line.operands.iter().all(|word| self.is_name(command, word));
        match files.next() {
            _ if needs_source => None,
            None => (!line.operands.is_empty()).then_some(Need::Nothing),
            Some(file) => {
                let files = file.map_or_else(|| "the requirements".to_owned(), |file| format!("`{file}`"));
                Some(Need::Manifest { family: "pip", files })
            }
        }
    }

    /// Whether a word names packages, no files: what cannot be known but by its variables is taken for names.
    fn is_name(&self, command: &Command<'_>, word: &Word) -> bool {
        let is_path = |text: &str| {
            text.starts_with(['.', '/', '~', '<'])
                || text.ends_with('/')
                || [".deb", ".rpm", ".apk", ".whl", ".gz", ".tgz", ".zip", ".gem", ".txt"]
                    .iter()
                    .any(|end| text.ends_with(end))
        };
        let is_variable = |kind: &PartKind| matches!(kind, PartKind::Literal(_) | PartKind::Parameter(_));
        match self.possible_words(command, word) {
            Some(words) => !words.iter().any(|text| is_path(text)),
            None => {
                word.parts.iter().all(|part| is_variable(&part.kind))
                    && !is_path(self.source.slice(word.span).trim_matches('"'))
            }
        }
    }

    /// The first command of a RUN that installs packages and needs no more of the build context than it says, with what
    /// runs before it. None where the RUN has mounts of its own.
    pub fn first_install(&self, step: &Step<'_>) -> Option<(&Command<'_>, Need, Before)> {
        if brings_files(step) {
            return None;
        }
        let mut before = Before::Neutral;
        for command in self.commands_of(step.index) {
            if let Some(need) = self.install_need(command) {
                return Some((command, need, before));
            }
            before = before.max(what(command));
        }
        None
    }
}

impl<'a> Model<'a> {
    /// The first command of a RUN that builds what the RUN downloads. None where the RUN has mounts of its own.
    pub fn first_build(&self, step: &Step<'_>) -> Option<&Command<'a>> {
        let downloads = |command: &Command<'_>| {
            let fetches = |line: &CommandLine<'_>| {
                line.is_any(&["curl", "wget"]) || line.is("git") && line.subcommand_is(&["clone"])
            };
            command.line.as_ref().is_some_and(fetches)
        };
        let commands = self.commands_of(step.index).iter().filter(|_| !brings_files(step));
        commands.skip_while(|command| !downloads(command)).find(|command| building::builds(command))
    }
}

/// Whether a RUN mounts files, or what they are kept in.
fn brings_files(step: &Step<'_>) -> bool {
    let mounts = Run::of(step.instruction).map(|run| run.mounts).unwrap_or_default();
    mounts.iter().any(|mount| matches!(mount.kind_text().as_str(), "bind" | "cache"))
}

/// What runs before an install.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Before {
    /// Nothing that reads files of the build context.
    Neutral,
    /// Commands that may.
    Seen,
    /// Scripts, which may do anything.
    Unseen,
}

fn what(command: &Command<'_>) -> Before {
    let reads = command.invocation.statement.redirects.iter().any(|it| it.kind == RedirectKind::Input);
    match &command.line {
        _ if runs_script(command) => Before::Unseen,
        Some(line) if line.is_any(&NEUTRAL) && !reads => Before::Neutral,
        None if command.invocation.simple.words.is_empty() => Before::Neutral,
        _ => Before::Seen,
    }
}

/// Whether a command runs a script that cannot be seen; a module of Python and the environment of one are none.
pub fn runs_script(command: &Command<'_>) -> bool {
    let is_python = command.line.as_ref().is_some_and(|line| {
        let enters = line
            .operands
            .first()
            .and_then(|word| word.parts.last())
            .is_some_and(|part| matches!(&part.kind, PartKind::Literal(text) if text.ends_with("/activate")));
        line.is("python") && (line.has("-m") || line.has("-c")) || line.is_any(&[".", "source"]) && enters
    });
    !is_python && super::lists::runs_unseen(command)
}
