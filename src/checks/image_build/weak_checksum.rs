//! Checksums that can be forged.

use crate::checks::prelude::*;

const WEAK: [(&str, &str); 5] =
    [("sha1", "SHA-1"), ("md5", "MD5"), ("md4", "MD4"), ("crc", "CRC"), ("ripemd", "RIPEMD")];

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let events = cx.model.files();
        let mut told = Vec::new();
        for event in events {
            let Some(name) = event.verification().and_then(weak) else { continue };
            if told.contains(&event.span) || !checks_list(event, cx) && !is_of_download(event, events) {
                continue;
            }
            told.push(event.span);
            let stronger = events.iter().filter(|other| other.step == event.step).filter_map(FileEvent::verification);
            let is_backed = stronger.filter(|other| other.compares && weak(other).is_none()).any(|other| {
                let (Some(one), Some(other)) = (event.verification().and_then(|own| own.files.as_ref()), &other.files)
                else {
                    return true;
                };
                one.iter().any(|one| other.iter().any(|other| one.may_share_name(other)))
            });
            let finding = Finding::at(event.span).with("program", cx.text(event.span)).with("algorithm", name);
            cx.report(if is_backed { finding.variant("backed") } else { finding });
        }
    }
}

/// Whether it is given the checksums, as `sha1sum -c` is: that is a verification, of whatever file.
fn checks_list(event: &FileEvent, cx: &Context<'_, '_>) -> bool {
    let line = event.command.and_then(|index| cx.model.commands().get(index)?.line.as_ref());
    line.is_some_and(|line| line.has("-c") && !line.is("openssl"))
}

/// Whether what is verified is a download, as far as can be told. Sums of other files may serve to compare these.
fn is_of_download(event: &FileEvent, events: &[FileEvent]) -> bool {
    let files = event.verification().and_then(|verification| verification.files.as_ref());
    let mut fetched = events.iter().filter_map(|other| Some((other.step, other.fetch()?)));
    match files {
        None => fetched.any(|(step, _)| step == event.step),
        Some(files) => fetched
            .any(|(_, fetch)| fetch.files().iter().any(|file| files.iter().any(|other| other.may_share_name(file)))),
    }
}

fn weak(verification: &Verification) -> Option<&'static str> {
    let Means::Checksum(algorithm) = &verification.means else { return None };
    let known = WEAK.iter().find(|(start, _)| algorithm.starts_with(start) && verification.compares);
    known.map(|(_, name)| *name)
}
