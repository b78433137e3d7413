//! What a layer of the image holds that a later one takes away, or changes so that it holds it again.

use std::ops::Range;

use crate::dockerfile::ast::Keyword;
use crate::model::text::{PartialText, WILDCARDS};
use crate::model::{Model, Step};

use super::writes::{Writes, writes};
use super::{Action, FilePath, Origin};

/// So many files are looked back on, so that long files take time by their length.
const MAX_HELD: usize = 512;

/// Directories that packages and base images fill.
const SYSTEM: &[&str] = &["/bin", "/boot", "/etc", "/lib", "/lib64", "/opt", "/run", "/sbin", "/usr", "/var"];
/// Those of them that are left to applications.
const FREE: &[&str] = &["/opt", "/usr/src", "/var/www"];
/// Directories that hold what belongs to many, which every image has.
pub(super) const SHARED: &[&str] = &[
    "/",
    "/bin",
    "/etc",
    "/home",
    "/lib",
    "/mnt",
    "/opt",
    "/root",
    "/run",
    "/sbin",
    "/srv",
    "/tmp",
    "/usr",
    "/usr/bin",
    "/usr/lib",
    "/usr/local",
    "/usr/local/bin",
    "/usr/local/etc",
    "/usr/local/lib",
    "/usr/local/sbin",
    "/usr/local/share",
    "/usr/sbin",
    "/usr/share",
    "/usr/src",
    "/var",
    "/var/cache",
    "/var/lib",
    "/var/log",
    "/var/tmp",
];

/// How layers of the image undo or repeat each other.
#[derive(Debug, Default)]
pub struct Layers {
    /// Removals of what an earlier layer holds.
    pub removals: Vec<LateRemoval>,
    /// Changes of mode or owner of what an earlier layer holds.
    pub changes: Vec<LateChange>,
}

/// A removal of what an earlier layer holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateRemoval {
    /// The removal, an index into [`Model::files`].
    pub removal: usize,
    /// What made it, in order, indices into [`Model::files`].
    pub made: Vec<usize>,
}

/// A change of mode or owner of what an earlier layer holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateChange {
    /// The change, an index into [`Model::files`].
    pub change: usize,
    /// What made it, an index into [`Model::files`].
    pub made: usize,
    /// How the paths of both lie.
    pub reach: Reach,
    /// Whether something ran in between of which it cannot be known what it writes.
    pub is_disturbed: bool,
}

/// How a path that is changed lies to one that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// It is the same.
    Same,
    /// What was made lies in it.
    Inside,
    /// It lies in the directory that was made.
    Around,
}

struct Held {
    path: FilePath,
    made: usize,
    step: usize,
    origin: Option<Origin>,
}

struct Reader<'m, 'a> {
    model: &'m Model<'a>,
    layers: Layers,
    held: Vec<Held>,
    /// The removals of the step that is read, as an index into those of the layers.
    first_removal: usize,
    writes: Writes,
    /// The last step of which it cannot be known what it writes.
    disturbed: Option<usize>,
}

impl Layers {
    /// Reads the layers that are part of the image in the end. Triggers come last, in the build that runs them.
    pub(in crate::model) fn read(model: &Model<'_>) -> Self {
        let writes = Writes::Nothing;
        let mut reader =
            Reader { model, layers: Self::default(), held: Vec::new(), first_removal: 0, writes, disturbed: None };
        let shipped = || model.steps.iter().filter(|step| model.is_shipped(step));
        for step in shipped().filter(|step| step.trigger_of.is_none()) {
            reader.step(step);
        }
        for step in shipped().filter(|step| step.trigger_of.is_some()) {
            reader.step(step);
        }
        reader.layers.removals.retain(|late| !late.made.is_empty());
        reader.layers
    }
}

impl Model<'_> {
    /// How layers of the image undo or repeat each other.
    pub fn layers(&self) -> &Layers {
        self.layers.get_or_init(|| Layers::read(self))
    }

    /// The places in [`Model::files`] of the events of a step.
    pub fn events_of(&self, step: usize) -> Range<usize> {
        let events = self.files();
        events.partition_point(|event| event.step < step)..events.partition_point(|event| event.step <= step)
    }
}

