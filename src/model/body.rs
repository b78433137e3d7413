//! What a RUN executes: its body as shell commands, or why it has none.

use std::sync::Arc;

use crate::dockerfile::ast::{Args, Heredoc, Instruction, Keyword};
use crate::dockerfile::views::{Run, RunBody};
use crate::shell::{self, Dialect, ShellError, ShellReader, ast::List};
use crate::source::{Joined, Source};

use super::Shebang;

/// The shell that BuildKit hands the shell form to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShellKind {
    /// `sh`, `bash` and their like, with the options that the SHELL instruction gives them.
    Posix {
        /// Which of them.
        dialect: Dialect,
        /// `-e` or `-o errexit`.
        errexit: bool,
        /// `-o pipefail`.
        pipefail: bool,
    },
    /// PowerShell, cmd, or anything else.
    Other,
}

impl ShellKind {
    /// The shell of an image without a SHELL instruction.
    pub const DEFAULT: Self = Self::Posix { dialect: Dialect::Sh, errexit: false, pipefail: false };

    /// Reads the words of a SHELL instruction.
    pub fn of_words<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        let mut words = words.into_iter();
        let program =
            words.next().unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
        let program = program.strip_suffix(".exe").unwrap_or(&program);
        let Some(dialect) = Dialect::of_program(program) else { return Self::Other };
        let (mut errexit, mut pipefail) = (false, false);
        let mut named = false;
        for word in words {
            if std::mem::take(&mut named) {
                errexit |= word == "errexit";
                pipefail |= word == "pipefail";
            }
            if let Some(cluster) = word.strip_prefix('-').filter(|cluster| !cluster.starts_with('-')) {
                errexit |= cluster.contains('e');
                named = cluster.ends_with('o');
            }
        }
        Self::Posix { dialect, errexit, pipefail }
    }
}

/// What a RUN executes.
#[derive(Debug)]
pub enum Body {
    /// Shell commands.
    Shell(Arc<List>),
    /// The JSON form: one command without a shell.
    Exec(List),
    /// A language that is no shell: PowerShell, a here-document for an interpreter, a template.
    Foreign,
    /// Shell text that does not parse.
    Broken(ShellError),
    /// Nothing.
    Empty,
}

impl Body {
    /// The commands, where there are any.
    pub fn list(&self) -> Option<&List> {
        match self {
            Self::Shell(list) => Some(list),
            Self::Exec(list) => Some(list),
            Self::Foreign | Self::Broken(_) | Self::Empty => None,
        }
    }
}

/// Reads the body of a RUN; `heredocs` are those of the instruction, or of the ONBUILD around it.
pub(super) fn read(
    instruction: &Instruction,
    heredocs: &[Heredoc],
    shell: ShellKind,
    source: &Source,
    reader: &ShellReader,
) -> Body {
    let Some(run) = Run::of(instruction) else { return Body::Empty };
    match run.body {
        RunBody::None => Body::Empty,
        RunBody::Exec(words) => {
            let words = words.iter().map(|word| (word.text.clone(), word.span)).collect();
            Body::Exec(shell::exec_form(words, instruction.span))
        }
        _ if shell == ShellKind::Other => Body::Foreign,
        RunBody::Script(_) if heredocs.first().is_some_and(|heredoc| has_foreign_shebang(&heredoc.content)) => {
            Body::Foreign
        }
        RunBody::Shell(_) | RunBody::Script(_) => {
            text(instruction, heredocs, source).map_or(Body::Empty, |text| parse(&text, reader))
        }
    }
}

/// The shell text that a RUN hands to its shell, or its script; none for anything else.
pub(super) fn text(instruction: &Instruction, heredocs: &[Heredoc], source: &Source) -> Option<Joined> {
    match Run::of(instruction)?.body {
        RunBody::Shell(_) => Some(command_line(instruction, heredocs)),
        RunBody::Script(_) => heredocs.first().map(|heredoc| script(heredoc, source)),
        RunBody::None | RunBody::Exec(_) => None,
    }
}

