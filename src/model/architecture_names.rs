//! What systems answer when they are asked for the architecture of an image that bashbrew builds.

use crate::shell::ast::{Operation, PartKind, Word};
use crate::shell::{invocations, read};

use super::{Command, Model};

/// A variable is followed through so many others.
const MAX_DEPTH: usize = 4;

/// Whom a RUN asks for the architecture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArchitectureQuestion {
    /// `dpkg --print-architecture`
    Dpkg,
    /// `apk --print-arch`
    Apk,
    /// `uname -m`, `arch`, `rpm -E '%{_arch}'`: the kernel's names.
    Kernel,
    /// `TARGETARCH`: Docker's.
    Docker,
}

/// bashbrew's names with those of dpkg, apk, the kernel and Docker (docker-library/official-images,
/// README.md#multiple-architectures; architecture/oci-platform.go in bashbrew). Without an answer the system has no such architecture, or the
/// answer is that of the machine and not of the image.
const ANSWERS: [(&str, [Option<&str>; 4]); 10] = [
    ("amd64", [Some("amd64"), Some("x86_64"), Some("x86_64"), Some("amd64")]),
    ("arm32v5", [Some("armel"), None, None, Some("arm")]),
    ("arm32v6", [None, Some("armhf"), None, Some("arm")]),
    ("arm32v7", [Some("armhf"), Some("armv7"), None, Some("arm")]),
    ("arm64v8", [Some("arm64"), Some("aarch64"), Some("aarch64"), Some("arm64")]),
    ("i386", [Some("i386"), Some("x86"), None, Some("386")]),
    ("mips64le", [Some("mips64el"), None, None, Some("mips64le")]),
    ("ppc64le", [Some("ppc64el"), Some("ppc64le"), Some("ppc64le"), Some("ppc64le")]),
    ("riscv64", [Some("riscv64"), Some("riscv64"), Some("riscv64"), Some("riscv64")]),
    ("s390x", [Some("s390x"), Some("s390x"), Some("s390x"), Some("s390x")]),
];

impl ArchitectureQuestion {
    /// The answer in an image for an architecture, by bashbrew's name.
    pub fn answer(self, architecture: &str) -> Option<&'static str> {
        ANSWERS.iter().find(|(name, _)| *name == architecture)?.1.get(self as usize).copied().flatten()
    }
}

impl Model<'_> {
    /// Whom a word holds the whole answer of, directly or through variables; none where something else may be in it.
    pub fn architecture_question(&self, command: &Command<'_>, word: &Word) -> Option<ArchitectureQuestion> {
        self.question_of(command, word, 0)
    }

    fn question_of(&self, command: &Command<'_>, word: &Word, depth: usize) -> Option<ArchitectureQuestion> {
        let [part] = word.parts.as_slice() else { return None };
        match &part.kind {
            PartKind::Substitution(list) => {
                let all = invocations(list);
                let (first, rest) = all.split_first()?;
                // dpkg on some systems answers `musl-linux-arm64`; what takes the last word of it changes no other.
                let takes_last = |line: &crate::shell::CommandLine<'_>| {
                    line.is("awk") && line.words.iter().any(|word| word.is("-F-"))
                };
                let is_same = rest.iter().all(|next| read(next.simple).is_some_and(|line| takes_last(&line)));
                question(&read(first.simple)?).filter(|_| is_same)
            }
            PartKind::Parameter(parameter) => {
                let is_whole = match &parameter.operation {
                    Operation::Plain | Operation::Required => true,
                    Operation::TrimPrefix { pattern, .. } => pattern == "*-",
                    _ => false,
                };
                if !is_whole || depth == MAX_DEPTH {
                    return None;
                }
                match self.assigned_before(command, &parameter.name).last() {
                    Some((other, word)) => self.question_of(other, word, depth + 1),
                    None => (parameter.name == "TARGETARCH").then_some(ArchitectureQuestion::Docker),
                }
            }
            _ => None,
        }
    }
}

fn question(line: &crate::shell::CommandLine<'_>) -> Option<ArchitectureQuestion> {
    let says = |text: &str| line.words.iter().any(|word| word.is(text));
    match line.name.as_str() {
        "dpkg" if says("--print-architecture") => Some(ArchitectureQuestion::Dpkg),
        "apk" if says("--print-arch") => Some(ArchitectureQuestion::Apk),
        "uname" if line.has("-m") => Some(ArchitectureQuestion::Kernel),
        "arch" if line.words.len() == 1 => Some(ArchitectureQuestion::Kernel),
        "rpm" if says("%{_arch}") || says("%_arch") => Some(ArchitectureQuestion::Kernel),
        _ => None,
    }
}
