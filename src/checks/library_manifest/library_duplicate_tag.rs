//! Tags that stand for two images.

use std::collections::HashMap;

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn manifest(&mut self, manifest: &Manifest, cx: &mut Context<'_, '_>) {
        let source = cx.model.source;
        let mut simple: HashMap<String, Span> = HashMap::new();
        // With whether a clash is reported already: one mistake, however many entries share the tag.
        let mut shared: HashMap<String, (Span, bool)> = HashMap::new();
        for entry in manifest.entries() {
            for tag in entry.tags(source).into_iter().filter(|tag| !tag.text.is_empty()) {
                let finding = Finding::at(tag.span).with("tag", tag.text.clone());
                if let Some(first) = simple.get(&tag.text) {
                    cx.report(finding.label(*first, "first"));
                    continue;
                }
                if let Some((first, is_reported)) = shared.get_mut(&tag.text) {
                    *is_reported = true;
                    cx.report(finding.variant("shared").label(*first, "shared"));
                }
                simple.insert(tag.text, tag.span);
            }
            for tag in entry.shared_tags(source).into_iter().filter(|tag| !tag.text.is_empty()) {
                let clash = simple.get(&tag.text);
                let (_, is_reported) = shared.entry(tag.text.clone()).or_insert((tag.span, false));
                if let Some(first) = clash
                    && !std::mem::replace(is_reported, true)
                {
                    cx.report(Finding::at(tag.span).variant("shared").with("tag", tag.text).label(*first, "simple"));
                }
            }
        }
    }
}
