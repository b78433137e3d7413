//! Stage names with upper-case letters.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        for stage in &cx.model.stages {
            let (Some(name), Some(from)) = (stage.name, cx.model.step(stage.from)) else { continue };
            let lower = name.text.to_lowercase();
            if name.text == lower || !cx.runs_build_check(Some(from)) {
                continue;
            }
            let is_verbatim = cx.text(name.span) == name.text;
            let mut finding = Finding::at(name.span)
                .with("name", name.text.as_str())
                .with("lower", lower.as_str())
                .edit(name.span, lower.as_str())
                .fix_if(is_verbatim);
            for image_use in cx.model.image_uses().iter().filter(|image_use| image_use.base == Base::Stage(stage.index))
            {
                if image_use.written != lower && image_use.written.to_lowercase() == lower {
                    finding = finding.edit(image_use.span, lower.as_str());
                }
            }
            cx.report(finding);
        }
    }
}
