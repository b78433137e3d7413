//! Downloads for one architecture, whatever the image is built for.

use std::collections::HashMap;

use crate::checks::prelude::*;

/// Endings of what goes with a download that is judged by itself.
const COMPANIONS: [&str; 12] = [
    ".asc",
    ".sig",
    ".sign",
    ".sha256",
    ".sha256sum",
    ".sha512",
    ".sha512sum",
    ".sha1",
    ".md5",
    ".pem",
    ".key",
    ".gpg",
];

#[derive(Default)]
pub struct Rule {
    /// Whether a RUN looks at the architecture, worked out once a step.
    considers: HashMap<usize, bool>,
}

/// A download for one architecture.
struct Named<'m> {
    event: &'m FileEvent,
    span: Span,
    architecture: &'static str,
    spelling: String,
}

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        let mut found: Vec<Named<'_>> = Vec::new();
        for event in model.files() {
            let Some(fetch) =
                event.fetch().filter(|fetch| !matches!(fetch.target, Target::Discarded | Target::Captured))
            else {
                continue;
            };
            for url in fetch.urls.iter().filter(|url| !is_excepted(url)) {
                if let Some((architecture, spelling)) = named(url) {
                    found.push(Named { event, span: fetch.url_span, architecture, spelling });
                }
            }
        }
        let mut reported: Vec<Span> = Vec::new();
        for one in &found {
            let Some(step) = model.step(one.event.step) else { continue };
            // Where a RUN, or the build, fetches for several, it is made for several.
            let several = found.iter().any(|other| {
                other.architecture != one.architecture
                    && (other.event.step == one.event.step || !other.event.is_conditional())
            });
            let considers = *self.considers.entry(step.index).or_insert_with(|| model.considers_architecture(step));
            // What is asked for another download says nothing of one that is written out.
            let considers = considers && !(is_written_out(one, cx) && model.only_fetches_by_architecture(step));
            if several || considers || model.has_fixed_architecture(step) || one.event.is_conditional() {
                continue;
            }
            let place = model.place_of(one.event, one.span, &one.spelling).unwrap_or(one.span);
            // Who builds may say another value.
            let in_arg =
                model.steps.iter().any(|step| step.keyword() == Keyword::Arg && step.instruction.span.contains(place));
            if in_arg || reported.contains(&place) {
                continue;
            }
            reported.push(place);
            let mut finding = Finding::at(place).with("spelling", one.spelling.clone());
            // A manifest knows what the image is built for.
            let (same, others): (Vec<&Build>, Vec<&Build>) =
                cx.surroundings.builds.iter().partition(|build| {
                    ArchitectureQuestion::Docker.answer(&build.architecture) == Some(one.architecture)
                });
            match others.first() {
                Some(other) => {
                    finding = finding
                        .with("image", format!("{}:{}", other.image, other.tag))
                        .with("architecture", other.architecture.clone());
                    cx.report(finding.variant("listed"));
                    continue;
                }
                None if !same.is_empty() => continue,
                None => {}
            }
            let image = model.stage_of(step).and_then(|stage| model.root_image(stage));
            let ask = match image.and_then(base::family) {
                Some(base::Family::Debian | base::Family::Ubuntu) => Some("$(dpkg --print-architecture)"),
                Some(base::Family::Alpine) => Some("$(apk --print-arch)"),
                Some(base::Family::Rpm) => Some("$(rpm -E '%{_arch}')"),
                _ => None,
            };
            cx.report(match ask.filter(|_| one.event.command.is_some()) {
                Some(ask) => finding.variant("ask").with("ask", ask),
                None => finding,
            });
        }
    }
}

/// Whether the command that fetches has the whole URL in its words.
fn is_written_out(one: &Named<'_>, cx: &Context<'_, '_>) -> bool {
    let command = one.event.command.and_then(|index| cx.model.commands().get(index));
    let mut words = command.into_iter().flat_map(|command| &command.invocation.simple.words);
    words.any(|word| word.span == one.span && word.literal().is_some())
}

/// The architecture that the path of a URL names.
fn named(url: &PartialText) -> Option<(&'static str, String)> {
    let segments = urls::segments(url);
    let mut texts = segments.iter().rev().flat_map(PartialText::known_parts);
    texts.find_map(|text| {
        let mention = architecture::mentions(text).into_iter().next()?;
        Some((mention.architecture, text.get(mention.range)?.to_owned()))
    })
}

/// Files that run everywhere or elsewhere, and those that go with another download.
fn is_excepted(url: &PartialText) -> bool {
    let segments = urls::segments(url);
    let name = segments.last().map(|last| last.as_str().to_ascii_lowercase()).unwrap_or_default();
    let path = url.as_str().to_ascii_lowercase();
    let is_word = |word: &str| places::find_token(&path, word).is_some();
    COMPANIONS.iter().any(|ending| name.ends_with(ending))
        || ["noarch", "_all.deb", ".jar", ".exe", ".msi", ".dll", ".repo", ".patch", ".diff"]
            .iter()
            .any(|part| name.contains(part))
        || ["windows", "win", "win64", "win32", "darwin", "macos", "osx", "apple", "android", "mac"]
            .iter()
            .any(|word| is_word(word))
}
