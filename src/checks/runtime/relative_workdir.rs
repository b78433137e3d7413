//! A WORKDIR that depends on the one before it.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule {
    /// The working directory at the end of each stage so far.
    stages: Vec<Directory>,
}

/// A working directory as far as the file tells.
#[derive(Default, Clone)]
enum Directory {
    /// That of the base image, or a folder below it.
    #[default]
    Inherited,
    /// It is set in the file, to what depends on a variable.
    Unknown,
    /// This one; whether the file has it written out, without variables that a build may set.
    Known(String, bool),
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::From), Visit::Instruction(Keyword::Workdir)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        if step.keyword() == Keyword::From {
            let inherited = match cx.model.stage_of(step).map(|stage| &stage.base) {
                Some(Base::Stage(below)) => self.stages.get(*below).cloned(),
                _ => None,
            };
            self.stages.push(inherited.unwrap_or_default());
            return;
        }
        let Some(word) = views::workdir(step.instruction) else { return };
        let current = self.stages.last().cloned().unwrap_or_default();
        let is_written_out = !word.text.contains('$');
        let next = match cx.model.fold(step, &word.text) {
            Folded::Known(path) if path.is_empty() => current,
            Folded::Known(path) if is_absolute(&path) => Directory::Known(path, is_written_out),
            Folded::Known(path) => {
                // A trigger is run below the directory that this stage ends with.
                report(cx, word, &path, &current, step.trigger_of.is_none());
                match current {
                    Directory::Known(parent, is_whole) if parent.len() < workdir::PATH_MAX => {
                        Directory::Known(join(&parent, &path), is_whole && is_written_out)
                    }
                    Directory::Known(..) => Directory::Unknown,
                    other => other,
                }
            }
            Folded::Unknown => {
                let start = word.text.trim_start_matches(['"', '\'']);
                // Whatever the variable holds, what stands before it is no root.
                if start.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '~')) && !is_drive(start)
                {
                    report(cx, word, start.trim_end_matches(['"', '\'']), &current, false);
                    return;
                }
                Directory::Unknown
            }
        };
        if let Some(directory) = self.stages.last_mut().filter(|_| step.trigger_of.is_none()) {
            *directory = next;
        }
    }
}

fn report(cx: &mut Context<'_, '_>, word: &Word, path: &str, current: &Directory, mends: bool) {
    let finding = Finding::at(word.span).with("path", path.to_owned());
    cx.report(match current {
        _ if path.starts_with('~') => finding.variant("tilde"),
        Directory::Known(parent, is_whole) => {
            let absolute = join(parent, path);
            // With a variable or a quote in it, the longer path would need more care than a replacement takes.
            let plain = cx.text(word.span) == path && !path.contains('$') && !absolute.contains([' ', '$', '\\']);
            let finding = finding.variant("below").with("parent", parent.clone()).with("absolute", absolute.clone());
            finding.edit(word.span, absolute).fix_if(plain && mends && *is_whole)
        }
        Directory::Unknown => finding.variant("below-unknown"),
        Directory::Inherited => finding.with("absolute", join("/", path)),
    });
}

fn is_absolute(path: &str) -> bool {
    path.starts_with(['/', '\\']) || is_drive(path)
}

/// `C:`, which Windows images have.
fn is_drive(path: &str) -> bool {
    let mut characters = path.chars();
    characters.next().is_some_and(|letter| letter.is_ascii_alphabetic()) && characters.next() == Some(':')
}

/// The path below a folder, without `.` and `..`.
fn join(parent: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in parent.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    let root = if is_drive(parent) { "" } else { "/" };
    format!("{root}{}", parts.join("/"))
}
