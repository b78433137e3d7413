//! What the commands of GnuPG are asked to do, and the keyservers that they ask.

use crate::shell::CommandLine;
use crate::shell::ast::{Operator, Word};

use super::origin::WordOrigin;
use super::{Command, Model};

/// Hosts of keyservers that answer no more, or seldom. A leading dot takes in all hosts of a domain.
const DEAD: [&str; 6] =
    [".sks-keyservers.net", ".pgp.net", "pgp.mit.edu", "keys.gnupg.net", "http-keys.gnupg.net", "keyserver.pgp.com"];

/// The hosts that the programme asks for.
pub const PREFERRED: [&str; 2] = ["keys.openpgp.org", "keyserver.ubuntu.com"];

/// The host of a keyserver, which is given as a name or a URL, in lower case.
pub fn host(server: &str) -> String {
    let rest = server.split_once("://").map_or(server, |(_, rest)| rest);
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    rest.split(['/', ':', '?']).next().unwrap_or_default().trim_end_matches('.').to_ascii_lowercase()
}

/// Whether a keyserver is known to answer no more.
pub fn is_dead(server: &str) -> bool {
    let host = host(server);
    DEAD.iter().any(|dead| match dead.strip_prefix('.') {
        Some(domain) => host == domain || host.ends_with(dead),
        None => host == *dead,
    })
}

/// Whether it is a command that talks to keyservers: `gpg`, or `apt-key`, which calls it.
pub fn is_gpg(line: &CommandLine<'_>) -> bool {
    line.is_any(&["gpg", "apt-key", "dirmngr-client"])
}

/// Whether a command of gpg writes to the home directory: it takes keys in, or looks them up to verify something.
pub fn uses_home(line: &CommandLine<'_>) -> bool {
    const ACTIONS: [&str; 8] = [
        "--recv-keys",
        "--fetch-keys",
        "--search-keys",
        "--refresh-keys",
        "--import",
        "--verify",
        "--verify-files",
        "--decrypt",
    ];
    line.is("gpg") && ACTIONS.iter().any(|action| line.has(action))
}

/// Whether a command of gpg takes keys in.
pub fn takes_keys_in(line: &CommandLine<'_>) -> bool {
    line.is("gpg") && ["--recv-keys", "--fetch-keys", "--import"].iter().any(|action| line.has(action))
}

/// The last command of GnuPG's among those of a RUN, not in a function.
pub fn last_command<'m, 'a>(commands: &'m [Command<'a>]) -> Option<&'m Command<'a>> {
    let is_gpg = |command: &&Command<'_>| command.line.as_ref().is_some_and(|line| line.name.starts_with("gpg"));
    let last = commands.iter().filter(is_gpg).max_by_key(|command| command.invocation.simple.span.start)?;
    last.invocation.function().is_none().then_some(last)
}

impl<'a> Model<'a> {
    /// The keyservers that a command of gpg asks, as far as they are known.
    pub fn keyservers(&self, command: &Command<'_>) -> Vec<WordOrigin> {
        let Some(line) = command.line.as_ref().filter(|line| is_gpg(line)) else { return Vec::new() };
        let words: Vec<&Word> = line.values_of("--keyserver").map(|value| value.word).collect();
        let mut servers = Vec::new();
        for word in words {
            servers.extend(self.origins(command, word).into_iter().map(without_option));
        }
        servers.retain(|server| !server.text.is_empty() && !server.text.starts_with('-'));
        servers
    }

    /// The keyservers in the configuration files that the RUN or COPY instructions of the file write.
    pub fn configured_keyservers(&self) -> Vec<WordOrigin> {
        let files = |path: &str| path.ends_with("dirmngr.conf") || path.ends_with("gpg.conf");
        let mut servers = Vec::new();
        for write in self.writes().iter().filter(|write| files(&write.path)) {
            for (at, line) in write.lines() {
                let mut words = line.split_whitespace();
                let (Some("keyserver"), Some(server)) = (words.next(), words.next()) else { continue };
                if let Some(offset) = line.find(server).filter(|_| !server.contains(super::written::is_unknown)) {
                    let span = write.span(self.source, at + offset..at + offset + server.len());
                    servers.push(WordOrigin { text: server.to_owned(), span });
                }
            }
        }
        servers
    }

    /// The other commands of the `||` list that a command is in: they are tried where it fails, or it where they fail.
    pub fn alternatives<'m>(&'m self, command: &Command<'_>) -> Vec<&'m Command<'a>> {
        let Some((list, _)) = command.invocation.and_or() else { return Vec::new() };
        if list.iter().all(|step| step.operator != Some(Operator::Or)) {
            return Vec::new();
        }
        let is_beside = |other: &&Command<'a>| {
            other.invocation.simple.span != command.invocation.simple.span
                && other.invocation.and_or().is_some_and(|(steps, _)| std::ptr::eq(steps, list))
        };
        self.commands_of(command.step).iter().filter(is_beside).collect()
    }
}

/// `--keyserver=host` as the whole word.
fn without_option(mut origin: WordOrigin) -> WordOrigin {
    if let Some((_, server)) = origin.text.split_once("--keyserver=") {
        let cut = origin.text.len() - server.len();
        if origin.span.len() as usize >= origin.text.len() {
            origin.span = crate::source::Span::new(origin.span.start + cut as u32, origin.span.end);
        }
        origin.text = server.to_owned();
    }
    origin
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers() {
        for (server, expected) in [
            ("ha.pool.sks-keyservers.net", true),
            ("hkp://p80.pool.sks-keyservers.net:80", true),
            ("PGP.MIT.EDU", true),
            ("hkps://keys.openpgp.org", false),
            ("keyserver.ubuntu.com:80", false),
            ("http://pgp.mit.edu/pks", true),
            ("wwwkeys.eu.pgp.net", true),
            ("notsks-keyservers.net", false),
        ] {
            assert_eq!(is_dead(server), expected, "{server}");
        }
    }
}
