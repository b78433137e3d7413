//! RPM packages and what installs them.

use crate::shell::CommandLine;

use super::{Command, Model, configured};

impl Model<'_> {
    /// Whether a yum or dnf installs something that it would ask for.
    pub fn asks_to_install(&self, command: &Command<'_>, line: &CommandLine<'_>) -> bool {
        const SETTING: &str = "assumeyes";
        let is_group =
            line.subcommand_is(&["module", "group"]) && line.operands.first().is_some_and(|it| it.is("install"));
        let installs = is_group || line.subcommand_is(&["install", "groupinstall", "localinstall"]);
        installs
            && !["-y", "--assumeno", "--help"].iter().any(|option| self.may_give(command, line, option))
            && !line.values_of("--setopt").any(|it| it.text.as_deref().is_none_or(|text| text.contains(SETTING)))
            && !self.is_answered(command)
            && !configured::DNF.may_set(self, command, SETTING)
    }
}

/// Whether the name of an RPM package has a version: a dash and a digit, or a dash and a variable.
pub fn has_version(package: &str) -> bool {
    let mut parts = package.split('-').skip(1);
    parts.any(|part| part.starts_with(|c: char| c.is_ascii_digit() || c == '$'))
}
