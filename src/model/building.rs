//! Compilers and headers: which packages bring them, which commands use them, which images have them anyway.

use crate::shell::CommandLine;
use crate::shell::table::Verb;

use super::{Command, ImageReference, apt};

/// Packages that nothing but a build needs, whatever follows a dash and a digit.
const TOOLS: [&str; 28] = [
    "gcc",
    "g++",
    "gcc-c++",
    "clang",
    "make",
    "cmake",
    "build-essential",
    "build-base",
    "alpine-sdk",
    "base-devel",
    "autoconf",
    "automake",
    "libtool",
    "bison",
    "flex",
    "dpkg-dev",
    "musl-dev",
    "libc6-dev",
    "libc-dev",
    "glibc-devel",
    "linux-headers",
    "meson",
    "ninja-build",
    "cpp",
    // Groups of packages.
    "@development-tools",
    "@Development Tools",
    "patterns-devel-base-devel_basis",
    "patterns-devel-C-C++-devel_C_C++",
];

/// Commands that compile, or run what does, with the subcommands for which they do; none stands for any.
const BUILDERS: [(&str, &[&str]); 25] = [
    ("make", &[]),
    ("cmake", &[]),
    ("ninja", &[]),
    ("meson", &[]),
    ("scons", &[]),
    ("configure", &[]),
    ("Configure", &[]),
    ("gcc", &[]),
    ("g++", &[]),
    ("cc", &[]),
    ("clang", &[]),
    ("rustc", &[]),
    ("luarocks", &[]),
    ("cpanm", &[]),
    ("docker-php-ext-install", &[]),
    ("pecl", &["install"]),
    ("cargo", &["build", "install"]),
    ("go", &["build", "install", "get"]),
    ("pip", &["install", "wheel"]),
    ("npm", &["install", "i", "ci", "rebuild"]),
    ("yarn", &["install", "add"]),
    ("gem", &["install"]),
    ("bundle", &["install"]),
    ("python", &["setup.py"]),
    ("mix", &["compile"]),
];

/// Official images that are compilers.
const COMPILERS: [&str; 9] = ["gcc", "golang", "rust", "erlang", "elixir", "haskell", "swift", "crystal", "dart"];

/// Official images whose plain tags are built on buildpack-deps, which has compilers.
const EQUIPPED: [&str; 6] = ["buildpack-deps", "node", "perl", "pypy", "python", "ruby"];

/// What a package is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Compiling.
    Tool,
    /// Headers of a library.
    Headers,
    /// Something else.
    Other,
}

/// What a package is good for, by its name; versions and architectures are left out of account.
pub fn kind(package: &str) -> Kind {
    let name = package.split(['=', ':', '/', '<', '>', '~']).next().unwrap_or_default();
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.').trim_end_matches('-');
    if TOOLS.contains(&name) || TOOLS.contains(&stem) {
        Kind::Tool
    } else if name.ends_with("-dev") || name.ends_with("-devel") {
        Kind::Headers
    } else {
        Kind::Other
    }
}

/// Whether a command installs the group of packages that compilers are in, which is no package by this name.
pub fn installs_group(line: &CommandLine<'_>, name: &str) -> bool {
    let is_group = line.subcommand_is(&["groupinstall", "group", "groups"])
        || line.is("zypper") && line.value_of("-t").is_some_and(|kind| kind.word.is("pattern"));
    is_group
        && ["development tools", "development-tools", "devel_basis", "devel_c_c++"]
            .contains(&name.to_ascii_lowercase().as_str())
}

/// Whether a command installs packages of the distribution.
pub fn installs(line: &CommandLine<'_>) -> bool {
    apt::installs(line) && !apt::simulates(line)
        || line.is_any(&["apk", "dnf", "dnf5", "yum", "microdnf", "tdnf", "zypper", "pacman"])
            && (line.verb() == Some(Verb::Install)
                || line.subcommand_is(&["group", "groups"])
                    && line.operands.first().is_some_and(|word| word.is("install")))
}

/// Whether a command compiles something, or may.
pub fn builds(command: &Command<'_>) -> bool {
    let Some(line) = &command.line else { return false };
    let asks = ["--version", "--help", "-v"].iter().any(|option| line.has(option)) && line.operands.is_empty();
    let subcommand = line.subcommand.or_else(|| line.operands.first().copied());
    let fits =
        |names: &[&str]| names.is_empty() || subcommand.is_some_and(|word| names.iter().any(|name| word.is(name)));
    !asks && BUILDERS.iter().any(|&(name, subcommands)| line.is(name) && fits(subcommands))
}

/// Whether an image has compilers, or may be made for building.
pub fn is_equipped(image: &ImageReference) -> bool {
    let tag = image.tag.as_deref().unwrap_or_default();
    let is_lean = ["slim", "alpine", "curl", "scm"].iter().any(|part| tag.contains(part));
    let speaks = |text: &str| {
        text.split(['/', '-', '_', '.', ':']).any(|part| {
            matches!(part, "dev" | "devel" | "sdk" | "build" | "builder" | "ci" | "toolchain" | "devcontainers")
        })
    };
    COMPILERS.contains(&image.familiar())
        || EQUIPPED.contains(&image.familiar()) && !is_lean
        || speaks(image.familiar())
        || speaks(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages() {
        for (package, expected) in [
            ("gcc-12", Kind::Tool),
            ("g++", Kind::Tool),
            ("make=4.4.1-2", Kind::Tool),
            ("clang-19", Kind::Tool),
            ("libssl-dev", Kind::Headers),
            ("openssl-devel", Kind::Headers),
            ("libgcc-s1", Kind::Other),
            ("gcc-base", Kind::Other),
        ] {
            assert_eq!(kind(package), expected, "{package}");
        }
    }

    #[test]
    fn images() {
        for (image, expected) in [
            ("python:3.14", true),
            ("python:3.14-slim", false),
            ("debian:trixie-slim", false),
            ("example.org/ci/base:1", true),
            ("nvidia/cuda:12.4.1-devel-ubuntu22.04", true),
            ("buildpack-deps:trixie-curl", false),
        ] {
            assert_eq!(is_equipped(&ImageReference::parse(image)), expected, "{image}");
        }
    }
}
