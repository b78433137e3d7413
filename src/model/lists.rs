//! Which RUN fetches the package lists of apt, which installs from them, and where they came from.

use crate::diagnostic::Edit;
use crate::dockerfile::ast::{Args, Keyword};
use crate::source::Span;

use super::flow::{self, Execution};
use super::{Command, Model, Step, apt, base};
use crate::shell::CommandLine;
use crate::shell::table::Verb;

/// Commands that read package lists, or may, besides apt itself.
const READERS: [&str; 10] = [
    "mk-build-deps",
    "gdebi",
    "install_packages",
    "nala",
    "tasksel",
    "extrepo",
    "make",
    "debootstrap",
    "aptly",
    "dselect",
];
/// Commands of apt's kind that read none.
const BYSTANDERS: [&str; 6] =
    ["apt-key", "apt-config", "apt-ftparchive", "add-apt-repository", "apt-add-repository", "apt-get"];

/// The steps of a file that fetch or remove package lists; worked out once a file.
#[derive(Debug)]
pub struct TouchedLists {
    steps: Vec<bool>,
    /// The last RUN with a command that reads package lists, or may, and is not seen to install.
    last_reader: Option<usize>,
    /// The last RUN that installs from the lists of another.
    last_install: Option<usize>,
}

impl TouchedLists {
    /// Looks at every command of the file once.
    pub fn of(model: &Model<'_>) -> Self {
        let touches = |command: &Command<'_>| refreshes(command) || empties(model, command);
        let steps = model.steps.iter().map(|step| model.commands_of(step.index).iter().any(touches)).collect();
        let installs = |command: &Command<'_>| command.line.as_ref().is_some_and(apt::installs);
        let reads = |command: &Command<'_>| !installs(command) && may_use_lists(command);
        let is_reader = |step: &&Step<'_>| {
            step.keyword() == Keyword::Run
                && (model.body(step).list().is_none() || model.commands_of(step.index).iter().any(reads))
        };
        let last_reader = model.steps.iter().rev().find(is_reader).map(|step| step.index);
        let from_old = |step: &&Step<'_>| model.install_from_old_lists(step).is_some();
        let last_install = model.steps.iter().rev().find(from_old).map(|step| step.index);
        Self { steps, last_reader, last_install }
    }

    /// Whether no step behind this one reads package lists, or may, but those that are seen to install.
    pub fn only_installs_read_after(&self, step: &Step<'_>) -> bool {
        self.last_reader.is_none_or(|last| last <= step.index)
    }

    /// Whether no step behind this one reads package lists that it does not fetch, or may.
    pub fn nothing_reads_after(&self, step: &Step<'_>) -> bool {
        self.only_installs_read_after(step) && self.last_install.is_none_or(|last| last <= step.index)
    }

    /// The step below that fetched the lists which are there when `step` starts, and where.
    pub fn source<'m, 'a>(&self, model: &'m Model<'a>, step: &Step<'_>) -> Option<(&'m Step<'a>, Span)> {
        let is_known = |below: &&Step<'_>| self.steps.get(below.index).copied().unwrap_or_default();
        for below in model.steps_below(step).filter(is_known) {
            for execution in model.executions(below.index).iter().rev() {
                let command = execution.command;
                if empties(model, command) {
                    return None;
                }
                if let Some(line) = command.line.as_ref().filter(|line| apt::refreshes(line)) {
                    return Some((below, line.head()));
                }
            }
        }
        None
    }
}

