//! A baseline: a file of findings that are known, so that a run reports only what is new.
//!
//! A finding is known by its file, its rule and the words of its line, with a count where several are equal. Numbers of lines are not
//! in it: lines may move. A file that moves is another file.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostic;
use crate::report::{fingerprint, printable_json};
use crate::source::{self, Source, Span};
use crate::write::{NewFile, WriteError};
use crate::yaml::BadFile;

/// The file where nobody names another.
pub const NAME: &str = "oi-lint-baseline.json";
/// The version of the format that is written, and the only one that is read.
const VERSION: u32 = 1;

/// Why there is no baseline.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// The file cannot be read.
    #[error("{}: the baseline cannot be read: {}", path.display(), source::reason(source))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is no baseline.
    #[error("{0}")]
    Bad(Box<BadFile>),
}

impl BaselineError {
    /// What to do next.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Unreadable { path, source } if source.kind() == io::ErrorKind::NotFound => {
                Some(format!("`oi-lint --baseline {} --write-baseline` writes it", path.display()))
            }
            Self::Unreadable { .. } => Some("check the path, and that you may read it".to_owned()),
            Self::Bad(bad) => bad.help.clone(),
        }
    }
}

#[derive(Deserialize)]
struct Head {
    version: u32,
}

#[derive(Deserialize)]
struct Body {
    findings: Vec<Entry>,
}

/// One line of the file.
#[derive(Serialize, Deserialize)]
struct Entry {
    path: String,
    rule: String,
    fingerprint: String,
    #[serde(default = "one", skip_serializing_if = "is_one")]
    count: usize,
}

const fn one() -> usize {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
const fn is_one(count: &usize) -> bool {
    *count == 1
}

/// How many findings of a file are equal, by rule and fingerprint.
pub type Counts = BTreeMap<(String, String), usize>;

/// The findings that are known, by file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    path: PathBuf,
    /// The folder that paths in it begin at, without links.
    folder: PathBuf,
    files: BTreeMap<String, Counts>,
}

/// The findings of a file held against a baseline.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// Those that are not known.
    pub new: Vec<Diagnostic>,
    /// How many are.
    pub known: usize,
    /// What the baseline has more than there is, of the rules that are on.
    pub gone: usize,
}

impl Baseline {
    /// Nothing is known.
    pub fn empty(path: &Path) -> Self {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let folder = fs::canonicalize(folder).or_else(|_| std::path::absolute(folder));
        Self { path: path.to_path_buf(), folder: folder.unwrap_or_default(), files: BTreeMap::new() }
    }

    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self, BaselineError> {
        let unreadable = |source| BaselineError::Unreadable { path: path.to_path_buf(), source };
        let bytes = source::read(path).map_err(unreadable)?;
        let source = Source::new(bytes).map_err(|error| unreadable(io::Error::other(error.to_string())))?;
        let bad = |span, message, help: String| {
            let (path, source) = (path.to_path_buf(), source.clone());
            BaselineError::Bad(Box::new(BadFile { path, source, span, message, help: Some(help) }))
        };
        let anew = format!("delete it, and `oi-lint --baseline {} --write-baseline` writes it anew", path.display());
        let parse = |error: serde_json::Error| {
            let (span, message) = explain(&source, &error);
            bad(span, message, anew.clone())
        };
        let Head { version } = serde_json::from_str(source.text()).map_err(parse)?;
        if version != VERSION {
            let span = crate::yaml::find(&source, "version", &version.to_string());
            let help = format!("install the oi-lint that wrote it, or {anew}");
            return Err(bad(span, format!("a baseline of version {version}; this oi-lint reads {VERSION}"), help));
        }
        let Body { findings } = serde_json::from_str(source.text()).map_err(parse)?;
        let mut baseline = Self::empty(path);
        for Entry { path, rule, fingerprint, count } in findings {
            let known = baseline.files.entry(path).or_default().entry((rule, fingerprint)).or_default();
            // A merge can leave one entry with two counts.
            *known = count.max(*known);
        }
        Ok(baseline)
    }

    /// Where it is, as written.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The same without links in the folder.
    pub fn place(&self) -> PathBuf {
        self.folder.join(self.path.file_name().unwrap_or_default())
    }

