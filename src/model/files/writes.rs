//! Whether a step may write what its events do not tell.

use crate::model::{Body, Command, Model, Step, apt};
use crate::shell::CommandLine;

/// Commands of which it is known what they write: nothing, or what the events say.
const PLAIN: &[&str] = &[
    ":", "[", "addgroup", "adduser", "cat", "cd", "chgrp", "chmod", "chown", "chpasswd", "cp", "curl", "cut",
    "delgroup", "deluser", "du", "echo", "exit", "export", "false", "find", "getent", "git", "grep", "groupadd",
    "groupdel", "groupmod", "head", "id", "install", "ldconfig", "ln", "ls", "mkdir", "mv", "passwd", "popd", "printf",
    "pushd", "pwd", "rm", "rmdir", "sed", "set", "setcap", "sh", "shopt", "sleep", "stat", "sync", "tail", "tar",
    "tee", "test", "touch", "tr", "true", "umask", "unlink", "unset", "unzip", "useradd", "userdel", "usermod", "wget",
    "which", "whoami",
];

/// What is known of what a step writes besides its events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Writes {
    Nothing,
    /// Files of packages, in the directories of the system.
    Packages,
    Anything,
}

/// What is known of what a RUN writes besides its events.
pub(super) fn writes(model: &Model<'_>, step: &Step<'_>) -> Writes {
    if matches!(model.body(step), Body::Foreign | Body::Broken(_)) {
        return Writes::Anything;
    }
    let commands = model.commands_of(step.index).iter().filter(|command| !command.invocation.simple.words.is_empty());
    commands.map(|command| of(command.line.as_ref())).max().unwrap_or(Writes::Nothing)
}

/// Whether it is known what a command does: what its events tell, and the packages that it installs.
pub fn is_plain(command: &Command<'_>) -> bool {
    command.invocation.simple.words.is_empty() || of(command.line.as_ref()) != Writes::Anything
}

fn of(line: Option<&CommandLine<'_>>) -> Writes {
    match line {
        Some(line) if PLAIN.contains(&line.name.as_str()) => match line.name.as_str() {
            "git" if !line.subcommand_is(&["clone", "config", "lfs"]) => Writes::Anything,
            "sh" if !line.has("-c") => Writes::Anything,
            "find"
                if line
                    .values_of("-exec")
                    .any(|value| !value.word.literal().is_some_and(|name| PLAIN.contains(&&*name))) =>
            {
                Writes::Anything
            }
            _ => Writes::Nothing,
        },
        Some(line) if line.is("sh") && line.has("-c") || super::verify::algorithm(line).is_some() => Writes::Nothing,
        Some(line)
            if apt::is_apt(line)
                || line.is_any(&["apk", "dnf", "yum", "microdnf", "tdnf", "zypper", "dpkg", "rpm"]) =>
        {
            Writes::Packages
        }
        Some(_) | None => Writes::Anything,
    }
}
