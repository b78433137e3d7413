//! File events: what the instructions of a file fetch, verify, use, make, change and remove, in the order of execution.
//!
//! The rules about downloads, cleanup and ownership ask this and nothing else. What cannot be known stands in paths and
//! URLs as a hole, so that two mentions of `$archive` are the same file and a mention of it may be any file.

use std::collections::HashSet;

use crate::dockerfile::ast::Keyword;
use crate::shell::{CommandLine, Frame};
use crate::source::Span;

use super::flow::Execution;
use super::text::PartialText;
use super::workdir::PATH_MAX;
use super::{Base, Model, Step};

mod changes;
mod copied;
mod fetch;
mod found;
mod git;
mod history;
mod instructions;
mod layers;
mod output;
mod path;
mod signatures;
#[cfg(test)]
mod tests;
mod url;
mod verify;
mod writes;

pub use history::History;
pub use layers::{LateChange, LateRemoval, Layers, Reach, is_system};
pub use output::Output;
pub use path::FilePath;
pub use signatures::UnusedSignature;
pub use url::{file_name, is_companion, is_gosu, is_local, is_repository_list, names_commit};
pub use writes::is_plain;

/// Something that happens to files.
#[derive(Debug, Clone)]
pub struct FileEvent {
    /// The step that does it, an index into [`Model::steps`].
    pub step: usize,
    /// The command that does it, an index into [`Model::commands`]; none for COPY and ADD.
    pub command: Option<usize>,
    /// The word that names the file, else the command.
    pub span: Span,
    /// What happens.
    pub action: Action,
    /// The branches and arms that it stands in.
    branches: Vec<Branch>,
}

/// A branch of an `if` or an arm of a `case`: where the compound command is in memory, and which of its bodies is meant.
type Branch = (usize, usize);

/// What happens to a file.
#[derive(Debug, Clone)]
pub enum Action {
    /// It comes from the network.
    Fetched(Fetch),
    /// Its content is compared with a checksum or a signature.
    Verified(Verification),
    /// Its content is put to use.
    Used {
        /// The file.
        path: FilePath,
        /// How.
        usage: Usage,
    },
    /// It comes into being, or is written to.
    Made {
        /// The file or directory.
        path: FilePath,
        /// From what.
        origin: Origin,
    },
    /// It gets another name, or a copy.
    Moved {
        /// The stage that the old name is in, where that is another one.
        stage: Option<usize>,
        /// The old name.
        from: FilePath,
        /// The new one.
        to: FilePath,
        /// Whether the old one stays.
        is_copy: bool,
    },
    /// A command writes to it that is there already: `sed -i`.
    Edited {
        /// The file, or the directory that files of are written to.
        path: FilePath,
    },
    /// It goes away.
    Removed {
        /// What is removed, wildcards included.
        path: FilePath,
    },
    /// A working tree of git is brought to a revision.
    CheckedOut {
        /// The working tree, or a directory in it.
        path: FilePath,
        /// The commit, tag or branch.
        revision: PartialText,
    },
    /// Its mode changes.
    ModeSet {
        /// The file or directory.
        path: FilePath,
        /// The mode as written; none where it is not known.
        mode: Option<String>,
        /// Whether all that is in it changes too.
        recursive: bool,
    },
    /// Its owner or group changes.
    OwnerSet {
        /// The file or directory.
        path: FilePath,
        /// Whether all that is in it changes too.
        recursive: bool,
    },
}

/// A download.
#[derive(Debug, Clone)]
pub struct Fetch {
    /// The program, or the instruction.
    pub tool: String,
    /// Its URLs over all loops and branches, as far as they are known.
    pub urls: Vec<PartialText>,
    /// Where the URL stands.
    pub url_span: Span,
    /// What becomes of it.
    pub target: Target,
    /// Whether the instruction itself names the checksum, as ADD --checksum does.
    pub has_checksum: bool,
}

/// What becomes of a download.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A file. Several where a loop or a branch decides.
    File(Vec<FilePath>),
    /// It is piped into other commands, which may write it to a file in the end.
    Piped(Option<FilePath>),
    /// A variable, or the argument of a command.
    Captured,
    /// A package manager, which installs it as it comes.
    Installed,
    /// Nothing keeps it.
    Discarded,
    /// A file that the server names.
    Unnamed,
    /// A file whose name cannot be known.
    Unknown,
}

/// A comparison of files with a checksum or a signature.
#[derive(Debug, Clone)]
pub struct Verification {
    /// The files; none where it cannot be known which.
    pub files: Option<Vec<FilePath>>,
    /// How.
    pub means: Means,
    /// Where the checksum comes from.
    pub sum: SumOrigin,
    /// Whether it can fail at all. A checksum that is only printed cannot.
    pub compares: bool,
}

/// How a file is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Means {
    /// By a checksum of this algorithm, `sha256` for example; empty where it is not known.
    Checksum(String),
    /// By a signature.
    Signature,
}

/// Where a checksum comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SumOrigin {
    /// It stands in the Dockerfile, or in a file of the build context.
    Declared,
    /// It was downloaded in the same build; the span names what holds it.
    Fetched(Span),
    /// It was downloaded, and the file that holds it was verified by its signature.
    Signed,
    /// It cannot be known.
    Unknown,
}

