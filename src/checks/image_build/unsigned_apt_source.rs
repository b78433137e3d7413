//! Package sources that do not say which key signs them.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        for write in cx.model.writes().iter().filter(|write| apt_source::is_list(&write.path) && !write.is_part) {
            for source in apt_source::sources(&write.text) {
                if !apt_source::is_unsigned(&source) {
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
                let finding = if stanza { finding.variant("stanza") } else { finding };
                let edit =
                    cx.model.only_keyring(write.step).and_then(|keyring| cx.model.sign(write, &source, &keyring));
                cx.report(match edit {
                    Some(edit) => finding.edit(edit.span, edit.text),
                    None => finding,
                });
            }
        }
    }
}

fn known(text: &str) -> String {
    text.replace(|c| written::is_unknown(c) && c != '$', "...")
}
