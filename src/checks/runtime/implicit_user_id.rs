//! Users and groups that take the next free number.

use std::collections::HashSet;

use crate::checks::prelude::*;

/// More accounts of one RUN are not compared.
const MAX_BESIDE: usize = 32;
/// So many ids are tried until one is free.
const MAX_TRIED: u32 = 64;

#[derive(Default)]
pub struct Rule;

/// An account of the file with what its name folds to.
struct Made<'m> {
    command: &'m Command<'m>,
    account: Account<'m>,
    name: String,
}

/// The ids that the file gives away.
#[derive(Default)]
struct Taken {
    ids: Vec<(AccountKind, String)>,
    /// Whether it gives away one that cannot be known.
    is_open: bool,
}

impl Taken {
    fn add(&mut self, kind: AccountKind, id: Option<String>) {
        match id {
            Some(id) => self.ids.push((kind, id)),
            None => self.is_open = true,
        }
    }

    fn by(&self, kind: AccountKind, id: &str) -> bool {
        self.ids.iter().any(|(other, taken)| *other == kind && taken == id)
    }
}

impl Made<'_> {
    /// Whether a group is the one of this user: it is named as such, or it has the user's name.
    fn is_in(&self, group: &Self, cx: &Context<'_, '_>) -> bool {
        let named = self.account.group.as_ref().and_then(|value| match &value.text {
            Some(text) => Some(text.clone()),
            None => cx.model.only_word(self.command, value.word),
        });
        named.map_or(self.name == group.name, |named| named == group.name)
    }
}

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let mut renumbered = HashSet::new();
        let mut made: Vec<Made<'_>> = Vec::new();
        let mut taken = Taken::default();
        for command in cx.model.commands() {
            if let Some(account) = cx.model.account(command) {
                let name = name_of(command, account.name, cx);
                made.push(Made { command, account, name });
            } else if let Some(line) = &command.line {
                let (kind, option) = match line.name.as_str() {
                    "usermod" => (AccountKind::User, "-u"),
                    "groupmod" => (AccountKind::Group, "-g"),
                    _ => continue,
                };
                let Some(value) = line.value_of(option) else { continue };
                renumbered.extend(line.operands.last().map(|name| name_of(command, name, cx)));
                let id = if value.attached { value.text.clone() } else { cx.model.only_word(command, value.word) };
                taken.add(kind, id);
            }
        }
        let is_implicit = |one: &&Made<'_>| {
            let step = cx.model.step(one.command.step);
            one.account.id == AccountId::Next
                && !renumbered.contains(&one.name)
                && step.is_some_and(|step| cx.model.is_shipped(step) && !says_why(step.instruction))
        };
        for one in made.iter().filter(|one| !is_implicit(one)) {
            match &one.account.id {
                AccountId::Given(id) => taken.add(one.account.kind, id.clone()),
                AccountId::Next if renumbered.contains(&one.name) => {}
                _ => taken.is_open |= cx.model.step(one.command.step).is_some_and(|step| cx.model.is_shipped(step)),
            }
        }
        let mut findings = Vec::new();
        for one in made.iter().filter(is_implicit) {
            if one.account.kind == AccountKind::User {
                let group = beside(&made, one).find(|group| one.is_in(group, cx));
                let group = group.filter(|group| is_implicit(group));
                findings.push(finding(one, group, (&made, &taken), cx));
            } else {
                let mut users = beside(&made, one).peekable();
                // A user and its group are one account, told at the user; a group to join besides is none of the service's.
                let is_told = |user: &Made<'_>| user.account.id == AccountId::Next || !user.is_in(one, cx);
                if users.peek().is_none() || !users.all(is_told) {
                    findings.push(finding(one, None, (&made, &taken), cx));
                }
            }
        }
        // Two accounts of the same new number would be a mistake of the fix, but for a user and the group that it is in.
        let told: Vec<&Made<'_>> = made.iter().filter(is_implicit).collect();
        let is_pair = |group: &Made<'_>, user: &Made<'_>| {
            user.account.kind == AccountKind::User
                && user.is_in(group, cx)
                && near(&made, user).any(|near| std::ptr::eq(near, group))
        };
        let is_only = findings.len() == 1
            || matches!(told.as_slice(), [one, other] if is_pair(one, other) || is_pair(other, one));
        for finding in findings {
            cx.report(finding.fix_if(is_only && !taken.is_open));
        }
    }
}

/// The users that the RUN of a group makes, or the groups that the RUN of a user does; so many are enough.
fn beside<'t, 'm>(made: &'t [Made<'m>], one: &'t Made<'m>) -> impl Iterator<Item = &'t Made<'m>> {
    let first = made.partition_point(|other| other.command.step < one.command.step);
    let of_run = made.iter().skip(first).take(MAX_BESIDE).take_while(|other| other.command.step == one.command.step);
    of_run.filter(|other| other.account.kind != one.account.kind)
}

/// The same, and those that the RUN before or behind makes.
fn near<'t, 'm>(made: &'t [Made<'m>], one: &'t Made<'m>) -> impl Iterator<Item = &'t Made<'m>> {
    let step = one.command.step;
    let first = made.partition_point(|other| other.command.step + 1 < step);
    let of_runs = made.iter().skip(first).take(MAX_BESIDE).take_while(move |other| other.command.step <= step + 1);
    of_runs.filter(|other| other.account.kind != one.account.kind)
}

