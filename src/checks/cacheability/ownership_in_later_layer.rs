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
            let edits = edits(late, change, made, cx).unwrap_or_default();
            let finding = edits.into_iter().fold(finding, |finding, edit| finding.edit(edit.span, edit.text));
            let title =
                if is_copied { "give the files their owner as they are copied" } else { "move it into the RUN" };
            cx.report(finding.title(title));
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

/// The edits that change owner or mode where the files are made, where nobody can tell the difference but by the layers.
fn edits(late: &LateChange, change: &FileEvent, made: &FileEvent, cx: &Context<'_, '_>) -> Option<Vec<Edit>> {
    let model = cx.model;
    let (run, maker) = (model.step(change.step)?, model.step(made.step)?);
    let command = model.commands().get(change.command?)?;
    let changes_of = |step: usize| {
        let late = model.layers().changes.iter().filter_map(|late| Some((model.files().get(late.change)?, late)));
        late.filter(move |(event, _)| event.step == step)
    };
    // One command with one path; else something would stay behind.
    let of_maker = changes_of(run.index)
        .filter(|(_, other)| model.files().get(other.made).is_some_and(|other| other.step == made.step));
    let is_only = of_maker.count() == 1 && command.line.as_ref()?.operands.len() == 2;
    let in_shell = matches!(model.body(run), Body::Shell(_)) && command.invocation.stands_alone();
    let is_trigger = run.trigger_of.is_some() || maker.trigger_of.is_some();
    if !is_only || !in_shell || is_trigger || !run.instruction.flags.is_empty() || run.stage != maker.stage {
        return None;
    }
    let removal = model.remove_or_drop(command)?;
    let edit = match maker.keyword() {
        Keyword::Run => moved(command, run, maker, cx)?,
        _ => copied(late, change, made, cx)?,
    };
    Some(vec![edit, removal])
}

/// The edit that runs the command at the end of the RUN right before it.
fn moved<'a>(command: &Command<'a>, run: &Step<'a>, maker: &Step<'a>, cx: &Context<'_, 'a>) -> Option<Edit> {
    let model = cx.model;
    let text = cx.text(command.invocation.statement.span);
    // The earlier RUN leaves the variables and the directory as the later one has them.
    let keeps = |other: &Command<'_>| {
        !other.line.as_ref().is_some_and(|line| line.is_any(&["cd", "pushd", "exit", "exec"]))
            && other.invocation.simple.assignments.iter().all(|assignment| !text.contains(&*assignment.name))
    };
    let is_next = run.index == maker.index + 1 && is_first(command, cx);
    let is_plain = !text.contains(['\n', '`']) && !text.contains("$(");
    let is_kept = model.commands_of(maker.index).iter().all(keeps);
    model.append(maker, text).filter(|_| is_next && is_plain && is_kept)
}

/// Whether nothing runs before a command in its RUN but options of the shell.
fn is_first(command: &Command<'_>, cx: &Context<'_, '_>) -> bool {
    let start = command.invocation.simple.span.start;
    let mut before = cx.model.commands_of(command.step).iter();
    before.all(|other| {
        other.invocation.simple.span.start >= start || other.line.as_ref().is_some_and(|line| line.is("set"))
    })
}

/// The edit that gives COPY or ADD the owner.
fn copied(late: &LateChange, change: &FileEvent, made: &FileEvent, cx: &Context<'_, '_>) -> Option<Edit> {
    let model = cx.model;
    let (Action::OwnerSet { path, recursive }, Action::Made { origin, .. }) = (&change.action, &made.action) else {
        return None;
    };
    let command = model.commands().get(change.command?)?;
    let line = command.line.as_ref()?;
    let maker = model.step(made.step)?;
    let is_plain = line.options.iter().all(|option| matches!(&*option.name, "-R" | "-v" | "-c" | "-f" | "-h"));
    let from_context = *origin == Origin::Context;
    if late.reach != Reach::Same
        || !is_plain
        || !line.is_any(&["chown", "chgrp"])
        || !from_context && *origin != Origin::Image
        || maker.instruction.flag("chown").is_some()
    {
        return None;
    }
    let written = cx.text(line.operands.first()?.span).trim_matches(['"', '\'']);
    let (user, group) = match written.split_once(':') {
        _ if line.is("chgrp") => ("", written),
        Some(both) => both,
        None => (written, ""),
    };
    // What comes from the context belongs to root, what comes from an image to whoever had it there.
    let is_whole = if from_context { written.ends_with(':') } else { user.is_empty() || group.is_empty() };
    let is_known = |name: &str, is_group: bool| name.is_empty() || is_known(name, is_group, command, maker, cx);
    if is_whole || user.is_empty() && group.is_empty() || !is_known(user, false) || !is_known(group, true) {
        return None;
    }
    let or_root = |name: &str| if name.is_empty() { "0".to_owned() } else { name.to_owned() };
    let source = match &maker.instruction.args {
        Args::Words(words) if words.len() == 2 => words.first()?,
        _ => return None,
    };
    let is_alone = model.is_file(made) || *recursive && is_own_tree(path, change, made, cx);
    let flag = format!("--chown={}:{} ", or_root(user), or_root(group));
    is_alone.then(|| Edit { span: Span::empty(source.span.start), text: flag })
}

