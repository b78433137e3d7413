//! Tags with `latest` in them.

use std::collections::{HashMap, HashSet};

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn manifest(&mut self, manifest: &Manifest, cx: &mut Context<'_, '_>) {
        let tags: Vec<Item> =
            manifest.paragraphs.iter().flat_map(|paragraph| paragraph.tags(cx.model.source)).collect();
        let mut written: HashMap<String, &str> = HashMap::new();
        let texts: HashSet<&str> = tags.iter().map(|tag| tag.text.as_str()).collect();
        for tag in &tags {
            let Some(at) = tag.text.to_ascii_lowercase().find("latest") else { continue };
            if tag.text == "latest" || !manifest::is_tag(&tag.text) {
                continue;
            }
            let finding = Finding::at(tag.span).with("tag", tag.text.as_str());
            cx.report(match without(&tag.text, at) {
                Some(rest) if texts.contains(rest.as_str()) => finding.variant("taken").with("rest", rest),
                Some(rest) => {
                    // Two tags that become one are for people to sort out.
                    let is_first = *written.entry(rest.clone()).or_insert(&tag.text) == tag.text;
                    let finding = finding.variant("rest").with("rest", rest.clone()).fix_if(is_first);
                    // Entries that share a tag go on sharing it.
                    let shared = tags.iter().filter(|other| other.text == tag.text);
                    shared.fold(finding, |finding, other| finding.edit(other.span, rest.clone()))
                }
                None => finding,
            });
        }
    }
}

/// The tag without the `latest` at an offset, which has to be a part of its own.
fn without(tag: &str, at: usize) -> Option<String> {
    const DASHES: [char; 3] = ['-', '_', '.'];
    let before = tag.get(..at)?;
    let behind = tag.get(at + "latest".len()..)?;
    if !(before.is_empty() || before.ends_with(DASHES)) || !(behind.is_empty() || behind.starts_with(DASHES)) {
        return None;
    }
    let parts = [before.trim_end_matches(DASHES), behind.trim_start_matches(DASHES)];
    let rest = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    let rest = if rest.is_empty() { "latest".to_owned() } else { rest };
    (manifest::is_tag(&rest) && (rest == "latest" || !rest.to_ascii_lowercase().contains("latest"))).then_some(rest)
}
