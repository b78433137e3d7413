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
                let step = cx.model.step(dispatched.step).filter(|step| step.keyword() == Keyword::Workdir);
                let Some(written) = step.and_then(|step| views::workdir(step.instruction)) else { continue };
                for word in dispatched.words.iter().filter(|_| !is_set) {
                    // Whatever a variable holds, what stands before it is no root.
                    let start = || written.text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '.');
                    let known = word.text.as_deref().or_else(|| start().then_some(written.text.as_str()));
                    let Some(path) = known.filter(|path| !is_absolute(path, stage.is_windows)) else {
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