/// Whether an account is there when the files are copied: it is a number, or the same as before the change, or the file has
/// used it by then.
fn is_known(name: &str, is_group: bool, command: &Command<'_>, maker: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    let model = cx.model;
    let variable = name.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).or(name.strip_prefix('$'));
    let is_name = |name: &str| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
    };
    if !is_name(variable.unwrap_or(name)) {
        return false;
    }
    if let Some(variable) = variable {
        let definition =
            |step: usize| model.environment().definition(maker.stage, step, variable).map(|definition| definition.step);
        let assigned = model.commands_of(command.step).iter().flat_map(|other| &other.invocation.simple.assignments);
        if definition(maker.index).is_none()
            || definition(maker.index) != definition(command.step)
            || assigned.into_iter().any(|assignment| assignment.name == variable)
        {
            return false;
        }
    } else if name == "root" || name.bytes().all(|byte| byte.is_ascii_digit()) {
        return true;
    }
    // Nothing runs between the two that could make it.
    let between = model.steps.get(maker.index + 1..command.step).unwrap_or_default();
    let is_quiet = |step: &Step<'_>| match step.keyword() {
        Keyword::Run => false,
        Keyword::Copy | Keyword::Add => {
            let words = match &step.instruction.args {
                Args::Words(words) | Args::Json(words) => words.as_slice(),
                _ => &[],
            };
            words.last().is_some_and(|word| word.text.starts_with('/') && !word.text.starts_with("/etc"))
        }
        _ => true,
    };
    if between.iter().all(is_quiet) && is_first(command, cx) {
        return true;
    }
    let Some(stage) = maker.stage else { return false };
    let earlier = model.steps.iter().filter(|step| step.index < maker.index && step.stage == Some(stage));
    earlier.flat_map(|step| model.commands_of(step.index)).any(|other| {
        model.account(other).is_some_and(|account| {
            let makes_group = account.kind == AccountKind::Group
                || account.line.is("useradd") && account.group.is_none() && !account.line.has("-N");
            let is_kind = if is_group { makes_group } else { account.kind == AccountKind::User };
            let has_it = cx.text(account.name.span).trim_matches(['"', '\'']) == name;
            is_kind && has_it && !other.invocation.is_conditional()
        })
    })
}

/// Whether a directory holds nothing but what the COPY has put there, itself included.
fn is_own_tree(path: &FilePath, change: &FileEvent, made: &FileEvent, cx: &Context<'_, '_>) -> bool {
    let model = cx.model;
    let is_other = |event: &FileEvent| {
        let path_of = match &event.action {
            Action::Made { path, .. } | Action::Moved { to: path, .. } => vec![path],
            Action::Fetched(fetch) => fetch.files().iter().collect(),
            _ => return false,
        };
        event.step < change.step && event.step != made.step && path_of.iter().any(|other| other.may_lie_in(path))
    };
    let stage = model.step(made.step).and_then(|step| step.stage);
    let before = model.steps.iter().filter(|step| step.stage == stage && step.index < change.step);
    let is_entered = |step: &Step<'_>| {
        step.keyword() == Keyword::Workdir
            && match views::workdir(step.instruction) {
                Some(word) => {
                    let text = word.text.trim_end_matches('/');
                    !text.starts_with('/') || text.contains('$') || paths::lies_in(text, path.as_str())
                }
                None => true,
            }
    };
    let runs = model.steps.get(made.step + 1..change.step).unwrap_or_default();
    let is_quiet = runs.iter().all(|step| step.keyword() != Keyword::Run);
    is_quiet
        && !files::is_system(path)
        && !path.as_str().starts_with("/var/www")
        && path.known_str().is_some_and(|path| path.starts_with('/') && path.len() > 1)
        && !model.files().iter().any(is_other)
        && !before.into_iter().any(is_entered)
}
