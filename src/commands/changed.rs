//! `--changed`: which files git says are changed.
//!
//! Git is asked for names alone, and nothing that a repository's own configuration names is run: no monitor, hook, filter or driver
//! of diffs. Nothing is fetched or written.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// What git would take for the repository, wherever it is run: a hook of git has these.
const LOCAL: [&str; 8] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
];
/// What `--changed` means without a revision.
pub(super) const HEAD: &str = "HEAD";

/// Why git does not say.
#[derive(Debug, thiserror::Error)]
pub enum ChangedError {
    /// There is no git.
    #[error("git cannot be run: {}", crate::source::reason(.0))]
    Git(io::Error),
    /// A file is in no repository.
    #[error("{}: this is in no git repository", .0.display())]
    NoRepository(PathBuf),
    /// There is no such revision.
    #[error("there is no revision `{revision}` in {}", root.display())]
    Revision {
        /// As written.
        revision: String,
        /// The repository.
        root: PathBuf,
    },
    /// Two histories.
    #[error("`{revision}` and HEAD have no commit in common in {}", root.display())]
    Unrelated {
        /// As written.
        revision: String,
        /// The repository.
        root: PathBuf,
    },
    /// Git refuses.
    #[error("git says: {0}")]
    Refused(String),
}

impl ChangedError {
    /// What to do next.
    pub fn help(&self) -> String {
        match self {
            Self::Git(_) => "install git, or leave `--changed` out",
            Self::NoRepository(_) => "leave `--changed` out, or the path",
            Self::Revision { .. } => {
                "name a branch, a tag or a commit that is fetched, such as origin/main; `git branch --all` lists branches"
            }
            Self::Unrelated { .. } => {
                "a shallow clone lacks the commits between: fetch them, in GitHub Actions with `fetch-depth: 0`"
            }
            Self::Refused(_) => "see that `git status` works there",
        }
        .to_owned()
    }
}

/// The changed files of the repositories that were asked.
#[derive(Debug)]
pub(super) struct Changed<'a> {
    revision: &'a str,
    /// The root of the repository that a folder is in.
    roots: HashMap<PathBuf, PathBuf>,
    /// By root.
    files: HashMap<PathBuf, HashSet<PathBuf>>,
}

impl<'a> Changed<'a> {
    pub(super) fn new(revision: &'a str) -> Self {
        Self { revision, roots: HashMap::new(), files: HashMap::new() }
    }

    /// Whether a file is among them. `place` has no links in its folder.
    pub(super) fn has(&mut self, place: &Path) -> Result<bool, ChangedError> {
        let target = fs::canonicalize(place).unwrap_or_else(|_| place.to_path_buf());
        Ok(self.has_path(place)? || target != place && self.has_path(&target)?)
    }

    fn has_path(&mut self, path: &Path) -> Result<bool, ChangedError> {
        let none = || ChangedError::NoRepository(path.to_path_buf());
        // The nearest `.git` is where git begins as well, so that each repository is asked once.
        let is_root = |folder: &&Path| fs::symlink_metadata(folder.join(".git")).is_ok();
        let folder = path.ancestors().skip(1).find(is_root).ok_or_else(none)?;
        let root = match self.roots.get(folder) {
            Some(root) => root.clone(),
            None => {
                let root = root_of(folder).map_err(|error| error.unwrap_or_else(none))?;
                self.roots.insert(folder.to_path_buf(), root.clone());
                root
            }
        };
        if let Some(files) = self.files.get(&root) {
            return Ok(files.contains(path));
        }
        let files = Repository::at(root.clone())?.changed(self.revision)?;
        let has = files.contains(path);
        self.files.insert(root, files);
        Ok(has)
    }
}

/// The root of the working tree that a folder is in; no error of its own where there is none.
fn root_of(folder: &Path) -> Result<PathBuf, Option<ChangedError>> {
    let output = git(folder, &["rev-parse", "--show-toplevel"], &[]).map_err(Some)?;
    if !output.status.success() {
        let said = said(&output);
        return Err((!said.contains("not a git repository")).then_some(ChangedError::Refused(said)));
    }
    let root = path(output.stdout.strip_suffix(b"\n").unwrap_or(&output.stdout));
    Ok(fs::canonicalize(&root).unwrap_or(root))
}

struct Repository {
    root: PathBuf,
    /// Filters of contents that the configuration names, for which nothing is to be run.
    filters: Vec<String>,
}

