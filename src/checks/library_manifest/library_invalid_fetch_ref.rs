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
    let mut name = text;
    for prefix in ["refs/remotes/", "refs/", "origin/"] {
        name = without(name, prefix).unwrap_or(name);
    }
    let is_version = name.strip_prefix('v').unwrap_or(name).starts_with(|c: char| c.is_ascii_digit());
    let branch = ["heads/", "head/"].into_iter().find_map(|prefix| without(name, prefix));
    let tag = ["tags/", "tag/"].into_iter().find_map(|prefix| without(name, prefix));
    let full = match (branch, tag) {
        (Some(branch), _) => format!("refs/heads/{branch}"),
        (_, Some(tag)) => format!("refs/tags/{tag}"),
        _ if is_version => format!("refs/tags/{name}"),
        _ => format!("refs/heads/{name}"),
    };
    // Other refs, such as those of pull requests, are no branches.
    let is_other = text.starts_with("refs/") && !text.starts_with("refs/remotes/origin/");
    let is_sure = branch.is_some() || tag.is_some() || !is_other;
    (is_sure && text != "HEAD" && text != "FETCH_HEAD" && manifest::is_ref(&full)).then_some(full)
}

fn without<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}
