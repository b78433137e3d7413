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
    /// Where later RUNs install from its lists, and the edit that has them fetch their own.
    installs: Vec<(Span, Option<Edit>)>,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Run)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        if let Some(line) = model.lone_update(step).and_then(|command| command.line.as_ref()) {
            let command = line.name_word.span.to(line.subcommand.unwrap_or(line.name_word).span);
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
            update.installs.push((span, model.update_before(install)));
        }
    }

    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        for update in std::mem::take(&mut self.updates) {
            let Some(step) = cx.model.step(update.step) else { continue };
            let mut finding = Finding::at(update.command).with("command", update.name);
            let all_seen = nothing_else_reads(step, cx);
            if update.installs.is_empty() && all_seen {
                finding = finding.variant(if cx.model.is_shipped(step) { "unused" } else { "builder" });
            }
            let mut fixable = all_seen && is_alone(step, cx);
            for (span, edit) in update.installs {
                finding = finding.label(span, "install");
                match edit {
                    Some(edit) => finding = finding.edit(edit.span, edit.text),
                    None => fixable = false,
                }
            }
            cx.report(finding.edit(cx.model.lines_of(step), "").fix_if(fixable));
        }
    }
}

/// Whether the RUN is nothing but the update.
fn is_alone(step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    let mut lines = cx.model.commands_of(step.index).iter().map(|command| command.line.as_ref());
    lines.all(|line| line.is_some_and(|line| line.is("set") || apt::refreshes(line)))
}

/// Whether no later step reads package lists, or may, but those that install.
fn nothing_else_reads(step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    let installs = |command: &Command<'_>| command.line.as_ref().is_some_and(apt::installs);
    cx.model.steps.iter().skip(step.index + 1).filter(|later| later.keyword() == Keyword::Run).all(|later| {
        cx.model.body(later).list().is_some()
            && cx.model.commands_of(later.index).iter().all(|it| installs(it) || !lists::may_use_lists(it))
    })
}
