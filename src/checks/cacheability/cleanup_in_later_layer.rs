//! Removals of what an earlier layer holds.

use crate::checks::prelude::*;

/// Endings of archives, packages and installers.
const ARCHIVES: [&str; 17] = [
    ".tgz", ".tar", ".gz", ".xz", ".bz2", ".zst", ".zip", ".7z", ".deb", ".rpm", ".jar", ".war", ".whl", ".iso",
    ".run", ".bin", ".tbz2",
];

/// The package managers whose packages are looked for.
const INSTALLERS: [&str; 9] = ["apt-get", "apt", "aptitude", "apk", "dnf", "dnf5", "yum", "microdnf", "zypper"];

#[derive(Default)]
pub struct Rule;

/// What was made, from the least to the most.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    Small,
    Copied,
    Made,
    Cache,
    CopiedArchive,
    Archive,
    Lists,
    Secret,
}

impl Weight {
    fn of(event: &FileEvent, cx: &Context<'_, '_>) -> Self {
        let named = |path: &FilePath| {
            let name = path.name().as_str().to_ascii_lowercase();
            (is_secret(path.as_str(), &name), ARCHIVES.iter().any(|ending| name.ends_with(ending)))
        };
        match &event.action {
            Action::Made { path, origin: Origin::PackageCache } if path.as_str() == apt::LISTS => Self::Lists,
            Action::Made { origin: Origin::PackageCache, .. } => Self::Cache,
            Action::Made { path, origin } => match (named(path), origin) {
                ((true, _), _) => Self::Secret,
                ((_, true), Origin::Context | Origin::Image) => Self::CopiedArchive,
                (_, Origin::Context | Origin::Image) => Self::Copied,
                (_, Origin::Command) => Self::Small,
                _ => Self::Made,
            },
            Action::Fetched(fetch) => {
                let is_companion =
                    |file: &FilePath| [".asc", ".sig"].iter().any(|end| file.name().as_str().ends_with(end));
                if fetch.files().iter().all(is_companion) { Self::Small } else { Self::Archive }
            }
            _ if is_link(event, cx) => Self::Small,
            _ => Self::Made,
        }
    }

    fn variant(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Copied => "copied",
            Self::Made => "made",
            Self::CopiedArchive => "copied-archive",
            Self::Archive => "archive",
            Self::Cache => "cache",
            Self::Lists => "lists",
            Self::Secret => "secret",
        }
    }
}

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let events = cx.model.files();
        let mut removals: &[LateRemoval] = &cx.model.layers().removals;
        while let Some(first) = removals.first().and_then(|late| events.get(late.removal)) {
            // One command is one mistake, whatever it removes.
            let same = |late: &&LateRemoval| {
                events.get(late.removal).is_some_and(|event| (event.step, event.command) == (first.step, first.command))
            };
            let (group, rest) = removals.split_at(removals.iter().take_while(same).count().max(1));
            removals = rest;
            report(group, cx);
        }
        packages(cx);
    }
}

/// Packages that one RUN installs and a later one removes.
fn packages(cx: &mut Context<'_, '_>) {
    let model = cx.model;
    let names = |command: &Command<'_>, word: &sh::Word| {
        let words = model.possible_words(command, word).unwrap_or_default();
        let name = |text: String| text.split(['=', ':', '/']).next().unwrap_or_default().to_owned();
        words.into_iter().map(name).filter(|name| !name.is_empty()).collect::<Vec<_>>()
    };
    // The packages of a RUN, with where they stand.
    let handled = |step: &Step<'_>, verb: Verb| {
        let commands = model.commands_of(step.index).iter().filter(|command| !command.invocation.is_conditional());
        let lines = commands.filter_map(|command| Some((command, command.line.as_ref()?)));
        let lines = lines.filter(|(_, line)| line.is_any(&INSTALLERS) && line.verb() == Some(verb));
        let words = lines.flat_map(|(command, line)| line.packages().iter().map(move |word| (command, *word)));
        words.flat_map(|(command, word)| names(command, word).into_iter().map(move |name| (name, word.span))).collect()
    };
    for step in model.steps.iter().filter(|step| step.keyword() == Keyword::Run && step.trigger_of.is_none()) {
        let removed: Vec<(String, Span)> = handled(step, Verb::Remove);
        if removed.is_empty() || !model.is_shipped(step) {
            continue;
        }
        // The package that is removed to make room for another one of its RUN is another matter.
        let own: Vec<(String, Span)> = handled(step, Verb::Install);
        let found =
            removed.iter().filter(|(name, _)| !own.iter().any(|(other, _)| other == name)).find_map(|removed| {
                let installs = model.steps_below(step).map(|below| handled(below, Verb::Install));
                let installed = installs.flatten().find(|(name, _)| *name == removed.0)?;
                Some((removed, installed.1))
            });
        if let Some(((name, span), installed)) = found {
            let finding = Finding::at(*span).variant("package").with("path", name.clone()).with("file", name.clone());
            cx.report(finding.label(installed, "made"));
        }
    }
}

