//! Users and groups that commands make, in the spellings of shadow, Debian and BusyBox.

use crate::shell::ast::{PartKind, Quoting, Word};
use crate::shell::{CommandLine, OptionValue};

use super::base::{self, Family};
use super::{Command, Model, Step};

/// What is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountKind {
    /// A user, and with it mostly a group of the same name.
    User,
    /// A group.
    Group,
}

/// Whether a command says what the account's number is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountId {
    /// It does, with this text, where that can be known.
    Given(Option<String>),
    /// It takes the next free one.
    Next,
    /// It may: an option of the command cannot be known.
    Unknown,
}

/// A user or group that a command makes.
#[derive(Debug, Clone)]
pub struct Account<'m> {
    /// What it is.
    pub kind: AccountKind,
    /// The command as its program reads it: `adduser` of a Red Hat is `useradd`.
    pub line: CommandLine<'m>,
    /// The word that names it.
    pub name: &'m Word,
    /// Its number.
    pub id: AccountId,
    /// The group of a user, where the command names one.
    pub group: Option<OptionValue<'m>>,
    /// Whether it is asked for as a system account.
    pub is_system: bool,
}

/// Letters that `useradd` has and `adduser` of Debian and BusyBox has not: there `adduser` is a link to `useradd`.
const OF_USERADD: [&str; 14] = ["-r", "-M", "-m", "-d", "-c", "-N", "-l", "-b", "-e", "-f", "-K", "-o", "-p", "-U"];

impl Model<'_> {
    /// The user or group that a command makes; none for one that only adds a user to a group, or makes nothing.
    pub fn account<'m>(&'m self, command: &'m Command<'_>) -> Option<Account<'m>> {
        let line = command.line.as_ref()?;
        let line = match line.name.as_str() {
            "adduser" if is_useradd(line, self.family_of(self.step(command.step)?)) => line.read_as("useradd"),
            "useradd" | "groupadd" | "adduser" | "addgroup" => line.clone(),
            _ => return None,
        };
        let is_shadow = line.is("useradd") || line.is("groupadd");
        let only_group = line.is("adduser") && line.has("--group") && !line.has("--system");
        let kind = if line.is("groupadd") || line.is("addgroup") || only_group {
            AccountKind::Group
        } else {
            AccountKind::User
        };
        let name = *line.operands.last()?;
        let joins_a_group = !is_shadow && line.operands.len() > 1;
        if joins_a_group || line.has("--help") || line.is("useradd") && line.has("-D") {
            return None;
        }
        let number = match (kind, line.is("adduser")) {
            (AccountKind::User, _) => line.value_of("-u"),
            (AccountKind::Group, true) => line.value_of("--gid"),
            (AccountKind::Group, false) => line.value_of("-g"),
        };
        let id = match number {
            Some(value) if value.attached => AccountId::Given(value.text.clone()),
            Some(value) => AccountId::Given(self.only_word(command, value.word)),
            None if line.words.iter().skip(1).any(|word| self.may_be_options(command, &line, word)) => {
                AccountId::Unknown
            }
            None => AccountId::Next,
        };
        let group = match kind {
            AccountKind::Group => None,
            AccountKind::User if is_shadow => line.value_of("-g").cloned(),
            AccountKind::User => line.value_of("--ingroup").or_else(|| line.value_of("--gid")).cloned(),
        };
        let is_system = line.has("--system");
        Some(Account { kind, line, name, id, group, is_system })
    }

    /// Whether an account is for somebody who logs in: it has a home and a shell, or a home among those of people.
    pub fn is_person(&self, account: &Account<'_>, command: &Command<'_>) -> bool {
        let line = &account.line;
        let is_useradd = line.is("useradd");
        let has_home = if is_useradd { line.has("-m") } else { !line.has("--no-create-home") };
        // What cannot be known may be a shell, or a home.
        let value = |option, is_so: fn(&str) -> bool| {
            line.value_of(option).is_some_and(|value| {
                let text = value.text.clone().or_else(|| self.only_word(command, value.word));
                text.is_none_or(|text| is_so(&text))
            })
        };
        let logs_in = |shell: &str| !["false", "nologin", "true", "sync"].iter().any(|none| shell.ends_with(none));
        has_home
            && (value(if is_useradd { "-s" } else { "--shell" }, logs_in)
                || value(if is_useradd { "-d" } else { "--home" }, |home| home.starts_with("/home/")))
    }

    /// The family of the image that a step's stage stands on, where it is known.
    pub fn family_of(&self, step: &Step<'_>) -> Option<Family> {
        base::family(self.root_image(self.stage_of(step)?)?)
    }

    /// Whether a word may hold options that cannot be told: `$OPTIONS`, `"$@"`, `$(options)`.
    fn may_be_options(&self, command: &Command<'_>, line: &CommandLine<'_>, word: &Word) -> bool {
        if word.literal().is_some() || is_value(line, word) {
            return false;
        }
        if let Some(words) = self.possible_words(command, word) {
            return words.iter().any(|word| word.starts_with('-'));
        }
        let is_name = line.operands.last().is_some_and(|name| std::ptr::eq(*name, word));
        word.parts.iter().any(|part| {
            let is_split = part.quoting == Quoting::None && !is_name;
            match &part.kind {
                PartKind::Parameter(it) => is_split || matches!(it.name.as_str(), "@" | "*"),
                PartKind::Substitution(_) => is_split,
                _ => false,
            }
        })
    }
}

/// Whether a word is the value of an option, or holds it.
fn is_value(line: &CommandLine<'_>, word: &Word) -> bool {
    line.options.iter().filter_map(|option| option.value.as_ref()).any(|value| std::ptr::eq(value.word, word))
}

impl Account<'_> {
    /// Whether the command is BusyBox's, as far as its options tell.
    pub fn has_short_options(&self) -> bool {
        let is_long = |spelling: &str| spelling.starts_with("--");
        !self.line.options.is_empty() && !self.line.options.iter().any(|option| is_long(&option.spelling))
    }
}

fn is_useradd(line: &CommandLine<'_>, family: Option<Family>) -> bool {
    match family {
        Some(family) => family == Family::Rpm,
        None => line.options.iter().any(|option| OF_USERADD.contains(&option.spelling.as_str())),
    }
}

/// Whether a USER names root, or the administrator of Windows.
pub fn is_root(user: &str) -> bool {
    let name = user.split(':').next().unwrap_or_default();
    name == "0" || name == "root" || name.eq_ignore_ascii_case("ContainerAdministrator")
}
