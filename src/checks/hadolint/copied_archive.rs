//! An archive that COPY brings and a RUN unpacks.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        let events = model.files();
        let stage_of = |event: &FileEvent| model.step(event.step).and_then(|step| step.stage);
        let by_tar = |event: &FileEvent| {
            let line = event.command.and_then(|index| model.commands().get(index)?.line.as_ref());
            line.is_some_and(|line| line.is("tar"))
        };
        let unpacked: Vec<(&FilePath, &FileEvent)> = events
            .iter()
            .filter_map(|event| match &event.action {
                Action::Used { path, usage: Usage::Extracted(_) } => Some((path, event)),
                _ => None,
            })
            // Other archives, and compressed files that are none, ADD leaves as they are.
            .filter(|(path, event)| by_tar(event) || archives::is_tar(path.as_str()))
            .collect();
        let copied = events.iter().filter_map(|event| match &event.action {
            Action::Made { path, origin: Origin::Context } => Some((path, event)),
            _ => None,
        });
        let is_copy = |step| model.step(step).is_some_and(|step| step.keyword() == Keyword::Copy);
        for (path, copy) in copied.filter(|(_, event)| !unpacked.is_empty() && is_copy(event.step)) {
            let fits = |(used, event): &&(&FilePath, &FileEvent)| {
                *used == path && event.step > copy.step && stage_of(event) == stage_of(copy)
            };
            if let Some((_, used)) = unpacked.iter().find(fits) {
                cx.report(Finding::at(copy.span).label(used.span, "unpacks"));
            }
        }
    }
}
