//! Downloads that are unpacked or installed as they come.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        for (index, event) in cx.model.files().iter().enumerate() {
            let Some(fetch) = event.fetch() else { continue };
            if !matches!(fetch.target, Target::Piped(_) | Target::Captured) || fetch.urls.iter().all(files::is_local) {
                continue;
            }
            let Some(command) = event.command.and_then(|index| cx.model.commands().get(index)) else { continue };
            let Some(reader) = unpacker(command, cx) else { continue };
            // `curl ... | gzip -d > tool`, and the checksum is that of the tool.
            if cx.model.history(index).is_verified() {
                continue;
            }
            let url = fetch.urls.first().map(PartialText::as_str).unwrap_or_default();
            let finding = Finding::at(reader)
                .with("reader", cx.text(reader))
                .with("fetch", fetch.tool.clone())
                .with("url", url.to_owned())
                .label(fetch.url_span, "fetch");
            let is_pinned = fetch.urls.iter().all(files::names_commit);
            cx.report(if is_pinned { finding.variant("commit") } else { finding });
        }
    }
}

/// The name of the command that unpacks what another one downloads.
fn unpacker(fetch: &Command<'_>, cx: &Context<'_, '_>) -> Option<Span> {
    let readers = cx.model.commands_of(fetch.step).iter().filter(|command| reads_from(command, fetch, cx));
    readers.filter_map(|reader| reader.line.as_ref()).find(|line| unpacks(line)).map(|line| line.name_word.span)
}

fn reads_from(reader: &Command<'_>, fetch: &Command<'_>, cx: &Context<'_, '_>) -> bool {
    if let Output::Captured(place) = Output::of(&fetch.invocation) {
        // `tar -xz < <(curl ...)`, `tar -xzf <(curl ...)`
        return place.process && place.command.is_some_and(|command| std::ptr::eq(command, reader.invocation.simple));
    }
    cx.model.piped_into(fetch).iter().any(|other| std::ptr::eq(other.invocation.simple, reader.invocation.simple))
}

fn unpacks(line: &CommandLine<'_>) -> bool {
    match line.spec.and_then(|spec| spec.names.first()).copied().unwrap_or(line.name.as_str()) {
        "tar" => line.has("-x"),
        "gzip" => line.has("-d") || line.name.starts_with("un") || matches!(line.name.as_str(), "gunzip" | "bunzip2"),
        "dpkg" => line.has("-i") || line.has("-x"),
        "rpm" => line.verb() == Some(Verb::Install),
        "cpio" | "funzip" | "unzip" | "bsdcpio" | "rpm2cpio" | "zcat" | "xzcat" | "bzcat" | "zstdcat" | "gzcat"
        | "unsquashfs" => true,
        "jar" | "7z" => line.words.iter().skip(1).any(|word| word.literal().is_some_and(|text| text.contains('x'))),
        _ => false,
    }
}
