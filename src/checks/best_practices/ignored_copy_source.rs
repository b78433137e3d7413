//! What COPY, ADD and bind mounts name is not left out of the build context by `.dockerignore`.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let surroundings = cx.surroundings;
        let Some(context) = &surroundings.context else { return };
        let Some(disk) = SourcesOnDisk::of(cx.model, surroundings) else { return };
        let Some((file, ignore)) = surroundings.dockerignore() else { return };
        // A .dockerignore in a folder that is not the context is not read.
        if file == ".dockerignore" && matches!(disk.standing(), Standing::Above | Standing::Divided) {
            return;
        }
        for source in disk.sources() {
            let Some((pattern, variant)) = exclusion(source, context, &ignore) else { continue };
            let mut finding = Finding::at(source.span)
                .with("source", source.written.clone())
                .with("path", source.path.clone())
                .with("pattern", pattern.text.clone())
                .with("file", file.clone());
            if let Some(variant) = variant {
                finding = finding.variant(variant);
            }
            cx.report(finding);
        }
    }
}

/// The pattern that leaves nothing of a source.
fn exclusion<'i>(
    source: &ContextSource,
    context: &BuildContext,
    ignore: &'i Dockerignore,
) -> Option<(&'i dockerignore::Pattern, Option<&'static str>)> {
    let excluding = |path: &str| ignore.excluding(path).filter(|_| !ignore.may_include_below(path));
    if source.path.is_empty() || source.path == "*" {
        // A mount of an empty context is a folder to work in.
        return ignore.excluding_all().filter(|_| source.keyword != Keyword::Run).map(|pattern| (pattern, Some("all")));
    }
    if !source.is_pattern {
        return excluding(&source.path).map(|pattern| (pattern, None));
    }
    let found = context.matches(&source.path)?;
    let mut patterns = found.iter().map(|path| excluding(path));
    let first = patterns.next()??;
    patterns.all(|pattern| pattern.is_some()).then_some((first, Some("pattern")))
}
