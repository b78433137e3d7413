//! Signatures that are downloaded for nothing.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let events = cx.model.files();
        for unused in cx.model.unused_signatures() {
            let Some((event, fetch)) = events.get(unused.fetch).and_then(|event| Some((event, event.fetch()?))) else {
                continue;
            };
            let signed = unused.signed_fetch.and_then(|index| Some((events.get(index)?, cx.model.history(index))));
            let is_verified = |event: &FileEvent, history: &History<'_>| {
                event.fetch().is_some_and(|fetch| fetch.has_checksum)
                    || history.verifications.iter().any(|event| event.verification().is_some_and(|one| one.compares))
            };
            let mut finding = Finding::at(fetch.url_span)
                .with("signature", unused.file.name().as_str().to_owned())
                .with("signed", unused.signed.as_str().to_owned());
            if let Some((download, history)) = &signed {
                if is_verified(download, history) {
                    finding = finding.variant("checksum");
                }
                if download.span != event.span {
                    finding = finding.label(download.span, "signed");
                }
            }
            cx.report(finding);
        }
    }
}