impl<'a> Model<'a> {
    /// The first command of a RUN that installs from package lists which the RUN did not fetch.
    pub fn install_from_old_lists(&self, step: &Step<'_>) -> Option<&Command<'a>> {
        // Nothing to follow in the many RUNs without apt.
        let commands = self.commands_of(step.index);
        if !commands.iter().any(|command| command.line.as_ref().is_some_and(apt::installs))
            || self.is_mounted(step, apt::LISTS)
        {
            return None;
        }
        let run = self.executions(step.index);
        let found = run.iter().enumerate().find(|(at, execution)| {
            let fetches = |earlier: &Execution<'_, '_>| may_refresh(earlier.command) && !execution.excludes(earlier);
            let line = execution.command.line.as_ref();
            line.is_some_and(|line| self.reads_lists(execution.command, line) && !apt::refreshes(line))
                && !run.iter().take(*at).any(fetches)
        });
        found.map(|(_, execution)| execution.command)
    }

    /// The edit that fetches the package lists right before an install, by the same front end with the same wrappers. None where
    /// another install of the RUN may run without it.
    pub fn update_before(&self, command: &Command<'a>) -> Option<Edit> {
        let line = command.line.as_ref().filter(|line| is_plain(line))?;
        let mut installs =
            self.commands_of(command.step).iter().filter(|other| other.line.as_ref().is_some_and(apt::installs));
        installs.all(|other| flow::is_certain(command, other)).then_some(())?;
        // The same user and environment: from the first wrapper, or the name, to the name.
        let first = line.wrappers.first().map_or(line.name_word, |wrapper| wrapper);
        let prefix = self.source.slice(first.span.to(line.name_word.span));
        let is_simple = !prefix.contains(['\n', '\\']) && !prefix.contains("xargs") && !prefix.contains("chroot");
        self.insert_before(command, &format!("{prefix} update")).filter(|_| is_simple)
    }

    /// Whether another update does the same as this one: it has no options of its own, and nothing up to the step `to` changes
    /// where packages come from.
    pub fn update_can_move(&self, update: &Step<'_>, to: usize) -> bool {
        let flags = |step: &Step<'_>| step.instruction.flags.is_empty();
        let own = self.commands_of(update.index).iter().all(|command| {
            command.invocation.simple.assignments.is_empty() && command.line.as_ref().is_none_or(is_plain)
        });
        let between = self.steps.get(update.index + 1..=to).unwrap_or_default();
        own && flags(update) && !between.iter().any(|step| self.changes_sources(step))
    }

    fn changes_sources(&self, step: &Step<'_>) -> bool {
        match step.keyword() {
            Keyword::Copy | Keyword::Add => {
                let words = match &step.instruction.args {
                    Args::Words(words) | Args::Json(words) => words.as_slice(),
                    _ => &[],
                };
                let destination = words.last().map_or("/", |word| word.text.trim_end_matches('/'));
                destination.is_empty() || destination.starts_with("/etc") || destination.contains('$')
            }
            Keyword::Run => {
                let changes = |line: &CommandLine<'_>| {
                    line.is_any(&["add-apt-repository", "apt-add-repository", "apt-key", "extrepo", "dpkg"])
                };
                self.source.slice(step.instruction.span).contains("/etc/apt")
                    || self.commands_of(step.index).iter().any(|it| it.line.as_ref().is_some_and(changes))
            }
            _ => false,
        }
    }

    /// Whether a RUN removes package lists, or may.
    pub fn removes_lists(&self, step: &Step<'_>) -> bool {
        self.commands_of(step.index).iter().any(|command| empties(self, command))
    }

    /// The edit that removes the package lists at the end of a RUN, as the user whose `command` fetches them: with `apt-get
    /// dist-clean` where the base image is known to have it.
    pub fn remove_lists(&self, command: &Command<'_>) -> Option<Edit> {
        let step = self.step(command.step)?;
        // What may fail, or not be run, may be nothing that this user can do.
        if command.invocation.failure_is_ignored() {
            return None;
        }
        let root = self.stage_of(step).and_then(|stage| self.root_image(stage));
        let cleanup = match root.and_then(base::suite) {
            Some(suite) if suite.has_dist_clean() => "apt-get dist-clean",
            _ => "rm -rf /var/lib/apt/lists/*",
        };
        let has_sudo = command.line.as_ref().is_some_and(|line| line.wrappers.iter().any(|wrapper| wrapper.is("sudo")));
        let sudo = if has_sudo { "sudo " } else { "" };
        self.append(step, &format!("{sudo}{cleanup}"))
    }

