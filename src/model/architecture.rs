//! Architectures: how they are spelled, and what depends on that of the image.

use std::ops::Range;

use crate::shell::ast::{AssignedValue, Operation, PartKind, Word};
use crate::shell::{CommandLine, Frame, invocations, read};

use super::base::Family;
use super::environment::PLATFORM_ARGS;
use super::parameters::each_parameter;
use super::{Base, Command, Model, Step};

/// The architectures by Docker's names, with the other spellings in names of files.
const SPELLINGS: &[(&str, &[&str])] = &[
    ("amd64", &["x86_64", "x86-64", "amd64", "x64", "linux64", "linux-64", "64bit", "64-bit", "lin64", "amd64v2"]),
    ("386", &["linux-386", "linux_386", "i386", "i486", "i586", "i686", "linux32", "32bit", "32-bit"]),
    ("arm64", &["aarch64", "arm64v8", "arm64", "armv8"]),
    (
        "arm",
        &[
            "armv5", "armv5l", "armv6", "armv6l", "armv6hf", "armv7", "armv7l", "armv7hf", "armv7a", "armhf", "armel",
            "arm32v7",
        ],
    ),
    ("ppc64le", &["ppc64le", "ppc64el", "powerpc64le"]),
    ("s390x", &["s390x"]),
    ("riscv64", &["riscv64", "riscv64gc"]),
    ("mips64le", &["mips64le", "mips64el"]),
    ("loong64", &["loong64", "loongarch64"]),
];
/// Arguments that BuildKit sets to the architecture, or to something that holds it.
const ARGUMENTS: [&str; 6] =
    ["TARGETARCH", "TARGETPLATFORM", "TARGETVARIANT", "BUILDARCH", "BUILDPLATFORM", "BUILDVARIANT"];
/// Commands that fetch, unpack and place files, or tell: none of them decides what is run.
const CARRIERS: [&str; 18] = [
    "curl", "wget", "tar", "unzip", "gzip", "xz", "cp", "mv", "ln", "rm", "chmod", "chown", "mkdir", "install", "echo",
    "printf", "apt-get", "apk",
];
/// So many variables are followed from one word.
const MAX_VARIABLES: usize = 16;
/// So many words are looked at for one word.
const MAX_WORDS: usize = 128;

/// An architecture named in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Where, in bytes.
    pub range: Range<usize>,
    /// Docker's name of it.
    pub architecture: &'static str,
}

/// The architectures that a text names as words of their own, in order.
pub fn mentions(text: &str) -> Vec<Mention> {
    let lower = text.to_ascii_lowercase();
    let is_name = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    // Each with its place in the table, as the first of those that overlap counts.
    let mut candidates: Vec<((usize, usize), Mention)> = Vec::new();
    let mut before = None;
    for (at, c) in lower.char_indices() {
        if !is_name(before) && c.is_ascii_alphanumeric() {
            let rest = lower.get(at..).unwrap_or_default();
            for (row, &(architecture, spellings)) in SPELLINGS.iter().enumerate() {
                for (column, spelling) in spellings.iter().enumerate() {
                    // The first byte tells most of them apart, and costs less than the search.
                    if spelling.as_bytes().first() == rest.as_bytes().first()
                        && rest.strip_prefix(spelling).is_some_and(|behind| !is_name(behind.chars().next()))
                    {
                        candidates.push(((row, column), Mention { range: at..at + spelling.len(), architecture }));
                    }
                }
            }
        }
        before = Some(c);
    }
    candidates.sort_by_key(|(place, _)| *place);
    let mut found: Vec<Mention> = Vec::new();
    for (_, Mention { range, architecture }) in candidates {
        if !found.iter().any(|other| other.range.start < range.end && range.start < other.range.end) {
            found.push(Mention { range, architecture });
        }
    }
    found.sort_by_key(|mention| mention.range.start);
    found
}