impl Repository {
    fn at(root: PathBuf) -> Result<Self, ChangedError> {
        let output = git(&root, &["config", "--null", "--name-only", "--get-regexp", r"^filter\."], &[])?;
        let names = output.stdout.split(|&byte| byte == 0).filter(|name| !name.is_empty());
        let filters = names.map(|name| String::from_utf8_lossy(name).into_owned()).collect();
        Ok(Self { root, filters })
    }

    fn changed(&self, revision: &str) -> Result<HashSet<PathBuf>, ChangedError> {
        // In a repository without a commit all is new.
        let tracked = match self.base(revision)? {
            Some(base) => self.run(&[
                "diff",
                "--name-only",
                "-z",
                "--no-ext-diff",
                "--no-textconv",
                "--no-renames",
                "--ignore-submodules=all",
                &base,
                "--",
            ])?,
            None => self.run(&["ls-files", "-z"])?,
        };
        let untracked = self.run(&["ls-files", "-z", "--others", "--exclude-standard"])?;
        let names = [tracked, untracked].concat();
        let names = names.split(|&byte| byte == 0).filter(|name| !name.is_empty());
        // Git has slashes everywhere.
        let full = |name: &[u8]| path(name).components().fold(self.root.clone(), |path, part| path.join(part));
        Ok(names.map(full).collect())
    }

    /// The commit that files are compared with; none in a repository that has none.
    fn base(&self, revision: &str) -> Result<Option<String>, ChangedError> {
        let unknown = || ChangedError::Revision { revision: revision.to_owned(), root: self.root.clone() };
        let Some(head) = self.commit(HEAD)? else {
            return if revision == HEAD { Ok(None) } else { Err(unknown()) };
        };
        if revision == HEAD {
            return Ok(Some(head));
        }
        let other = self.commit(revision)?.ok_or_else(unknown)?;
        let output = git(&self.root, &["merge-base", &other, &head], &self.filters)?;
        let unrelated = || ChangedError::Unrelated { revision: revision.to_owned(), root: self.root.clone() };
        first_line(&output).filter(|_| output.status.success()).ok_or_else(unrelated).map(Some)
    }

    fn commit(&self, revision: &str) -> Result<Option<String>, ChangedError> {
        // No revision begins like an option.
        if revision.is_empty() || revision.starts_with('-') {
            return Ok(None);
        }
        let commit = format!("{revision}^{{commit}}");
        let output = git(&self.root, &["rev-parse", "--verify", "--quiet", &commit], &self.filters)?;
        Ok(first_line(&output).filter(|_| output.status.success()))
    }

    fn run(&self, args: &[&str]) -> Result<Vec<u8>, ChangedError> {
        let output = git(&self.root, args, &self.filters)?;
        if output.status.success() { Ok(output.stdout) } else { Err(ChangedError::Refused(said(&output))) }
    }
}

/// Runs git in a folder.
fn git(folder: &Path, args: &[&str], filters: &[String]) -> Result<Output, ChangedError> {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"]).args(args);
    for name in LOCAL {
        command.env_remove(name);
    }
    let variables = [("GIT_OPTIONAL_LOCKS", "0"), ("GIT_NO_LAZY_FETCH", "1"), ("GIT_TERMINAL_PROMPT", "0")];
    command.envs(variables).env("LC_ALL", "C").stdin(Stdio::null());
    if !filters.is_empty() {
        let before = std::env::var("GIT_CONFIG_COUNT").ok().and_then(|count| count.parse().ok()).unwrap_or(0_usize);
        for (index, name) in filters.iter().enumerate() {
            let value = if name.ends_with(".required") { "false" } else { "" };
            command.env(format!("GIT_CONFIG_KEY_{}", before + index), name);
            command.env(format!("GIT_CONFIG_VALUE_{}", before + index), value);
        }
        command.env("GIT_CONFIG_COUNT", (before + filters.len()).to_string());
    }
    command.output().map_err(ChangedError::Git)
}

/// What git complains of, in a line.
fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("nothing");
    line.trim_start_matches("fatal: ").trim_start_matches("error: ").to_owned()
}

fn first_line(output: &Output) -> Option<String> {
    let text = std::str::from_utf8(&output.stdout).ok()?;
    text.lines().next().filter(|line| !line.is_empty()).map(str::to_owned)
}

#[cfg(unix)]
fn path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    std::ffi::OsStr::from_bytes(bytes).into()
}

#[cfg(not(unix))]
fn path(bytes: &[u8]) -> PathBuf {
    String::from_utf8_lossy(bytes).into_owned().into()
}
