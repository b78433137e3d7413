//! The last USER of a stage is root.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        for stage in &model.stages {
            let steps = model.steps.get(stage.steps.clone()).unwrap_or_default();
            let mut users = steps.iter().rev().filter(|step| step.trigger_of.is_none());
            let Some((step, user)) = users.find_map(|step| Some((step, views::user(step.instruction)?))) else {
                continue;
            };
            if let Folded::Known(name) = model.fold(step, &user.text)
                && accounts::is_root(&name)
            {
                cx.report(Finding::at(user.span));
            }
        }
    }
}
