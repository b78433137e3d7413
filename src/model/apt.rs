//! What a command of apt does to the package lists.

use crate::shell::CommandLine;
use crate::shell::table::Verb;

use super::{Command, Model, configured};

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

impl Model<'_> {
    /// Whether an install says, or may say, what it does about recommended packages: by an option, or by the configuration
    /// that it reads.
    pub fn settles_recommended(&self, command: &Command<'_>, line: &CommandLine<'_>) -> bool {
        const SETTING: &str = "install-recommends";
        const OPTIONS: [&str; 4] =
            ["--no-install-recommends", "--install-recommends", "--without-recommends", "--with-recommends"];
        let names_setting = |text: &str| text.to_ascii_lowercase().contains(SETTING);
        OPTIONS.into_iter().any(|option| self.may_give(command, line, option))
            || line.has("-c")
            || line.values_of("-o").any(|value| value.text.as_deref().is_none_or(names_setting))
            || configured::APT.may_set(self, command, SETTING)
            || self.step(command.step).and_then(|step| self.stage_of(step)).is_some_and(|stage| {
                // Its configuration has recommended packages off.
                self.root_image(stage).is_some_and(|image| image.familiar().ends_with("bitnami/minideb"))
            })
    }
}

/// The suites in lines such as `deb [options] url suite component...` and `Suites: suite...`, with their places.
pub fn suites_in(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let offset = |part: &str| part.as_ptr() as usize - text.as_ptr() as usize;
    // `echo -e` and `printf` have their newlines as `\n`.
    for line in text.split('\n').flat_map(|line| line.split("\\n")) {
        let line = line.trim_start();
        if let Some(names) = line.strip_prefix("Suites:") {
            found.extend(names.split_whitespace().map(|name| (offset(name), name)));
            continue;
        }
        let Some(rest) = line.strip_prefix("deb-src").or_else(|| line.strip_prefix("deb")) else { continue };
        if !rest.starts_with([' ', '\t']) {
            continue;
        }
        let rest = rest.trim_start();
        let rest = match rest.strip_prefix('[') {
            Some(options) => options.split_once(']').map_or("", |(_, rest)| rest),
            None => rest,
        };
        let mut words = rest.split_whitespace();
        if let (Some(_url), Some(suite)) = (words.next(), words.next()) {
            found.push((offset(suite), suite));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::suites_in;

    #[test]
    fn suites() {
        for (text, expected) in [
            ("deb http://a.example/ trixie main", &[(22_usize, "trixie")] as &[(usize, &str)]),
            ("deb [a=b c=d] http://a b/c\\n  deb-src http://a d", &[(23, "b/c"), (47, "d")]),
            ("Types: deb\nSuites: a b\n", &[(19, "a"), (21, "b")]),
            ("# deb http://a b c", &[]),
            ("debconf http://a b", &[]),
            ("deb http://a", &[]),
            ("deb [a b c", &[]),
        ] {
            assert_eq!(suites_in(text), expected, "{text}");
        }
    }
}
