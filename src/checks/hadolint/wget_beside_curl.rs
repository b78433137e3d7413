//! wget and curl in one stage.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule {
    /// Their first uses in the stage under way.
    wget: Option<(usize, Span)>,
    curl: Option<(usize, Span)>,
    /// The last step that was told of.
    told: Option<usize>,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("wget"), Visit::Command("curl")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let Some(line) = command.line.as_ref().filter(|line| line.is_any(&["wget", "curl"])) else { return };
        let Some(step) = cx.model.step(command.step).filter(|step| step.trigger_of.is_none()) else { return };
        let Some(stage) = step.stage else { return };
        let span = line.name_word.span;
        let (name, own, other_name, other) = if line.is("wget") {
            ("wget", &mut self.wget, "curl", self.curl)
        } else {
            ("curl", &mut self.curl, "wget", self.wget)
        };
        if own.is_none_or(|(known, _)| known != stage) {
            *own = Some((stage, span));
        }
        // One of a RUN is enough.
        let Some((_, first)) = other.filter(|(known, _)| *known == stage && self.told != Some(step.index)) else {
            return;
        };
        self.told = Some(step.index);
        cx.report(Finding::at(span).with("name", name).with("other", other_name).label(first, "other"));
    }
}
