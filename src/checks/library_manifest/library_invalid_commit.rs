//! Commits that are no commits.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn manifest(&mut self, manifest: &Manifest, cx: &mut Context<'_, '_>) {
        for field in manifest.in_force("GitCommit") {
            let commit = field.value(cx.model.source);
            // That it is missing is another rule's.
            if commit.text.is_empty() || manifest::is_commit(&commit.text) {
                continue;
            }
            cx.report(finding(&commit));
        }
    }
}

fn finding(commit: &Item) -> Finding<'_> {
    let text = commit.text.as_str();
    let finding = Finding::at(commit.span).with("commit", text);
    let lower = text.to_ascii_lowercase();
    let is_hexadecimal = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if manifest::is_commit(&lower) {
        finding.variant("upper-case").with("lower", lower.clone()).edit(commit.span, lower)
    } else if let Some(known) = within(&lower) {
        finding.variant("within").with("lower", known.to_owned()).edit(commit.span, known)
    } else if is_hexadecimal && text.len() >= 7 {
        finding.variant("length").with("count", text.len().to_string())
    } else if text == "FETCH_HEAD" {
        finding.variant("fetch-head")
    } else if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._/-+".contains(&byte)) {
        finding.variant("name")
    } else {
        finding
    }
}

/// The one commit that a text holds among other things: quotes, a comment, an address.
fn within(text: &str) -> Option<&str> {
    let mut commits = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| manifest::is_commit(part));
    commits.next().filter(|_| commits.next().is_none())
}
