//! Programs that are installed by hand and never run in the build.

use crate::checks::prelude::*;

/// Where programs are found by their names.
const BIN: [&str; 6] = ["/usr/local/bin", "/usr/local/sbin", "/usr/bin", "/usr/sbin", "/bin", "/sbin"];
/// Directories that hold one of them: archives are unpacked there without their own top directory.
const PREFIXES: [&str; 3] = ["/usr/local", "/usr", "/"];
/// How files on the PATH end that are run by an interpreter, or not at all.
const NO_BINARIES: [&str; 18] = [
    ".sh", ".bash", ".py", ".pl", ".rb", ".php", ".phar", ".js", ".jar", ".so", ".conf", ".txt", ".gz", ".tgz", ".zip",
    ".xz", ".bz2", ".tar",
];
/// What make is asked for to install programs.
const TARGETS: [&str; 5] = ["install", "install-strip", "altinstall", "install-all", "install_bin"];
/// Commands whose arguments say where sources come from, or where they are.
const SOURCES: [&str; 6] = ["cd", "make", "curl", "wget", "git", "tar"];
/// What other rules tell about.
const OWN_RULES: [&str; 2] = ["gosu", "tini"];

#[derive(Default)]
pub struct Rule;

/// Something that is installed.
struct Install {
    /// The command that does it, in the order of the file; for ADD the one that comes next.
    at: usize,
    span: Span,
    /// The program; none where what is installed has many files, or names that are not known.
    program: Option<String>,
}

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        let is_in_image = |step: &&Step<'_>| {
            matches!(step.keyword(), Keyword::Run | Keyword::Add)
                && step.trigger_of.is_none()
                && model.is_shipped(step)
        };
        let untried = model.steps.iter().filter(is_in_image).find_map(|step| {
            let installs = installed(step, cx);
            // One that works tells enough of the others of its RUN.
            let is_tried = installs.iter().any(|install| is_tried(install, step, cx));
            installs.into_iter().next().filter(|_| !is_tried)
        });
        let Some(install) = untried else { return };
        let finding = Finding::at(install.span);
        cx.report(if let Some(program) = install.program {
            finding.with("program", program)
        } else {
            let started = model.started_names().into_iter().find(|name| !tools::is_basic(name));
            finding.variant("unnamed").with("example", started.unwrap_or_else(|| "app".to_owned()))
        });
    }
}

/// What a step installs of its downloads, or with make.
fn installed(step: &Step<'_>, cx: &Context<'_, '_>) -> Vec<Install> {
    let events = cx.model.files().get(cx.model.events_of(step.index)).unwrap_or_default();
    let mut found = Vec::new();
    if events.iter().any(|event| event.fetch().is_some()) {
        let next = cx.model.commands().partition_point(|command| command.step <= step.index);
        for event in events {
            let program = match &event.action {
                Action::Fetched(fetch) => fetch.files().first().and_then(program),
                Action::Moved { to, stage: None, .. } => program(to),
                Action::Made { path, origin: Origin::Archive } if is_on_path(path, event, step, cx) => Some(None),
                Action::Made { path, origin: Origin::Archive } => program(path),
                _ => None,
            };
            let at = event.command.unwrap_or(next);
            found.extend(program.map(|program| Install { at, span: event.span, program }));
        }
    }
    let commands = cx.model.commands_of(step.index);
    let first = cx.model.commands().partition_point(|command| command.step < step.index);
    if !is_library(commands, cx) {
        let made = commands.iter().enumerate().filter_map(|(index, command)| {
            Some(Install { at: first + index, span: made(command)?, program: None })
        });
        found.extend(made);
    }
    found.sort_by_key(|install| install.at);
    found
}

