//! Package lists of apt that stay in a layer.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule {
    /// Whether some RUN of the file needs the lists of another; worked out once, when it is first asked.
    needed: Option<bool>,
    /// The steps whose lists a later layer removes.
    removed_late: Option<Vec<usize>>,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Run)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        let Some(command) = model.leaves_lists(step) else { return };
        // A later RUN that removes them in vain is told itself.
        if self.removed_late(cx).contains(&step.index) {
            return;
        }
        let run = model.executions(step.index);
        let installs = run.iter().any(|execution| execution.command.line.as_ref().is_some_and(apt::installs));
        let needed = *self.needed.get_or_insert_with(|| installs_from_old_lists(cx));
        // An update for the sake of later RUNs is a mistake of its own.
        if !installs && needed || model.lone_update(step).is_some() {
            return;
        }
        let Some(line) = &command.line else { return };
        let span = line.head();
        let finding = Finding::at(span)
            .with("command", line.head_text())
            // More of `sudo` is more of another mistake.
            .fix_if(!needed && !line.wrappers.iter().any(|wrapper| wrapper.is("sudo")));
        let finding = if model.is_shipped(step) { finding } else { finding.variant("builder") };
        cx.report(match model.remove_lists(command) {
            Some(edit) => finding.edit(edit.span, edit.text),
            None => finding,
        });
    }
}

impl Rule {
    fn removed_late(&mut self, cx: &Context<'_, '_>) -> &[usize] {
        self.removed_late.get_or_insert_with(|| {
            let events = cx.model.files();
            let lists = FilePath::absolute(apt::LISTS);
            let made =
                cx.model.layers().removals.iter().flat_map(|late| &late.made).filter_map(|made| events.get(*made));
            made.filter(|event| matches!(&event.action, Action::Made { path, .. } if *path == lists))
                .map(|event| event.step)
                .collect()
        })
    }
}

fn refreshes(command: &Command<'_>) -> bool {
    command.line.as_ref().is_some_and(apt::refreshes)
}

/// Whether some RUN installs without an update of its own, so that it needs the lists of another.
fn installs_from_old_lists(cx: &Context<'_, '_>) -> bool {
    let mut runs = cx.model.steps.iter().map(|step| cx.model.commands_of(step.index));
    runs.any(|commands| {
        commands.iter().any(|command| command.line.as_ref().is_some_and(apt::installs))
            && !commands.iter().any(refreshes)
    })
}
