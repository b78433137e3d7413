//! The working directory of a step, and paths that are relative to it.

use crate::dockerfile::expand::Folded;
use crate::dockerfile::views;

use super::{Base, Model, Step};

/// Linux knows no path of so many bytes.
pub const PATH_MAX: usize = 4096;
/// So many relative WORKDIRs are followed from one step.
const MAX_RELATIVE: usize = 64;

/// A working directory as far as the file tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkingDirectory {
    /// That of the base image: the file sets none.
    Inherited,
    /// The file sets it, to what cannot be known.
    Unknown,
    /// This one, absolute and without a slash at its end.
    Known(String),
}

impl Model<'_> {
    /// The working directory where a step runs: what WORKDIR set before it in its stage and the stages below. Triggers see
    /// those of earlier triggers too.
    pub fn working_directory(&self, step: &Step<'_>) -> WorkingDirectory {
        let Some(stage) = step.stage else { return WorkingDirectory::Inherited };
        let mut relative: Vec<String> = Vec::new();
        let mut is_scratch = false;
        for stage in self.stages_below(stage) {
            is_scratch = stage.base == Base::Scratch;
            let all = self.workdirs.get_or_init(|| {
                let is_workdir = |step: &&Step<'_>| views::workdir(step.instruction).is_some();
                self.steps.iter().filter(is_workdir).map(|step| step.index).collect()
            });
            let start = all.partition_point(|index| *index < stage.steps.start);
            let end = all.partition_point(|index| *index < stage.steps.end.min(step.index));
            let before = all.get(start..end).unwrap_or_default().iter().rev().filter_map(|index| self.step(*index));
            for other in before.filter(|other| other.trigger_of.is_none() || step.trigger_of.is_some()) {
                let Some(word) = views::workdir(other.instruction) else { continue };
                if relative.len() == MAX_RELATIVE {
                    return WorkingDirectory::Unknown;
                }
                match self.fold(other, &word.text) {
                    Folded::Known(path) if is_absolute(&path) => return join(path, &relative),
                    Folded::Known(path) => relative.push(path),
                    Folded::Unknown => return WorkingDirectory::Unknown,
                }
            }
        }
        match is_scratch {
            // An image from nothing starts at the root.
            true => join(String::new(), &relative),
            false if relative.is_empty() => WorkingDirectory::Inherited,
            false => WorkingDirectory::Unknown,
        }
    }

    /// The absolute path that a destination of COPY means; none where it cannot be known.
    pub fn absolute(&self, step: &Step<'_>, path: &str) -> Option<String> {
        if is_absolute(path) {
            return Some(normal(path));
        }
        match self.working_directory(step) {
            WorkingDirectory::Known(directory) => Some(normal(&format!("{directory}/{path}"))),
            WorkingDirectory::Inherited | WorkingDirectory::Unknown => None,
        }
    }
}

fn join(mut path: String, relative: &[String]) -> WorkingDirectory {
    for part in relative.iter().rev() {
        path.push('/');
        path.push_str(part);
    }
    WorkingDirectory::Known(normal(&path))
}

/// Whether a path starts at the root, of a drive where it is one of Windows.
pub fn is_absolute(path: &str) -> bool {
    let mut characters = path.chars();
    path.starts_with(['/', '\\'])
        || characters.next().is_some_and(|letter| letter.is_ascii_alphabetic()) && characters.next() == Some(':')
}

/// A path from the root without `.`, `..`, doubled slashes and a slash at its end; the root is empty.
pub fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.iter().flat_map(|part| ["/", part]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        for (path, expected) in [("/", ""), ("/a//b/./", "/a/b"), ("/a/../b", "/b"), ("a/b", "/a/b"), ("/..", "")] {
            assert_eq!(normal(path), expected, "{path}");
        }
        assert!(is_absolute("C:\\x") && is_absolute("\\x") && is_absolute("a:") && !is_absolute("./x"));
    }
}
