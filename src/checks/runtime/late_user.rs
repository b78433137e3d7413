//! System accounts that take the next free id after packages have.

use std::collections::HashSet;

use crate::checks::prelude::*;

/// Groups that every distribution has.
const GROUPS: [&str; 16] = [
    "root", "adm", "audio", "bin", "cdrom", "daemon", "dialout", "disk", "games", "mail", "man", "sys", "tape", "tty",
    "users", "video",
];
/// Groups that Debian and Ubuntu have besides.
const OF_DEBIAN: [&str; 4] = ["plugdev", "staff", "sudo", "www-data"];
/// Packages that bring the commands that make accounts, and no accounts.
const TOOLS: [&str; 5] = ["shadow", "shadow-utils", "adduser", "passwd", "util-linux"];

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        let is_in_image = |step: &Step<'_>| step.trigger_of.is_none() && step.stage.is_some() && model.is_shipped(step);
        let steps = model.steps.iter().filter(|step| step.keyword() == Keyword::Run && is_in_image(step));
        let mut install: Option<(Span, &str, usize)> = None;
        let mut packages: HashSet<String> = HashSet::new();
        for command in steps.flat_map(|step| model.commands_of(step.index)) {
            let Some(line) = &command.line else { continue };
            if building::installs(line) {
                let names: Vec<String> = line.packages().iter().map(|word| name_of(command, word, cx)).collect();
                if names.iter().any(|name| !TOOLS.contains(&name.as_str())) {
                    let span = line.head();
                    install.get_or_insert((span, cx.text(span), command.step));
                }
                packages.extend(names);
                continue;
            }
            let Some(account) = model.account(command) else { continue };
            // The first account is what counts: those after it may be a matter of taste.
            let Some((span, text, at)) = install else { return };
            let name = name_of(command, account.name, cx);
            if account.id == AccountId::Next
                && account.is_system
                && !is_conditional(command)
                && !packages.contains(&name)
                && !is_renumbered(&name, cx)
            {
                let finding = Finding::at(account.line.name_word.span).with("name", name).with("install", text);
                let edits = moves(command.step, at, cx).unwrap_or_default();
                let finding = edits.into_iter().fold(finding, |finding, edit| finding.edit(edit.span, edit.text));
                cx.report(finding.label(span, "install"));
                return;
            }
        }
    }
}

/// The edits that move the RUNs that make accounts, from `first` on, above the RUN that installs packages. None where one of
/// them needs anything that comes before it, or cannot go.
fn moves(first: usize, install: usize, cx: &Context<'_, '_>) -> Option<Vec<Edit>> {
    let model = cx.model;
    let stage = model.stage_of(model.step(first)?)?;
    if !stage.steps.contains(&install) || install >= first {
        return None;
    }
    let mut made = Made::default();
    let mut moved = Vec::new();
    for step in model.steps.get(first..stage.steps.end)?.iter().filter(|step| step.trigger_of.is_none()) {
        let mut accounts = model.commands_of(step.index).iter().filter_map(|command| model.account(command));
        if !accounts.any(|account| account.id == AccountId::Next && account.is_system) {
            continue;
        }
        made.add(step, cx)?;
        let between = || (install..step.index).filter(|index| !moved.contains(index));
        let is_disturbed = |index: usize| {
            let Some(other) = model.step(index) else { return true };
            brings_tools(other, cx)
                || model
                    .events_of(index)
                    .filter_map(|event| model.files().get(event))
                    .any(|event| event.written().iter().any(|path| made.paths.iter().any(|own| meet(own, path))))
        };
        let is_redefined = model.is_redefined(step, install..step.index);
        if is_redefined || model.changes_surroundings(install..step.index) || between().any(is_disturbed) {
            return None;
        }
        moved.push(step.index);
    }
    let moved: Vec<moving::Moved> = moved.into_iter().map(moving::Moved::whole).collect();
    model.move_steps(&moved, moving::Place::Before(install))
}

/// What RUNs make that do nothing but make accounts and directories for them.
#[derive(Default)]
struct Made {
    accounts: Vec<String>,
    paths: Vec<FilePath>,
}

