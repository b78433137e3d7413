//! Versions that are set before packages are installed which do not depend on them.

use crate::checks::prelude::*;

/// How the names of versions and checksums end.
const ENDINGS: [&str; 10] =
    ["_VERSION", "_COMMIT", "_REVISION", "_RELEASE", "_SHA", "_SHA1", "_SHA256", "_SHA512", "_MD5", "_CHECKSUM"];
/// Commands of systems that read nothing but their own configuration.
const BYSTANDERS: [&str; 8] = [
    "a2enmod",
    "dpkg-reconfigure",
    "locale-gen",
    "localedef",
    "ssh-keygen",
    "update-alternatives",
    "update-ca-certificates",
    "update-locale",
];
/// More variables than this are not followed at once.
const MAX_HELD: usize = 64;
/// So many steps with a name are looked at behind an install.
const MAX_PLACES: usize = 256;

#[derive(Default)]
pub struct Rule;

/// A version that nothing has read so far.
struct Version {
    /// Where its name stands.
    span: Span,
    step: usize,
    /// Its name, and the names of variables that are derived from it.
    names: Vec<String>,
}

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let is_any = |step: &Step<'_>| definitions::defined(step).iter().any(|(name, _)| is_version(&name.text));
        if !cx.model.steps.iter().any(is_any) {
            return;
        }
        for stage in &cx.model.stages {
            look(stage, cx);
        }
    }
}

fn look(stage: &Stage<'_>, cx: &mut Context<'_, '_>) {
    let model = cx.model;
    let steps = model.steps.get(stage.steps.clone()).unwrap_or_default();
    let mut held: Vec<Version> = Vec::new();
    for step in steps.iter().filter(|step| step.trigger_of.is_none()) {
        let reads = |name: &String| cx.model.mentions().stands_in(name, step.index);
        match step.keyword() {
            Keyword::Env | Keyword::Arg => {
                let made = definitions::defined(step);
                for version in held.iter_mut().filter(|version| version.names.iter().any(reads)) {
                    for name in definitions::derived(&made, &version.names) {
                        if version.names.len() < MAX_HELD && !version.names.contains(&name) {
                            version.names.push(name);
                        }
                    }
                }
                let new = made.iter().filter(|(name, _)| is_version(&name.text) && !is_of_base(name, step, cx));
                held.extend(new.map(|(name, _)| Version {
                    span: name.span,
                    step: step.index,
                    names: vec![name.text.clone()],
                }));
                held.truncate(MAX_HELD);
            }
            // It costs nothing, and moves with the version.
            Keyword::Label => {}
            // The context changes more often than any version.
            _ if takes_context(step) => return,
            _ => {
                let is_read = held.iter().any(|version| version.names.iter().any(reads));
                let install = setup(step, cx).filter(|_| !is_read);
                if let Some(install) = install {
                    held.retain(|version| is_read_after(version, step, cx));
                    report(&held, step, install, cx);
                    held.clear();
                } else {
                    held.retain(|version| !version.names.iter().any(reads));
                    // Those beside a version that the install needs are kept with it.
                    if is_read && installs(step, cx).is_some() {
                        held.clear();
                    }
                }
            }
        }
    }
}

fn report(held: &[Version], step: &Step<'_>, install: Span, cx: &mut Context<'_, '_>) {
    let Some((first, rest)) = held.split_first() else { return };
    let name = first.names.first().cloned().unwrap_or_default();
    let finding = Finding::at(first.span).with("name", name).with("install", cx.text(install));
    let finding = finding.label(install, "install");
    let finding = rest.iter().fold(finding, |finding, version| finding.label(version.span, "also"));
    let edits = moves(held, step, cx).unwrap_or_default();
    cx.report(edits.into_iter().fold(finding, |finding, edit| finding.edit(edit.span, edit.text)));
}

/// The edits that move versions, and what is derived from them, below an install to the first step that reads one. None
/// where one of the steps between may read it too, or define it anew.
fn moves(held: &[Version], install: &Step<'_>, cx: &Context<'_, '_>) -> Option<Vec<Edit>> {
    let model = cx.model;
    let first = held.first()?.step;
    let steps = model.steps.get(first..model.stage_of(install)?.steps.end)?;
    let mut names: Vec<String> = held.iter().flat_map(|version| version.names.iter().cloned()).collect();
    let reads =
        |step: &Step<'_>, names: &[String]| names.iter().any(|name| cx.model.mentions().stands_in(name, step.index));
    let mut moved: Vec<moving::Moved> = Vec::new();
    // What stays of the variables between, and what the values that go read.
    let mut kept: Vec<(usize, String)> = Vec::new();
    let mut read: Vec<(usize, String)> = Vec::new();
    let mut anchor = None;
    for step in steps {
        match step.keyword() {
            Keyword::Onbuild => return None,
            Keyword::Env | Keyword::Arg => {
                let made = definitions::defined(step);
                let derived = definitions::derived(&made, &names);
                let goes =
                    |name: &Word| held.iter().any(|version| version.span == name.span) || derived.contains(&name.text);
                let (chosen, rest): (Vec<_>, Vec<_>) = made.iter().enumerate().partition(|(_, (name, _))| goes(name));
                kept.extend(rest.iter().map(|(_, (name, _))| (step.index, name.text.clone())));
                read.extend(chosen.iter().flat_map(|(_, (_, value))| {
                    Lexer::default().references(value).into_iter().map(|it| (step.index, it.name))
                }));
                names.extend(derived);
                if !chosen.is_empty() {
                    let variables = chosen.iter().map(|(at, _)| *at).collect();
                    let variables = Some(variables).filter(|_| !rest.is_empty());
                    moved.push(moving::Moved { step: step.index, variables });
                }
            }
            Keyword::Label if reads(step, &names) => moved.push(moving::Moved::whole(step.index)),
            Keyword::Label => {}
            _ if reads(step, &names) => {
                anchor = Some(step.index);
                break;
            }
            _ if names.iter().any(|name| may_read(step, name, cx)) => return None,
            _ => {}
        }
    }
    let mut anchor = anchor.filter(|anchor| *anchor > install.index)?;
    let is_kept = |name: &String, from: usize| kept.iter().any(|(step, other)| *step >= from && other == name);
    if names.iter().any(|name| is_kept(name, first)) || read.iter().any(|(step, name)| is_kept(name, *step)) {
        return None;
    }
    // Below it another install may come before what reads the rest of them.
    let reads_all = |step: &Step<'_>| {
        held.iter().all(|it| it.names.iter().any(|name| cx.model.mentions().stands_in(name, step.index)))
    };
    let mut below = steps.iter().skip_while(|step| step.index < anchor).take_while(|step| !reads_all(step));
    if below.any(|step| setup(step, cx).is_some()) {
        return None;
    }
    while moved.pop_if(|last| last.step + 1 == anchor).is_some() {
        anchor -= 1;
    }
    model.move_steps(&moved, moving::Place::Before(anchor))
}

