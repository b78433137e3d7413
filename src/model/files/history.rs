//! What becomes of a download.

use crate::model::Model;

use super::{Action, FileEvent, FilePath, Usage};

/// So many events behind a download may be about it.
const MAX_LATER: usize = 500;
/// So many names of a file are followed.
const MAX_NAMES: usize = 8;

/// What becomes of a downloaded file, in every stage that it gets to.
#[derive(Debug, Default)]
pub struct History<'m> {
    /// Its verifications, in order; those that cannot be told from others count.
    pub verifications: Vec<&'m FileEvent>,
    /// The first time that it is unpacked, installed or run.
    pub first_use: Option<&'m FileEvent>,
    /// All uses, in order.
    pub uses: Vec<&'m FileEvent>,
    /// The first removal that takes it away, or may do so.
    pub removal: Option<&'m FileEvent>,
    /// The first time that it gets another name, without a copy.
    pub moved: Option<&'m FileEvent>,
    /// All names that it has in the course of the build, with the stage that it has them in.
    pub names: Vec<(usize, FilePath)>,
}

impl History<'_> {
    /// Whether something verifies it before it is used.
    pub fn is_verified(&self) -> bool {
        !self.verifications.is_empty() && !self.is_verified_too_late()
    }

    /// Whether it is used before anything verifies it, though something does later.
    pub fn is_verified_too_late(&self) -> bool {
        let Some(verification) = self.verifications.first() else { return false };
        self.first_use.is_some_and(|used| {
            !verification.excludes(used) && std::ptr::from_ref(used) < std::ptr::from_ref(*verification)
        })
    }
}

impl Model<'_> {
    /// Whether a stage is another one, or is built on it.
    pub(in crate::model) fn builds_on(&self, stage: usize, other: usize) -> bool {
        stage == other || self.stages_below(stage).any(|below| below.index == other)
    }

    /// What becomes of the download that is the event at `index` of [`Model::files`].
    pub fn history(&self, index: usize) -> History<'_> {
        let mut history = History::default();
        let events = self.files();
        let Some((event, fetch)) = events.get(index).and_then(|event| Some((event, event.fetch()?))) else {
            return history;
        };
        let stage_of = |event: &FileEvent| self.step(event.step).and_then(|step| step.stage).unwrap_or_default();
        let start = stage_of(event);
        history.names = fetch.files().iter().map(|file| (start, file.clone())).collect();
        // A check of files that are not known is taken to be of those that its RUN downloads, if it downloads any.
        let downloads = |step: usize| {
            step != event.step && self.events_of(step).any(|at| events.get(at).is_some_and(|one| one.fetch().is_some()))
        };
        for later in events.iter().skip(index + 1).take(MAX_LATER) {
            let tells = matches!(
                later.action,
                Action::Moved { .. } | Action::Verified(_) | Action::Used { .. } | Action::Removed { .. }
            );
            if !tells || later.excludes(event) {
                continue;
            }
            let stage = match later.action {
                Action::Moved { stage: Some(other), .. } => other,
                _ => stage_of(later),
            };
            let here: Vec<&FilePath> =
                history.names.iter().filter(|(at, _)| self.builds_on(stage, *at)).map(|(_, name)| name).collect();
            if here.is_empty() {
                continue;
            }
            let mut new = None;
            match &later.action {
                Action::Moved { from, to, is_copy, .. } => {
                    if here.iter().any(|name| name.may_be(from)) {
                        new = Some(to.clone());
                        if !is_copy && here.contains(&from) {
                            history.moved = history.moved.or(Some(later));
                        }
                    } else if let Some(name) = here.iter().find(|name| name.lies_in(from)) {
                        new = Some(to.join(&name.name()));
                    }
                }
                Action::Verified(verification) => {
                    let covers = match &verification.files {
                        Some(files) => files.iter().any(|file| here.iter().any(|name| name.may_share_name(file))),
                        None => !downloads(later.step),
                    };
                    if covers {
                        history.verifications.push(later);
                    }
                }
                Action::Used { path, usage }
                    if *usage != Usage::Imported
                        && here.iter().any(|&name| name == path || path.known_str().is_some() && name.may_be(path)) =>
                {
                    history.uses.push(later);
                    history.first_use = history.first_use.or(Some(later));
                }
                Action::Removed { path }
                    if history.removal.is_none()
                        && here.iter().any(|name| name.may_lie_in(path) || name.is_removed_by(path)) =>
                {
                    history.removal = Some(later);
                }
                _ => {}
            }
            let new = new.map(|name| (stage_of(later), name));
            if let Some(name) = new.filter(|name| history.names.len() < MAX_NAMES && !history.names.contains(name)) {
                history.names.push(name);
            }
        }
        history
    }
}