fn report(group: &[LateRemoval], cx: &mut Context<'_, '_>) {
    let events = cx.model.files();
    let weight = |made: &usize| events.get(*made).map(|event| (Weight::of(event, cx), event));
    let heaviest = |late: &LateRemoval| late.made.iter().filter_map(weight).max_by_key(|(weight, _)| *weight);
    // The first of those that weigh the most.
    let all = group.iter().rev().filter_map(|late| Some((events.get(late.removal)?, heaviest(late)?)));
    let Some((removal, (weight, made))) = all.max_by_key(|(_, (weight, _))| *weight) else { return };
    let Action::Removed { path } = &removal.action else { return };
    // `rm -r /usr/src/app` after sources were unpacked beside a patch that COPY brought: the layer gets smaller.
    let is_made_here = |event: &FileEvent| match &event.action {
        Action::Fetched(fetch) => fetch.files().iter().any(|file| file.lies_in(path)),
        Action::Made { path: made, .. } | Action::Moved { to: made, .. } => made.lies_in(path),
        Action::Used { usage: Usage::Extracted(directory), .. } => directory.lies_in(path),
        _ => false,
    };
    let here = events.get(cx.model.events_of(removal.step)).unwrap_or_default();
    if weight <= Weight::Copied && here.iter().any(is_made_here) {
        return;
    }
    let keyword = cx.model.step(made.step).map_or("", |step| step.keyword().as_str());
    // What is only a part of what was copied need not be sent to the builder at all.
    let is_part = weight == Weight::Copied
        && matches!(&made.action, Action::Made { path: copied, .. } if path != copied && path.lies_in(copied));
    let mut finding = Finding::at(removal.span)
        .variant(if is_part { "ignored" } else { weight.variant() })
        .with("path", path.as_str().to_owned())
        .with("instruction", keyword)
        .with("source", cx.text(made.span).to_owned())
        .with("file", path.name().as_str().to_owned());
    let mut labelled: Vec<Span> =
        group.iter().flat_map(|late| &late.made).filter_map(|made| events.get(*made)).map(|event| event.span).collect();
    labelled.sort_unstable();
    labelled.dedup();
    for span in labelled {
        finding = finding.label(span, "made");
    }
    let edits = if weight == Weight::Secret { None } else { moves(group, cx) };
    cx.report(edits.into_iter().flatten().fold(finding, |finding, edit| finding.edit(edit.span, edit.text)));
}