    /// How many findings are known.
    pub fn len(&self) -> usize {
        self.files.values().flat_map(BTreeMap::values).sum()
    }

    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The name of a file in it: the path from its folder, with forward slashes. `place` has no links in its folder.
    pub fn name(&self, place: &Path) -> String {
        let slashed = |path: &Path| {
            path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
        };
        let mut up = String::new();
        for folder in self.folder.ancestors() {
            if let Ok(rest) = place.strip_prefix(folder) {
                return up + &slashed(rest);
            }
            up += "../";
        }
        place.to_string_lossy().into_owned()
    }

    /// Takes the findings that are known away. Of equal ones those that come first are.
    pub fn compare(
        &self,
        name: &str,
        source: &Source,
        diagnostics: Vec<Diagnostic>,
        is_on: impl Fn(&str) -> bool,
    ) -> Compared {
        let Some(counts) = self.files.get(name) else { return Compared { new: diagnostics, ..Compared::default() } };
        let mut left = counts.clone();
        let all = diagnostics.len();
        let is_new = |found: &Diagnostic| match left.get_mut(&key(found, source)) {
            Some(left) if *left > 0 => {
                *left -= 1;
                false
            }
            _ => true,
        };
        let new: Vec<Diagnostic> = diagnostics.into_iter().filter(is_new).collect();
        let gone = left.into_iter().filter(|((rule, _), left)| *left > 0 && is_on(rule)).map(|(_, left)| left).sum();
        Compared { known: all - new.len(), new, gone }
    }

    /// What is known of a file when its findings are; of rules that are off, what was known before.
    pub fn renewed(
        &self,
        name: &str,
        source: &Source,
        diagnostics: &[Diagnostic],
        is_on: impl Fn(&str) -> bool,
    ) -> Counts {
        let before = self.files.get(name).into_iter().flatten().filter(|((rule, _), _)| !is_on(rule));
        let mut counts: Counts = before.map(|(key, count)| (key.clone(), *count)).collect();
        for found in diagnostics {
            *counts.entry(key(found, source)).or_default() += 1;
        }
        counts
    }

    /// Puts what is known of some files into it. Of other files all is kept, unless they are no more.
    pub fn renew(&mut self, files: Vec<(String, Counts)>) {
        self.files.retain(|name, _| fs::symlink_metadata(self.folder.join(name)).is_ok());
        self.files.extend(files);
        self.files.retain(|_, counts| !counts.is_empty());
    }

    /// Writes it: sorted, a finding on a line.
    pub fn write(&self) -> Result<(), WriteError> {
        let entries = self.files.iter().flat_map(|(path, counts)| counts.iter().map(move |counted| (path, counted)));
        let line = |(path, ((rule, fingerprint), count)): (&String, (&(String, String), &usize))| {
            let entry =
                Entry { path: path.clone(), rule: rule.clone(), fingerprint: fingerprint.clone(), count: *count };
            // There is nothing in it that JSON has not.
            format!("\n    {}", printable_json(&serde_json::to_string(&entry).unwrap_or_default()))
        };
        let lines: Vec<String> = entries.map(line).collect();
        let end = if lines.is_empty() { "" } else { "\n  " };
        let text = format!("{{\n  \"version\": {VERSION},\n  \"findings\": [{}{end}]\n}}\n", lines.join(","));
        let mut file = NewFile::create(&self.path)?;
        let refused = |source| WriteError::Refused { path: self.path.clone(), source };
        file.write_all(text.as_bytes()).map_err(refused)?;
        file.finish()
    }
}

fn key(found: &Diagnostic, source: &Source) -> (String, String) {
    (found.rule.clone(), format!("{:016x}", fingerprint(found, source)))
}

/// Where the JSON is wrong, and what is.
fn explain(source: &Source, error: &serde_json::Error) -> (Span, String) {
    let text = error.to_string();
    let said = text.rsplit_once(" at line ").map_or(&*text, |(said, _)| said);
    let line = (error.line() as u32).clamp(1, source.line_count().max(1));
    let at = source.line_span(line).start + (error.column() as u32).saturating_sub(1);
    let at = at.min(source.text().len() as u32);
    (Span::new(at, at + 1), format!("this is no baseline: {said}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn names_begin_at_the_folder() {
        let baseline = Baseline { folder: PathBuf::from("/a/b"), ..Baseline::default() };
        for (place, name) in [("/a/b/c/Dockerfile", "c/Dockerfile"), ("/a/x/y", "../x/y"), ("/z", "../../z")] {
            assert_eq!(baseline.name(Path::new(place)), name);
        }
    }
}
