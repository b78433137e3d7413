//! How an image is asked for its architecture.

use crate::shell::CommandLine;
use crate::shell::ast::{AssignedValue, PartKind, Word};
use crate::shell::{invocations, read};

use super::base::Family;
use super::environment::PLATFORM_ARGS;
use super::{Command, Model};

/// So many variables are followed from one word.
const MAX_VARIABLES: usize = 16;

/// The command that asks the packages of a family for the architecture, and two of its answers.
pub fn question(family: Family) -> Option<(&'static str, &'static str)> {
    match family {
        Family::Debian | Family::Ubuntu => Some(("dpkg --print-architecture", "`amd64`, `arm64`")),
        Family::Alpine => Some(("apk --print-arch", "`x86_64`, `aarch64`")),
        Family::Rpm => Some(("rpm -E '%{_arch}'", "`x86_64`, `aarch64`")),
        Family::Busybox | Family::Windows => None,
    }
}

/// Whether a command tells the architecture.
pub fn asks(line: &CommandLine<'_>) -> bool {
    let speaks = |word: &&Word| word.literal().is_some_and(|text| text.to_ascii_lowercase().contains("arch"));
    match line.name.as_str() {
        "dpkg" => line.has("--print-architecture") || line.has("--print-foreign-architectures"),
        "dpkg-architecture" | "arch" => true,
        "apk" => line.has("--print-arch"),
        "rpm" => line.words.iter().skip(1).any(|word| speaks(&word)),
        "uname" => ["-m", "-p", "-i"].iter().any(|option| line.has(option)),
        "go" => line.subcommand_is(&["env"]) && line.operands.iter().any(speaks),
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
            PartKind::Parameter(parameter) if is_architecture_name(&parameter.name) => true,
            PartKind::Parameter(parameter)
                if seen.len() < MAX_VARIABLES && !seen.contains(&parameter.name.as_str()) =>
            {
                seen.push(&parameter.name);
                let start = command.invocation.simple.span.start;
                let before = self.commands_of(command.step).iter();
                let before = before.take_while(|other| other.invocation.simple.span.start < start);
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

fn is_architecture_name(name: &str) -> bool {
    matches!(name, "TARGETARCH" | "TARGETPLATFORM" | "TARGETVARIANT" | "BUILDARCH" | "BUILDPLATFORM")
}
