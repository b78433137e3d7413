//! The packages that a command gives to a package manager.

use crate::shell::ast::{PartKind, Word};
use crate::shell::table::Verb;

use super::{Command, Model};

/// The package managers of distributions.
pub const MANAGERS: [&str; 11] =
    ["apt-get", "apt", "aptitude", "apk", "yum", "dnf", "dnf5", "microdnf", "tdnf", "zypper", "pacman"];

/// The architectures that RPM packages are built for.
const RPM_ARCHITECTURES: &[&str] = &["aarch64", "i686", "noarch", "ppc64le", "riscv64", "s390x", "x86_64"];

impl Model<'_> {
    /// The packages that a command installs, by their bare names, and the words that name them. The words of a variable are the
    /// packages that it holds; what cannot be known is left out.
    pub fn installed_packages<'c>(&self, command: &'c Command<'_>) -> Vec<(&'c Word, String)> {
        let Some(line) = command.line.as_ref().filter(|line| line.verb() == Some(Verb::Install)) else {
            return Vec::new();
        };
        let mut packages = Vec::new();
        for word in line.packages() {
            match self.possible_words(command, word) {
                Some(texts) => {
                    packages.extend(texts.iter().map(|text| (*word, bare_name(&line.name, text).to_owned())));
                }
                // `tini=${TINI_VERSION}`
                None => {
                    let known = known_start(word);
                    let name = bare_name(&line.name, &known);
                    if name.len() < known.len() {
                        packages.push((*word, name.to_owned()));
                    }
                }
            }
        }
        packages
    }
}

/// What a word begins with, as far as it is written out.
fn known_start(word: &Word) -> String {
    let literals = word.parts.iter().map_while(|part| match &part.kind {
        PartKind::Literal(text) => Some(text.as_str()),
        _ => None,
    });
    literals.collect()
}

/// A package without its version, release, architecture, suite and repository, as the package manager writes them; files and URLs
/// stay as they are.
pub fn bare_name<'t>(manager: &str, text: &'t str) -> &'t str {
    let is_file = text.starts_with(['.', '/']) || text.contains("://");
    let name = |ends: &[char]| text.split(ends).next().unwrap_or_default();
    match manager {
        _ if is_file => text,
        "apt" | "apt-get" | "aptitude" => name(&['=', '/', ':']),
        "yum" | "dnf" | "dnf5" | "microdnf" | "tdnf" | "zypper" => {
            let name = name(&['=', '<', '>', ' ']);
            let versions = name.match_indices('-').map(|(at, _)| at);
            let is_version = |at: &usize| name.as_bytes().get(at + 1).is_some_and(u8::is_ascii_digit);
            match versions.into_iter().find(is_version) {
                Some(at) => name.get(..at).unwrap_or(name),
                None => {
                    name.rsplit_once('.').filter(|(_, end)| RPM_ARCHITECTURES.contains(end)).map_or(name, |(it, _)| it)
                }
            }
        }
        _ => name(&['=', '~', ':', '<', '>', '@', '[', '!']),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_bare() {
        for (manager, text, name) in [
            ("apt-get", "tini=0.19.0-1", "tini"),
            ("apt-get", "tini/trixie", "tini"),
            ("apt", "sudo:amd64", "sudo"),
            ("apt-get", "./tini.deb", "./tini.deb"),
            ("apt-get", "g++", "g++"),
            ("dnf", "tini-0.19.0-1.fc43.x86_64", "tini"),
            ("yum", "openssh-server.x86_64", "openssh-server"),
            ("microdnf", "python3.13", "python3.13"),
            ("dnf", "https://example.org/tini-1.rpm", "https://example.org/tini-1.rpm"),
            ("apk", "tini~=0.19", "tini"),
            ("apk", "tini@edge", "tini"),
            ("pip", "supervisor[x]==4.2", "supervisor"),
            ("npm", "pm2@5", "pm2"),
        ] {
            assert_eq!(bare_name(manager, text), name, "{manager} {text}");
        }
    }
}
