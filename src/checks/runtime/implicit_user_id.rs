//! Users and groups that take the next free number.

use std::collections::HashSet;

use crate::checks::prelude::*;

/// More accounts of one RUN are not compared.
const MAX_BESIDE: usize = 32;

#[derive(Default)]
pub struct Rule;

/// An account of the file with what its name folds to.
struct Made<'m> {
    command: &'m Command<'m>,
    account: Account<'m>,
    name: String,
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
        for command in cx.model.commands() {
            if let Some(account) = cx.model.account(command) {
                let name = name_of(command, account.name, cx);
                made.push(Made { command, account, name });
            } else if let Some(line) = &command.line {
                let renumbers = line.is("usermod") && line.has("-u") || line.is("groupmod") && line.has("-g");
                let name = line.operands.last().filter(|_| renumbers);
                renumbered.extend(name.map(|name| name_of(command, name, cx)));
            }
        }
        let is_implicit = |one: &&Made<'_>| {
            let step = cx.model.step(one.command.step);
            one.account.id == AccountId::Next
                && !renumbered.contains(&one.name)
                && step.is_some_and(|step| cx.model.is_shipped(step) && !says_why(step.instruction))
        };
        let mut findings = Vec::new();
        for one in made.iter().filter(is_implicit) {
            if one.account.kind == AccountKind::User {
                let group = beside(&made, one).find(|group| one.is_in(group, cx));
                let group = group.filter(|group| is_implicit(group));
                findings.push(finding(one, group, &made, cx));
            } else {
                let mut users = beside(&made, one).peekable();
                // A user and its group are one account, told at the user; a group to join besides is none of the service's.
                let is_told = |user: &Made<'_>| user.account.id == AccountId::Next || !user.is_in(one, cx);
                if users.peek().is_none() || !users.all(is_told) {
                    findings.push(finding(one, None, &made, cx));
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
            cx.report(finding.fix_if(is_only));
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

fn finding(one: &Made<'_>, group: Option<&Made<'_>>, made: &[Made<'_>], cx: &Context<'_, '_>) -> Finding<'static> {
    let number = number(one, made, cx);
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
fn number(one: &Made<'_>, made: &[Made<'_>], cx: &Context<'_, '_>) -> String {
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
    given.filter(is_number).cloned().unwrap_or_else(|| first_free(user, cx).to_owned())
}

/// The first of the ids that accounts like this one get: ordinary ones from 1000 on. That one the images of Node and of later
/// Ubuntu have given away.
fn first_free(one: &Made<'_>, cx: &Context<'_, '_>) -> &'static str {
    match (is_busybox(one, cx), one.account.is_system) {
        (false, true) => "999",
        (false, false) if is_taken(one, cx) => "1001",
        _ => "1000",
    }
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
