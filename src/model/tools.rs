//! Commands that come with a system, and what running another one tells of what was installed.

use super::{Command, installs};
use crate::shell::CommandLine;
use crate::shell::ast::Word;

/// Commands of the shell, of the system, and of those who fetch, unpack and compile: that they run tells nothing of what was
/// installed before.
const BASIC: &[&str] = &[
    // the shell
    ":",
    "[",
    "[[",
    "break",
    "cd",
    "command",
    "continue",
    "dirs",
    "echo",
    "eval",
    "exec",
    "exit",
    "export",
    "false",
    "hash",
    "local",
    "popd",
    "printf",
    "pushd",
    "pwd",
    "read",
    "return",
    "set",
    "shift",
    "shopt",
    "sleep",
    "test",
    "time",
    "trap",
    "true",
    "type",
    "ulimit",
    "umask",
    "unset",
    "wait",
    "which",
    "declare",
    "readonly",
    "let",
    "env",
    "sh",
    // files and texts
    "awk",
    "basename",
    "cat",
    "chgrp",
    "chmod",
    "chown",
    "cmp",
    "cp",
    "cut",
    "date",
    "dd",
    "df",
    "diff",
    "dirname",
    "du",
    "expr",
    "find",
    "gawk",
    "grep",
    "head",
    "install",
    "ln",
    "ls",
    "mkdir",
    "mktemp",
    "mv",
    "nproc",
    "od",
    "patch",
    "paste",
    "readlink",
    "realpath",
    "rm",
    "rmdir",
    "sed",
    "seq",
    "sort",
    "stat",
    "sync",
    "tail",
    "tee",
    "touch",
    "tr",
    "truncate",
    "uniq",
    "unlink",
    "wc",
    "xargs",
    "arch",
    "uname",
    "tac",
    "base64",
    "timeout",
    "nice",
    // archives, downloads, signatures
    "ar",
    "bzip2",
    "cpio",
    "gzip",
    "tar",
    "unzip",
    "xz",
    "zip",
    "zcat",
    "zstd",
    "7z",
    "curl",
    "wget",
    "git",
    "aria2c",
    "cksum",
    "b2sum",
    "md5sum",
    "sha1sum",
    "shasum",
    "gpg",
    "gpgv",
    "gpgconf",
    "dirmngr",
    "apt-key",
    "openssl",
    "pkill",
    // packages
    "add-apt-repository",
    "apk",
    "apt",
    "apt-cache",
    "apt-get",
    "apt-mark",
    "aptitude",
    "dnf",
    "dnf5",
    "dpkg",
    "dpkg-architecture",
    "dpkg-deb",
    "dpkg-divert",
    "dpkg-query",
    "dpkg-reconfigure",
    "dpkg-statoverride",
    "microdnf",
    "pacman",
    "rpm",
    "rpmkeys",
    "tdnf",
    "update-alternatives",
    "alternatives",
    "yum",
    "yum-config-manager",
    "zypper",
    "debconf-set-selections",
    "lsb_release",
    // building
    "aclocal",
    "autoconf",
    "autoheader",
    "automake",
    "autoreconf",
    "cc",
    "clang",
    "cmake",
    "configure",
    "g++",
    "gcc",
    "libtoolize",
    "make",
    "meson",
    "ninja",
    "pkg-config",
    "scanelf",
    "strip",
    "buildconf",
    "autogen.sh",
    "bootstrap",
    // the system
    "addgroup",
    "adduser",
    "chpasswd",
    "deluser",
    "getent",
    "groupadd",
    "groupdel",
    "groupmod",
    "hostname",
    "id",
    "ldconfig",
    "localedef",
    "locale-gen",
    "passwd",
    "ps",
    "setcap",
    "setfacl",
    "sudo",
    "update-ca-certificates",
    "update-locale",
    "useradd",
    "userdel",
    "usermod",
    "whoami",
];

/// Whether a command comes with a system, so that running it tells nothing of what was installed.
pub fn is_basic(name: &str) -> bool {
    BASIC.contains(&name)
}

/// Whether a command tests what was built.
pub fn tests(command: &Command<'_>) -> bool {
    let Some(line) = &command.line else { return false };
    let targets = ["test", "tests", "check", "checks", "installcheck", "quickcheck"];
    line.is("make") && line.operands.iter().any(|word| targets.iter().any(|target| word.is(target)))
}

/// Whether a command runs a program that was installed, or may; without a name anything but the tools of the system does,
/// and a tool of the system that is asked for its version.
pub fn tries(command: &Command<'_>, program: Option<&str>) -> bool {
    let Some(line) = &command.line else { return !command.invocation.simple.words.is_empty() };
    let known = line.spec.and_then(|spec| spec.names.first()).copied().unwrap_or(&line.name);
    let is_plain = is_basic(&line.name) || is_basic(known);
    let is_it = |word: &Word| word.literal().is_some_and(|text| Some(base(&text)) == program);
    // `configure` and its like build what is not installed yet.
    if installs::runs_script(command) && !is_plain {
        return true;
    }
    let wrapped = line.wrappers.iter().any(|word| is_it(word) || !word.literal().is_some_and(|it| is_basic(base(&it))));
    match program {
        Some(name) => line.name == name || wrapped || !is_plain && line.words.iter().any(is_it),
        None => wrapped || !is_plain || asks_version(line),
    }
}

/// Whether a command is a test of something that does not come with the system: it is asked for its version.
pub fn tries_any(command: &Command<'_>) -> bool {
    let asks = |line: &CommandLine<'_>| {
        asks_version(line) || ["-v", "-V"].iter().any(|option| line.words.get(1).is_some_and(|word| word.is(option)))
    };
    command.line.as_ref().is_some_and(|line| !is_basic(&line.name) && asks(line))
}

fn asks_version(line: &CommandLine<'_>) -> bool {
    let asks = |word: &Word| ["--version", "-version", "version", "--help"].iter().any(|text| word.is(text));
    line.words.iter().skip(1).any(asks)
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}
