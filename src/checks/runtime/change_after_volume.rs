//! Changes below a VOLUME after it is declared.

use std::collections::{BTreeMap, BTreeSet};

use crate::checks::prelude::*;

/// No image has more volumes than these; what would be one more is not looked at.
const MAX_VOLUMES: usize = 64;
/// So many events behind a change may take it back.
const MAX_LATER: usize = 1000;

#[derive(Default)]
pub struct Rule {
    volumes: Vec<Declared>,
    /// What is found, by stage.
    found: BTreeMap<usize, Vec<Change>>,
}

/// A step that changes what is below volumes.
struct Change {
    step: usize,
    finding: Finding<'static>,
    /// The steps that declare them.
    volumes: Vec<usize>,
}

/// A path that VOLUME declares.
struct Declared {
    stage: usize,
    step: usize,
    path: FilePath,
    span: Span,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![
            Visit::Instruction(Keyword::Volume),
            Visit::Instruction(Keyword::Workdir),
            Visit::Instruction(Keyword::Copy),
            Visit::Instruction(Keyword::Add),
            Visit::Instruction(Keyword::Run),
        ]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let Some(stage) = step.stage else { return };
        if let Some(volume) = views::Volume::of(step.instruction) {
            // A trigger's volume is declared in another build.
            for word in volume.paths.iter().filter(|_| step.trigger_of.is_none()) {
                if self.volumes.len() >= MAX_VOLUMES {
                    break;
                }
                let path = FilePath::new(&cx.model.partial_fold(step, &word.text), &FilePath::absolute("/"));
                if path.known_str().is_some_and(|path| path != "/") && word.text.starts_with(['/', '$', '"', '\'']) {
                    self.volumes.push(Declared { stage, step: step.index, path, span: word.span });
                }
            }
            return;
        }
        let holding = |path: &FilePath, whole: bool| -> Vec<&Declared> {
            let is_held = |volume: &&Declared| {
                (path.lies_in(&volume.path) || whole && volume.path.lies_in(path))
                    && cx.model.stages_below(stage).any(|below| below.index == volume.stage)
            };
            self.volumes.iter().filter(is_held).collect()
        };
        if let Some(word) = views::workdir(step.instruction) {
            let path = FilePath::new(&cx.model.partial_fold(step, &word.text), &FilePath::unknown("$PWD"));
            let Some(volume) = holding(&path, false).first().copied().filter(|volume| path != volume.path) else {
                return;
            };
            if !exists(&path, volume.span, cx) {
                let finding = finding(word.span, &path, volume).variant("workdir");
                let volumes = vec![volume.step];
                self.found.entry(stage).or_default().push(Change { step: step.index, finding, volumes });
            }
            return;
        }
        let mut first = None;
        let mut volumes = Vec::new();
        for index in cx.model.events_of(step.index) {
            let Some(event) = cx.model.files().get(index) else { continue };
            for (path, whole) in changed(event) {
                let held = holding(path, whole);
                let Some(volume) = held.first().copied().filter(|_| path.as_str() != "/") else { continue };
                let is_mounted = cx.model.is_mounted(step, volume.path.as_str());
                let is_undone = match &event.action {
                    Action::Removed { path } => is_made_here(index, path, cx),
                    _ => is_removed_again(index, path, &volume.path, cx),
                };
                if is_undone || is_mounted {
                    continue;
                }
                volumes.extend(held.iter().map(|volume| volume.step));
                // One instruction is one mistake.
                first.get_or_insert_with(|| {
                    let finding =
                        finding(event.span, if path.lies_in(&volume.path) { path } else { &volume.path }, volume);
                    if step.keyword() == Keyword::Run { finding } else { finding.variant("copied") }
                });
            }
        }
        if let Some(finding) = first {
            self.found.entry(stage).or_default().push(Change { step: step.index, finding, volumes });
        }
    }

    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let is_own = |volume: &usize, stage: usize| cx.model.step(*volume).is_some_and(|it| it.stage == Some(stage));
        let is_step = |index: usize| cx.model.step(index).is_some_and(|step| step.trigger_of.is_none());
        for (stage, found) in std::mem::take(&mut self.found) {
            // All volumes of the stage that something changes go below the last change, so that each finding has the same edits.
            let changed = found.iter().flat_map(|change| &change.volumes).copied();
            let moved: BTreeSet<usize> = changed.filter(|volume| is_own(volume, stage)).collect();
            let moved: Vec<usize> = moved.into_iter().collect();
            let last = found.iter().map(|change| change.step).filter(|&step| is_step(step)).max();
            let edits = last.and_then(|last| moves(&moved, last, cx)).unwrap_or_default();
            for Change { step, finding, volumes } in found {
                let is_mendable = is_step(step) && volumes.iter().all(|volume| is_own(volume, stage));
                let edits = edits.iter().filter(|_| is_mendable);
                cx.report(edits.fold(finding, |finding, edit| finding.edit(edit.span, edit.text.clone())));
            }
        }
    }
}

