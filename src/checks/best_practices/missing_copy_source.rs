//! What COPY, ADD and bind mounts name is in the build context, where the folder of the Dockerfile shows itself to be it.

use std::collections::HashSet;

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let surroundings = cx.surroundings;
        let Some(context) = &surroundings.context else { return };
        let Some(disk) = SourcesOnDisk::of(cx.model, surroundings) else { return };
        let mut seen = HashSet::new();
        let missing: Vec<&ContextSource> = disk.absent().filter(|source| seen.insert(source.path.as_str())).collect();
        if missing.is_empty() {
            return;
        }
        let ignore = surroundings.dockerignore();
        let mut git_ignores = GitIgnores::of(context);
        for source in missing {
            // What is excluded is told by another rule; what git is told to leave out is made before the build.
            let is_excluded = ignore.as_ref().is_some_and(|(_, ignore)| ignore.excluding(&source.path).is_some());
            // `yarn.lock*` beside `package.json` is how a file is copied that need not be there.
            let is_optional = source.is_pattern && disk.has_other(source);
            if is_excluded || is_optional || git_ignores.ignore(&source.path) {
                continue;
            }
            // A path of several parts is written for the context that the folder above is.
            if disk.standing() == Standing::Above && (source.path.contains('/') || source.is_pattern) {
                continue;
            }
            let near = if source.is_pattern { None } else { context.nearest(&source.path) };
            // A slip of the pen tells by itself where the file is.
            let slip = near
                .as_ref()
                .filter(|near| is_slip(&source.path, near) && !disk.sources().any(|other| other.path == **near));
            if disk.standing() == Standing::Unknown && slip.is_none() {
                continue;
            }
            let finding = Finding::at(source.span).with("source", source.written.clone());
            cx.report(match near {
                _ if disk.standing() == Standing::Above => finding.variant("above"),
                _ if disk.standing() == Standing::Divided => finding.variant("divided"),
                _ if source.has_argument => finding.variant("argument").with("path", source.path.clone()),
                _ if source.is_pattern => finding.variant("pattern"),
                Some(near) => finding.variant("near").with("near", near),
                None if source.leads_out => finding.variant("outside"),
                None => finding,
            });
        }
    }
}

/// Whether two paths that are near are letters apart: another number is another file, and a longer name may be one too.
fn is_slip(path: &str, near: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    path.len().abs_diff(near.len()) <= 2 && letters(path) != letters(near)
}
