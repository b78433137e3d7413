//! Keys that are imported into the home directory of the image's user.

use crate::checks::prelude::*;

const CREATE: &str = "export GNUPGHOME=\"$(mktemp -d)\"";
const STOP: &str = "gpgconf --kill all";
const REMOVE: &str = "rm -rf \"$GNUPGHOME\"";

#[derive(Default)]
pub struct Rule {
    /// How many RUNs work in the home directory; counted when it is first asked.
    users: Option<usize>,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Run)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        let commands = model.commands_of(step.index);
        let is_use =
            |command: &&Command<'_>| command.line.as_ref().is_some_and(|line| uses_own_home(line, command, cx));
        let setters: Vec<&Command<'_>> = commands.iter().filter(|command| sets_home(command)).collect();
        let is_own = |command: &&Command<'_>| {
            is_use(command) && !setters.iter().any(|setter| reaches(setter, command, step, cx))
        };
        let Some(first) = commands.iter().find(is_own) else { return };
        let Some(line) = &first.line else { return };
        if commands.iter().any(removes_home) || model.is_mounted(step, "/root/.gnupg") {
            return;
        }
        let create = model.insert_before(first, CREATE);
        let remove = gpg::last_command(commands).and_then(|last| model.behind(last, REMOVE));
        // Keys that another RUN takes in, or looks for, have to stay where both find them.
        let users = *self.users.get_or_insert_with(|| {
            let mut steps: Vec<usize> = model.commands().iter().filter(|it| is_use(it)).map(|it| it.step).collect();
            steps.dedup();
            steps.len()
        });
        let takes_in = first.line.as_ref().is_some_and(gpg::takes_keys_in);
        let mut finding = Finding::at(line.name_word.span)
            .with("command", line.name.clone())
            .fix_if(setters.is_empty() && users == 1 && takes_in && !configures_home(step, cx))
            .fix_if(!first.invocation.is_conditional() && !first.invocation.in_subshell());
        if let (Some(create), Some(remove)) = (create, remove) {
            // The same separator before both commands.
            let separator = remove.text.strip_suffix(REMOVE).unwrap_or_default().to_owned();
            let end = format!("{separator}{STOP}{}", remove.text);
            finding = finding.edit(create.span, create.text).edit(remove.span, end);
        }
        cx.report(if model.is_shipped(step) { finding } else { finding.variant("builder") });
    }
}

/// Whether a command names a home directory.
fn sets_home(command: &Command<'_>) -> bool {
    let mut assignments = command.invocation.simple.assignments.iter();
    assignments.any(|assignment| matches!(assignment.name.as_str(), "GNUPGHOME" | "HOME"))
}

/// Whether a command of GnuPG sees the home directory that another command names, or may.
fn reaches(setter: &Command<'_>, user: &Command<'_>, step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    let simple = setter.invocation.simple;
    let commands = cx.model.commands_of(step.index);
    // Where functions and scripts are run, their place does not tell.
    let is_straight = |command: &Command<'_>| {
        let is_moved = |frame: &Frame<'_>| {
            matches!(frame, Frame::Function(_) | Frame::Script { .. } | Frame::ForBody(_) | Frame::WhileBody(_))
        };
        !command.invocation.frames.iter().any(is_moved)
    };
    let persists = simple.words.is_empty() || simple.declaration;
    if !persists || !is_straight(setter) || !is_straight(user) {
        return true;
    }
    if user.invocation.simple.span.start < simple.span.start {
        return false;
    }
    // What a subshell sets is gone behind it.
    let frames = &setter.invocation.frames;
    let around = frames.iter().zip(frames.iter().skip(1)).find(|(_, inner)| matches!(inner, Frame::Subshell));
    let outer = around.and_then(|(frame, _)| frame.statement());
    if outer.is_some_and(|outer| !outer.span.contains(user.invocation.simple.span)) {
        return false;
    }
    let exports = |command: &Command<'_>| {
        let words = &command.invocation.simple.words;
        let is_export = words.first().is_some_and(|word| ["export", "declare", "typeset"].iter().any(|it| word.is(it)));
        let names = command.invocation.simple.assignments.iter().any(|it| it.name == "GNUPGHOME")
            || words.iter().any(|word| word.is("GNUPGHOME"));
        is_export && names
    };
    // `set -a`, and shells that are not read so.
    let exports_all = |command: &Command<'_>| {
        command.line.as_ref().is_some_and(|line| {
            let is_all = |word: &sh::Word| {
                let text = word.literal().unwrap_or_default();
                text == "allexport" || text.starts_with('-') && !text.starts_with("--") && text.contains('a')
            };
            line.is("set") && line.words.iter().skip(1).any(is_all)
        })
    };
    let is_known = simple.assignments.iter().any(|it| it.name == "HOME")
        || cx.model.environment().definition(step.stage, step.index, "GNUPGHOME").is_some();
    is_known || commands.iter().any(|command| exports(command) || exports_all(command))
}

/// Whether it works in the home directory that nothing was said about.
fn uses_own_home(line: &CommandLine<'_>, command: &Command<'_>, cx: &Context<'_, '_>) -> bool {
    let in_environment = |word: &sh::Word| {
        word.parts.first().is_some_and(|part| match &part.kind {
            sh::PartKind::Literal(text) => text.starts_with("GNUPGHOME=") || text.starts_with("HOME="),
            _ => false,
        })
    };
    gpg::uses_home(line)
        && !cx.model.may_give(command, line, "--homedir")
        && !line.has("--version")
        && !command.invocation.simple.words.iter().any(in_environment)
}

/// Whether something of the stage writes to the home directory, settings maybe, which a new one would not have.
fn configures_home(step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    let is_in_home = |path: &str| path.split('/').any(|part| part == ".gnupg");
    let in_command = |command: &Command<'_>| {
        let redirects = command.invocation.statement.redirects.iter().map(|redirect| &redirect.target);
        let mut words = command.invocation.simple.words.iter().chain(redirects);
        words.any(|word| is_in_home(&cx.model.shown(command, word)))
    };
    let in_copy = |event: &FileEvent| {
        let made = match &event.action {
            Action::Made { path, .. } | Action::Moved { to: path, .. } => path.as_str(),
            _ => return false,
        };
        event.command.is_none() && is_in_home(made)
    };
    cx.model.commands_in_stage(step.index).any(in_command) || cx.model.files().iter().any(in_copy)
}

/// Whether a command removes a directory of GnuPG, or may.
fn removes_home(command: &Command<'_>) -> bool {
    let Some(line) = &command.line else { return false };
    if line.name.contains("clean") {
        return true;
    }
    let is_home = |text: &str| {
        let text = text.trim_end_matches(['/', '*']);
        text.rsplit('/').next() == Some(".gnupg") || text.contains("GNUPGHOME") || text == "/root"
    };
    let names_home = |word: &&sh::Word| {
        word.parts.iter().any(|part| match &part.kind {
            sh::PartKind::Literal(text) => is_home(text) || (line.is("trap") && text.contains(".gnupg")),
            sh::PartKind::Parameter(parameter) => is_home(&parameter.name),
            _ => false,
        })
    };
    line.is_any(&["rm", "find", "trap"]) && line.operands.iter().any(names_home)
}
