//! FROM with the platform that it takes anyway.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::From)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let Some(flag) = views::From::of(step.instruction).and_then(|from| from.platform) else { return };
        let value = flag.value.as_ref().map_or("", |value| value.text.as_str());
        if !matches!(value, "$TARGETPLATFORM" | "${TARGETPLATFORM}") {
            return;
        }
        // An ARG before the first FROM may give it a value of its own.
        let global = cx.model.environment().definition(None, usize::MAX, "TARGETPLATFORM");
        if global.is_none_or(|definition| !matches!(definition.value, environment::Value::Known(_))) {
            cx.report(Finding::at(flag.span).with("flag", flag.text.as_str()));
        }
    }
}
