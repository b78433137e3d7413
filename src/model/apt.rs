//! What a command of apt does to the package lists.

use crate::shell::CommandLine;
use crate::shell::table::Verb;

/// Where the package lists are.
pub const LISTS: &str = "/var/lib/apt/lists";

/// Whether it is a front end of apt.
pub fn is_apt(line: &CommandLine<'_>) -> bool {
    line.is_any(&["apt-get", "apt", "aptitude"])
}

/// Whether it installs packages, and reads the package lists for it.
pub fn installs(line: &CommandLine<'_>) -> bool {
    is_apt(line) && line.subcommand_is(&["install", "reinstall", "build-dep", "satisfy"])
}

/// Whether it fetches the package lists: `update`, and `install --update` of apt 2.9.
pub fn refreshes(line: &CommandLine<'_>) -> bool {
    is_apt(line)
        && !simulates(line)
        && !keeps_lists_elsewhere(line)
        && (line.verb() == Some(Verb::Update) || line.has("--update") && !line.is("aptitude"))
}

/// Whether it only says what it would do.
pub fn simulates(line: &CommandLine<'_>) -> bool {
    line.has("-s") || line.has("--print-uris") || line.has("--help")
}

/// Whether it is given a directory of its own for the lists, or a configuration that may have one.
pub fn keeps_lists_elsewhere(line: &CommandLine<'_>) -> bool {
    let mut settings = line.values_of("-o").map(|value| value.text.as_deref());
    line.has("-c") || settings.any(|text| text.is_some_and(|text| text.to_ascii_lowercase().starts_with("dir::state")))
}

/// Whether it removes the package lists: `apt-get dist-clean` of apt 2.7.8.
pub fn removes_lists(line: &CommandLine<'_>) -> bool {
    is_apt(line) && line.subcommand_is(&["dist-clean", "distclean"])
}