/// How the content of a file is put to use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Usage {
    /// Unpacked into a directory.
    Extracted(FilePath),
    /// Installed as a package.
    Installed,
    /// Run.
    Executed,
    /// Taken as a key.
    Imported,
}

/// From what a file or directory comes into being.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// COPY or ADD from the build context.
    Context,
    /// COPY from a stage or an image.
    Image,
    /// An archive.
    Archive,
    /// `git clone`.
    Repository,
    /// An empty directory.
    Directory,
    /// A command wrote it.
    Command,
    /// The package lists or the cache of a package manager.
    PackageCache,
}

impl FileEvent {
    /// Whether it stands in another branch or arm than `other`, so that one build does not do both.
    pub fn excludes(&self, other: &Self) -> bool {
        self.step == other.step
            && self.branches.iter().any(|&(address, body)| {
                other.branches.iter().any(|&(same, another)| same == address && another != body)
            })
    }

    /// Whether it may not happen in a build that succeeds.
    pub fn is_conditional(&self) -> bool {
        !self.branches.is_empty()
    }

    /// The paths that are written to.
    pub fn written(&self) -> Vec<&FilePath> {
        match &self.action {
            Action::Fetched(fetch) => fetch.files().iter().collect(),
            Action::Made { path, .. }
            | Action::Moved { to: path, .. }
            | Action::Used { usage: Usage::Extracted(path), .. } => vec![path],
            _ => Vec::new(),
        }
    }

    /// The paths that are written to, changed or removed.
    pub fn touched(&self) -> Vec<&FilePath> {
        match &self.action {
            Action::Removed { path } | Action::ModeSet { path, .. } | Action::OwnerSet { path, .. } => vec![path],
            Action::Moved { from, to, .. } => vec![from, to],
            _ => self.written(),
        }
    }

    /// The download, if it is one.
    pub fn fetch(&self) -> Option<&Fetch> {
        match &self.action {
            Action::Fetched(fetch) => Some(fetch),
            _ => None,
        }
    }

    /// The verification, if it is one.
    pub fn verification(&self) -> Option<&Verification> {
        match &self.action {
            Action::Verified(verification) => Some(verification),
            _ => None,
        }
    }
}

impl Fetch {
    /// The files that it is written to.
    pub fn files(&self) -> &[FilePath] {
        match &self.target {
            Target::File(files) => files,
            Target::Piped(Some(file)) => std::slice::from_ref(file),
            _ => &[],
        }
    }
}

/// Reads the events of a file.
pub(super) struct Recorder<'m, 'a> {
    model: &'m Model<'a>,
    events: Vec<FileEvent>,
    /// The working directory at the end of each stage so far.
    directories: Vec<FilePath>,
    /// Directories that the file makes.
    made: HashSet<FilePath>,
}

/// A command where it is executed, with what its arguments depend on.
pub(super) struct Site<'s, 'm, 'a> {
    model: &'m Model<'a>,
    step: &'s Step<'a>,
    execution: &'s Execution<'m, 'a>,
    directory: &'s FilePath,
}

impl<'m, 'a> Recorder<'m, 'a> {
    pub(super) fn record(model: &'m Model<'a>) -> Vec<FileEvent> {
        let mut recorder = Self { model, events: Vec::new(), directories: Vec::new(), made: HashSet::new() };
        for step in &model.steps {
            match step.keyword() {
                Keyword::From if step.trigger_of.is_none() => recorder.enter_stage(step),
                Keyword::Workdir => recorder.workdir(step),
                Keyword::Copy => recorder.copy(step),
                Keyword::Add => recorder.add(step),
                Keyword::Run => recorder.run(step),
                _ => {}
            }
        }
        recorder.events
    }

    fn enter_stage(&mut self, step: &Step<'a>) {
        let directory = match self.model.stage_of(step).map(|stage| &stage.base) {
            Some(Base::Stage(below)) => self.directories.get(*below).cloned(),
            // These images set no WORKDIR, and the builder starts at the root.
            Some(Base::Scratch) => Some(FilePath::absolute("/")),
            Some(Base::Image(image)) if super::base::is_distribution(image) => Some(FilePath::absolute("/")),
            _ => None,
        };
        self.directories.push(directory.unwrap_or_else(|| FilePath::unknown("$PWD")));
    }

    fn workdir(&mut self, step: &Step<'a>) {
        let Some(word) = crate::dockerfile::views::workdir(step.instruction) else { return };
        let path = FilePath::new(&self.folded(step, &word.text), &self.directory());
        self.made.insert(path.clone());
        if let Some(directory) = self.directories.last_mut().filter(|_| step.trigger_of.is_none()) {
            *directory = if path.as_str().len() < PATH_MAX { path } else { FilePath::unknown("$PWD") };
        }
    }

    fn directory(&self) -> FilePath {
        self.directories.last().cloned().unwrap_or_else(|| FilePath::unknown("$PWD"))
    }

