//! Changes below a VOLUME after it is declared.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule {
    /// The volumes so far: the stage, the path, and where it is declared.
    volumes: Vec<(usize, FilePath, Span)>,
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
                let path = FilePath::new(&cx.model.partial_fold(step, &word.text), &FilePath::absolute("/"));
                if path.known_str().is_some_and(|path| path != "/") && word.text.starts_with(['/', '$', '"', '\'']) {
                    self.volumes.push((stage, path, word.span));
                }
            }
            return;
        }
        let holding = |path: &FilePath, whole: bool| {
            self.volumes.iter().find(|(at, volume, _)| {
                (path.lies_in(volume) || whole && volume.lies_in(path))
                    && cx.model.stages_below(stage).any(|below| below.index == *at)
            })
        };
        if let Some(word) = views::workdir(step.instruction) {
            let path = FilePath::new(&cx.model.partial_fold(step, &word.text), &FilePath::unknown("$PWD"));
            let Some((_, volume, declared)) = holding(&path, false).filter(|(_, volume, _)| path != *volume) else {
                return;
            };
            if !exists(&path, *declared, cx) {
                cx.report(finding(word.span, &path, volume, *declared).variant("workdir"));
            }
            return;
        }
        for index in cx.model.events_of(step.index) {
            let Some(event) = cx.model.files().get(index) else { continue };
            let changed = changed(event);
            let found = changed.iter().find_map(|(path, whole)| {
                let (_, volume, declared) = holding(path, *whole)?;
                let goes = is_removed_again(index, path, volume, cx) || cx.model.is_mounted(step, volume.as_str());
                (!goes && path.as_str() != "/").then_some((*path, volume, *declared))
            });
            if let Some((path, volume, declared)) = found {
                let finding = finding(event.span, if path.lies_in(volume) { path } else { volume }, volume, declared);
                cx.report(if step.keyword() == Keyword::Run { finding } else { finding.variant("copied") });
                // One instruction is one mistake.
                return;
            }
        }
    }
}

fn finding<'t>(span: Span, path: &FilePath, volume: &FilePath, declared: Span) -> Finding<'t> {
    Finding::at(span)
        .with("path", path.as_str().to_owned())
        .with("volume", volume.as_str().to_owned())
        .label(declared, "volume")
}

/// The paths that an event changes, and whether all that is in them changes too.
fn changed(event: &FileEvent) -> Vec<(&FilePath, bool)> {
    match &event.action {
        Action::Fetched(fetch) => fetch.files().iter().map(|file| (file, false)).collect(),
        // Which package lists and caches are fetched in a RUN is no content of a volume.
        Action::Made { path, origin } if *origin != Origin::PackageCache => vec![(path, false)],
        Action::Moved { to, .. } => vec![(to, false)],
        Action::ModeSet { path, recursive, .. } | Action::OwnerSet { path, recursive } => vec![(path, *recursive)],
        _ => Vec::new(),
    }
}

/// Whether the same RUN takes it away again, so that nothing is lost.
fn is_removed_again(index: usize, path: &FilePath, volume: &FilePath, cx: &Context<'_, '_>) -> bool {
    let events = cx.model.files();
    let Some(step) = events.get(index).map(|event| event.step) else { return false };
    // Into the volume itself something may be written that is temporary.
    events.iter().skip(index + 1).take_while(|later| later.step == step).any(|later| match &later.action {
        Action::Removed { path: removed } => path.may_lie_in(removed) || path == volume && removed.lies_in(volume),
        Action::Moved { from, is_copy: false, .. } => path == from,
        _ => false,
    })
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
