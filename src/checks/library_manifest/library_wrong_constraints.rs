//! Constraints of Windows that are not those of the base image.

use std::collections::{BTreeSet, HashSet};

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn manifest(&mut self, manifest: &Manifest, cx: &mut Context<'_, '_>) {
        let source = cx.model.source;
        let mut seen: HashSet<Span> = HashSet::new();
        for entry in manifest.entries() {
            let mut expected: BTreeSet<String> = BTreeSet::new();
            let mut image = None;
            let mut is_known = true;
            for architecture in entry.architectures(source) {
                let build = entry.build("", architecture, source);
                if build.builder == "buildkit" && build.architecture.starts_with("windows-") {
                    let of_architecture = entry.field(&format!("{}-Builder", build.architecture));
                    let field = of_architecture.or_else(|| entry.field("Builder"));
                    if let Some(span) = field.map(|field| field.value(source).span).filter(|span| seen.insert(*span)) {
                        cx.report(Finding::at(span).variant("builder"));
                    }
                }
                let Some(bases) = cx.surroundings.bases(&build).filter(|bases| !bases.has_unknown) else {
                    is_known = false;
                    continue;
                };
                for base in &bases.images {
                    match constraints(base, &build.architecture, cx.surroundings.library()) {
                        Some(constraints) if constraints.is_empty() => {}
                        Some(constraints) => {
                            expected.extend(constraints);
                            image = Some(base.text.clone());
                        }
                        None => is_known = false,
                    }
                }
            }
            if is_known {
                compare(entry, &expected, image, &mut seen, cx);
            }
        }
    }
}

fn compare(
    entry: Entry<'_>,
    expected: &BTreeSet<String>,
    image: Option<String>,
    seen: &mut HashSet<Span>,
    cx: &mut Context<'_, '_>,
) {
    let source = cx.model.source;
    let given = entry.constraints(source);
    let list = expected.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let own = entry.own.field("Constraints");
    let is_inherited = entry.global.field("Constraints").is_some();
    // Each `!name` keeps a builder away, which is nothing that a base image asks for.
    let extra: Vec<&Item> =
        given.iter().filter(|item| !item.text.starts_with('!') && !expected.contains(&item.text)).collect();
    let missing: Vec<&str> =
        expected.iter().map(String::as_str).filter(|name| !given.iter().any(|item| item.text == *name)).collect();
    let (at, finding) = if let Some(first) = missing.first() {
        let tag = entry.tags(source).into_iter().next().map(|tag| tag.span);
        let Some(at) = extra.first().map(|item| item.span).or(own.map(|field| field.name.span)).or(tag) else { return };
        (at, Finding::at(at).with("missing", (*first).to_owned()))
    } else if let Some(first) = extra.first() {
        (first.span, Finding::at(first.span).variant("extra").with("extra", first.text.clone()))
    } else {
        return;
    };
    let finding =
        finding.with("image", image.unwrap_or_else(|| "its base image".to_owned())).with("list", list.clone());
    let finding = match (own, entry.own.fields.last()) {
        (Some(field), _) if !list.is_empty() && field.pieces.len() == 1 => finding.edit(field.value(source).span, list),
        (None, Some(below)) if !list.is_empty() => {
            let end = below.value(source).span.end.max(below.name.span.end + 1);
            // The last line may have no ending.
            let line = source.slice(source.line_span(1));
            let ending = if line.ends_with("\r\n") { "\r\n" } else { "\n" };
            finding.edit(Span::empty(end), format!("{ending}Constraints: {list}"))
        }
        _ => finding,
    };
    if seen.insert(at) {
        cx.report(finding.fix_if(!is_inherited && !given.iter().any(|item| item.text.starts_with('!'))));
    }
}

/// The constraints that an image asks for on an architecture (naughty-constraints.sh in official-images); none where it is not
/// known.
fn constraints(image: &ImageReference, architecture: &str, library: &Library) -> Option<Vec<String>> {
    let tag = image.tag.as_deref().unwrap_or("latest");
    let of_windows = match image.familiar() {
        "mcr.microsoft.com/windows/nanoserver" => Some("nanoserver"),
        "mcr.microsoft.com/windows/servercore" => Some("windowsservercore"),
        _ => None,
    };
    if let Some(name) = of_windows {
        return Some(vec![if tag == "latest" { name.to_owned() } else { format!("{name}-{tag}") }]);
    }
    match image.unnamespaced() {
        Some(name) => {
            let tag = library.tag(name, tag)?;
            let constraints: Vec<String> = tag.constraints.into_iter().map(str::to_owned).collect();
            if !architecture.starts_with("windows-") {
                return Some(Vec::new());
            }
            Some(constraints).filter(|constraints| !constraints.is_empty())
        }
        None => (!image.familiar().contains("microsoft")).then(Vec::new),
    }
}
