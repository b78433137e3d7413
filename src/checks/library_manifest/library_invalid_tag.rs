//! Tags that no registry takes, and versions with a `v`.

use std::collections::HashSet;

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn manifest(&mut self, manifest: &Manifest, cx: &mut Context<'_, '_>) {
        for paragraph in &manifest.paragraphs {
            let tags = paragraph.tags(cx.model.source);
            for tag in tags.iter().filter(|tag| !manifest::is_tag(&tag.text)) {
                cx.report(invalid(tag));
            }
            let texts: HashSet<&str> = tags.iter().map(|tag| tag.text.as_str()).collect();
            let bare = |tag: &Item| without_v(&tag.text).filter(|bare| !texts.contains(bare)).map(str::to_owned);
            if let Some((tag, bare)) = tags.iter().find_map(|tag| Some((tag, bare(tag)?))) {
                cx.report(Finding::at(tag.span).variant("v").with("tag", tag.text.clone()).with("bare", bare));
            }
        }
    }
}

fn invalid(tag: &Item) -> Finding<'static> {
    let text = tag.text.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = manifest::words(&tag.text);
    let finding = Finding::at(tag.span);
    match (words.as_slice(), valid_form(words.first().unwrap_or(&text.as_str()))) {
        _ if text.is_empty() => finding.variant("empty"),
        ([_, _, ..], _) => finding.variant("blank").with("list", words.join(", ")),
        _ if text.contains(" #") => finding.variant("comment"),
        (_, Some(form)) => finding.variant("form").with("form", form),
        _ if tag.text.len() > 128 => finding.variant("long"),
        _ => finding,
    }
    .with("tag", text)
}

/// The tag that was meant: without the image's name and quotes, and `-` for what may not stand in it.
fn valid_form(text: &str) -> Option<String> {
    let tag = text.rsplit(':').next().filter(|tag| tag.is_ascii())?;
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let tag = tag.trim_matches(|c| !is_word(c)).replace(|c| !is_word(c) && c != '.' && c != '-', "-");
    manifest::is_tag(&tag).then_some(tag)
}

/// A version without the `v` before it.
fn without_v(tag: &str) -> Option<&str> {
    tag.strip_prefix('v').filter(|bare| manifest::is_tag(tag) && bare.starts_with(|c: char| c.is_ascii_digit()))
}
