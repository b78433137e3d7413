//! Whether the configuration of a package manager is, or may be, given a setting before a command.

use crate::dockerfile::ast::{Args, Keyword, Word};
use crate::dockerfile::views;
use crate::shell::ast;

use super::{Command, Model, Step};

/// Commands that write nothing but what they show.
const SHOWN: [&str; 9] = ["echo", "printf", "tee", "cat", "rm", "mkdir", "chmod", "chown", "ls"];

/// Where a family of package managers looks for its configuration.
#[derive(Debug)]
pub struct Configuration {
    /// Its commands: their own arguments configure nothing that lasts.
    commands: &'static [&'static str],
    /// What the paths of its files begin with.
    files: &'static [&'static str],
    /// The directories above, in whose trees its files may be.
    above: &'static [&'static str],
    /// The variable that names another file.
    variable: &'static str,
}

/// That of apt.
pub const APT: Configuration = Configuration {
    commands: &["apt-get", "apt", "aptitude"],
    files: &["/etc/apt/apt.conf"],
    above: &["", "/etc", "/etc/apt"],
    variable: "APT_CONFIG",
};
/// That of dnf and its relatives.
pub const DNF: Configuration = Configuration {
    commands: &["dnf", "dnf5", "microdnf", "tdnf", "yum"],
    files: &["/etc/dnf/", "/etc/yum.conf", "/etc/yum/", "/etc/tdnf/"],
    above: &["", "/etc", "/etc/dnf"],
    variable: "",
};

impl Configuration {
    /// Whether a setting, its name in lower case, is or may be written into the configuration before a command.
    pub fn may_set(&self, model: &Model<'_>, command: &Command<'_>, setting: &str) -> bool {
        let Some(step) = model.step(command.step) else { return false };
        let start = command.invocation.simple.span.start;
        let mut here = model.commands_of(step.index).iter();
        here.any(|other| other.invocation.simple.span.start < start && self.is_written(other, setting))
            || model.steps_below(step).any(|below| match below.keyword() {
                Keyword::Run => model.commands_of(below.index).iter().any(|other| self.is_written(other, setting)),
                Keyword::Copy | Keyword::Add => self.is_brought(below, setting),
                Keyword::Env => {
                    matches!(&below.instruction.args, Args::Pairs(pairs) if pairs.iter().any(|pair| pair.key.text == self.variable))
                }
                _ => false,
            })
    }

    fn is_file(&self, path: &str) -> bool {
        self.files.iter().any(|file| path.starts_with(file))
    }

    /// Whether a command writes the setting, or something that cannot be known, into the configuration.
    fn is_written(&self, command: &Command<'_>, setting: &str) -> bool {
        let statement = command.invocation.statement;
        let words = command.invocation.simple.words.iter().chain(statement.redirects.iter().map(|it| &it.target));
        let Some(line) = &command.line else { return false };
        if line.is_any(self.commands) {
            return false;
        }
        let speaks = words.clone().any(|word| word.parts.iter().any(|part| names(part, setting)));
        let mut into_it = words.filter(|word| word.literal().is_some_and(|path| self.is_file(&path)));
        let writes_what_it_says = SHOWN.contains(&line.name.as_str()) || line.is_any(&["sed", "touch"]);
        let shown = writes_what_it_says && line.operands.iter().all(|it| it.literal().is_some());
        speaks || !shown && into_it.next().is_some()
    }

    /// Whether COPY or ADD puts files where the configuration is.
    fn is_brought(&self, step: &Step<'_>, setting: &str) -> bool {
        let transfer = match (views::Copy::of(step.instruction), views::Add::of(step.instruction)) {
            (Some(copy), _) => copy.transfer,
            (_, Some(add)) => add.transfer,
            _ => return false,
        };
        let Some(destination) = transfer.destination else { return false };
        let may_set = |word: &Word| {
            let heredoc = views::heredoc_of(step.heredocs, word.span);
            heredoc.is_none_or(|heredoc| heredoc.content.to_ascii_lowercase().contains(setting))
        };
        let is_tree = |word: &&Word| {
            let path = word.text.trim_end_matches('/');
            word.text.ends_with('/') || ["rootfs", "etc"].contains(&path.rsplit('/').next().unwrap_or_default())
        };
        let path = destination.text.trim_end_matches('/');
        if self.above.contains(&path) && !self.is_file(path) {
            return transfer.sources.iter().any(is_tree);
        }
        self.is_file(&destination.text)
            && (!transfer.sources.is_empty() || transfer.heredocs.iter().any(|word| may_set(word)))
    }
}

fn names(part: &ast::Part, setting: &str) -> bool {
    matches!(&part.kind, ast::PartKind::Literal(text) if text.to_ascii_lowercase().contains(setting))
}