/// The command that asks the packages of a family for the architecture, and two of its answers.
pub fn question(family: Family) -> Option<(&'static str, &'static str)> {
    match family {
        Family::Debian | Family::Ubuntu => Some(("dpkg --print-architecture", "`amd64`, `arm64`")),
        Family::Alpine => Some(("apk --print-arch", "`x86_64`, `aarch64`")),
        Family::Rpm => Some(("rpm -E '%{_arch}'", "`x86_64`, `aarch64`")),
        Family::Busybox | Family::Windows => None,
    }
}

/// Whether a command asks for the architecture of the image or of the machine.
pub fn asks(line: &CommandLine<'_>) -> bool {
    let speaks = |word: &Word| {
        word.literal().is_some_and(|text| {
            let text = text.to_ascii_lowercase();
            text.contains("arch") || text.contains("machine") || text.contains("%_host") || text.contains("hosttype")
        })
    };
    match line.name.as_str() {
        "uname" => ["-m", "-p", "-i", "-a"].iter().any(|option| line.has(option)),
        "arch" | "dpkg-architecture" | "lscpu" | "xx-info" => true,
        "getconf" => line.operands.iter().any(|word| word.is("LONG_BIT")),
        "dpkg" => {
            line.words.iter().any(|word| word.is("--print-architecture") || word.is("--print-foreign-architectures"))
        }
        "apk" => line.words.iter().any(|word| word.is("--print-arch")),
        "rpm" | "go" | "node" | "python" | "python3" | "perl" | "ruby" | "php" | "rustc" | "apt-config" | "gcc"
        | "cc" => {
            line.words.iter().skip(1).any(speaks)
                || line.words.iter().any(|word| word.is("-dumpmachine") || word.is("-vV"))
        }
        _ => false,
    }
}

/// Whether BuildKit sets a build argument of this name by itself, from the platforms of the build.
pub fn is_platform_arg(name: &str) -> bool {
    PLATFORM_ARGS.contains(&name)
}

impl Model<'_> {
    /// Whether a word holds the architecture: the answer of such a command, directly or through shell variables that are
    /// set before `command`, or a build argument that BuildKit sets.
    pub fn tells_architecture(&self, command: &Command<'_>, word: &Word) -> bool {
        self.word_tells(command, word, &mut Vec::new())
    }

    /// Each variable is followed once, `seen` has those that were.
    fn word_tells<'w>(&'w self, command: &Command<'_>, word: &'w Word, seen: &mut Vec<&'w str>) -> bool {
        word.parts.iter().any(|part| match &part.kind {
            PartKind::Substitution(list) => {
                invocations(list).iter().any(|inner| read(inner.simple).is_some_and(|line| asks(&line)))
            }
            PartKind::Parameter(parameter) if ARGUMENTS.contains(&parameter.name.as_str()) => true,
            PartKind::Parameter(parameter)
                if seen.len() < MAX_VARIABLES && !seen.contains(&parameter.name.as_str()) =>
            {
                seen.push(&parameter.name);
                let before = self.setters_before(command, &parameter.name);
                let assignments = before.flat_map(|other| &other.invocation.simple.assignments);
                let mut values = assignments.filter(|assignment| assignment.name == parameter.name);
                values.any(|assignment| match &assignment.value {
                    AssignedValue::Scalar(word) => self.word_tells(command, word, seen),
                    _ => false,
                })
            }
            _ => false,
        })
    }
}

impl<'a> Model<'a> {
    /// Whether a word of a command depends on the architecture: it asks for it, or holds a variable that does.
    pub fn depends_on_architecture(&self, command: &Command<'a>, word: &Word) -> bool {
        self.depends(command, word, &mut Vec::new())
    }

    /// Each word is looked at once, `seen` has those that were.
    fn depends(&self, command: &Command<'a>, word: &Word, seen: &mut Vec<*const Word>) -> bool {
        let this = std::ptr::from_ref(word);
        if word.literal().is_some() || seen.len() >= MAX_WORDS || seen.contains(&this) {
            return false;
        }
        seen.push(this);
        word.parts.iter().any(|part| match &part.kind {
            PartKind::Substitution(list) | PartKind::ProcessSubstitution { list, .. } => {
                let commands = self.commands_of(command.step).iter();
                let mut inside = commands.filter(|other| list.span.contains(other.invocation.simple.span));
                inside.any(|other| {
                    other.line.as_ref().is_some_and(asks)
                        || other.invocation.simple.words.iter().any(|word| self.depends(other, word, seen))
                })
            }
            PartKind::Parameter(parameter) => {
                self.variable_depends(command, &parameter.name, seen)
                    || match &parameter.operation {
                        Operation::Default { word, .. } | Operation::Assign { word, .. } => {
                            self.depends(command, word, seen)
                        }
                        _ => false,
                    }
            }
            PartKind::Literal(_) | PartKind::Unknown => false,
        })
    }

