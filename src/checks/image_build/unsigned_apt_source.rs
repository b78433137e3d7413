//! Package sources that do not say which key signs them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::checks::prelude::*;

/// So many stages have their keyring looked for, each in all files of all stages.
const MAX_STAGES: usize = 64;

#[derive(Default)]
pub struct Rule {
    /// The only keyring of a stage.
    keyrings: HashMap<Option<usize>, Option<String>>,
}

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
                let keyring = self.keyring(write.step, cx);
                let edit = keyring.and_then(|keyring| cx.model.sign(write, &source, &keyring));
                cx.report(match edit {
                    Some(edit) => finding.edit(edit.span, edit.text),
                    None => finding,
                });
            }
        }
    }
}

impl Rule {
    fn keyring(&mut self, step: usize, cx: &Context<'_, '_>) -> Option<String> {
        let stage = cx.model.step(step).and_then(|step| step.stage);
        let is_full = self.keyrings.len() >= MAX_STAGES;
        match self.keyrings.entry(stage) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(_) if is_full => None,
            Entry::Vacant(new) => new.insert(cx.model.only_keyring(step)).clone(),
        }
    }
}

fn known(text: &str) -> String {
    text.replace(|c| written::is_unknown(c) && c != '$', "...")
}
