//! The shell texts of a file as ShellCheck takes them: whole scripts, with the environment that the build gives them.

use std::collections::BTreeSet;
use std::ops::Range;

use super::base::{self, Family};
use super::{Body, Model, Script, Shebang, ShellKind, Stage, Step, body};
use crate::shell::lint::ShellScript;
use crate::shell::{Dialect, ShellError};
use crate::source::{Joined, Span};

/// A file that defines more variables than these has a script told of those alone that it names.
const MAX_DEFINITIONS: usize = 256;

/// A script with its map to the file.
#[derive(Debug)]
pub struct ShellText {
    /// The script.
    pub script: ShellScript,
    /// Where a shell stops reading it, and why.
    pub error: Option<ShellError>,
    /// What of it stands in the file.
    body: Joined,
    /// The part of `body` that stands before the prelude: its own `#!` line.
    head: usize,
    /// Bytes that are put in behind the `#!` line.
    prelude: usize,
}

impl ShellText {
    /// What a RUN hands to its shell; none where that is no shell text that can be read.
    pub fn of_step(model: &Model<'_>, step: &Step<'_>, shell: BinSh) -> Option<Self> {
        let ShellKind::Posix { dialect, errexit, pipefail } = model.shell_of_body(step) else { return None };
        if !is_readable(model.body(step)) {
            return None;
        }
        let error = match model.body(step) {
            Body::Broken(error) => Some(error.clone()),
            _ => None,
        };
        let body = body::text(step.instruction, step.heredocs, model.source)?;
        let environment = model.environment();
        // A name that the text does not have may still be the one that was meant.
        let names = if environment.definition_count() <= MAX_DEFINITIONS {
            environment.names(step.stage, step.index)
        } else {
            let is_set = |name: &&str| environment.definition(step.stage, step.index, name).is_some();
            names_in(&body.text).into_iter().filter(is_set).collect()
        };
        let is_name = |name: &&&str| {
            name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
                && !name.starts_with(|c: char| c.is_ascii_digit())
        };
        // What comes from outside is no variable that somebody forgot to set, and has a value that needs no quotes.
        let mut exports: String = names.iter().filter(is_name).flat_map(|name| [" ", *name, "=1"]).collect();
        if !exports.is_empty() {
            exports = format!("export{exports}\n");
        }
        let dialect = match (dialect, shell) {
            (Dialect::Sh, BinSh::OfImage) => model.stage_of(step).map_or(Dialect::Sh, |stage| of_image(model, stage)),
            _ => dialect,
        };
        let own_line = body.text.split_inclusive('\n').next().filter(|line| line.starts_with("#!"));
        let head = own_line.map_or(0, str::len);
        let mut prelude = String::new();
        if head == 0 {
            let options = (if errexit { " -e" } else { "" }, if pipefail { " -o pipefail" } else { "" });
            prelude = format!("{}{}{}\n", dialect.shebang(), options.0, options.1);
        }
        prelude.push_str(&exports);
        let (first, rest) = body.text.split_at_checked(head)?;
        let text = [first, &prelude, rest].concat();
        let script = ShellScript { text, dialect: Some(dialect), errexit, pipefail };
        Some(Self { script, error, body, head, prelude: prelude.len() })
    }

    /// A file that is a script.
    pub fn of_script(model: &Model<'_>, script: &Script) -> Option<Self> {
        let step = model.steps.first()?;
        let error = script.error.clone();
        if !error.as_ref().map_or_else(|| is_readable(model.body(step)), |error| !error.is_limit) {
            return None;
        }
        let body = step.instruction.joined.clone();
        let (dialect, errexit, pipefail) = match script.shebang.as_ref().map(Shebang::shell) {
            Some(ShellKind::Posix { dialect, errexit, pipefail }) => (Some(dialect), errexit, pipefail),
            Some(ShellKind::Other) => return None,
            None => (None, false, false),
        };
        let script = ShellScript { text: body.text.clone(), dialect, errexit, pipefail };
        Some(Self { script, error, body, head: 0, prelude: 0 })
    }

    /// The place in the file of a range of the script; none in what does not stand there.
    pub fn span(&self, range: &Range<usize>) -> Option<Span> {
        Some(self.body.span(self.offset(range.start)?, self.offset(range.end)?))
    }

    /// The same where the range can be edited in the file as it stands.
    pub fn editable(&self, range: &Range<usize>) -> Option<Span> {
        let (start, end) = (self.offset(range.start)?, self.offset(range.end)?);
        if start == end {
            // An insertion at a seam would stand on either side of it.
            return self
                .body
                .is_contiguous(start.saturating_sub(1), (end + 1).min(self.body.text.len()))
                .then(|| Span::empty(self.body.to_source(start)));
        }
        self.body.is_contiguous(start, end).then(|| self.body.span(start, end))
    }

    fn offset(&self, offset: usize) -> Option<usize> {
        if offset < self.head { Some(offset) } else { offset.checked_sub(self.prelude).filter(|&at| at >= self.head) }
    }
}

/// What may be the name of a variable in a text, sorted.
fn names_in(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with(|c: char| !c.is_ascii_digit())).collect()
}

/// What `/bin/sh` is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinSh {
    /// Any shell of the standard, as ShellCheck takes it.
    Any,
    /// The one that the image has, where it is known.
    OfImage,
}

fn of_image(model: &Model<'_>, stage: &Stage<'_>) -> Dialect {
    match model.root_image(stage).and_then(base::family) {
        Some(Family::Debian | Family::Ubuntu) => Dialect::Dash,
        Some(Family::Alpine | Family::Busybox) => Dialect::Busybox,
        Some(Family::Rpm) => Dialect::Bash,
        _ => Dialect::Sh,
    }
}

/// Text with mistakes is read as well, for the findings that are about these; what our parser gives up on is left alone.
fn is_readable(body: &Body) -> bool {
    match body {
        Body::Shell(_) => true,
        Body::Broken(error) => !error.is_limit,
        Body::Exec(_) | Body::Foreign | Body::Empty => false,
    }
}
