//! Package sources that do not say which key signs them.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        for write in cx.model.writes().iter().filter(|write| apt_source::is_list(&write.path) && !write.is_part) {
            for source in apt_source::sources(&write.text) {
                if !is_unsigned(&source) {
                    continue;
                }
                let keyring = apt_source::keyring_name(source.uri).unwrap_or("NAME");
                let span = write.span(cx.model.source, source.range.clone());
                let stanza = source.option("types").is_some();
                let kind = if source.is_source_code() { "deb-src" } else { "deb" };
                let options: Vec<String> =
                    source.options.iter().map(|(key, value)| format!("{key}={} ", known(value))).collect();
                let finding = Finding::at(span)
                    .with("uri", known(source.uri))
                    .with("kind", kind)
                    .with("options", options.concat())
                    .with("keyring", keyring);
                cx.report(if stanza { finding.variant("stanza") } else { finding });
            }
        }
    }
}

/// Whether a source is somebody's own, on the network, and takes any key that apt trusts.
fn is_unsigned(source: &apt_source::AptSource<'_>) -> bool {
    let has = |option: &str| source.option(option).is_some();
    // A host that is not known may be a mirror of the distribution.
    let host = source.uri.split_once("://").map(|(_, rest)| rest.split('/').next().unwrap_or_default());
    host.is_some_and(|host| !host.is_empty() && !host.contains(written::is_unknown))
        && !source.is_open
        && !source.is_local()
        && !has("signed-by")
        // Sources without any signature have a rule of their own.
        && !apt_source::is_unchecked(source)
        && !apt_source::is_distribution(source)
}

fn known(text: &str) -> String {
    text.replace(|c| written::is_unknown(c) && c != '$', "...")
}
