//! Entrypoint scripts: a script is read as the body of a RUN is, so that all that is known of commands serves both.

use std::sync::Arc;

use crate::dockerfile::ast::{Args, Comment, Dockerfile, Instruction, Keyword, Word};
use crate::shell::{ShellError, ShellReader};
use crate::source::{Joined, Source, Span};

use super::{Bodies, Body, ShellKind};

/// A script, ready to be modelled.
#[derive(Debug)]
pub struct Script {
    /// The line `#!...`, where there is one.
    pub shebang: Option<Shebang>,
    /// Why it has no commands.
    pub error: Option<ShellError>,
    file: Dockerfile,
    bodies: Bodies,
}

/// The first line of a script, which names its interpreter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shebang {
    /// The line from `#!` on, without its ending.
    pub span: Span,
    /// The interpreter without its path, `bash` for `#!/usr/bin/env bash`.
    pub interpreter: String,
    /// The interpreter's path as written; `/usr/bin/env` where that looks for it.
    pub path: String,
    /// What is given to the interpreter.
    pub options: Vec<String>,
}

impl Shebang {
    /// Reads the first line of a script.
    pub fn read(text: &str) -> Option<Self> {
        let line = text.strip_prefix('\u{feff}').unwrap_or(text).lines().next()?;
        let offset = text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len();
        let rest = line.strip_prefix("#!")?;
        let mut words = rest.split_whitespace();
        let path = words.next()?.to_owned();
        let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        let interpreter = match name(&path).as_str() {
            "env" => name(words.by_ref().find(|word| !word.starts_with('-') && !word.contains('='))?),
            // An init that starts the interpreter.
            "dumb-init" | "tini" => name(words.by_ref().find(|word| !word.starts_with('-'))?),
            other => other.to_owned(),
        };
        let span = Span::new(offset as u32, (offset + line.trim_end().len()) as u32);
        Some(Self { span, interpreter, path, options: words.map(str::to_owned).collect() })
    }

    /// Whether a shell reads the script.
    pub fn is_shell(&self) -> bool {
        self.shell() != ShellKind::Other
    }

    /// The shell that reads the script, with the options that it is given.
    pub fn shell(&self) -> ShellKind {
        let options = self.options.iter().map(String::as_str);
        ShellKind::of_words(std::iter::once(self.interpreter.as_str()).chain(options))
    }
}

impl Script {
    /// Reads a script.
    pub fn read(source: &Source, reader: &ShellReader) -> Self {
        let text = source.text();
        let shebang = Shebang::read(text);
        let mut joined = Joined::default();
        joined.push(text, 0);
        let parsed = match &shebang {
            // A script of another language has no shell commands.
            Some(shebang) if !shebang.is_shell() => Ok(Arc::default()),
            _ => reader.read(&joined),
        };
        let (body, error) = match parsed {
            Ok(list) if list.statements.is_empty() => (Body::Empty, None),
            Ok(list) => (Body::Shell(list), None),
            Err(error) => (Body::Empty, Some(error)),
        };
        let (file, bodies) = one_step(source, joined, body);
        Self { shebang, error, file, bodies }
    }

    /// The tree and the bodies that a model is made of.
    pub fn parts(&self) -> (&Dockerfile, &Bodies) {
        (&self.file, &self.bodies)
    }
}

/// A file that is no Dockerfile as one of a single step, so that comments in it silence findings as they do in a RUN.
pub fn one_step(source: &Source, joined: Joined, body: Body) -> (Dockerfile, Bodies) {
    let instruction = Instruction {
        keyword: Keyword::Run,
        name: Word::default(),
        flags: Vec::new(),
        args: Args::None,
        heredocs: Vec::new(),
        joined,
        start_line: 1,
        end_line: source.line_count(),
        span: Span::new(0, source.text().len() as u32),
        leading_comments: Vec::new(),
        inner_comments: comments(source),
        empty_lines: Vec::new(),
    };
    let file = Dockerfile { escape: '\\', instructions: vec![instruction], ..Dockerfile::default() };
    (file, Bodies::read_already(body))
}

/// The lines that are comments, the first line left out where it is `#!`.
fn comments(source: &Source) -> Vec<Comment> {
    let of_line = |line: u32| {
        let span = source.line_span(line);
        let text = source.slice(span);
        let start = span.start + (text.len() - text.trim_start().len()) as u32;
        let comment = text.trim();
        let body = comment.strip_prefix('#').filter(|_| line > 1 || !comment.starts_with("#!"))?;
        Some(Comment { text: body.trim().to_owned(), span: Span::new(start, start + comment.len() as u32), line })
    };
    (1..=source.line_count()).filter_map(of_line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model;

    #[test]
    fn shebangs() {
        for (text, interpreter, options) in [
            ("#!/bin/sh\n", "sh", ""),
            ("#!/bin/bash -e\n", "bash", "-e"),
            ("#!/usr/bin/env bash\r\n", "bash", ""),
            ("#!/usr/bin/env -S bash -eu\n", "bash", "-eu"),
            ("#!/usr/bin/dumb-init /bin/sh\n", "sh", ""),
            ("#! /usr/bin/python3 -u", "python3", "-u"),
        ] {
            let shebang = Shebang::read(text).unwrap();
            assert_eq!(
                (shebang.interpreter.as_str(), shebang.options.join(" ").as_str()),
                (interpreter, options),
                "{text}"
            );
        }
        assert!(Shebang::read("# no\n").is_none() && Shebang::read("").is_none());
    }

    #[test]
    fn a_script_has_commands() {
        let text = "#!/bin/sh\n# why\nset -e\nif [ \"$1\" = x ]; then\n\tset -- y \"$@\"\nfi\nexec \"$@\"\n";
        let source = Source::new(text.as_bytes().to_vec()).unwrap();
        let script = Script::read(&source, &ShellReader::default());
        let (file, bodies) = script.parts();
        let model = Model::new(&source, file, bodies);
        let names: Vec<&str> =
            model.commands().iter().filter_map(|command| Some(command.line.as_ref()?.name.as_str())).collect();
        assert_eq!(names, ["set", "[", "set"]);
        assert_eq!(model.commands().len(), 4);
        assert_eq!(model.steps[0].instruction.inner_comments.len(), 1);
    }
}
