//! Stage names that cannot be, or that lead to another stage than it seems; references to no stage.

use std::collections::HashSet;

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

const RESERVED: [&str; 2] = ["context", "scratch"];

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        for (_, error) in cx.model.errors_about(Concern::StageName) {
            cx.report(Finding::at(error.span).with("name", cx.text(error.span)));
        }
        let wrong: HashSet<Span> = cx.model.errors_about(Concern::StageName).map(|(_, error)| error.span).collect();
        for stage in &cx.model.stages {
            name(stage, &wrong, cx);
        }
        let mut used = vec![false; cx.model.stages.len()];
        for image_use in cx.model.image_uses() {
            if let Some(used) = reference(image_use, cx).and_then(|index| used.get_mut(index)) {
                *used = true;
            }
        }
        // A stage with a name may be what `--target` asks for.
        for (stage, used) in cx.model.stages.iter().zip(used) {
            if let (false, false, None, Some(from)) = (used, stage.is_final, stage.name, cx.model.step(stage.from)) {
                cx.report(Finding::at(from.instruction.span).variant("unused"));
            }
        }
    }
}

fn name(stage: &Stage<'_>, wrong: &HashSet<Span>, cx: &mut Context<'_, '_>) {
    let Some(alias) = stage.name else { return };
    if wrong.contains(&alias.span) {
        return;
    }
    let lower = alias.text.to_ascii_lowercase();
    let finding = Finding::at(alias.span).with("name", alias.text.as_str()).with("lower", lower.as_str());
    let first = cx.model.first_stage_named(&alias.text).filter(|first| first.index < stage.index);
    let first = first.and_then(|first| first.name);
    if RESERVED.contains(&lower.as_str()) {
        cx.report(finding.variant("reserved"));
    } else if let Some(first) = first {
        cx.report(finding.variant("duplicate").label(first.span, "first"));
    } else if alias.text != lower {
        let verbatim = cx.text(alias.span) == alias.text;
        let mut finding = finding.variant("casing").edit(alias.span, lower.as_str()).fix_if(verbatim);
        for image_use in cx.model.image_uses().iter().filter(|image_use| image_use.base == Base::Stage(stage.index)) {
            if image_use.written != lower && image_use.written.eq_ignore_ascii_case(&lower) {
                finding = finding.edit(image_use.span, lower.as_str());
            }
        }
        cx.report(finding);
    }
}

/// The stage that is meant.
fn reference(image_use: &ImageUse, cx: &mut Context<'_, '_>) -> Option<usize> {
    let step = cx.model.step(image_use.step)?;
    let current = step.stage?;
    let number = image_use.written.parse::<usize>().ok();
    let name = match &image_use.base {
        Base::Stage(index) => return Some(*index),
        Base::Image(image) => image.text.as_str(),
        Base::Unknown if number.is_some() => image_use.written.as_str(),
        _ => return None,
    };
    // FROM takes an image where no earlier stage has the name, and a trigger's stages are those of another file.
    if image_use.user == ImageUser::From || step.trigger_of.is_some() {
        return None;
    }
    let finding = Finding::at(image_use.span).with("name", name);
    let target = match number {
        Some(number) => cx.model.stages.get(number),
        None => cx.model.stage_named(name),
    };
    match target {
        Some(stage) => {
            let own = stage.index == current;
            let from = cx.model.step(stage.from).map_or(image_use.span, |from| from.instruction.span);
            cx.report(finding.variant(if own { "itself" } else { "later" }).label(from, "stage"));
            Some(stage.index)
        }
        None if number.is_some() => {
            cx.report(finding.variant("no-such-number").with("count", cx.model.stages.len().to_string()));
            None
        }
        None => {
            let Base::Image(image) = &image_use.base else { return None };
            let bare = image.tag.is_none() && image.digest.is_none() && image.unnamespaced().is_some();
            let nearest = cx.model.nearest_stage(name).filter(|_| bare && !image.is_official())?;
            let suggestion = nearest.name.map(|name| name.text.clone()).unwrap_or_default();
            cx.report(finding.variant("misspelled").with("suggestion", suggestion));
            Some(nearest.index)
        }
    }
}