impl Reader<'_, '_> {
    fn step(&mut self, step: &Step<'_>) {
        self.first_removal = self.layers.removals.len();
        self.writes = if step.keyword() == Keyword::Run { writes(self.model, step) } else { Writes::Nothing };
        if self.writes == Writes::Anything {
            self.disturbed = Some(step.index);
        }
        let model = self.model;
        for index in model.events_of(step.index) {
            let Some(event) = model.files().get(index) else { continue };
            match &event.action {
                Action::Fetched(fetch) => {
                    for file in fetch.files() {
                        self.hold(step, index, file, None);
                    }
                }
                Action::Made { path, origin } => self.hold(step, index, path, Some(*origin)),
                Action::Moved { from, to, is_copy, .. } => {
                    if !is_copy {
                        self.held.retain(|held| !held.path.lies_in(from));
                    }
                    self.hold(step, index, to, None);
                }
                Action::Removed { path } => self.remove(step, index, path),
                Action::ModeSet { path, recursive, .. } | Action::OwnerSet { path, recursive } => {
                    self.change(step, index, path, *recursive);
                }
                Action::Verified(_) | Action::Used { .. } | Action::CheckedOut { .. } | Action::Edited { .. } => {}
            }
        }
    }

    fn hold(&mut self, step: &Step<'_>, made: usize, path: &FilePath, origin: Option<Origin>) {
        if !self.is_known(step, path) {
            return;
        }
        // What is made anew after it was removed was replaced, not cleaned up.
        let first = self.first_removal;
        let events = self.model.files();
        for late in self.layers.removals.iter_mut().skip(first) {
            match events.get(late.removal).map(|event| &event.action) {
                Some(Action::Removed { path: removed }) if covers(removed, path) || path.lies_in(removed) => {
                    late.made.clear();
                }
                _ => {}
            }
        }
        if self.held.len() >= MAX_HELD {
            self.held.remove(0);
        }
        self.held.push(Held { path: path.clone(), made, step: step.index, origin });
    }

    fn remove(&mut self, step: &Step<'_>, removal: usize, path: &FilePath) {
        if !self.is_known(step, path) {
            return;
        }
        let (covered, rest): (Vec<Held>, Vec<Held>) =
            std::mem::take(&mut self.held).into_iter().partition(|held| covers(path, &held.path));
        self.held = rest;
        let own = |other: &Held| covered.iter().any(|held| held.step == step.index && held.path == other.path);
        let older = covered.iter().filter(|held| held.step != step.index && !own(held));
        // An empty directory weighs nothing, and apk has an option that keeps no index in the first place.
        let weighs = |held: &&Held| match held.origin {
            Some(Origin::Directory) => false,
            Some(Origin::PackageCache) => !self.keeps_none(held),
            _ => true,
        };
        let mut made: Vec<usize> = older.filter(weighs).map(|held| held.made).collect();
        if covered.is_empty() && self.writes == Writes::Nothing {
            // A RUN that does nothing but tidy up takes away what the directory was filled with before.
            let trees = self.held.iter().rev().filter(|held| held.step != step.index && is_tree(self.model, held));
            made.extend(trees.filter(|held| path.lies_in(&held.path)).map(|held| held.made).take(1));
        }
        made.sort_unstable();
        made.dedup();
        if !made.is_empty() {
            self.layers.removals.push(LateRemoval { removal, made });
        }
    }

    fn change(&mut self, step: &Step<'_>, change: usize, path: &FilePath, recursive: bool) {
        if !self.is_known(step, path) || recursive && !self.is_plain(path) {
            return;
        }
        let reach = |held: &Held| {
            if held.path == *path || is_matched(&held.path, path) {
                Some(Reach::Same)
            } else if held.path.lies_in(path) || held.path.is_removed_by(path) {
                recursive.then_some(Reach::Inside)
            } else if path.lies_in(&held.path) && (is_tree(self.model, held) || brings_script(self.model, held, path)) {
                Some(Reach::Around)
            } else {
                None
            }
        };
        let is_own = |held: &&Held| held.step == step.index;
        let is_directory = |held: &Held| held.origin == Some(Origin::Directory);
        let made_here = self.held.iter().filter(is_own).any(|held| path.lies_in(&held.path));
        if self.held.iter().filter(is_own).any(|held| !is_directory(held) && reach(held).is_some()) {
            return;
        }
        let older = || {
            let older = self.held.iter().rev().filter(|held| held.step != step.index && !is_directory(held));
            older.filter_map(|held| Some((held, reach(held)?)))
        };
        let first = |wanted: Reach| older().find(|(_, reach)| *reach == wanted);
        // What was made as an empty directory after the copy is empty, as far as the file tells.
        let emptied = |made: usize| {
            self.held.iter().any(|held| is_directory(held) && held.made > made && path.lies_in(&held.path))
        };
        let around = || first(Reach::Around).filter(|(held, _)| !made_here && !emptied(held.made));
        let Some((held, reach)) = first(Reach::Same).or_else(around).or_else(|| first(Reach::Inside)) else { return };
        let is_disturbed = self.disturbed.is_some_and(|disturbed| held.step < disturbed);
        self.layers.changes.push(LateChange { change, made: held.made, reach, is_disturbed });
    }