    fn variable_depends(&self, command: &Command<'a>, name: &str, seen: &mut Vec<*const Word>) -> bool {
        if ARGUMENTS.contains(&name) {
            return true;
        }
        let mut assigned = self.assigned_before(command, name).peekable();
        if assigned.peek().is_some() {
            return assigned.any(|(other, word)| {
                self.depends(other, word, seen)
                    || other.invocation.arms().any(|(case, _)| self.depends(other, &case.subject, seen))
                    || other.invocation.frames.iter().any(|frame| self.branches_depend(command, frame, seen))
            });
        }
        let step = self.step(command.step);
        let definition = step.and_then(|step| self.definition_of(step, name));
        // `ENV ARCH=$TARGETARCH`
        definition.and_then(|definition| self.value_span(definition)).is_some_and(|span| {
            let lexer = crate::dockerfile::expand::Lexer { escape: self.file.escape, ..Default::default() };
            let references = lexer.references(self.source.slice(span));
            references.iter().any(|reference| ARGUMENTS.contains(&reference.name.as_str()))
        })
    }

    /// Whether the conditions of an `if` look at the architecture.
    fn branches_depend(&self, command: &Command<'a>, frame: &Frame<'_>, seen: &mut Vec<*const Word>) -> bool {
        let Frame::IfBody { command: conditional, .. } = frame else { return false };
        let in_condition = |other: &&Command<'a>| {
            let span = other.invocation.simple.span;
            conditional.branches.iter().any(|(condition, _)| condition.span.contains(span))
        };
        let mut words = self.commands_of(command.step).iter().filter(in_condition).flat_map(|other| {
            let words = other.invocation.simple.words.iter();
            words.map(move |word| (other, word))
        });
        words.any(|(other, word)| self.depends(other, word, seen))
    }

    /// Whether a RUN looks at the architecture in any way: it asks for it, uses a variable that is named for it and whose
    /// value the file does not tell, or tells architectures apart.
    pub fn considers_architecture(&self, step: &Step<'_>) -> bool {
        let Some(list) = self.body(step).list() else { return false };
        if self.commands_of(step.index).iter().any(|command| {
            command.line.as_ref().is_some_and(asks)
                || command
                    .invocation
                    .arms()
                    .any(|(_, arm)| arm.patterns.iter().any(|pattern| !mentions(pattern).is_empty()))
                || command.invocation.frames.iter().any(|frame| match frame {
                    Frame::ForBody(each) => each
                        .words
                        .iter()
                        .flatten()
                        .any(|word| word.literal().is_some_and(|text| !mentions(&text).is_empty())),
                    _ => false,
                })
        }) {
            return true;
        }
        let mut considers = false;
        each_parameter(list, &mut |parameter, _| {
            let name = parameter.name.as_str();
            considers = considers || ARGUMENTS.contains(&name) || self.is_open_architecture(step, name);
        });
        considers
    }

    /// Whether a RUN that looks at the architecture only fetches by it, or places files: no test, branch or program of it may be
    /// for some architectures alone.
    pub fn only_fetches_by_architecture(&self, step: &Step<'_>) -> bool {
        let names = |text: &str| !mentions(text).is_empty();
        let is_about = |command: &Command<'a>, word: &Word| {
            let is_open = |part: &crate::shell::ast::Part| match &part.kind {
                PartKind::Parameter(parameter) => self.is_open_architecture(step, &parameter.name),
                _ => false,
            };
            word.literal().is_some_and(|text| names(&text))
                || word.parts.iter().any(is_open)
                || self.depends_on_architecture(command, word)
        };
        // The words of `[[` are in no command.
        let has_test = self.source.slice(step.instruction.span).contains("[[");
        let is_carried = |command: &Command<'a>| {
            let invocation = &command.invocation;
            let Some(line) = &command.line else { return invocation.simple.words.is_empty() };
            if asks(line) {
                return invocation.substitution().is_some() && invocation.pipeline().is_none();
            }
            CARRIERS.contains(&line.name.as_str())
                || !invocation.simple.words.iter().any(|word| is_about(command, word))
        };
        let is_branch = |frame: &Frame<'_>| {
            matches!(frame, Frame::Arm { .. } | Frame::ForBody(_) | Frame::Function(_) | Frame::Script { .. })
        };
        !has_test
            && self
                .commands_of(step.index)
                .iter()
                .all(|command| is_carried(command) && !command.invocation.frames.iter().any(is_branch))
    }

    /// Whether a variable is named for the architecture and gets its value from whoever builds, or from the base image.
    fn is_open_architecture(&self, step: &Step<'_>, name: &str) -> bool {
        let lower = name.to_ascii_lowercase();
        let is_named =
            lower.contains("arch") && !lower.contains("archive") || lower.contains("platform") || lower == "machine";
        let is_assigned = || {
            let mut assigned =
                self.commands_of(step.index).iter().flat_map(|command| &command.invocation.simple.assignments);
            assigned.any(|assignment| assignment.name == name)
        };
        is_named && self.definition_of(step, name).is_none_or(|definition| !definition.is_env) && !is_assigned()
    }

    /// Whether a step is run for one architecture alone by what its stage, or the image in the end, stands on:
    /// `FROM --platform=linux/arm64`, `arm32v7/debian`, or a stage that is named for it.
    pub fn has_fixed_architecture(&self, step: &Step<'_>) -> bool {
        let last = self.stages.len().checked_sub(1);
        let stages = step.stage.into_iter().chain(last).flat_map(|stage| self.stages_below(stage));
        stages.into_iter().any(|below| {
            let from = self.step(below.from).and_then(|step| crate::dockerfile::views::From::of(step.instruction));
            let platform = from.and_then(|from| from.platform?.value.as_ref());
            let names = |text: &str| !mentions(text).is_empty();
            platform.is_some_and(|value| names(&value.text))
                || below.name.is_some_and(|name| names(&name.text))
                || matches!(&below.base, Base::Image(image) if is_for_one(&image.text))
        })
    }
}