impl Made {
    /// Adds what a RUN makes; none where it does, or needs, anything else.
    fn add(&mut self, step: &Step<'_>, cx: &Context<'_, '_>) -> Option<()> {
        let model = cx.model;
        model.body(step).list().filter(|_| step.instruction.flags.is_empty())?;
        let family = model.family_of(step)?;
        for command in model.commands_of(step.index) {
            if command.invocation.simple.words.is_empty() || !command.invocation.statement.redirects.is_empty() {
                return None;
            }
            let line = command.line.as_ref().filter(|line| line.wrappers.is_empty())?;
            if let Some(account) = model.account(command) {
                has_tool(line, step, family, cx).then_some(())?;
                let groups = account.group.iter().chain(line.values_of("-G"));
                for value in groups {
                    let text = value.text.clone().or_else(|| model.only_word(command, value.word))?;
                    text.split(',').all(|group| self.knows(group, family)).then_some(())?;
                }
                let name = model.only_word(command, account.name)?;
                let home = ["-d", "--home", "-h"].iter().find_map(|option| line.value_of(option));
                let home = match home {
                    Some(value) => value.text.clone().or_else(|| model.only_word(command, value.word))?,
                    None => format!("/home/{name}"),
                };
                self.paths.push(FilePath::absolute(&home));
                self.accounts.push(name);
            } else if line.is_any(&["adduser", "addgroup", "usermod"]) {
                has_tool(line, step, family, cx).then_some(())?;
                for value in line.values_of("-G") {
                    let text = value.text.clone().or_else(|| model.only_word(command, value.word))?;
                    text.split(',').all(|group| self.knows(group, family)).then_some(())?;
                }
                for word in &line.operands {
                    self.knows(&model.only_word(command, word)?, family).then_some(())?;
                }
            } else if line.is("chown") {
                let owner = model.only_word(command, line.operands.first()?)?;
                owner.split([':', '.']).all(|name| name.is_empty() || self.knows(name, family)).then_some(())?;
            } else if !line.is_any(&["set", "mkdir", "chmod", "true"]) {
                return None;
            }
        }
        for event in model.events_of(step.index).filter_map(|event| model.files().get(event)) {
            match &event.action {
                Action::Made { path, origin: Origin::Directory } if path.known_str().is_some() => {
                    self.paths.push(path.clone());
                }
                Action::OwnerSet { path, .. } | Action::ModeSet { path, .. }
                    if self.paths.iter().any(|own| path.lies_in(own)) => {}
                _ => return None,
            }
        }
        Some(())
    }

    fn knows(&self, account: &str, family: base::Family) -> bool {
        let is_of_debian = matches!(family, base::Family::Debian | base::Family::Ubuntu);
        self.accounts.iter().any(|own| own == account)
            || account.bytes().all(|digit| digit.is_ascii_digit())
            || GROUPS.contains(&account)
            || is_of_debian && OF_DEBIAN.contains(&account)
    }
}

/// Whether the base image itself brings a command.
fn has_tool(line: &CommandLine<'_>, step: &Step<'_>, family: base::Family, cx: &Context<'_, '_>) -> bool {
    let Some(image) = cx.model.stage_of(step).and_then(|stage| cx.model.root_image(stage)) else { return false };
    let is_shadow = line.is_any(&["useradd", "groupadd", "usermod"]);
    match family {
        // The newer images come without the package `adduser`.
        base::Family::Debian | base::Family::Ubuntu => {
            is_shadow || base::suite(image).is_some_and(|suite| suite.apt < (2, 7, 0))
        }
        base::Family::Alpine => !is_shadow,
        base::Family::Rpm => {
            let tag = image.tag.as_deref().unwrap_or_default();
            let is_whole = ["fedora", "centos", "rockylinux", "almalinux", "oraclelinux"].contains(&image.familiar());
            is_whole && !tag.contains("minimal") && !tag.contains("slim")
        }
        _ => false,
    }
}

/// Whether a RUN installs what makes accounts.
fn brings_tools(step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    cx.model.commands_of(step.index).iter().any(|command| {
        let line = command.line.as_ref().filter(|line| building::installs(line));
        let packages = line.map(CommandLine::packages).unwrap_or_default();
        packages.iter().any(|word| TOOLS.contains(&name_of(command, word, cx).as_str()))
    })
}

/// Whether one path lies in the other, or may.
fn meet(one: &FilePath, other: &FilePath) -> bool {
    one.may_lie_in(other) || other.may_lie_in(one)
}

/// Whether the account is only made where there is none yet, as by a package. A loop is no condition.
fn is_conditional(command: &Command<'_>) -> bool {
    command.invocation.frames.iter().any(|frame| match frame {
        Frame::IfBody { .. } | Frame::Arm { .. } => true,
        Frame::AndOr { steps, index } => {
            steps.iter().take(index + 1).any(|step| step.operator == Some(sh::Operator::Or))
        }
        _ => false,
    })
}

/// Whether a later command gives the account an id after all.
fn is_renumbered(name: &str, cx: &Context<'_, '_>) -> bool {
    cx.model.commands().iter().any(|command| {
        let Some(line) = &command.line else { return false };
        let renumbers = line.is("usermod") && line.has("-u") || line.is("groupmod") && line.has("-g");
        renumbers && line.operands.last().is_some_and(|word| name_of(command, word, cx) == name)
    })
}

fn name_of(command: &Command<'_>, word: &sh::Word, cx: &Context<'_, '_>) -> String {
    let written = || cx.text(word.span).trim_matches(['"', '\'']).to_owned();
    cx.model.only_word(command, word).unwrap_or_else(written)
}
