//! COPY and ADD of what `.dockerignore` excludes.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let surroundings = cx.surroundings;
        let Some((file, ignore)) = surroundings.dockerignore() else { return };
        // With an exception in the list, BuildKit does not try to tell.
        if ignore.has_exceptions() || is_elsewhere(&file, cx) {
            return;
        }
        for dispatched in cx.model.dispatch().stages.iter().flat_map(|stage| &stage.instructions) {
            let Some(step) = cx.model.step(dispatched.step) else { continue };
            if step.instruction.flag("from").is_some() || !matches!(step.keyword(), Keyword::Copy | Keyword::Add) {
                continue;
            }
            for word in dispatched.words.iter().filter(|word| word.part == Part::Source) {
                let Some(text) = word.text.as_deref().filter(|text| !context::is_remote(text)) else { continue };
                let path = dockerignore::clean(text);
                let pattern = match path.as_str() {
                    "" | "." | "/" => ignore.excluding_all(),
                    // BuildKit takes a path from the root as it stands: what excludes all has it, a name does not.
                    path if path.starts_with('/') => ignore.excluding(path).or_else(|| ignore.excluding_all()),
                    path => ignore.excluding(path),
                };
                let Some(pattern) = pattern else { continue };
                if cx.runs_build_check(dispatched.commented(cx.model)) {
                    let finding = Finding::at(dispatched.place(cx.model, word.span)).with("path", text.to_owned());
                    cx.report(finding.with("pattern", pattern.text.clone()).with("file", file.clone()));
                }
            }
        }
    }
}

/// Whether the list is that of a folder which is not the context.
fn is_elsewhere(file: &str, cx: &Context<'_, '_>) -> bool {
    let disk = SourcesOnDisk::of(cx.model, cx.surroundings);
    file == ".dockerignore" && disk.is_some_and(|disk| matches!(disk.standing(), Standing::Above | Standing::Divided))
}
