//! A RUN that fetches package lists for later ones.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule {
    /// Worked out once a file, when it is first asked.
    touched: Option<lists::TouchedLists>,
    updates: Vec<Update>,
}

struct Update {
    step: usize,
    command: Span,
    name: String,
    /// Where later RUNs install from its lists, and the edits that have them fetch their own, and remove them.
    installs: Vec<(Span, Option<Vec<Edit>>)>,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Run)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        if let Some(line) = model.lone_update(step).and_then(|command| command.line.as_ref()) {
            let command = line.head();
            let name = format!("{} {}", line.name, cx.text(line.subcommand.unwrap_or(line.name_word).span));
            self.updates.push(Update { step: step.index, command, name, installs: Vec::new() });
        }
        let Some(install) = model.install_from_old_lists(step).filter(|_| !self.updates.is_empty()) else { return };
        let touched = self.touched.get_or_insert_with(|| lists::TouchedLists::of(model));
        let Some((source, _)) = touched.source(model, step) else { return };
        if let Some(update) = self.updates.iter_mut().find(|update| update.step == source.index) {
            let line = install.line.as_ref();
            let subcommand = line.and_then(|line| Some(line.name_word.span.to(line.subcommand?.span)));
            let span = subcommand.unwrap_or(install.invocation.simple.span);
            let removal = if model.removes_lists(step) { None } else { Some(model.remove_lists(install)) };
            let edits: Option<Vec<Edit>> =
                [Some(model.update_before(install)), removal].into_iter().flatten().collect();
            let edits = edits.filter(|_| model.update_can_move(source, step.index));
            update.installs.push((span, edits));
        }
    }

    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        for update in std::mem::take(&mut self.updates) {
            let Some(step) = cx.model.step(update.step) else { continue };
            let mut finding = Finding::at(update.command).with("command", update.name);
            let touched = self.touched.get_or_insert_with(|| lists::TouchedLists::of(cx.model));
            let all_seen = touched.only_installs_read_after(step);
            if update.installs.is_empty() && all_seen {
                finding = finding.variant(if cx.model.is_shipped(step) { "unused" } else { "builder" });
            }
            let mut fixable = all_seen && is_alone(step, cx);
            for (span, edits) in update.installs {
                finding = finding.label(span, "install");
                fixable &= edits.is_some();
                finding = edits.into_iter().flatten().fold(finding, |finding, edit| finding.edit(edit.span, edit.text));
            }
            cx.report(finding.edit(cx.model.removal(step), "").fix_if(fixable));
        }
    }
}

/// Whether the RUN is nothing but the update.
fn is_alone(step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    let mut lines = cx.model.commands_of(step.index).iter().map(|command| command.line.as_ref());
    lines.all(|line| line.is_some_and(|line| line.is("set") || apt::refreshes(line)))
}
