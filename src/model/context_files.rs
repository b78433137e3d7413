//! Files that come from the build context: where COPY, ADD and bind mounts put them, and which of them a path is.

use crate::dockerfile::ast::Word;
use crate::dockerfile::expand::Folded;
use crate::dockerfile::glob::Glob;
use crate::dockerfile::views;
use crate::source::Span;

use super::workdir::{self, WorkingDirectory};
use super::{Command, Model, Step, start};

/// Directories in which a command is looked for by its bare name.
const SEARCHED: [&str; 6] = ["/usr/local/bin", "/usr/local/sbin", "/usr/bin", "/usr/sbin", "/bin", "/sbin"];

/// So many steps are looked at for what brings a file.
const MAX_STEPS: usize = 512;

/// So many `cd` in a row are followed.
const MAX_CHANGES: usize = 16;

/// A file of the build context under the path that a command uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextFile {
    /// The source that brings it, as written.
    pub source: Span,
    /// Its path in the context, as far as the file tells.
    pub name: String,
    /// The step that brings it.
    pub step: usize,
    /// Whether the source is the file itself, not a directory that it is taken to be in.
    pub is_named: bool,
}

impl Model<'_> {
    /// The working directory at a step, taken for the root where nothing sets it; none where it cannot be known.
    fn start_directory(&self, step: &Step<'_>) -> Option<String> {
        match self.working_directory(step) {
            WorkingDirectory::Known(path) if !path.is_empty() => Some(path),
            WorkingDirectory::Known(_) | WorkingDirectory::Inherited => Some("/".to_owned()),
            WorkingDirectory::Unknown => None,
        }
    }

    /// The directory that a command is run in: the target of the `cd` before it, else the working directory.
    pub fn directory_of(&self, command: &Command<'_>) -> Option<String> {
        let at = command.invocation.simple.span.start;
        let before = self.commands_of(command.step).iter().rev().filter(|it| it.invocation.simple.span.start < at);
        let changes = before.filter(|it| it.line.as_ref().is_some_and(|line| line.is_any(&["cd", "pushd", "popd"])));
        let mut relative = Vec::new();
        for change in changes.take(MAX_CHANGES + 1) {
            let word = change.line.as_ref().and_then(|line| line.operands.first())?;
            let target = self.only_word(change, word).filter(|target| !target.starts_with(['~', '-']))?;
            let is_absolute = target.starts_with('/');
            relative.push(target);
            if is_absolute {
                break;
            }
        }
        if relative.len() > MAX_CHANGES {
            return None;
        }
        let directory = self.start_directory(self.step(command.step)?)?;
        Some(relative.iter().rev().fold(directory, |directory, path| join(&directory, path)))
    }

    /// The file of the build context that a path, or a bare command name, stands for in a command.
    pub fn context_file(&self, command: &Command<'_>, path: &str) -> Option<ContextFile> {
        let step = self.step(command.step)?;
        let is_bare = !path.contains('/');
        let paths: Vec<String> = if path.starts_with('/') {
            vec![join("/", path)]
        } else if is_bare && command.line.as_ref().is_some_and(|line| line.name == path) {
            SEARCHED.iter().map(|directory| join(directory, path)).collect()
        } else {
            vec![join(&self.directory_of(command)?, path)]
        };
        paths.iter().find_map(|path| self.mounted_file(step, path).or_else(|| self.copied_file(step, path)))
    }

    fn mounted_file(&self, step: &Step<'_>, path: &str) -> Option<ContextFile> {
        let mounts = views::Run::of(step.instruction)?.mounts;
        mounts.iter().filter(|mount| mount.from.is_none() && mount.kind_text() == "bind").find_map(|mount| {
            let target = mount.target.as_ref()?;
            let at = join(&self.start_directory(step)?, &target.text);
            let source = mount.source.as_ref().map_or(".", |source| source.text.as_str());
            let rest = super::paths::lies_in(path, &at).then(|| path.get(at.len()..))??.trim_start_matches('/');
            Some(ContextFile {
                source: mount.span,
                name: if rest.is_empty() { source.to_owned() } else { join_name(source, rest) },
                step: step.index,
                is_named: rest.is_empty(),
            })
        })
    }

    fn copied_file(&self, step: &Step<'_>, path: &str) -> Option<ContextFile> {
        self.steps_below(step).find_map(|below| self.brought(below, path))
    }

    /// The script that ENTRYPOINT starts, with its word in the instruction: in JSON form, and by its name alone. One that is
    /// given to a shell is none, its first line is not read.
    pub fn entrypoint_script(&self) -> Option<(&'_ Word, ContextFile)> {
        let entrypoint = self.start().entrypoint?;
        let views::CommandForm::Exec(words) = views::CommandForm::of(entrypoint.instruction)? else { return None };
        let start::Program::Script(at) = start::program(words) else { return None };
        let is_shell = |word: &Word| matches!(start::file_name(&word.text), "sh" | "bash" | "ash" | "dash");
        let word = words.get(at).filter(|_| !words.iter().take(at).any(is_shell))?;
        Some((word, self.shipped_file(&word.text).filter(|file| file.is_named)?))
    }

    /// The file of the build context that is under this path, or this bare command name, in the image.
    pub fn shipped_file(&self, path: &str) -> Option<ContextFile> {
        let last = self.stages.last()?;
        let mut steps: Vec<&Step<'_>> = self.steps_of(last).collect();
        // The last to bring it counts.
        steps.sort_by_key(|step| std::cmp::Reverse(step.index));
        let paths: Vec<String> = if path.starts_with('/') {
            vec![join("/", path)]
        } else if path.contains('/') {
            vec![join(&self.start_directory(steps.first()?)?, path)]
        } else {
            SEARCHED.iter().map(|directory| join(directory, path)).collect()
        };
        steps.iter().take(MAX_STEPS).find_map(|step| paths.iter().find_map(|path| self.brought(step, path)))
    }

    /// The file of the build context that a COPY or ADD puts at a path.
    fn brought(&self, below: &Step<'_>, path: &str) -> Option<ContextFile> {
        let transfer = match (views::Copy::of(below.instruction), views::Add::of(below.instruction)) {
            (Some(copy), _) if copy.from.is_none() => copy.transfer,
            (_, Some(add)) => add.transfer,
            _ => return None,
        };
        let Folded::Known(written) = self.fold(below, &transfer.destination?.text) else { return None };
        let target =
            if written.starts_with('/') { join("/", &written) } else { join(&self.start_directory(below)?, &written) };
        let into = written.ends_with('/') || written.ends_with('.') || transfer.sources.len() > 1;
        let found = transfer.sources.iter().filter_map(|source| {
            let Folded::Known(name) = self.fold(below, &source.text) else { return None };
            place(&name, &target, into, path).map(|(name, is_named)| (*source, name, is_named))
        });
        let (source, name, is_named): (&Word, String, bool) = found.max_by_key(|(.., is_named)| *is_named)?;
        Some(ContextFile { source: source.span, name, step: below.index, is_named })
    }
}

