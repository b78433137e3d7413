//! Packages for another release than the one that the image holds.

use crate::checks::prelude::*;

/// Where apt looks for its sources.
const SOURCES: &str = "/etc/apt/";

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        for write in cx.model.writes().iter().filter(|write| write.path.starts_with(SOURCES)) {
            let step = cx.model.step(write.step);
            let stage = step.and_then(|step| cx.model.stage_of(step));
            let Some(image) = stage.and_then(|stage| cx.model.root_image(stage)) else { continue };
            let Some(base) = base::suite(image) else { continue };
            let mut suites = apt::suites_in(&write.text);
            if suites.is_empty() && write.is_part {
                suites = named_alone(&write.text);
            }
            for (start, suite) in suites {
                let name = suite.split(['-', '/']).next().unwrap_or_default();
                let Some(other) = base::suite_named(name).filter(|other| other.name != base.name) else { continue };
                let span = write.span(cx.model.source, start..start + name.len());
                let is_exact = cx.text(span) == name;
                cx.report(
                    Finding::at(span)
                        .with("suite", other.name)
                        .with("base", base.name)
                        .with("image", image.text.as_str())
                        .edit(span, base.name)
                        // Half of a replacement would not fit the other half.
                        .fix_if(is_exact && other.family == base.family && !write.is_part),
                );
            }
        }
    }
}

/// The words of a replacement of sed, which may be a suite alone.
fn named_alone(text: &str) -> Vec<(usize, &str)> {
    if text.trim_start().starts_with('#') {
        return Vec::new();
    }
    let offset = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
    text.split_whitespace().map(|word| (offset(word), word)).collect()
}