/// Whether a RUN may read a variable that it does not name, in a build or a script, or as `poetry` reads `POETRY_VERSION`.
fn may_read(step: &Step<'_>, name: &str, cx: &Context<'_, '_>) -> bool {
    let is_of = |line: &CommandLine<'_>| {
        let program = line.name.to_ascii_uppercase().replace('-', "_");
        name.to_ascii_uppercase().strip_prefix(&program).is_some_and(|rest| rest.starts_with('_'))
    };
    let reads = |command: &Command<'_>| {
        let is_known = |line: &CommandLine<'_>| {
            files::is_plain(command) || line.is_any(&BYSTANDERS) || line.spec.is_some() && !building::builds(command)
        };
        installs::runs_script(command) || command.line.as_ref().is_some_and(|line| is_of(line) || !is_known(line))
    };
    step.keyword() == Keyword::Run
        && (cx.model.body(step).list().is_none() || cx.model.commands_of(step.index).iter().any(reads))
}

fn is_version(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    !upper.starts_with("BUILDKIT_") && (upper == "VERSION" || ENDINGS.iter().any(|end| upper.ends_with(end)))
}

/// Whether the base image is named by the variable, or holds its value: then all is built again anyway.
fn is_of_base(name: &Word, step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    let value = cx.model.environment().lookup(step.stage, step.index + 1, &name.text);
    let value = if let Lookup::Known(value) = value { value } else { String::new() };
    let stages = step.stage.into_iter().flat_map(|stage| cx.model.stages_below(stage));
    let images = stages.filter_map(|stage| views::From::of(cx.model.step(stage.from)?.instruction)?.image);
    let mut texts = images
        .map(|image| image.text.clone())
        .chain(cx.model.stage_of(step).and_then(|stage| cx.model.root_image(stage)).map(|image| image.text.clone()));
    texts.any(|text| {
        let names = Lexer::default().references(&text).into_iter().any(|it| it.name == name.text);
        names || !value.is_empty() && text.contains(&value)
    })
}

fn takes_context(step: &Step<'_>) -> bool {
    context::transfer(step).is_some_and(|it| it.sources.iter().any(|source| context::is_whole(&source.text)))
}

/// The command of a RUN that installs packages of the distribution.
fn installs(step: &Step<'_>, cx: &Context<'_, '_>) -> Option<Span> {
    let mut lines = cx.model.commands_of(step.index).iter().filter_map(|command| command.line.as_ref());
    let line = lines.find(|line| building::installs(line))?;
    Some(line.head())
}

/// The same where nothing in the RUN may read variables in a way of its own.
fn setup(step: &Step<'_>, cx: &Context<'_, '_>) -> Option<Span> {
    let commands = cx.model.commands_of(step.index);
    let is_opaque = |command: &Command<'_>| {
        let is_unknown = command.line.is_none() && !command.invocation.simple.words.is_empty();
        is_unknown || installs::runs_script(command) || building::builds(command)
    };
    let reads_version = || cx.model.references(step).iter().any(|reference| is_version(&reference.name));
    installs(step, cx).filter(|_| !commands.iter().any(is_opaque) && !reads_version())
}

/// Whether a later step reads a version, in this stage or in one that is built on it.
fn is_read_after(version: &Version, step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    let sees = |other: &Step<'_>| {
        other.stage.is_some_and(|stage| cx.model.stages_below(stage).any(|below| Some(below.index) == step.stage))
    };
    let mut names = version.names.clone();
    let mut at = 0;
    while let Some(name) = names.get(at).cloned() {
        at += 1;
        let later = cx.model.mentions().steps_in(&name, step.index + 1..usize::MAX).take(MAX_PLACES);
        for other in later.filter_map(|index| cx.model.step(index)) {
            match other.keyword() {
                _ if !sees(other) => {}
                Keyword::Label => {}
                Keyword::Env | Keyword::Arg => {
                    let more = definitions::derived(&definitions::defined(other), std::slice::from_ref(&name));
                    let is_new = |other: &String| !names.contains(other);
                    let more: Vec<String> =
                        more.into_iter().filter(is_new).take(MAX_HELD - names.len().min(MAX_HELD)).collect();
                    names.extend(more);
                }
                _ => return true,
            }
        }
    }
    false
}