fn finding(
    one: &Made<'_>,
    group: Option<&Made<'_>>,
    (made, taken): (&[Made<'_>], &Taken),
    cx: &Context<'_, '_>,
) -> Finding<'static> {
    let number = number(one, made, taken, cx);
    let option = option_of(one, &number, cx);
    let kind = if one.account.kind == AccountKind::Group { "group" } else { "user" };
    let mut finding = Finding::at(one.account.line.name_word.span)
        .with("command", one.account.line.name_word.literal().unwrap_or_default().into_owned())
        .with("name", one.name.clone())
        .with("kind", kind)
        .with("option", option.clone())
        .edit(Span::empty(one.account.line.name_word.span.end), format!(" {option}"))
        .fix_if(is_plain(one, cx));
    if let Some(group) = group {
        let of_group = option_of(group, &number, cx);
        let at = group.account.line.name_word.span;
        finding = finding
            .variant("both")
            .with("group", group.name.clone())
            .with("group option", of_group.clone())
            .label(at, "group")
            .edit(Span::empty(at.end), format!(" {of_group}"))
            .fix_if(is_plain(group, cx));
    }
    finding
}

/// The option that gives the number, as this command spells it.
fn option_of(one: &Made<'_>, number: &str, cx: &Context<'_, '_>) -> String {
    let account = &one.account;
    let of_group = account.kind == AccountKind::Group;
    let option = match (is_busybox(one, cx), of_group) {
        (true, true) => "-g",
        (true, false) => "-u",
        (false, true) => "--gid",
        (false, false) => "--uid",
    };
    format!("{option} {number}")
}

/// A number for an account: that of its other half, the user's group or the group's user, where a command beside it writes one
/// down; else the one that a user like it gets.
fn number(one: &Made<'_>, made: &[Made<'_>], taken: &Taken, cx: &Context<'_, '_>) -> String {
    let is_half = |other: &&Made<'_>| match one.account.kind {
        AccountKind::User => one.is_in(other, cx),
        AccountKind::Group => other.is_in(one, cx),
    };
    let half = near(made, one).find(is_half);
    let given = half.and_then(|half| match &half.account.id {
        AccountId::Given(Some(id)) if cx.text(half.command.invocation.simple.span).contains(&**id) => Some(id),
        _ => None,
    });
    let is_number = |id: &&String| !id.is_empty() && *id != "0" && id.bytes().all(|byte| byte.is_ascii_digit());
    let user = half.filter(|half| half.account.kind == AccountKind::User).unwrap_or(one);
    let is_free = |id: &&String| is_number(id) && !taken.by(one.account.kind, id);
    given.filter(is_free).cloned().unwrap_or_else(|| first_free(user, taken, cx).to_string())
}

/// The first of the ids that accounts like this one get and the file does not give away: ordinary ones from 1000 on, those of the
/// system from 999 down. The first ordinary one the images of Node and of later Ubuntu have given away.
fn first_free(one: &Made<'_>, taken: &Taken, cx: &Context<'_, '_>) -> u32 {
    let is_down = !is_busybox(one, cx) && one.account.is_system;
    let first = match is_down {
        true => 999,
        false if !is_busybox(one, cx) && is_taken(one, cx) => 1001,
        false => 1000,
    };
    let mut ids = (0..MAX_TRIED).map(|at| if is_down { first - at } else { first + at });
    let is_free = |id: &u32| {
        let id = id.to_string();
        !taken.by(AccountKind::User, &id) && !taken.by(AccountKind::Group, &id)
    };
    ids.find(is_free).unwrap_or(first)
}

/// Whether the command is BusyBox's.
fn is_busybox(one: &Made<'_>, cx: &Context<'_, '_>) -> bool {
    let account = &one.account;
    let family = cx.model.step(one.command.step).and_then(|step| cx.model.family_of(step));
    (account.line.is("adduser") || account.line.is("addgroup"))
        && (matches!(family, Some(base::Family::Alpine | base::Family::Busybox))
            || family.is_none() && account.has_short_options())
}

/// Whether the image has an account of the first ordinary id.
fn is_taken(one: &Made<'_>, cx: &Context<'_, '_>) -> bool {
    let step = cx.model.step(one.command.step);
    let image = step.and_then(|step| cx.model.root_image(cx.model.stage_of(step)?));
    image.is_some_and(|image| {
        let is_late = |suite: &base::Suite| suite.family == base::Family::Ubuntu && suite.apt >= (2, 6, 0);
        image.familiar() == "node" || base::suite(image).is_some_and(is_late)
    })
}

/// Whether the command stands in the file as it is run, once.
fn is_plain(one: &Made<'_>, cx: &Context<'_, '_>) -> bool {
    let in_shell = cx.model.step(one.command.step).is_some_and(|step| matches!(cx.model.body(step), Body::Shell(_)));
    let is_repeated = |frame: &Frame<'_>| {
        matches!(frame, Frame::ForBody(_) | Frame::WhileBody(_) | Frame::Function(_) | Frame::Script { .. })
    };
    in_shell && !one.command.invocation.frames.iter().any(is_repeated)
}

fn name_of(command: &Command<'_>, word: &sh::Word, cx: &Context<'_, '_>) -> String {
    let written = || cx.text(word.span).trim_matches(['"', '\'']).to_owned();
    cx.model.only_word(command, word).unwrap_or_else(written)
}

/// Whether a comment in or above the instruction speaks of ids.
fn says_why(instruction: &Instruction) -> bool {
    let mut comments = instruction.inner_comments.iter().chain(&instruction.leading_comments);
    comments.any(|comment| {
        let mut words = comment.text.split(|c: char| !c.is_ascii_alphanumeric());
        words.any(|word| ["id", "ids", "uid", "uids", "gid", "gids"].contains(&word.to_ascii_lowercase().as_str()))
    })
}