    /// Whether a package manager keeps no such cache: apk has an option for it, which is a rule of its own, pip a variable.
    fn keeps_none(&self, held: &Held) -> bool {
        let stage = self.model.step(held.step).and_then(|step| step.stage);
        let is_set = |name| self.model.environment().definition(stage, held.step, name).is_some();
        match held.path.as_str() {
            "/var/cache/apk" => true,
            "/root/.cache/pip" => is_set("PIP_NO_CACHE_DIR") || is_set("PIP_CACHE_DIR"),
            _ => false,
        }
    }

    /// Whether the step writes nothing to a path of which its events say nothing.
    fn is_plain(&self, path: &FilePath) -> bool {
        match self.writes {
            Writes::Nothing => true,
            Writes::Packages => !lies_in_any(path, SYSTEM),
            Writes::Anything => false,
        }
    }

    /// Whether a path means the same file in all steps, in the image itself.
    fn is_known(&self, step: &Step<'_>, path: &FilePath) -> bool {
        let is_fixed = |hole: &str| {
            let name = hole.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
            // The directory that the base image starts in.
            hole == "$PWD"
                || name.is_some_and(|name| self.model.environment().definition(step.stage, step.index, name).is_some())
        };
        path.text().unknown_parts().all(is_fixed)
            && path.as_str() != "/"
            && !path.as_str().starts_with("/dev/")
            && !(step.instruction.flag("mount").is_some() && self.model.is_mounted(step, path.as_str()))
    }
}

/// Whether it lies where base images have files of their own.
pub fn is_system(path: &FilePath) -> bool {
    lies_in_any(path, SYSTEM) && !lies_in_any(path, FREE)
}

fn lies_in_any(path: &FilePath, directories: &[&str]) -> bool {
    directories.iter().any(|directory| crate::model::paths::lies_in(path.as_str(), directory))
}

/// Whether removing `removed` takes away a path, or all that is in it.
fn covers(removed: &FilePath, path: &FilePath) -> bool {
    let inside = || path.join(&PartialText::known("x"));
    path.is_removed_by(removed) || removed.as_str().contains(WILDCARDS) && inside().is_removed_by(removed)
}

/// Whether a pattern of names in one directory stands for a path.
fn is_matched(path: &FilePath, pattern: &FilePath) -> bool {
    pattern.as_str().contains('*') && path.parent() == pattern.parent() && path.is_removed_by(pattern)
}

/// Whether a folder of the build context was copied into a shared directory, and a script there is most likely from it.
fn brings_script(model: &Model<'_>, held: &Held, path: &FilePath) -> bool {
    held.origin == Some(Origin::Context)
        && held.path.as_str().ends_with("bin")
        && path.parent() == held.path
        && super::copied::is_script(path.name().as_str())
        && model.files().get(held.made).is_some_and(|event| !model.is_file(event))
}

/// Whether it is a directory of its own that came with all that is in it.
fn is_tree(model: &Model<'_>, held: &Held) -> bool {
    let Some(event) = model.files().get(held.made) else { return false };
    if SHARED.contains(&held.path.as_str()) || is_system(&held.path) {
        return false;
    }
    match held.origin {
        Some(Origin::Context | Origin::Image) => !model.is_file(event),
        Some(Origin::Archive | Origin::Repository) => true,
        _ => false,
    }
}