/// The edits that have the RUNs that made the files remove them. None where these are no RUNs of the same user and shell, or
/// something in between uses the files, or may.
fn moves(group: &[LateRemoval], cx: &Context<'_, '_>) -> Option<Vec<Edit>> {
    let model = cx.model;
    let event = model.files().get(group.first()?.removal)?;
    let command = model.commands().get(event.command?)?;
    let step = model.step(command.step)?;
    let line = command.line.as_ref().filter(|_| is_movable(command))?;
    let mut makers = makers(group, cx)?;
    makers.sort_unstable_by_key(|maker| maker.index);
    makers.dedup_by_key(|maker| maker.index);
    let (first, last) = (makers.first()?.index, *makers.last()?);
    let between = model.steps.get(first + 1..step.index)?;
    let is_other =
        |other: &Step<'_>| matches!(other.keyword(), Keyword::From | Keyword::User | Keyword::Shell | Keyword::Onbuild);
    let is_root = makers.iter().all(|maker| {
        maker.stage == step.stage && maker.trigger_of.is_none() && (line.wrappers.is_empty() || has_sudo(maker, cx))
    });
    if !is_root || step.trigger_of.is_some() || !step.instruction.flags.is_empty() || between.iter().any(is_other) {
        return None;
    }
    let writes = |other: &Step<'_>| matches!(other.keyword(), Keyword::Run | Keyword::Copy | Keyword::Add);
    let is_next = !between.iter().any(writes);
    let commands = model.commands_of(step.index);
    // A RUN that tidies up right below goes as a whole.
    let tidies = |command: &Command<'_>| is_set(command) || is_movable(command);
    if is_next && commands.iter().all(tidies) {
        let texts = commands.iter().filter(|command| !is_set(command)).map(|command| text_of(command, cx));
        return Some(vec![model.append_all(last, texts)?, model.take_out(step)?]);
    }
    // Of one word with braces in it all has to be late.
    let of = |span: Span| {
        let removals = model.events_of(step.index).filter_map(|index| model.files().get(index));
        removals.filter(|other| other.span == span && matches!(other.action, Action::Removed { .. })).count()
    };
    let late = |span: Span| {
        group.iter().filter(|late| model.files().get(late.removal).is_some_and(|it| it.span == span)).count()
    };
    if group.iter().filter_map(|late| model.files().get(late.removal)).any(|it| late(it.span) < of(it.span)) {
        return None;
    }
    let is_safe = |late: &LateRemoval| stays_unused(late, command, &makers, is_next, cx);
    if !group.iter().all(is_safe) {
        return None;
    }
    let removed: Vec<Span> =
        group.iter().filter_map(|late| model.files().get(late.removal)).map(|event| event.span).collect();
    let goes = |word: &sh::Word| removed.contains(&word.span);
    let is_whole = !line.is("rm") || line.operands.iter().all(|word| goes(word));
    let is_ours = |other: &Command<'_>| other.invocation.simple.span == command.invocation.simple.span;
    let is_clean = |other: &Command<'_>| is_set(other) || is_movable(other) && cleans(other);
    let mut edits = Vec::new();
    if is_whole && commands.iter().all(|other| is_ours(other) || is_clean(other)) {
        // What else empties caches goes to the last of them.
        for maker in &makers {
            let rest = commands.iter().filter(|other| !is_set(other));
            let own = rest.filter(|other| is_ours(other) || maker.index == last.index);
            edits.push(model.append_all(maker, own.map(|command| text_of(command, cx)))?);
        }
        edits.push(model.take_out(step)?);
        return Some(edits);
    }
    let kept: Vec<&sh::Word> = if is_whole { Vec::new() } else { line.operands.clone() };
    let is_kept = |word: &sh::Word| kept.iter().any(|kept| kept.span == word.span) && !removed.contains(&word.span);
    let words = command.invocation.simple.words.iter();
    let text: Vec<&str> = words.clone().filter(|word| !is_kept(word)).map(|word| cx.text(word.span)).collect();
    for maker in &makers {
        edits.push(model.append(maker, &text.join(" "))?);
    }
    if is_whole {
        edits.push(model.remove(command)?);
        return Some(edits);
    }
    for (before, word) in words.clone().zip(words.skip(1)) {
        if removed.contains(&word.span) {
            edits.push(Edit { span: Span::new(before.span.end, word.span.end), text: String::new() });
        }
    }
    Some(edits)
}

/// The RUNs that made what a command removes; none where anything else did.
fn makers<'m, 'a>(group: &[LateRemoval], cx: &Context<'m, 'a>) -> Option<Vec<&'m Step<'a>>> {
    let of = |made: &usize| {
        let step = cx.model.step(cx.model.files().get(*made)?.step)?;
        (step.keyword() == Keyword::Run).then_some(step)
    };
    group.iter().flat_map(|late| &late.made).map(of).collect()
}

/// Whether a command removes by absolute names that stand in it, and always runs.
fn is_movable(command: &Command<'_>) -> bool {
    let invocation = &command.invocation;
    let is_plain = |frame: &Frame<'_>| matches!(frame, Frame::List { .. } | Frame::AndOr { .. });
    let Some(line) = &command.line else { return false };
    let is_absolute = |word: &sh::Word| word.literal().is_some_and(|path| path.starts_with('/'));
    let removes = line.is_any(&["rm", "rmdir"]) && line.operands.iter().all(|word| is_absolute(word));
    let is_apt = apt::is_apt(line) && line.verb() == Some(Verb::Remove) && line.operands.is_empty();
    (removes || is_apt || cleans(command))
        && invocation.simple.assignments.is_empty()
        && invocation.simple.words.iter().all(|word| word.literal().is_some())
        && invocation.statement.redirects.is_empty()
        && line.wrappers.iter().all(|wrapper| wrapper.is("sudo"))
        && invocation.frames.iter().all(is_plain)
        && invocation.stands_alone()
        && !invocation.is_conditional()
        && !invocation.failure_is_ignored()
}