    /// A word of an instruction as far as the file tells.
    fn folded(&self, step: &Step<'_>, text: &str) -> PartialText {
        self.model.partial_fold(step, text)
    }

    fn push(&mut self, step: usize, site: Option<&Site<'_, 'm, 'a>>, span: Span, action: Action) {
        let branches = site.map(|site| branches(site.execution)).unwrap_or_default();
        let command = site.map(|site| site.execution.index);
        if let Action::Made { path, origin: Origin::Directory } = &action {
            self.made.insert(path.clone());
        }
        self.events.push(FileEvent { step, command, span, action, branches });
    }

    fn run(&mut self, step: &Step<'a>) {
        let executions = self.model.executions(step.index);
        let start = self.directory();
        let mut entered: Vec<(Vec<usize>, FilePath)> = Vec::new();
        for execution in &executions {
            // `cd` in a subshell ends with it.
            let shell = subshells(execution);
            let here = entered.iter().rev().find(|(other, _)| shell.starts_with(other)).map(|(_, path)| path.clone());
            let directory = here.unwrap_or_else(|| start.clone());
            let site = Site { model: self.model, step, execution, directory: &directory };
            self.redirections(&site);
            site.with_line(|site, line| {
                if line.is_any(&["cd", "pushd"]) && line.wrappers.is_empty() {
                    let target = line.operands.first().map(|word| site.path(word));
                    entered.push((shell.clone(), target.unwrap_or_else(|| FilePath::unknown("$HOME"))));
                } else if line.is("popd") {
                    let back = entered.iter().rev().filter(|(other, _)| *other == shell).nth(1);
                    let back = back.map_or_else(|| start.clone(), |(_, path)| path.clone());
                    entered.push((shell.clone(), back));
                } else {
                    self.command(site, line);
                }
            });
        }
    }

    fn command(&mut self, site: &Site<'_, 'm, 'a>, line: &CommandLine<'_>) {
        self.fetches(site, line);
        self.verifications(site, line);
        self.changes(site, line);
    }
}

impl<'m> Site<'_, 'm, '_> {
    /// Calls `then` with the command line, that of a command in a variable too where it can be known.
    fn with_line(&self, then: impl FnOnce(&Self, &CommandLine<'_>)) {
        if let Some(line) = &self.execution.command.line {
            then(self, line);
            return;
        }
        // `$fetch file url` with `fetch='curl -fsSL -o'` before it.
        let simple = self.execution.command.invocation.simple;
        let Some((name, rest)) = simple.words.split_first() else { return };
        let Some(words) = self.model.possible_words(self.execution.command, name) else { return };
        let literal = |text: String| crate::shell::ast::Word::literal_at(text, name.span);
        let mut spelled = simple.clone();
        spelled.words = words.into_iter().map(literal).chain(rest.iter().cloned()).collect();
        if let Some(line) = crate::shell::read(&spelled) {
            then(self, &line);
        }
    }

    /// The operands of a command, those that braces make too.
    fn operands(&self, line: &CommandLine<'_>) -> Vec<crate::shell::ast::Word> {
        line.operands.iter().flat_map(|word| self.model.brace_words(self.execution.command, word)).collect()
    }

    /// The path that a word names; the first where there are several.
    fn path(&self, word: &crate::shell::ast::Word) -> FilePath {
        let first = self.paths(word).into_iter().next();
        first.unwrap_or_else(|| FilePath::unknown(self.model.source.slice(word.span)))
    }

    fn paths_of(&self, texts: &[PartialText]) -> Vec<FilePath> {
        texts.iter().map(|text| FilePath::new(text, self.directory)).collect()
    }

    /// The last redirection of a kind.
    fn redirect(&self, kind: crate::shell::ast::RedirectKind) -> Option<&'m crate::shell::ast::Redirect> {
        self.execution.command.invocation.statement.redirects.iter().rev().find(|redirect| redirect.kind == kind)
    }

    /// The paths that a word names, over all loops and branches.
    fn paths(&self, word: &crate::shell::ast::Word) -> Vec<FilePath> {
        let words = self.model.partial_words(self.execution, word);
        words.iter().map(|text| FilePath::new(text, self.directory)).collect()
    }
}

/// The subshells that a command is in, from the outside to the inside, by the lists in them.
fn subshells(execution: &Execution<'_, '_>) -> Vec<usize> {
    let mut found = Vec::new();
    let mut enters = false;
    for frame in execution.frames() {
        match frame {
            Frame::Subshell | Frame::Substitution(_) | Frame::Script { .. } => enters = true,
            Frame::List { list, .. } if std::mem::take(&mut enters) => found.push(std::ptr::from_ref(*list).addr()),
            _ => {}
        }
    }
    found
}

fn branches(execution: &Execution<'_, '_>) -> Vec<Branch> {
    let of = |frame: &Frame<'_>| match frame {
        Frame::IfBody { command, branch } => {
            Some((std::ptr::from_ref(*command).addr(), branch.unwrap_or(command.branches.len())))
        }
        Frame::Arm { case, index } => Some((std::ptr::from_ref(*case).addr(), *index)),
        _ => None,
    };
    execution.frames().filter_map(of).collect()
}
