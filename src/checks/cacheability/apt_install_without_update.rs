//! Packages installed from package lists that the same RUN did not fetch.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule {
    /// By step, whether it fetches or removes package lists; worked out once a file, when it is first asked.
    touched: Option<Vec<bool>>,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Run)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        // Nothing to follow in the many RUNs without apt.
        if !model.commands_of(step.index).iter().any(|command| command.line.as_ref().is_some_and(apt::installs)) {
            return;
        }
        if model.is_mounted(step, apt::LISTS) {
            return;
        }
        let run = model.executions(step.index);
        for (at, execution) in run.iter().enumerate() {
            let command = execution.command;
            let Some(line) = command.line.as_ref().filter(|line| reads_lists(command, line, cx)) else { continue };
            let fetches =
                |earlier: &flow::Execution<'_, '_>| may_refresh(earlier.command) && !execution.excludes(earlier);
            if !apt::refreshes(line) && !run.iter().take(at).any(fetches) {
                // What follows in the same RUN is the same mistake.
                let touched = self.touched.get_or_insert_with(|| steps_that_touch_lists(cx));
                report(step, command, line, touched, cx);
                return;
            }
        }
    }
}

fn report(step: &Step<'_>, command: &Command<'_>, line: &CommandLine<'_>, touched: &[bool], cx: &mut Context<'_, '_>) {
    let model = cx.model;
    let subcommand = line.subcommand.unwrap_or(line.name_word);
    let finding = Finding::at(line.name_word.span.to(subcommand.span))
        .with("name", line.name.clone())
        .with("command", format!("{} {}", line.name, subcommand.literal().unwrap_or_default()));
    let finding = match (earlier_update(step, touched, cx), base_of(step, cx)) {
        (Some(update), _) => finding.variant("stale").label(update, "update"),
        (None, Origin::Distribution) => finding,
        (None, Origin::Other) => finding.variant("other-base"),
    };
    // The same user and environment for the update: from the first wrapper, or the name, to the name.
    let first = line.wrappers.first().map_or(line.name_word, |wrapper| wrapper);
    let prefix = cx.text(first.span.to(line.name_word.span));
    let is_simple = !prefix.contains(['\n', '\\']) && !prefix.contains("xargs") && !prefix.contains("chroot");
    let edit = model.insert_before(command, &format!("{prefix} update")).filter(|_| is_simple);
    cx.report(match edit {
        Some(edit) => finding.edit(edit.span, edit.text),
        None => finding,
    });
}

/// Whether it installs something by its name, so that the package lists are read.
fn reads_lists(command: &Command<'_>, line: &CommandLine<'_>, cx: &Context<'_, '_>) -> bool {
    let is_file = |word: &&sh::Word| {
        let is_path = |text: &str| text.contains('/') && !text.contains("/*") || text.contains(".deb");
        match cx.model.possible_words(command, word) {
            Some(words) => !words.is_empty() && words.iter().all(|text| is_path(text) || text.contains(".deb")),
            None => is_path(cx.text(word.span).trim_matches(['"', '\''])),
        }
    };
    apt::installs(line)
        && !apt::simulates(line)
        && !apt::keeps_lists_elsewhere(line)
        && (line.operands.is_empty() || !line.operands.iter().all(is_file))
        && !cx.model.may_give(command, line, "--no-download")
}

/// Whether a command fetches the package lists, or may: it runs a script that cannot be seen.
fn may_refresh(command: &Command<'_>) -> bool {
    let Some(line) = &command.line else { return !command.invocation.simple.words.is_empty() };
    if apt::is_apt(line) {
        return apt::refreshes(line);
    }
    let is_script = command.invocation.simple.script.is_none()
        && (line.is("sh") || line.is_any(&["source", ".", "eval", "python", "perl", "ansible-playbook"]));
    let name = line.name_word.literal().unwrap_or_default();
    let in_system = ["/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/"].iter().any(|directory| name.starts_with(directory));
    is_script
        || name.contains('/') && !in_system
        || name.ends_with(".sh")
        || line.is_any(&["add-apt-repository", "apt-add-repository", "apt-fast", "nala", "tasksel", "extrepo", "make"])
        || line.name.contains("apt-") && line.subcommand.is_none() && line.operands.iter().any(|word| word.is("update"))
}

/// Where an earlier RUN of the same image fetched lists that are still there.
fn earlier_update(step: &Step<'_>, touched: &[bool], cx: &Context<'_, '_>) -> Option<Span> {
    let is_known = |below: &&Step<'_>| touched.get(below.index).copied().unwrap_or_default();
    for below in cx.model.steps_below(step).filter(is_known) {
        for execution in cx.model.executions(below.index).iter().rev() {
            let command = execution.command;
            if cx.model.may_empty(command, apt::LISTS) || is_dist_clean(command) {
                return None;
            }
            if let Some(line) = command.line.as_ref().filter(|line| apt::refreshes(line)) {
                return Some(line.name_word.span.to(line.subcommand.unwrap_or(line.name_word).span));
            }
        }
    }
    None
}

/// By step, whether a command of it fetches or removes package lists.
fn steps_that_touch_lists(cx: &Context<'_, '_>) -> Vec<bool> {
    let touches = |command: &Command<'_>| {
        command.line.as_ref().is_some_and(apt::refreshes)
            || is_dist_clean(command)
            || cx.model.may_empty(command, apt::LISTS)
    };
    cx.model.steps.iter().map(|step| cx.model.commands_of(step.index).iter().any(touches)).collect()
}

fn is_dist_clean(command: &Command<'_>) -> bool {
    command.line.as_ref().is_some_and(apt::removes_lists)
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
