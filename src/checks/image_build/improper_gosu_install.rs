//! gosu as its author says to install it.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let mut told = Vec::new();
        for (index, event) in cx.model.files().iter().enumerate() {
            let Some(fetch) = event.fetch().filter(|fetch| fetch.urls.iter().any(files::is_gosu)) else { continue };
            let is_program = fetch.urls.iter().all(|url| !files::is_companion(&files::file_name(url)));
            if !is_program || told.contains(&fetch.url_span) || event.command.is_none() {
                continue;
            }
            told.push(fetch.url_span);
            let finding = Finding::at(fetch.url_span);
            if !fetch.has_checksum && cx.model.history(index).verifications.is_empty() {
                cx.report(finding);
            } else if !is_tried(event.step, cx) {
                cx.report(finding.variant("untried"));
            }
        }
    }
}

/// Whether a RUN or one after it steps down with gosu: `gosu nobody true`.
fn is_tried(step: usize, cx: &Context<'_, '_>) -> bool {
    let later = cx.model.commands().iter().filter(|command| command.step >= step);
    later.filter_map(|command| command.line.as_ref()).any(|line| {
        line.wrappers.iter().any(|word| word.literal().is_some_and(|text| text.rsplit('/').next() == Some("gosu")))
    })
}