    /// The last command of a RUN that fetches package lists, where the RUN leaves them in its layer.
    pub fn leaves_lists(&self, step: &Step<'_>) -> Option<&Command<'a>> {
        // Nothing to follow in the many RUNs without apt.
        if !self.commands_of(step.index).iter().any(refreshes) || self.is_mounted(step, apt::LISTS) {
            return None;
        }
        let run = self.executions(step.index);
        let last = run.iter().rposition(|execution| refreshes(execution.command))?;
        // A trap is set before, and runs when the script ends.
        let is_late = |at: usize, command: &Command<'_>| at >= last || command.line.as_ref().is_some_and(is_exit_trap);
        let removed = run.iter().enumerate().any(|(at, one)| is_late(at, one.command) && empties(self, one.command));
        run.get(last).filter(|_| !removed).map(|execution| execution.command)
    }

    /// The update of a RUN that fetches package lists, uses them for nothing, and leaves them to later ones.
    pub fn lone_update(&self, step: &Step<'_>) -> Option<&Command<'a>> {
        self.lone_update_without(step, None)
    }

    /// The same if a command of the step were gone.
    pub fn lone_update_without(&self, step: &Step<'_>, gone: Option<&Command<'_>>) -> Option<&Command<'a>> {
        // The triggers of ONBUILD belong to another build.
        let is_out = step.trigger_of.is_some() || self.is_mounted(step, apt::LISTS);
        if is_out || !self.commands_of(step.index).iter().any(refreshes) {
            return None;
        }
        let mut run = self.executions(step.index);
        let span = gone.map(|gone| gone.invocation.simple.span);
        run.retain(|execution| span != Some(execution.command.invocation.simple.span));
        let last = run.iter().rposition(|execution| refreshes(execution.command))?;
        let removed = run.iter().skip(last).any(|execution| empties(self, execution.command));
        let used = run.iter().any(|execution| may_use_lists(execution.command));
        run.get(last).filter(|_| !removed && !used).map(|execution| execution.command)
    }

    /// Whether it installs something by its name, so that the package lists are read.
    fn reads_lists(&self, command: &Command<'_>, line: &CommandLine<'_>) -> bool {
        let is_file = |word: &&crate::shell::ast::Word| {
            let is_path = |text: &str| text.contains('/') && !text.contains("/*") || text.contains(".deb");
            match self.possible_words(command, word) {
                Some(words) => !words.is_empty() && words.iter().all(|text| is_path(text) || text.contains(".deb")),
                None => is_path(self.source.slice(word.span).trim_matches(['"', '\''])),
            }
        };
        apt::installs(line)
            && !apt::simulates(line)
            && !apt::keeps_lists_elsewhere(line)
            && (line.operands.is_empty() || !line.operands.iter().all(is_file))
            && !self.may_give(command, line, "--no-download")
    }
}

fn is_exit_trap(line: &CommandLine<'_>) -> bool {
    line.is("trap") && line.operands.iter().skip(1).any(|signal| signal.is("EXIT") || signal.is("0"))
}

fn refreshes(command: &Command<'_>) -> bool {
    command.line.as_ref().is_some_and(apt::refreshes)
}

fn empties(model: &Model<'_>, command: &Command<'_>) -> bool {
    model.may_empty(command, apt::LISTS) || command.line.as_ref().is_some_and(apt::removes_lists)
}

/// Whether nothing but how much a command of apt says is set by its options: neither settings, such as a proxy, nor what it
/// takes for signed.
fn is_plain(line: &CommandLine<'_>) -> bool {
    !line.has("-o") && !line.has("-c") && !line.options.iter().any(|option| option.name.starts_with("--allow"))
}

/// Whether a command runs a script that cannot be seen, or may: what that does cannot be known.
pub fn runs_unseen(command: &Command<'_>) -> bool {
    let Some(line) = &command.line else { return !command.invocation.simple.words.is_empty() };
    let is_script = command.invocation.simple.script.is_none()
        && (line.is("sh") || line.is_any(&["source", ".", "eval", "python", "perl", "ansible-playbook"]));
    let name = line.name_word.literal().unwrap_or_default();
    let in_system = ["/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/"].iter().any(|directory| name.starts_with(directory));
    // A helper of the base image, `install-packages` for example.
    let is_helper = line.spec.is_none() && line.name.contains("install");
    is_script || is_helper || name.contains('/') && !in_system || name.ends_with(".sh")
}

/// Whether a command fetches the package lists, or may: it runs a script that cannot be seen.
fn may_refresh(command: &Command<'_>) -> bool {
    let Some(line) = &command.line else { return runs_unseen(command) };
    if apt::is_apt(line) {
        return apt::refreshes(line);
    }
    runs_unseen(command)
        || line.is_any(&["add-apt-repository", "apt-add-repository", "apt-fast", "nala", "tasksel", "extrepo", "make"])
        || line.name.contains("apt-") && line.subcommand.is_none() && line.operands.iter().any(|word| word.is("update"))
}

/// Whether a command reads the package lists, or may.
pub fn may_use_lists(command: &Command<'_>) -> bool {
    let Some(line) = &command.line else { return runs_unseen(command) };
    if apt::is_apt(line) {
        return line.has("--update")
            || !matches!(line.verb(), Some(Verb::Update | Verb::Clean | Verb::Remove))
            || apt::simulates(line);
    }
    runs_unseen(command)
        || line.is_any(&READERS)
        || line.name.starts_with("apt-") && !BYSTANDERS.contains(&line.name.as_str())
}
