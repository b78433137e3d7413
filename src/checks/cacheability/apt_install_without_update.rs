//! Packages installed from package lists that the same RUN did not fetch.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule {
    /// Worked out once a file, when it is first asked.
    touched: Option<lists::TouchedLists>,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Run)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        // What follows the first one in the same RUN is the same mistake.
        let Some(command) = model.install_from_old_lists(step) else { return };
        let Some(line) = &command.line else { return };
        let touched = self.touched.get_or_insert_with(|| lists::TouchedLists::of(model));
        let source = touched.source(model, step);
        // Where the update has a RUN of its own, that is the mistake.
        if source.is_some_and(|(below, _)| model.lone_update(below).is_some()) {
            return;
        }
        let is_last = touched.nothing_reads_after(step);
        let finding = Finding::at(line.head()).with("name", line.name.clone()).with("command", line.head_text());
        let finding = match (source, base_of(step, cx)) {
            (Some((_, update)), _) => finding.variant("stale").label(update, "update"),
            (None, Origin::Distribution) => finding,
            (None, Origin::Other) => finding.variant("other-base"),
        };
        // The lists that it fetches are not to stay, unless others read them.
        let removes = model.removes_lists(step);
        let removal = if removes { None } else { Some(model.remove_lists(command)) };
        // More of `sudo` is more of another mistake.
        let has_sudo = line.wrappers.iter().any(|wrapper| wrapper.is("sudo"));
        let can_update = source.is_none_or(|(below, _)| model.update_can_move(below, step.index));
        // Where a later layer removes the lists of earlier ones, those would be left alone with theirs.
        let lists = FilePath::absolute(apt::LISTS);
        let made = model.layers().removals.iter().flat_map(|late| &late.made);
        let mut made = made.filter_map(|made| model.files().get(*made));
        let is_late = made.any(|event| matches!(&event.action, Action::Made { path, .. } if *path == lists));
        // A trigger that leaves lists is silent as long as something here may need them.
        let mut triggers = model.steps.iter().filter(|other| other.trigger_of.is_some() && other.index != step.index);
        let is_needed = triggers.any(|other| {
            let mut commands = model.commands_of(other.index).iter();
            commands.any(|command| command.line.as_ref().is_some_and(apt::refreshes)) && !model.removes_lists(other)
        });
        let is_fixable = (removes || is_last && !has_sudo) && can_update && !is_late && !is_needed;
        let finding = finding.fix_if(is_fixable);
        let edits: Option<Vec<Edit>> = [Some(model.update_before(command)), removal].into_iter().flatten().collect();
        cx.report(edits.into_iter().flatten().fold(finding, |finding, edit| finding.edit(edit.span, edit.text)));
    }
}

/// What an image is built on.
enum Origin {
    /// An image without package lists, as Debian, Ubuntu and all official images are.
    Distribution,
    /// An image that may have some.
    Other,
}

fn base_of(step: &Step<'_>, cx: &Context<'_, '_>) -> Origin {
    // A trigger runs on top of the image, not of its base; the lists are as they are left here.
    let image = cx.model.stage_of(step).and_then(|stage| cx.model.root_image(stage));
    let has_none = image.is_some_and(|image| {
        image.is_official() || matches!(base::family(image), Some(base::Family::Debian | base::Family::Ubuntu))
    });
    if has_none { Origin::Distribution } else { Origin::Other }
}
