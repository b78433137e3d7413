//! What git is to fetch, where it names no branch and no tag.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn manifest(&mut self, manifest: &Manifest, cx: &mut Context<'_, '_>) {
        for field in manifest.in_force("GitFetch") {
            let fetch = field.value(cx.model.source);
            if fetch.text.is_empty() || manifest::is_ref(&fetch.text) {
                continue;
            }
            let finding = Finding::at(fetch.span).with("ref", fetch.text.clone());
            cx.report(match full_name(&fetch.text) {
                Some(known) => finding.variant("short").with("known", known),
                None => finding,
            });
        }
    }
}

/// The full name of what was meant, where the short one tells it: names that begin with a digit are tags' names.
fn full_name(text: &str) -> Option<String> {
    let name = text.strip_prefix("refs/remotes/").unwrap_or(text);
    let name = name.strip_prefix("refs/").unwrap_or(name);
    let name = name.strip_prefix("origin/").unwrap_or(name);
    let is_version = name.strip_prefix('v').unwrap_or(name).starts_with(|c: char| c.is_ascii_digit());
    let full = if name.starts_with("heads/") || name.starts_with("tags/") {
        format!("refs/{name}")
    } else if is_version {
        format!("refs/tags/{name}")
    } else {
        format!("refs/heads/{name}")
    };
    // Other refs, such as those of pull requests, are no branches.
    let is_other = text.starts_with("refs/") && !text.starts_with("refs/remotes/origin/");
    (!is_other && text != "HEAD" && text != "FETCH_HEAD" && manifest::is_ref(&full)).then_some(full)
}
