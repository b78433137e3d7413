//! Architectures that a base image is not built for.

use std::collections::HashSet;

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn manifest(&mut self, manifest: &Manifest, cx: &mut Context<'_, '_>) {
        let source = cx.model.source;
        let library = cx.surroundings.library();
        let mut seen: HashSet<(Span, String)> = HashSet::new();
        for entry in manifest.entries() {
            let listed = entry.field("Architectures").map(|field| field.items(source));
            let tag = entry.tags(source).into_iter().next();
            // An entry that lists none is built for one.
            let Some(items) = listed.or_else(|| tag.map(|tag| vec![Item { text: "amd64".to_owned(), ..tag }])) else {
                continue;
            };
            for item in items {
                let architecture = item.text;
                let build = entry.build("", architecture.clone(), source);
                let Some(bases) = cx.surroundings.bases(&build) else { continue };
                let mut report = |image: String, lack: Lack| {
                    if !seen.insert((item.span, image.clone())) {
                        return;
                    }
                    let finding = Finding::at(item.span)
                        .with("image", image)
                        .with("architecture", architecture.clone())
                        .with("dockerfile", build.dockerfile.clone())
                        .with("date", library.date().unwrap_or_default());
                    cx.report(match lack {
                        Lack::Now => finding,
                        Lack::AtDate => finding.variant("dated"),
                        Lack::Ever => finding.variant("sure"),
                        Lack::Machines => finding.variant("rva23"),
                    });
                };
                if bases.uses_scratch && is_windows(&architecture) {
                    report("scratch".to_owned(), Lack::Ever);
                }
                for image in &bases.images {
                    if let Some(lack) = lacks(image, &architecture, library) {
                        report(image.familiar().to_owned() + ":" + tag_of(image), lack);
                    }
                }
            }
        }
    }
}

/// What an image for Windows alone is called (.external-pins of official-images).
const WINDOWS: &str = "mcr.microsoft.com/windows/";

fn is_windows(architecture: &str) -> bool {
    architecture.starts_with("windows-")
}

fn tag_of(image: &ImageReference) -> &str {
    image.tag.as_deref().unwrap_or("latest")
}

/// How an image lacks an architecture.
#[derive(Clone, Copy)]
enum Lack {
    /// The checkout of the library says so.
    Now,
    /// The library said so when it was built in.
    AtDate,
    /// It can have no such thing.
    Ever,
    /// The programme has no machine for it.
    Machines,
}

/// Whether an image is not built for an architecture. An image that is not known is left alone.
fn lacks(image: &ImageReference, architecture: &str, library: &Library) -> Option<Lack> {
    if image.familiar().starts_with(WINDOWS) {
        return (!is_windows(architecture)).then_some(Lack::Ever);
    }
    let name = image.unnamespaced()?;
    let tag = library.tag(name, tag_of(image))?;
    if !tag.architectures.contains(&architecture) {
        return Some(if library.date().is_some() { Lack::AtDate } else { Lack::Now });
    }
    (name == "ubuntu" && architecture == "riscv64" && !runs_on_riscv(library, tag_of(image))).then_some(Lack::Machines)
}

/// Ubuntu asks for more of a RISC-V processor since 25.10 than there is (naughty-from.sh in official-images).
fn runs_on_riscv(library: &Library, tag: &str) -> bool {
    const BEFORE: [&str; 6] = ["22.04", "24.04", "25.04", "jammy", "noble", "plucky"];
    let tags = library.line_of("ubuntu", tag).unwrap_or(tag);
    tags.split([' ', '-']).any(|part| BEFORE.contains(&part))
}
