//! Changes of owner or mode of what an earlier layer holds.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        let events = model.files();
        let mut reported: Vec<(usize, usize)> = Vec::new();
        for late in &model.layers().changes {
            let (Some(change), Some(made)) = (events.get(late.change), events.get(late.made)) else { continue };
            let (Action::ModeSet { path, recursive, .. } | Action::OwnerSet { path, recursive }) = &change.action
            else {
                continue;
            };
            // The executable bit of what is copied is a rule of its own.
            if model.makes_copy_executable(late) {
                continue;
            }
            let ended = path.name().as_str().contains('.');
            let is_file = match late.reach {
                Reach::Same => model.is_file(made),
                Reach::Around => !recursive && ended && !late.is_disturbed,
                Reach::Inside => false,
            };
            // Without its content a directory weighs nothing.
            if !recursive && !is_file {
                continue;
            }
            // What one instruction has put there is one mistake, however many paths and commands change it.
            if reported.contains(&(change.step, made.step)) {
                continue;
            }
            reported.push((change.step, made.step));
            let is_copied = model.step(made.step).is_some_and(|step| step.keyword() != Keyword::Run);
            let is_part = late.reach == Reach::Inside && files::is_system(path);
            let is_small = matches!(&made.action, Action::Made { origin: Origin::Command, .. });
            let variant = match (is_part, is_file, is_copied) {
                _ if is_small => "small",
                (true, ..) => "part",
                (_, true, true) => "copied-file",
                (_, true, false) => "made-file",
                (_, false, true) => "copied",
                (_, false, false) => "made",
            };
            let finding = Finding::at(change.span)
                .variant(variant)
                .with("path", path.as_str().to_owned())
                .with("instruction", model.step(made.step).map_or("", |step| step.keyword().as_str()))
                .with("command", command(change, cx))
                .with("flag", flag(change, cx))
                .label(made.span, "made");
            cx.report(finding);
        }
    }
}

fn command(change: &FileEvent, cx: &Context<'_, '_>) -> &'static str {
    let line = change.command.and_then(|index| cx.model.commands().get(index)?.line.as_ref());
    match (&change.action, line.map(|line| line.name.as_str())) {
        (Action::ModeSet { .. }, _) => "chmod",
        (_, Some("chgrp")) => "chgrp",
        _ => "chown",
    }
}

/// The option of COPY that does the same.
fn flag(change: &FileEvent, cx: &Context<'_, '_>) -> String {
    let line = change.command.and_then(|index| cx.model.commands().get(index)?.line.as_ref());
    let first = line.filter(|line| line.is("chown") || line.is("chmod")).and_then(|line| line.operands.first());
    let value = first.map(|word| cx.text(word.span).trim_matches(['"', '\'']));
    match &change.action {
        Action::ModeSet { .. } => format!("--chmod={}", value.unwrap_or("...")),
        _ => format!("--chown={}", value.unwrap_or("...")),
    }
}
