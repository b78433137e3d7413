//! The version of what the image packages, in a build argument.

use std::collections::HashSet;

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule {
    /// The variables that stand in a FROM, where ENV cannot go; worked out once, when it is first asked.
    in_from: Option<HashSet<String>>,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Arg)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let Some(arg) = views::Arg::of(step.instruction).filter(|_| step.trigger_of.is_none()) else { return };
        if step.stage.is_none() || !cx.model.is_shipped(step) {
            return;
        }
        for declaration in &arg.declarations {
            let name = declaration.name.text.as_str();
            // Without any value it is another rule's.
            let Lookup::Known(value) = cx.model.environment().lookup(step.stage, step.index + 1, name) else {
                continue;
            };
            let upper = name.to_ascii_uppercase();
            let is_version = upper == "VERSION" || upper.ends_with("_VERSION") || upper.ends_with("_COMMIT");
            if !is_version || value.is_empty() || is_kept(step, name, cx) {
                continue;
            }
            let in_from = self.in_from.get_or_insert_with(|| in_from(cx));
            if in_from.contains(name) {
                continue;
            }
            let keyword = &step.instruction.name;
            let env = if keyword.text.chars().all(|c| c.is_ascii_lowercase()) { "env" } else { "ENV" };
            cx.report(
                Finding::at(declaration.name.span)
                    .with("name", name)
                    .with("value", value)
                    .edit(keyword.span, env)
                    .fix_if(arg.declarations.len() == 1 && declaration.default.is_some()),
            );
        }
    }
}

/// Whether an ENV of the stage keeps the value.
fn is_kept(step: &Step<'_>, name: &str, cx: &Context<'_, '_>) -> bool {
    let Some(stage) = cx.model.stage_of(step) else { return false };
    let mut steps = cx.model.steps.get(stage.steps.clone()).unwrap_or_default().iter();
    steps.any(|other| {
        other.keyword() == Keyword::Env && cx.model.references(other).iter().any(|reference| reference.name == name)
    })
}

fn in_from(cx: &Context<'_, '_>) -> HashSet<String> {
    let froms = cx.model.stages.iter().filter_map(|stage| cx.model.step(stage.from));
    froms.flat_map(|from| cx.model.references(from)).map(|reference| reference.name).collect()
}