/// The file of the context that a source puts at `path`, and whether the source names it.
fn place(source: &str, target: &str, into: bool, path: &str) -> Option<(String, bool)> {
    if source.contains("://") || source.starts_with("git@") {
        return None;
    }
    let base = source.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    if !into && path == target {
        return Some((source.to_owned(), true));
    }
    let root = if target == "/" { "" } else { target };
    let rest = path.strip_prefix(root)?.strip_prefix('/')?;
    let is_pattern = base.contains(['*', '?', '[']);
    let fits = fits_pattern(base, rest);
    if base == rest || is_pattern && !base.starts_with('*') && !rest.contains('/') && fits {
        return Some((source.trim_end_matches(base).to_owned() + rest, true));
    }
    // A directory is copied by its content; a name with a dot is a file's.
    let is_directory = source.ends_with('/') || matches!(base, "." | "..") || !base.contains('.') && !is_pattern;
    let is_any = is_pattern && !rest.contains('/') && fits;
    (is_directory || is_any).then(|| (if is_any { rest.to_owned() } else { join_name(source, rest) }, false))
}

/// Whether all of a name fits a pattern.
pub(super) fn fits_pattern(pattern: &str, name: &str) -> bool {
    Glob::parse(pattern).is_ok_and(|glob| glob.trim_prefix(name, true).is_some_and(|left| left.is_empty()))
}

fn join_name(directory: &str, name: &str) -> String {
    match directory.trim_end_matches('/').trim_start_matches("./") {
        "" | "." => name.to_owned(),
        directory => format!("{directory}/{name}"),
    }
}

/// The path below a directory, without `.` and `..`.
fn join(directory: &str, path: &str) -> String {
    let above = if path.starts_with('/') { "" } else { directory };
    let path = workdir::normal(&format!("{above}/{path}"));
    if path.is_empty() { "/".to_owned() } else { path }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_and_places() {
        for (source, target, into, path, expected) in [
            ("a.sh", "/tmp", true, "/tmp/a.sh", Some(("a.sh", true))),
            ("x/a.sh", "/b.sh", false, "/b.sh", Some(("x/a.sh", true))),
            ("x", "/tmp", false, "/tmp/a.sh", Some(("x/a.sh", false))),
            (".", "/", true, "/a.sh", Some(("a.sh", false))),
            ("x/a-*", "/bin", true, "/bin/a-b", Some(("x/a-b", true))),
            ("*.sh", "/tmp", true, "/tmp/a.sh", Some(("a.sh", false))),
            ("b.txt", "/tmp", true, "/tmp/a.sh", None),
            ("https://example.org/a.sh", "/tmp", true, "/tmp/a.sh", None),
            ("a.sh", "/tmp", true, "/var/a.sh", None),
        ] {
            let found = place(source, target, into, path);
            let found = found.as_ref().map(|(name, is_named)| (name.as_str(), *is_named));
            assert_eq!(found, expected, "{source} {target} {path}");
        }
    }
}
