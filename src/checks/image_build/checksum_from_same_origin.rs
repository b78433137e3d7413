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
            if told.contains(&span) || is_signed(event, verification, summed_by(cx.text(span)), events) {
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
fn is_signed(event: &FileEvent, verification: &Verification, summed: Option<&str>, events: &[FileEvent]) -> bool {
    let same_run = events.iter().filter(|other| other.step == event.step);
    same_run.filter_map(FileEvent::verification).filter(|other| other.means == Means::Signature).any(|signature| {
        let Some(signed) = &signature.files else { return true };
        let Some(files) = &verification.files else {
            // A list may have been given another name than the file.
            let fetched = events.iter().filter(|other| other.step == event.step).filter_map(FileEvent::fetch);
            let is_name = |file: &FilePath, name| file.name().may_be(&PartialText::known(name));
            let mut fetched = fetched.flat_map(Fetch::files);
            let summed = summed.filter(|name| fetched.any(|file| is_name(file, *name)));
            return summed.is_none_or(|name| signed.iter().any(|file| is_name(file, name)));
        };
        signed.iter().any(|signed| files.iter().any(|file| file.may_share_name(signed)))
    })
}

/// The name of the one file whose checksum is in `x.tgz.sha256`, where nothing in it is unknown.
fn summed_by(list: &str) -> Option<&str> {
    const ENDINGS: [&str; 7] = [".sha256", ".sha512", ".sha1", ".md5", ".sha256sum", ".sha512sum", ".sha1sum"];
    let name = list.trim_matches(['"', '\'']).rsplit('/').next()?;
    let file = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending))?;
    (!file.contains(['$', '`', '*', '?'])).then_some(file)
}
