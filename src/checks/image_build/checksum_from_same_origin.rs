//! Checksums that come from where the file comes from.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let events = cx.model.files();
        let mut told = Vec::new();
        for event in events {
            let Some(verification) = event.verification() else { continue };
            let SumOrigin::Fetched(span) = verification.sum else { continue };
            if told.contains(&span) || is_signed(event, verification, events) {
                continue;
            }
            told.push(span);
            let file = verification.files.iter().flatten().next().map_or("the file", FilePath::written);
            cx.report(
                Finding::at(span)
                    .with("word", cx.text(span))
                    .with("file", file.to_owned())
                    .with("program", cx.text(event.span))
                    .label(event.span, "check"),
            );
        }
    }
}

/// Whether a signature in the same RUN covers the files, or cannot be told from one that does.
fn is_signed(event: &FileEvent, verification: &Verification, events: &[FileEvent]) -> bool {
    let same_run = events.iter().filter(|other| other.step == event.step);
    same_run.filter_map(FileEvent::verification).filter(|other| other.means == Means::Signature).any(|signature| {
        let (Some(signed), Some(files)) = (&signature.files, &verification.files) else { return true };
        signed.iter().any(|signed| files.iter().any(|file| file.may_share_name(signed)))
    })
}
