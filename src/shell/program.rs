//! ShellCheck itself, where a user has it: many scripts in one process, answers looked up by script.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;

use super::lint::{Code, ShellFinding, ShellFix, ShellScript};

/// The name of the program.
pub const NAME: &str = "shellcheck";
/// Files that cannot be followed from here (SC1090, SC1091), and which shell is meant (SC2187): no findings of a Dockerfile.
const EXCLUDED: &str = "SC1090,SC1091,SC2187";
/// Scripts of one process; their names have to fit a command line.
const BATCH: usize = 10_000;

/// Why there is no answer of the program.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// It cannot be run.
    #[error("`{path}` cannot be run: {reason}")]
    Run {
        /// As given.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// It is another program.
    #[error("`{path}` is not ShellCheck")]
    Other {
        /// As given.
        path: PathBuf,
    },
    /// The scripts cannot be handed over.
    #[error("the shell scripts cannot be written for ShellCheck: {0}")]
    Scripts(#[source] io::Error),
    /// It ended with an error.
    #[error("ShellCheck failed: {0}")]
    Failed(String),
}

/// ShellCheck, with its answers so far.
#[derive(Debug)]
pub struct ShellcheckProgram {
    path: PathBuf,
    answers: Mutex<HashMap<ShellScript, Arc<[ShellFinding]>>>,
}

impl ShellcheckProgram {
    /// The program at a path, or of a name that the system looks up.
    pub fn at(path: &Path) -> Result<Self, ProgramError> {
        let failed =
            |error: io::Error| ProgramError::Run { path: path.to_owned(), reason: crate::source::reason(&error) };
        let output = Command::new(path).arg("--version").stdin(Stdio::null()).output().map_err(failed)?;
        if !output.stdout.starts_with(b"ShellCheck") {
            return Err(ProgramError::Other { path: path.to_owned() });
        }
        // The scripts lie in a folder of their own, where a relative path would lead nowhere.
        let has_folder = path.components().count() > 1;
        let path = if has_folder { std::path::absolute(path).map_err(failed)? } else { path.to_owned() };
        Ok(Self { path, answers: Mutex::default() })
    }

    /// Has all scripts linted that were not yet.
    pub fn ask(&self, scripts: Vec<ShellScript>) -> Result<(), ProgramError> {
        let mut new = scripts;
        {
            let known = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
            let mut seen = std::collections::HashSet::new();
            new.retain(|script| !known.contains_key(script) && seen.insert(script.clone()));
        }
        for batch in new.chunks(BATCH) {
            let answers = self.run(batch)?;
            let mut known = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
            known.extend(batch.iter().cloned().zip(answers));
        }
        Ok(())
    }

    /// What it finds in a script. One that it was not asked about before takes a process of its own.
    pub fn answer(&self, script: &ShellScript) -> Result<Arc<[ShellFinding]>, ProgramError> {
        let known = || self.answers.lock().unwrap_or_else(PoisonError::into_inner).get(script).cloned();
        if let Some(answer) = known() {
            return Ok(answer);
        }
        self.ask(vec![script.clone()])?;
        Ok(known().unwrap_or_default())
    }

    fn run(&self, scripts: &[ShellScript]) -> Result<Vec<Arc<[ShellFinding]>>, ProgramError> {
        let folder = tempfile::tempdir().map_err(ProgramError::Scripts)?;
        let mut names = Vec::with_capacity(scripts.len());
        for (index, script) in scripts.iter().enumerate() {
            let name = index.to_string();
            fs::write(folder.path().join(&name), &script.text).map_err(ProgramError::Scripts)?;
            names.push(name);
        }
        let mut command = Command::new(&self.path);
        command.args(["--norc", "--format=json1", "--exclude", EXCLUDED]).args(&names);
        let output = command
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .output()
            .map_err(|error| ProgramError::Run { path: self.path.clone(), reason: crate::source::reason(&error) })?;
        let answer: Answer =
            serde_json::from_slice(&output.stdout).map_err(|_| ProgramError::Failed(complaint(&output)))?;
        let mut found: Vec<Vec<ShellFinding>> = scripts.iter().map(|_| Vec::new()).collect();
        for comment in answer.comments {
            let index: Option<usize> = comment.file.parse().ok();
            let Some((script, found)) = index.and_then(|index| Some((scripts.get(index)?, found.get_mut(index)?)))
            else {
                continue;
            };
            found.push(comment.finding(&Lines::of(&script.text)));
        }
        Ok(found.into_iter().map(Arc::from).collect())
    }
}

/// The first line of what a program says of its failure.
fn complaint(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let line = text.lines().find(|line| !line.trim().is_empty()).map(str::to_owned);
    line.unwrap_or_else(|| format!("it ended with {} and no answer", output.status))
}

#[derive(Deserialize)]
struct Answer {
    comments: Vec<Comment>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Comment {
    file: String,
    #[serde(flatten)]
    place: Place,
    code: Code,
    message: String,
    fix: Option<Fix>,
}

#[derive(Deserialize)]
struct Fix {
    replacements: Vec<Replacement>,
}

#[derive(Deserialize)]
struct Replacement {
    #[serde(flatten)]
    place: Place,
    replacement: String,
}

/// Lines and columns count from 1, columns in characters.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

impl Comment {
    fn finding(self, lines: &Lines<'_>) -> ShellFinding {
        let fix = self.fix.map(|fix| {
            let mut edits: Vec<(Range<usize>, String)> =
                fix.replacements.into_iter().map(|edit| (lines.range(&edit.place), edit.replacement)).collect();
            edits.sort_by_key(|(range, _)| (range.start, range.end));
            ShellFix { is_safe: true, edits }
        });
        // Edits of one place have an order of their own, which is not worth following.
        let fix = fix.filter(|fix| fix.edits.windows(2).all(|pair| pair[0].0.end < pair[1].0.start));
        let message = self.message.split_whitespace().collect::<Vec<_>>().join(" ");
        ShellFinding { code: self.code, message, range: lines.range(&self.place), fix }
    }
}

/// The lines of a script.
struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    fn range(&self, place: &Place) -> Range<usize> {
        let start = self.offset(place.line, place.column);
        start..self.offset(place.end_line, place.end_column).max(start)
    }

    fn offset(&self, line: usize, column: usize) -> usize {
        let Some(&start) = line.checked_sub(1).and_then(|line| self.starts.get(line)) else { return self.text.len() };
        let rest = self.text.get(start..).unwrap_or_default();
        let within = rest.char_indices().nth(column.saturating_sub(1)).map_or(rest.len(), |(at, _)| at);
        start + within
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let lines = Lines::of("#!/bin/sh\n\té $x\n");
        let place = |column, end_column| Place { line: 2, column, end_line: 2, end_column };
        assert_eq!(&lines.text[lines.range(&place(4, 6))], "$x");
        assert_eq!(lines.range(&place(99, 99)), 17..17);
    }
}