fn parse(joined: &Joined, reader: &ShellReader) -> Body {
    // A template's placeholders are no shell; what comes of them cannot be known.
    if joined.text.contains("{{") && joined.text.contains("}}") && looks_templated(&joined.text) {
        return Body::Foreign;
    }
    match reader.read(joined) {
        Ok(list) if list.statements.is_empty() => Body::Empty,
        Ok(list) => Body::Shell(list),
        Err(error) => Body::Broken(error),
    }
}

/// Whether `{{ ... }}` stands outside single quotes, where a shell has no use for it.
fn looks_templated(text: &str) -> bool {
    let mut quoted = false;
    let mut previous = '\0';
    for c in text.chars() {
        match c {
            '\'' => quoted = !quoted,
            '{' if previous == '{' && !quoted => return true,
            _ => {}
        }
        previous = c;
    }
    false
}

fn has_foreign_shebang(script: &str) -> bool {
    script.starts_with("#!") && !Shebang::read(script).is_some_and(|shebang| shebang.is_shell())
}

/// The text of a shell form, as BuildKit hands it to the shell: here-documents follow the command line.
pub(super) fn command_line(instruction: &Instruction, heredocs: &[Heredoc]) -> Joined {
    let mut line = shell_text(instruction);
    for heredoc in heredocs {
        let is_open = heredoc.terminator.is_empty();
        if !(is_open && heredoc.body.is_empty()) {
            let end = line.to_source(line.text.len());
            line.push("\n", end);
            line.push(&heredoc.content, heredoc.body.start);
        }
        // Behind one without an end the file has nothing, its own last line included.
        if is_open {
            break;
        }
        let indent = heredoc.terminator.len().saturating_sub(heredoc.name.len() as u32);
        line.push(&heredoc.name, heredoc.terminator.start + indent);
    }
    line
}

/// The arguments of an instruction in shell form, with their map to the file.
pub fn shell_text(instruction: &Instruction) -> Joined {
    let word = match &instruction.args {
        Args::Text(word) => word,
        Args::Typed(_, command) => match &**command {
            Args::Text(word) => word,
            _ => return Joined::default(),
        },
        _ => return Joined::default(),
    };
    // The arguments are what the line ends with.
    let end = instruction.joined.text.trim_end().len();
    instruction.joined.part(end.saturating_sub(word.text.len()), end)
}

/// A here-document that is the script itself; `<<-` takes the tabs off each line.
fn script(heredoc: &Heredoc, source: &Source) -> Joined {
    let mut script = Joined::default();
    if !heredoc.chomp {
        script.push(&heredoc.content, heredoc.body.start);
        return script;
    }
    let mut at = heredoc.body.start;
    for line in source.slice(heredoc.body).split_inclusive('\n') {
        let text = line.trim_start_matches('\t');
        script.push(text, at + (line.len() - text.len()) as u32);
        at += line.len() as u32;
    }
    script
}

/// Whether an instruction executes a body of its own.
pub(super) fn has_body(instruction: &Instruction) -> bool {
    instruction.keyword == Keyword::Run
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shells() {
        use Dialect::{Bash, Sh};
        let posix = |dialect, errexit, pipefail| ShellKind::Posix { dialect, errexit, pipefail };
        for (words, expected) in [
            (&["/bin/sh", "-c"] as &[&str], posix(Sh, false, false)),
            (&["/bin/bash", "-o", "pipefail", "-c"], posix(Bash, false, true)),
            (&["/bin/sh", "-eo", "pipefail", "-c"], posix(Sh, true, true)),
            (&["/bin/bash", "-euxo", "pipefail", "-c"], posix(Bash, true, true)),
            (&["bash", "-o", "errexit", "-c"], posix(Bash, true, false)),
            (&["powershell", "-Command"], ShellKind::Other),
            (&["C:\\Program Files\\PowerShell\\pwsh.exe"], ShellKind::Other),
            (&[], ShellKind::Other),
        ] {
            assert_eq!(ShellKind::of_words(words.iter().copied()), expected, "{words:?}");
        }
    }

    #[test]
    fn shebangs() {
        for (script, foreign) in [
            ("#!/usr/bin/env python3\nx", true),
            ("#!/usr/bin/env -S bash -e\nx", false),
            ("#!/bin/sh\nx", false),
            ("x\n#!/usr/bin/perl", false),
        ] {
            assert_eq!(has_foreign_shebang(script), foreign, "{script}");
        }
    }
}