impl Model<'_> {
    /// Whether a step is run for the machine that builds, which need not be what the image is for:
    /// `FROM --platform=$BUILDPLATFORM`.
    pub fn runs_on_builder(&self, step: &Step<'_>) -> bool {
        step.stage.into_iter().flat_map(|stage| self.stages_below(stage)).any(|below| {
            let from = self.step(below.from).and_then(|step| crate::dockerfile::views::From::of(step.instruction));
            let platform = from.and_then(|from| from.platform?.value.as_ref());
            platform.is_some_and(|value| value.text.contains("BUILD"))
        })
    }
}

/// Whether the name or the tag of an image names an architecture.
fn is_for_one(image: &str) -> bool {
    !mentions(image).is_empty()
        || ["i386/", "arm32v5/", "arm32v6/", "arm32v7/", "balenalib/", "resin/", "hypriot/"]
            .iter()
            .any(|prefix| image.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn architectures_in_names() {
        for (text, expected) in [
            ("app-linux-amd64.tgz", "amd64 at 10"),
            ("app_Linux_x86_64.tgz", "amd64 at 10"),
            ("app-linux-386", "386 at 4"),
            ("jq-linux64", "amd64 at 3"),
            ("node-v1-linux-arm64.tgz", "arm64 at 14"),
            ("centos/7/i686/aarch64", "386 at 9, arm64 at 14"),
            ("fox64bit", ""),
            ("arm-none-eabi", ""),
            ("amd64ish", ""),
        ] {
            let found: Vec<String> =
                mentions(text).iter().map(|one| format!("{} at {}", one.architecture, one.range.start)).collect();
            assert_eq!(found.join(", "), expected, "{text}");
        }
    }
}
