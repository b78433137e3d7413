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
            cx.report(finding);
        }
    }
}
