//! The executable bit of files that COPY brings.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let events = cx.model.files();
        let mut last = None;
        for late in cx.model.layers().changes.iter().filter(|late| cx.model.makes_copy_executable(late)) {
            let (Some(change), Some(made)) = (events.get(late.change), events.get(late.made)) else { continue };
            // What one instruction has copied is one mistake, however many files and commands it takes.
            if last == Some((change.step, made.step)) {
                continue;
            }
            last = Some((change.step, made.step));
            let (Action::ModeSet { path, .. }, Action::Made { path: copied, .. }) = (&change.action, &made.action)
            else {
                continue;
            };
            let source = cx.text(made.span).trim_matches(['"', '\'']);
            let name = match late.reach {
                Reach::Same if !source.ends_with(['/', '.', '*']) => source.to_owned(),
                _ => path
                    .as_str()
                    .strip_prefix(copied.as_str())
                    .unwrap_or(path.as_str())
                    .trim_start_matches('/')
                    .to_owned(),
            };
            let instruction = cx.model.step(made.step).map_or("", |step| step.keyword().as_str());
            let finding = Finding::at(change.span)
                .with("path", path.as_str().to_owned())
                .with("file", path.name().as_str().to_owned())
                .with("source", name)
                .with("instruction", instruction)
                .label(made.span, "copied");
            cx.report(match removal(change, made, cx) {
                Some(edit) => finding.edit(edit.span, edit.text),
                None => finding,
            });
        }
    }
}

/// The edit that takes the command away, where git has recorded the executable bit of all that it changes.
fn removal(change: &FileEvent, made: &FileEvent, cx: &Context<'_, '_>) -> Option<Edit> {
    let model = cx.model;
    let command = model.commands().get(change.command?)?;
    let line = command.line.as_ref().filter(|line| line.is("chmod"))?;
    let (bits, paths) = line.operands.split_first()?;
    let is_recorded = |path: &&sh::Word| {
        let text = model.only_word(command, path).filter(|_| !path.has_glob());
        let file = text.and_then(|text| model.context_file(command, &text));
        file.and_then(|file| cx.surroundings.recorded_mode(&file.name)).is_some_and(|mode| mode & 0o111 == 0o111)
    };
    // Another command for the same files would be the same mistake.
    let events = model.files();
    let is_other = |late: &LateChange| {
        let (Some(other), Some(maker)) = (events.get(late.change), events.get(late.made)) else { return false };
        (other.step, maker.step) == (change.step, made.step) && other.command != change.command
    };
    let is_recursive =
        line.options.iter().any(|option| option.name != "-v" && option.name != "-c" && option.name != "-f");
    if is_recursive
        || !bits.literal().is_some_and(|bits| is_recordable(&bits))
        || !paths.iter().all(is_recorded)
        || model.layers().changes.iter().any(is_other)
    {
        return None;
    }
    model.remove_or_drop(command)
}

/// Whether a mode gives what git's own gives: 755, or that everybody may read and run it.
fn is_recordable(mode: &str) -> bool {
    let is_given = |clause: &str| {
        clause.split_once('+').is_some_and(|(who, what)| {
            who.chars().all(|c| "ugoa".contains(c)) && !what.is_empty() && what.chars().all(|c| matches!(c, 'r' | 'x'))
        })
    };
    matches!(mode, "755" | "0755") || mode.split(',').all(is_given)
}
