//! The first WORKDIR of a stage depends on the base image.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let mut has_workdir: Vec<bool> = Vec::new();
        for stage in &cx.model.dispatch().stages {
            let inherited = stage.below.and_then(|below| has_workdir.get(below)).copied();
            let mut is_set = inherited.unwrap_or_default();
            for dispatched in &stage.instructions {
                if cx.model.step(dispatched.step).is_none_or(|step| step.keyword() != Keyword::Workdir) {
                    continue;
                }
                for word in dispatched.words.iter().filter(|_| !is_set) {
                    let Some(path) = word.text.as_deref().filter(|path| !is_absolute(path, stage.is_windows)) else {
                        continue;
                    };
                    if cx.runs_build_check(dispatched.commented(cx.model)) {
                        let finding = Finding::at(dispatched.place(cx.model, word.span)).with("path", path.to_owned());
                        cx.report(if path.is_empty() { finding.variant("empty") } else { finding });
                    }
                }
                is_set |= !dispatched.words.is_empty();
            }
            has_workdir.push(is_set);
        }
    }
}

/// `IsAbs` of BuildKit's util/system: Windows has its files on drive C.
fn is_absolute(path: &str, is_windows: bool) -> bool {
    if !is_windows {
        return path.starts_with('/');
    }
    let path = path.replace('\\', "/");
    if path.starts_with("//") {
        return false;
    }
    match path.split_once(':') {
        Some((drive, rest)) => drive.eq_ignore_ascii_case("c") && rest.starts_with('/'),
        None => path.starts_with('/'),
    }
}