/// The edits that move VOLUME instructions below a step; none where one would mean another path there.
fn moves(volumes: &[usize], last: usize, cx: &Context<'_, '_>) -> Option<Vec<Edit>> {
    let is_same = |volume: &usize| {
        let between = *volume + 1..last + 1;
        let steps = cx.model.steps.get(between.clone()).unwrap_or_default();
        let is_onbuild = steps.iter().any(|step| step.keyword() == Keyword::Onbuild);
        !is_onbuild && cx.model.step(*volume).is_some_and(|step| !cx.model.is_redefined(step, between))
    };
    volumes.iter().all(is_same).then_some(())?;
    let moved: Vec<moving::Moved> = volumes.iter().copied().map(moving::Moved::whole).collect();
    cx.model.move_steps(&moved, moving::Place::Behind(last))
}

fn finding(span: Span, path: &FilePath, volume: &Declared) -> Finding<'static> {
    Finding::at(span)
        .with("path", path.as_str().to_owned())
        .with("volume", volume.path.as_str().to_owned())
        .label(volume.span, "volume")
}

/// The paths that an event changes, and whether all that is in them changes too.
fn changed(event: &FileEvent) -> Vec<(&FilePath, bool)> {
    match &event.action {
        Action::Fetched(fetch) => fetch.files().iter().map(|file| (file, false)).collect(),
        // Which package lists and caches are fetched in a RUN is no content of a volume.
        Action::Made { path, origin } if *origin != Origin::PackageCache => vec![(path, false)],
        Action::Moved { to, .. } | Action::Edited { path: to } => vec![(to, false)],
        Action::ModeSet { path, recursive, .. } | Action::OwnerSet { path, recursive } => vec![(path, *recursive)],
        Action::Removed { path } => vec![(path, false)],
        _ => Vec::new(),
    }
}

/// Whether the same RUN takes it away again, so that nothing is lost.
fn is_removed_again(index: usize, path: &FilePath, volume: &FilePath, cx: &Context<'_, '_>) -> bool {
    let events = cx.model.files();
    let Some(step) = events.get(index).map(|event| event.step) else { return false };
    // Into the volume itself something may be written that is temporary.
    events.iter().skip(index + 1).take(MAX_LATER).take_while(|later| later.step == step).any(|later| {
        match &later.action {
            Action::Removed { path: removed } => path.may_lie_in(removed) || path == volume && removed.lies_in(volume),
            Action::Moved { from, is_copy: false, .. } => path == from,
            _ => false,
        }
    })
}

/// Whether the same RUN has made what it removes, or something in it.
fn is_made_here(index: usize, removed: &FilePath, cx: &Context<'_, '_>) -> bool {
    let events = cx.model.files();
    let (Some(step), before) = (events.get(index).map(|event| event.step), events.get(..index).unwrap_or_default())
    else {
        return false;
    };
    let mut own = before.iter().rev().take(MAX_LATER).take_while(|event| event.step == step);
    own.any(|event| event.written().into_iter().any(|path| path.may_lie_in(removed)))
}

/// Whether something before the volume has made a directory.
fn exists(path: &FilePath, declared: Span, cx: &Context<'_, '_>) -> bool {
    let before = cx.model.files().iter().take_while(|event| event.span.start < declared.start);
    let mut made = before.filter_map(|event| match &event.action {
        Action::Made { path, origin } => Some((path, *origin != Origin::Directory)),
        Action::Moved { to, .. } => Some((to, true)),
        _ => None,
    });
    made.any(|(made, has_content)| made.lies_in(path) || has_content && path.lies_in(made))
}