fn cleans(command: &Command<'_>) -> bool {
    command.line.as_ref().is_some_and(|line| line.verb() == Some(Verb::Clean) && line.operands.len() < 2)
}

fn is_set(command: &Command<'_>) -> bool {
    command.line.as_ref().is_some_and(|line| line.is("set"))
}

fn has_sudo(step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    cx.model
        .commands_of(step.index)
        .iter()
        .any(|command| command.line.as_ref().is_some_and(|line| line.wrappers.iter().any(|wrapper| wrapper.is("sudo"))))
}

/// A command on one line.
fn text_of(command: &Command<'_>, cx: &Context<'_, '_>) -> String {
    let words = command.invocation.simple.words.iter();
    words.map(|word| cx.text(word.span)).collect::<Vec<_>>().join(" ")
}

/// Whether nothing between the RUNs that make files and the command that removes them uses these, or makes more of them.
fn stays_unused(
    late: &LateRemoval,
    removal: &Command<'_>,
    makers: &[&Step<'_>],
    is_next: bool,
    cx: &Context<'_, '_>,
) -> bool {
    let model = cx.model;
    let events = model.files();
    let Some(Action::Removed { path }) = events.get(late.removal).map(|event| &event.action) else { return false };
    let made = || late.made.iter().filter_map(|made| events.get(*made));
    let is_cache = made().all(|event| matches!(event.action, Action::Made { origin: Origin::PackageCache, .. }));
    // Of more than what was made it cannot be told when it came.
    let is_same = made().all(|event| event.written().contains(&path));
    let is_lists = path.is_below(apt::LISTS);
    let is_own = |index: usize| makers.iter().any(|maker| maker.index == index);
    let (name, parent) = (path.name(), path.parent());
    let names = |text: &str| {
        text.contains(name.as_str())
            || text.contains('*')
            || parent.as_str().len() > 1 && text.contains(parent.as_str())
    };
    let uses = |command: &Command<'_>| {
        if command.invocation.simple.span == removal.invocation.simple.span {
            false
        } else if is_lists {
            lists::may_use_lists(command)
        } else if is_cache {
            installs::runs_script(command) || command.line.is_none()
        } else if is_same {
            let is_find = command.line.as_ref().is_some_and(|line| line.is("find"));
            is_find || !files::is_plain(command) || names(cx.text(command.invocation.statement.span))
        } else {
            !is_set(command) && !is_movable(command)
        }
    };
    let first = makers.first().map_or(0, |maker| maker.index);
    let steps = model.steps.get(first + 1..=removal.step).unwrap_or_default();
    let is_quiet = |step: &Step<'_>| match step.keyword() {
        // It fetches what it installs from, and removes it itself.
        Keyword::Run if is_own(step.index) => !is_lists || model.install_from_old_lists(step).is_none(),
        Keyword::Run => model.body(step).list().is_some() && !model.commands_of(step.index).iter().any(uses),
        _ => true,
    };
    (is_cache || is_same || is_next) && (is_cache || makers.len() == 1) && steps.iter().all(is_quiet)
}

/// Whether a file holds what nobody else may read, by its name.
fn is_secret(path: &str, name: &str) -> bool {
    let is_key =
        name.starts_with("id_") && !name.contains(".pub") || name.contains("privkey") || name.contains("private");
    is_key
        || matches!(name, ".netrc" | ".npmrc" | ".pypirc" | ".git-credentials" | "credentials" | "auth.json")
        || path.ends_with("/.ssh")
}

fn is_link(event: &FileEvent, cx: &Context<'_, '_>) -> bool {
    let command = event.command.and_then(|index| cx.model.commands().get(index));
    command.and_then(|command| command.line.as_ref()).is_some_and(|line| line.is("ln"))
}
