//! Downloaded archives that stay beside what was unpacked.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        let mut told = Vec::new();
        for (index, event) in model.files().iter().enumerate() {
            let Some(fetch) = event.fetch().filter(|fetch| !fetch.files().is_empty()) else { continue };
            let Some(step) = model.step(event.step).filter(|step| model.is_shipped(step)) else { continue };
            let history = model.history(index);
            // Moved after it was unpacked it is kept for a purpose; a later RUN that removes it is another rule's matter.
            if history.removal.is_some() || history.moved.is_some() || is_kept(&history, fetch) {
                continue;
            }
            let Some(used) = history.uses.iter().find(|used| unpacks(used)) else { continue };
            if history.uses.iter().any(|used| !unpacks(used)) || history.uses.iter().any(|used| eats(used, cx)) {
                continue;
            }
            let Some(last) = history.uses.last() else { continue };
            let on_mount = |file: &FilePath| model.is_mounted(step, file.as_str());
            if fetch.files().iter().any(on_mount) || last.step != used.step || cleans_up_at_exit(used.step, cx) {
                continue;
            }
            let Action::Used { path, usage } = &used.action else { continue };
            // `dpkg -i *.deb` takes all that was downloaded.
            if told.contains(&used.span) {
                continue;
            }
            told.push(used.span);
            let variant = match (used.step == event.step, usage) {
                (false, _) => "later",
                (true, Usage::Installed) => "installed",
                (true, _) => "unpacked",
            };
            let finding = Finding::at(used.span)
                .variant(variant)
                .with("file", path.name().as_str().to_owned())
                .with("path", path.as_str().to_owned())
                .label(event.span, "fetch");
            let certain =
                used.step == event.step && fetch.files().len() == 1 && is_straight(event, cx) && is_straight(used, cx);
            let plain = path.known_str().filter(|path| path.bytes().all(is_harmless));
            let edit = plain.filter(|_| certain).and_then(|path| model.append(step, &format!("rm {path}")));
            cx.report(match edit {
                Some(edit) => finding.edit(edit.span, edit.text),
                None => finding,
            });
        }
    }
}

fn unpacks(used: &FileEvent) -> bool {
    matches!(&used.action, Action::Used { usage: Usage::Extracted(_) | Usage::Installed, .. })
}

/// Sources are kept to be unpacked again when somebody adds to the image.
fn is_kept(history: &History<'_>, fetch: &Fetch) -> bool {
    history.names.iter().any(|(_, name)| name.as_str().starts_with("/usr/src/"))
        || fetch.files().iter().any(|file| file.name().strip_suffix(".jar").is_some())
}

/// Whether a trap removes something when the script ends: a text that says so, or a function.
fn cleans_up_at_exit(step: usize, cx: &Context<'_, '_>) -> bool {
    let removes = |line: &CommandLine<'_>| {
        let script = line.operands.first().and_then(|word| word.literal());
        script.is_none_or(|script| script.contains("rm ") || script.chars().all(|c| c.is_alphanumeric() || c == '_'))
    };
    let mut lines = cx.model.commands_of(step).iter().filter_map(|command| command.line.as_ref());
    lines.any(|line| line.is("trap") && removes(line))
}

/// Whether the command takes the file away itself, as `gunzip` does.
fn eats(used: &FileEvent, cx: &Context<'_, '_>) -> bool {
    let line = used.command.and_then(|index| cx.model.commands().get(index)?.line.as_ref());
    line.is_some_and(|line| line.is("gzip") && !line.has("-k") && !line.has("-c"))
}

/// Whether it surely happens, once.
fn is_straight(event: &FileEvent, cx: &Context<'_, '_>) -> bool {
    let command = event.command.and_then(|index| cx.model.commands().get(index));
    !event.is_conditional()
        && command.is_some_and(|command| !command.invocation.is_conditional() && !command.invocation.in_background())
}

fn is_harmless(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"/._+-".contains(&byte)
}
