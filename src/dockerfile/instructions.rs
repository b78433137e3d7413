//! BuildKit's second stage: is this a valid instruction? Unknown names, flags, argument counts, stage names.
//!
//! Follows `frontend/dockerfile/instructions/{parse,bflag,commands_run`*}.go, the order of the checks included: a node has
//! the error that BuildKit meets first.

use std::num::IntErrorKind;

use super::ast::{Args, Dockerfile, Flag, Instruction, Keyword, Word};
use super::duration::{self, DurationError};
use super::heredoc;
use super::mounts::{self, CsvError};
use super::quote::quote;
use crate::source::Span;

/// What is wrong with an instruction, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstructionError {
    /// What is wrong.
    pub kind: InstructionErrorKind,
    /// The word or the flag at fault.
    pub span: Span,
}

/// A suggestion behind a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion(pub Option<String>);

impl std::fmt::Display for Suggestion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Some(name) => write!(f, " (did you mean {name}?)"),
            None => Ok(()),
        }
    }
}

/// What is wrong with an instruction. The messages are BuildKit's own.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InstructionErrorKind {
    /// An instruction before the first FROM that is no ARG.
    #[error("no build stage in current context")]
    NoStage,
    /// No instruction of this name.
    #[error("unknown instruction: {name}{suggestion}")]
    UnknownInstruction {
        /// As typed.
        name: String,
        /// A near one.
        suggestion: Suggestion,
    },
    /// The instruction has no such flag.
    #[error("unknown flag: --{flag}{suggestion}")]
    UnknownFlag {
        /// Without `--`.
        flag: String,
        /// A near one.
        suggestion: Suggestion,
    },
    /// A flag that may be given once is given twice.
    #[error("duplicate flag specified: --{0}")]
    DuplicateFlag(String),
    /// `--flag` or `--flag=` where a value is needed.
    #[error("missing a value on flag: --{0}")]
    MissingFlagValue(String),
    /// Neither `true` nor `false`.
    #[error("expecting boolean value for flag --{flag}, not: {value}")]
    InvalidBoolean {
        /// Without `--`.
        flag: String,
        /// As written.
        value: String,
    },
    /// FROM with two or more than three arguments, or without `AS` between.
    #[error("FROM requires either one or three arguments")]
    FromArguments,
    /// A stage name with other characters than `a-z0-9-_.`, or that starts with another than a letter.
    #[error("invalid name for build stage: {}, name can't start with a number or contain symbols", quote(.0))]
    InvalidStageName(String),
    /// An instruction that needs arguments has none.
    #[error("{0} requires at least one argument")]
    AtLeastOneArgument(&'static str),
    /// An instruction that takes one text has none.
    #[error("{0} requires exactly one argument")]
    ExactlyOneArgument(&'static str),
    /// COPY or ADD with fewer than two arguments.
    #[error("{0} requires at least two arguments, but only one was provided. Destination could not be determined")]
    NoDestination(&'static str),
    /// A here-document where the destination belongs.
    #[error("{0} cannot accept a heredoc as a destination")]
    HeredocDestination(&'static str),
    /// `ENV =x`
    #[error("{0} names can not be blank")]
    BlankName(&'static str),
    /// ONBUILD ONBUILD
    #[error("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed")]
    OnbuildChain,
    /// ONBUILD FROM, ONBUILD MAINTAINER
    #[error("{0} isn't allowed as an ONBUILD trigger")]
    OnbuildTrigger(String),
    /// SHELL in shell form.
    #[error("SHELL requires the arguments to be in JSON form")]
    ShellNotJson,
    /// HEALTHCHECK NONE with a command.
    #[error("HEALTHCHECK NONE takes no arguments")]
    HealthcheckNone,
    /// HEALTHCHECK CMD without one.
    #[error("Missing command after HEALTHCHECK CMD")]
    HealthcheckCommand,
    /// HEALTHCHECK with something else than CMD or NONE.
    #[error("Unknown type {} in HEALTHCHECK (try CMD)", quote(.0))]
    HealthcheckType(String),
    /// An option of HEALTHCHECK that is no duration.
    #[error("{0}")]
    Duration(DurationError),
    /// A duration below a millisecond.
    #[error("Interval {} cannot be less than 1ms", quote(.0))]
    ShortInterval(String),
    /// `--retries` that is no number.
    #[error("strconv.ParseInt: parsing {}: invalid syntax", quote(.0))]
    Retries(String),
    /// `--retries` that does not fit in 32 bits.
    #[error("strconv.ParseInt: parsing {}: value out of range", quote(.0))]
    RetriesRange(String),
    /// `--retries` below zero.
    #[error("--retries cannot be negative ({0})")]
    NegativeRetries(i64),
    /// VOLUME with an empty path.
    #[error("VOLUME specified can not be an empty string")]
    EmptyVolume,
    /// A mount or a device that is no CSV line.
    #[error("failed to parse csv {what}: {error}")]
    Csv {
        /// `mounts` or `devices`.
        what: &'static str,
        /// What is wrong.
        error: CsvError,
    },
    /// A variable in the `from` of a mount.
    #[error("'from' doesn't support variable expansion, define alias stage instead")]
    MountFromVariable,
    /// A device with an unknown key, or with two names.
    #[error("{0}")]
    Device(String),
    /// `--network` with an unknown mode.
    #[error("invalid network mode {}", quote(.0))]
    Network(String),
    /// `--security` with an unknown mode.
    #[error("security {} is not valid", quote(.0))]
    Security(String),
}

/// What an instruction error is about: each concern is one rule's, so that no error is told twice or not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concern {
    /// The name of a stage.
    StageName,
    /// Which instruction it is, and where it stands.
    Instruction,
    /// A flag, its value included.
    Flag,
    /// The arguments, and the settings of HEALTHCHECK.
    Arguments,
}

impl InstructionErrorKind {
    /// What the error is about.
    pub fn concern(&self) -> Concern {
        match self {
            Kind::InvalidStageName(_) => Concern::StageName,
            Kind::NoStage | Kind::UnknownInstruction { .. } | Kind::OnbuildChain | Kind::OnbuildTrigger(_) => {
                Concern::Instruction
            }
            Kind::UnknownFlag { .. }
            | Kind::DuplicateFlag(_)
            | Kind::MissingFlagValue(_)
            | Kind::InvalidBoolean { .. }
            | Kind::Csv { .. }
            | Kind::MountFromVariable
            | Kind::Device(_)
            | Kind::Network(_)
            | Kind::Security(_) => Concern::Flag,
            Kind::FromArguments
            | Kind::AtLeastOneArgument(_)
            | Kind::ExactlyOneArgument(_)
            | Kind::NoDestination(_)
            | Kind::HeredocDestination(_)
            | Kind::BlankName(_)
            | Kind::ShellNotJson
            | Kind::HealthcheckNone
            | Kind::HealthcheckCommand
            | Kind::HealthcheckType(_)
            | Kind::Duration(_)
            | Kind::ShortInterval(_)
            | Kind::Retries(_)
            | Kind::RetriesRange(_)
            | Kind::NegativeRetries(_)
            | Kind::EmptyVolume => Concern::Arguments,
        }
    }
}

use InstructionErrorKind as Kind;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FlagType {
    Boolean,
    /// One value.
    Text,
    /// A value each time.
    Texts,
}

use FlagType::{Boolean, Text, Texts};

const ADD_FLAGS: &[(&str, FlagType)] = &[
    ("chown", Text),
    ("chmod", Text),
    ("link", Boolean),
    ("keep-git-dir", Boolean),
    ("checksum", Text),
    ("unpack", Boolean),
    ("exclude", Texts),
];
const COPY_FLAGS: &[(&str, FlagType)] =
    &[("chown", Text), ("from", Text), ("chmod", Text), ("link", Boolean), ("exclude", Texts), ("parents", Boolean)];
const RUN_FLAGS: &[(&str, FlagType)] = &[("mount", Texts), ("device", Texts), ("network", Text), ("security", Text)];
const HEALTHCHECK_FLAGS: &[(&str, FlagType)] =
    &[("interval", Text), ("timeout", Text), ("start-period", Text), ("start-interval", Text), ("retries", Text)];
const FROM_FLAGS: &[(&str, FlagType)] = &[("platform", Text)];

/// The flags that an instruction takes, for messages.
pub fn known_flags(keyword: Keyword) -> Vec<&'static str> {
    let flags = match keyword {
        Keyword::Add => ADD_FLAGS,
        Keyword::Copy => COPY_FLAGS,
        Keyword::Run => RUN_FLAGS,
        Keyword::Healthcheck => HEALTHCHECK_FLAGS,
        Keyword::From => FROM_FLAGS,
        _ => &[],
    };
    flags.iter().map(|(name, _)| *name).collect()
}

/// The errors of a file's instructions, with the index of each: one an instruction, where BuildKit stops at the first.
/// An instruction that the syntax stage refuses has none.
pub fn check_file(file: &Dockerfile) -> Vec<(usize, InstructionError)> {
    let mut errors = Vec::new();
    let mut in_stage = false;
    let mut refused: Vec<Span> = file.errors.iter().map(|error| error.span).filter(|span| !span.is_empty()).collect();
    refused.sort_unstable();
    for (index, instruction) in file.instructions.iter().enumerate() {
        let first = refused.partition_point(|span| span.start < instruction.span.start);
        let inside = refused.iter().skip(first).take_while(|span| span.start < instruction.span.end);
        let broken = inside.into_iter().any(|span| span.end <= instruction.span.end);
        in_stage |= instruction.keyword == Keyword::From;
        if broken {
            continue;
        }
        let checked = check(instruction).and_then(|()| {
            let outside = !in_stage && instruction.keyword != Keyword::Arg;
            if outside { at(instruction.name.span, Kind::NoStage) } else { Ok(()) }
        });
        errors.extend(checked.err().map(|error| (index, error)));
    }
    errors
}

type Checked = Result<(), InstructionError>;

fn at<T>(span: Span, kind: Kind) -> Result<T, InstructionError> {
    Err(InstructionError { kind, span })
}

/// Checks one instruction by itself.
pub fn check(instruction: &Instruction) -> Checked {
    let keyword = instruction.keyword;
    let name = keyword.as_str();
    let span = instruction.name.span;
    let args = &instruction.args;
    let no_args = match args {
        Args::None => true,
        Args::Json(words) | Args::Words(words) => words.is_empty(),
        _ => false,
    };
    let at_least_one = || if no_args { at(span, Kind::AtLeastOneArgument(name)) } else { Ok(()) };
    let exactly_one = || if no_args { at(span, Kind::ExactlyOneArgument(name)) } else { Ok(()) };
    let flags = |known| check_flags(instruction, known);
    match keyword {
        Keyword::Env | Keyword::Label => {
            flags(&[])?;
            at_least_one()?;
            match args {
                Args::Pairs(pairs) => match pairs.iter().find(|pair| pair.key.text.is_empty()) {
                    Some(pair) => at(pair.key.span.to(pair.value.span), Kind::BlankName(name)),
                    None => Ok(()),
                },
                _ => Ok(()),
            }
        }
        Keyword::Maintainer | Keyword::User | Keyword::Workdir => {
            exactly_one()?;
            flags(&[])
        }
        Keyword::Stopsignal => exactly_one(),
        Keyword::Arg => {
            at_least_one()?;
            let Args::Words(words) = args else { return Ok(()) };
            match words.iter().find(|word| word.text.starts_with('=')) {
                Some(word) => at(word.span, Kind::BlankName(name)),
                None => Ok(()),
            }
        }
        Keyword::Add => transfer(instruction, ADD_FLAGS),
        Keyword::Copy => transfer(instruction, COPY_FLAGS),
        Keyword::From => {
            from(instruction)?;
            flags(FROM_FLAGS)
        }
        Keyword::Onbuild => {
            at_least_one()?;
            flags(&[])?;
            let Some(child) = instruction.child() else { return Ok(()) };
            match child.name.text.to_uppercase().as_str() {
                "ONBUILD" => at(child.name.span, Kind::OnbuildChain),
                trigger @ ("MAINTAINER" | "FROM") => at(child.name.span, Kind::OnbuildTrigger(trigger.to_owned())),
                _ => Ok(()),
            }
        }
        Keyword::Run => {
            flags(RUN_FLAGS)?;
            run(instruction)
        }
        Keyword::Cmd | Keyword::Entrypoint => flags(&[]),
        Keyword::Healthcheck => healthcheck(instruction),
        Keyword::Expose => {
            at_least_one()?;
            flags(&[])
        }
        Keyword::Volume => {
            at_least_one()?;
            flags(&[])?;
            let (Args::Json(words) | Args::Words(words)) = args else { return Ok(()) };
            match words.iter().find(|word| word.text.trim().is_empty()) {
                Some(word) => at(word.span, Kind::EmptyVolume),
                None => Ok(()),
            }
        }
        Keyword::Shell => {
            flags(&[])?;
            at_least_one()?;
            if instruction.is_json() { Ok(()) } else { at(instruction.span, Kind::ShellNotJson) }
        }
        Keyword::Unknown => {
            let known = Keyword::ALL.map(|(name, _)| name);
            let name = instruction.name.text.clone();
            let suggestion = Suggestion(suggest(&name, &known, false));
            at(span, Kind::UnknownInstruction { name, suggestion })
        }
    }
}

fn check_flags(instruction: &Instruction, known: &[(&str, FlagType)]) -> Checked {
    let mut used: Vec<&str> = Vec::new();
    for flag in &instruction.flags {
        let name = flag.name.text.as_str();
        let Some(&(_, kind)) = known.iter().find(|(known, _)| *known == name) else {
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            let suggestion = Suggestion(suggest(name, &names, true));
            return at(flag.span, Kind::UnknownFlag { flag: name.to_owned(), suggestion });
        };
        if used.contains(&name) && kind != Texts {
            return at(flag.span, Kind::DuplicateFlag(name.to_owned()));
        }
        used.push(name);
        let value = flag.value.as_ref().map(|value| value.text.as_str());
        match (kind, value) {
            (Boolean, Some("")) | (Text | Texts, None) => {
                return at(flag.span, Kind::MissingFlagValue(name.to_owned()));
            }
            (Boolean, Some(value)) if !value.eq_ignore_ascii_case("true") && !value.eq_ignore_ascii_case("false") => {
                return at(flag.span, Kind::InvalidBoolean { flag: name.to_owned(), value: value.to_owned() });
            }
            _ => {}
        }
    }
    Ok(())
}

fn transfer(instruction: &Instruction, known: &[(&str, FlagType)]) -> Checked {
    let name = instruction.keyword.as_str();
    let words = match &instruction.args {
        Args::Words(words) | Args::Json(words) if words.len() >= 2 => words,
        _ => return at(instruction.name.span, Kind::NoDestination(name)),
    };
    check_flags(instruction, known)?;
    match words.last() {
        Some(last) if matches!(heredoc::operator(&last.text, 0..last.text.len()), Ok(Some(_))) => {
            at(last.span, Kind::HeredocDestination(name))
        }
        _ => Ok(()),
    }
}

fn from(instruction: &Instruction) -> Checked {
    match &instruction.args {
        Args::Words(words) => match words.as_slice() {
            [_] => Ok(()),
            [_, keyword, alias] if keyword.text.eq_ignore_ascii_case("as") => stage_name(alias),
            [_, extra, ..] => {
                let end = words.last().map_or(extra.span, |last| last.span);
                at(extra.span.to(end), Kind::FromArguments)
            }
            [] => at(instruction.name.span, Kind::FromArguments),
        },
        _ => at(instruction.name.span, Kind::FromArguments),
    }
}

/// `^[a-z][a-z0-9-_.]*$`, in lower case.
fn stage_name(alias: &Word) -> Checked {
    let name = alias.text.to_lowercase();
    let rest = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
    if name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(rest) {
        Ok(())
    } else {
        at(alias.span, Kind::InvalidStageName(alias.text.clone()))
    }
}

fn run(instruction: &Instruction) -> Checked {
    let values = |name: &'static str| {
        let named = instruction.flags.iter().filter(move |flag| flag.name.text == name);
        named.filter_map(|flag| Some((flag, flag.value.as_ref()?)))
    };
    for (flag, value) in values("device") {
        device(flag, value)?;
    }
    for (flag, value) in values("mount") {
        let fields =
            mounts::csv_fields(&value.text).or_else(|error| at(flag.span, Kind::Csv { what: "mounts", error }))?;
        for field in fields {
            // At this stage BuildKit looks at `from` alone; the other fields wait for their variables.
            let Some((key, text)) = field.split_once('=') else { continue };
            let dollar = text.find('$').filter(|&dollar| dollar + 1 != text.len());
            if key.eq_ignore_ascii_case("from") && dollar.is_some() {
                let span = mounts::read(value).from.map_or(flag.span, |from| from.span);
                return at(span, Kind::MountFromVariable);
            }
        }
    }
    if let Some((flag, value)) = values("network").next()
        && !matches!(value.text.as_str(), "default" | "none" | "host")
    {
        return at(flag.span, Kind::Network(value.text.clone()));
    }
    match values("security").next() {
        Some((flag, value)) if !matches!(value.text.as_str(), "insecure" | "sandbox") => {
            at(flag.span, Kind::Security(value.text.clone()))
        }
        _ => Ok(()),
    }
}

fn device(flag: &Flag, value: &Word) -> Checked {
    let fields =
        mounts::csv_fields(&value.text).or_else(|error| at(flag.span, Kind::Csv { what: "devices", error }))?;
    let mut name = String::new();
    for field in fields {
        match field.split_once('=') {
            None if field.eq_ignore_ascii_case("required") => {}
            None if name.is_empty() => name = field,
            None => return at(flag.span, Kind::Device(format!("invalid field '{field}' must be a key=value pair"))),
            Some((key, text)) => match key.to_ascii_lowercase().as_str() {
                "name" if name.is_empty() => text.clone_into(&mut name),
                "name" => return at(flag.span, Kind::Device(format!("device name already set to {name}"))),
                "required" if is_go_bool(text) => {}
                "required" => return at(flag.span, Kind::Device(format!("invalid value for required: {text}"))),
                _ if name.is_empty() => name.clone_from(&field),
                key => {
                    let suggestion = Suggestion(suggest(key, &["name", "required"], true));
                    return at(flag.span, Kind::Device(format!("unexpected key '{key}' in '{field}'{suggestion}")));
                }
            },
        }
    }
    Ok(())
}

fn is_go_bool(text: &str) -> bool {
    matches!(text, "1" | "t" | "T" | "true" | "TRUE" | "True" | "0" | "f" | "F" | "false" | "FALSE" | "False")
}

fn healthcheck(instruction: &Instruction) -> Checked {
    let span = instruction.name.span;
    let Args::Typed(kind, command) = &instruction.args else {
        return at(span, Kind::AtLeastOneArgument("HEALTHCHECK"));
    };
    let no_command = match &**command {
        Args::Json(words) => words.is_empty(),
        Args::None => true,
        _ => false,
    };
    let type_name = kind.text.to_uppercase();
    if type_name == "NONE" {
        return if no_command { Ok(()) } else { at(kind.span, Kind::HealthcheckNone) };
    }
    check_flags(instruction, HEALTHCHECK_FLAGS)?;
    if type_name != "CMD" {
        return at(kind.span, Kind::HealthcheckType(type_name));
    }
    if no_command {
        return at(kind.span, Kind::HealthcheckCommand);
    }
    let value = |name: &str| instruction.flag(name).and_then(|flag| Some((flag, flag.value.as_ref()?.text.as_str())));
    for name in ["interval", "timeout", "start-period", "start-interval"] {
        let Some((flag, text)) = value(name).filter(|(_, text)| !text.is_empty()) else { continue };
        let nanoseconds = duration::parse(text).or_else(|error| at(flag.span, Kind::Duration(error)))?;
        if nanoseconds != 0.0 && nanoseconds < 1e6 {
            return at(flag.span, Kind::ShortInterval(name.to_owned()));
        }
    }
    match value("retries").filter(|(_, text)| !text.is_empty()) {
        Some((flag, text)) => match text.parse::<i32>() {
            Err(error) if matches!(error.kind(), IntErrorKind::PosOverflow | IntErrorKind::NegOverflow) => {
                at(flag.span, Kind::RetriesRange(text.to_owned()))
            }
            Err(_) => at(flag.span, Kind::Retries(text.to_owned())),
            Ok(retries) if retries < 0 => at(flag.span, Kind::NegativeRetries(retries.into())),
            Ok(_) => Ok(()),
        },
        None => Ok(()),
    }
}

/// The nearest option at a distance below 3, in the case of what was typed. BuildKit goes through a map and may answer any
/// of several at the same distance; here it is the first by name.
pub fn suggest(typed: &str, options: &[&str], case_sensitive: bool) -> Option<String> {
    let folded = |text: &str| if case_sensitive { text.to_owned() } else { text.to_lowercase() };
    let wanted = folded(typed);
    let mut options: Vec<&str> = options.to_vec();
    options.sort_unstable();
    if options.iter().any(|option| folded(option) == wanted) {
        return None;
    }
    let distances = options.iter().map(|option| (strsim::levenshtein(&wanted, &folded(option)), *option));
    let (_, nearest) = distances.filter(|(distance, _)| *distance < 3).min_by_key(|(distance, _)| *distance)?;
    Some(match () {
        () if case_sensitive => nearest.to_owned(),
        () if typed == typed.to_uppercase() && typed != typed.to_lowercase() => nearest.to_uppercase(),
        () => nearest.to_lowercase(),
    })
}

#[cfg(test)]
#[path = "instructions_tests.rs"]
mod tests;
