//! A stage that changes its user back and forth.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

/// A USER that changes who runs what follows.
struct Switch {
    span: Span,
    user: String,
}

impl Switch {
    fn is_root(&self) -> bool {
        accounts::is_root(&self.user)
    }
}

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        for stage in &cx.model.stages {
            let steps = cx.model.steps.get(stage.steps.clone()).unwrap_or_default();
            let mut switches: Vec<Switch> = Vec::new();
            for step in steps.iter().filter(|step| step.trigger_of.is_none()) {
                let Some(word) = views::user(step.instruction) else { continue };
                let user = cx.model.fold(step, &word.text).known().unwrap_or_else(|| word.text.clone());
                if switches.last().is_none_or(|last| last.user != user) {
                    switches.push(Switch { span: word.span, user });
                }
            }
            // Back to root, and away from it again: what root does could have been done before.
            let mut away = switches.iter().skip_while(|switch| switch.is_root());
            let first = away.next();
            let back = away.find(|switch| switch.is_root());
            let again = away.find(|switch| !switch.is_root());
            let (at, finding) = match (first, back, again) {
                (Some(first), Some(back), Some(again)) => {
                    (back, Finding::at(back.span).label(first.span, "first").label(again.span, "again"))
                }
                _ => {
                    let Some(third) = switches.get(2) else { continue };
                    (third, Finding::at(third.span).variant("many").with("count", switches.len().to_string()))
                }
            };
            let user = at.user.clone();
            let last = switches.iter().rev().find(|switch| !switch.is_root()).map_or("app", |switch| &switch.user);
            cx.report(finding.with("user", user).with("last", last.to_owned()));
        }
    }
}
