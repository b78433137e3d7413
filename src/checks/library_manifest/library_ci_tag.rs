//! Tags of builds that no one released.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

/// What a build of every day or every commit is called, as a word of the tag.
const BUILDS: [&str; 6] = ["nightly", "nightlies", "daily", "canary", "snapshot", "snapshots"];
/// Branches, as the first word alone: `server-main` may be a part of the software.
const BRANCHES: [&str; 4] = ["master", "main", "trunk", "head"];

impl Check for Rule {
    fn manifest(&mut self, manifest: &Manifest, cx: &mut Context<'_, '_>) {
        for paragraph in &manifest.paragraphs {
            // The other tags of the entry say the same of its one image.
            let tags = paragraph.tags(cx.model.source);
            let found = tags.iter().find_map(|tag| Some((tag, word(&tag.text)?)));
            if let Some((tag, word)) = found {
                cx.report(Finding::at(tag.span).with("tag", tag.text.as_str()).with("word", word));
            }
        }
    }
}

fn word(tag: &str) -> Option<String> {
    let lower = tag.to_ascii_lowercase();
    let mut words = lower.split(['-', '_', '.']);
    let first = words.next().filter(|word| BRANCHES.contains(word));
    first.or_else(|| lower.split(['-', '_', '.']).find(|word| BUILDS.contains(word))).map(str::to_owned)
}