/// The program that a file is, by its place and its name; none where it is none, none within where its name is not known.
fn program(path: &FilePath) -> Option<Option<String>> {
    let name = path.name();
    let is_binary = BIN.iter().any(|bin| path.parent() == FilePath::absolute(bin))
        && !files::is_companion(&name)
        && !NO_BINARIES.iter().any(|end| name.as_str().ends_with(end))
        && !OWN_RULES.iter().any(|own| name.as_str().starts_with(own));
    is_binary.then(|| name.known_str().filter(|name| !name.contains(['*', '?', '['])).map(str::to_owned))
}

/// Whether what is unpacked into a directory is found by its name.
fn is_on_path(directory: &FilePath, event: &FileEvent, step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    let is_any = |all: &[&str]| all.iter().any(|one| *directory == FilePath::absolute(one));
    let line = event.command.and_then(|index| cx.model.commands().get(index)?.line.as_ref());
    if is_any(&PREFIXES) {
        return line.is_some_and(|line| line.has("--strip-components"));
    }
    let Some(stage) = cx.model.stages.last() else { return false };
    let added = cx.model.steps_of(stage).filter_map(|step| Some((step, views::Pairs::of(step.instruction)?))).any(
        |(other, env)| {
            let paths = env.pairs.iter().filter(|pair| pair.key.text == "PATH");
            let mut parts = paths.flat_map(|pair| cx.model.partial_fold(other, &pair.value.text).split(|c| c == ':'));
            parts.any(|part| FilePath::new(&part, &FilePath::unknown("$PWD")).lies_in(directory))
        },
    );
    is_any(&BIN) || added && step.stage.is_some()
}

/// Where make is asked to install programs into this image.
fn made(command: &Command<'_>) -> Option<Span> {
    let line = command.line.as_ref().filter(|line| line.is("make"))?;
    let elsewhere = line.words.iter().any(|word| word.parts.first().is_some_and(|part| match &part.kind {
        sh::PartKind::Literal(text) => text.starts_with("DESTDIR=") || text.starts_with("INSTALL_ROOT="),
        _ => false,
    }));
    let assigns = command.invocation.simple.assignments.iter().any(|it| it.name == "DESTDIR");
    let target = line.operands.iter().find(|word| TARGETS.iter().any(|target| word.is(target)));
    target.filter(|_| !elsewhere && !assigns).map(|word| word.span)
}

/// Whether a RUN builds a library, by the names of its sources and by what is done after it is installed.
fn is_library(commands: &[Command<'_>], cx: &Context<'_, '_>) -> bool {
    let speaks = |text: &str| text.split('/').any(|part| part.starts_with("lib") && part.len() > 5);
    commands.iter().filter_map(|command| command.line.as_ref()).any(|line| {
        let words = line.words.iter().skip(1).map(|word| cx.text(word.span).trim_matches(['"', '\'']));
        line.is("ldconfig")
            || line.is_any(&SOURCES) && words.filter(|text| !text.starts_with('-')).any(speaks)
    })
}

/// Whether anything runs what is installed, or may, after it is.
fn is_tried(install: &Install, step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    let model = cx.model;
    let run = model.executions(step.index);
    let here = run.iter().rposition(|one| one.index == install.at);
    // A function that nothing calls installs nothing.
    let is_dead = here.is_none() && step.keyword() == Keyword::Run;
    let rest = run.iter().skip(here.map_or(0, |at| at + 1)).map(|one| one.command);
    let later = model.steps.iter().filter(|other| {
        other.index > step.index && other.trigger_of.is_none() && other.keyword() == Keyword::Run && model.is_shipped(other)
    });
    let is_unseen = |other: &Step<'_>| matches!(model.body(other), Body::Foreign | Body::Broken(_));
    is_dead
        || install.program.is_none() && run.iter().any(|one| tools::tests(one.command))
        || rest.into_iter().any(|command| tools::tries(command, install.program.as_deref()))
        || later.into_iter().any(|other| {
            is_unseen(other)
                || model.commands_of(other.index).iter().any(|command| tools::tries(command, install.program.as_deref()))
        })
}
