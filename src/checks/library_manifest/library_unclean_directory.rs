//! Paths that leave the repository, or are written in a roundabout way.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn manifest(&mut self, manifest: &Manifest, cx: &mut Context<'_, '_>) {
        let source = cx.model.source;
        for field in manifest.in_force("Directory") {
            let path = field.value(source);
            // Without a value it is the root of the repository.
            if !path.text.is_empty()
                && let Some(finding) = finding(&path, "Directory")
            {
                cx.report(finding);
            }
        }
        for field in manifest.in_force("File") {
            let path = field.value(source);
            // For an architecture nothing is the same as no field.
            if path.text.is_empty() && field.name.text == "File" {
                cx.report(Finding::at(field.name.span).variant("no-file"));
            } else if !path.text.is_empty()
                && let Some(finding) = finding(&path, "File")
            {
                cx.report(finding);
            }
        }
    }
}

fn finding(path: &Item, field: &'static str) -> Option<Finding<'static>> {
    let text = path.text.as_str();
    let finding = Finding::at(path.span).with("path", text.to_owned()).with("field", field);
    let bare = text.trim_matches(['"', '\'']);
    if bare.contains("://") || bare.starts_with("git@") {
        return Some(finding.variant("address"));
    }
    if text.split_whitespace().skip(1).any(|word| word.starts_with('#')) {
        return Some(finding.variant("comment"));
    }
    let slashed = bare.replace('\\', "/");
    // A path from the root is meant from that of the repository.
    let clean = manifest::clean_path(slashed.trim_start_matches('/'));
    if text.starts_with(['"', '\'']) {
        return Some(finding.variant("quotes").with("clean", clean));
    }
    if field == "Directory"
        && let Some(folder) = clean.strip_suffix("Dockerfile")
        && (folder.is_empty() || folder.ends_with('/'))
    {
        return Some(finding.variant("dockerfile").with("clean", manifest::clean_path(folder)));
    }
    let finding = finding.with("clean", clean.clone());
    let variant = if clean == ".." || clean.starts_with("../") {
        return Some(finding.variant("outside"));
    } else if field == "File" && clean == "." {
        return Some(finding.variant("file"));
    } else if slashed != text {
        "backslash"
    } else if field == "Directory" && text.starts_with('/') {
        "absolute"
    } else if clean != text {
        "roundabout"
    } else {
        return None;
    };
    // A name may have a backslash in itself, if hardly one does.
    Some(finding.variant(variant).edit(path.span, clean).fix_if(slashed == text))
}
