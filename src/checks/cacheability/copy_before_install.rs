//! Files of the build context that are copied before an install that does not need them.

use crate::checks::prelude::*;
use installs::{Before, Need};

/// So many copies of a stage are followed: each is looked for in each RUN behind it.
const MAX_COPIES: usize = 64;
/// In a file that defines more variables, each of them may name what was copied.
const MAX_DEFINITIONS: usize = 256;

#[derive(Default)]
pub struct Rule {
    /// The stage as far as it was read.
    stage: Content,
    /// The stages before it, whole.
    before: Vec<Content>,
}

/// What is in a stage.
#[derive(Default, Clone)]
struct Content {
    /// What it has copied so far that nothing has used.
    copies: Vec<copies::Copied>,
    /// Whose dependencies are installed already.
    installed: Vec<&'static str>,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        [Keyword::From, Keyword::Copy, Keyword::Add, Keyword::Run].map(Visit::Instruction).into()
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        match step.keyword() {
            Keyword::From => {
                if step.stage.is_some_and(|stage| stage > 0) {
                    self.before.push(std::mem::take(&mut self.stage));
                }
                self.stage = self.inherited(step, cx).unwrap_or_default();
            }
            _ if step.trigger_of.is_some() => {}
            Keyword::Run => self.stage.run(step, cx),
            _ => {
                let room = MAX_COPIES.saturating_sub(self.stage.copies.len());
                self.stage.copies.extend(copies::copied(cx.model, step).into_iter().take(room));
            }
        }
    }
}

impl Rule {
    /// What a stage begins with: what is in the one that it alone is built on. Only what the container starts is copied too
    /// early there: the rest may be what the stage is for.
    fn inherited(&self, step: &Step<'_>, cx: &Context<'_, '_>) -> Option<Content> {
        let below = |stage: &Stage<'_>| match stage.base {
            Base::Stage(index) => Some(index),
            _ => None,
        };
        let base = below(cx.model.stage_of(step)?)?;
        let is_alone = cx.model.stages.iter().filter(|stage| below(stage) == Some(base)).count() == 1;
        let mut content = self.before.get(base).filter(|_| is_alone).cloned()?;
        content.copies.retain(is_for_start);
        Some(content)
    }
}

impl Content {
    fn run(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let commands = cx.model.commands_of(step.index);
        self.copies.retain(|copy| !is_in_environment(copy, step, cx));
        let before = self.copies.len();
        self.copies.retain(|copy| !is_in_text(copy, step, cx));
        // A script that was copied may use what came along.
        if self.copies.len() < before && commands.iter().any(installs::runs_script) {
            self.copies.clear();
        }
        let Some(install) = cx.model.first_install(step) else {
            self.build(step, cx);
            // What a RUN that cannot be seen through does with the context, an install may need.
            self.copies.retain(|copy| !Self::may_use(copy, step, cx));
            return;
        };
        let only_installs = commands.iter().all(|command| is_about_packages(command, cx));
        let early: Vec<&copies::Copied> =
            self.copies.iter().filter(|copy| self.is_early(copy, &install, only_installs)).collect();
        let (command, need, _) = &install;
        if let (Some(first), Some(line)) = (early.first(), &command.line) {
            let installs = line.head();
            let mut finding = Finding::at(first.source)
                .label(installs, "install")
                .with("source", cx.text(first.source))
                .with("keyword", first.keyword)
                .with("command", cx.text(installs));
            if let (Need::Manifest { files, .. }, true) = (need, first.whole) {
                finding = finding.variant("manifest").with("files", files.clone());
            // The rest of the RUN may well be what the files are for.
            } else if first.whole && !only_installs {
                finding = finding.variant("split");
            } else {
                let edits = self.moves(&early, step, cx).unwrap_or_default();
                finding = edits.into_iter().fold(finding, |finding, edit| finding.edit(edit.span, edit.text));
            }
            for copy in early.iter().skip(1) {
                finding = finding.label(copy.source, "also");
            }
            cx.report(finding);
            self.copies.clear();
        }
        if let Need::Manifest { family, .. } = *need {
            self.installed.push(family);
        }
    }

    /// Reports a RUN that builds what it downloads, below what the container starts.
    fn build(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let Some(line) = cx.model.first_build(step).and_then(|command| command.line.as_ref()) else { return };
        let mut early = self.copies.iter().filter(|copy| is_for_start(copy));
        let Some(first) = early.next() else { return };
        let builds = line.head();
        let finding = Finding::at(first.source)
            .variant("build")
            .label(builds, "build")
            .with("source", cx.text(first.source))
            .with("keyword", first.keyword)
            .with("command", cx.text(builds));
        let finding = early.fold(finding, |finding, copy| finding.label(copy.source, "also"));
        cx.report(finding);
        self.copies.clear();
    }

    /// Whether an install need not wait for a copy.
    fn is_early(&self, copy: &copies::Copied, install: &(&Command<'_>, Need, Before), only_installs: bool) -> bool {
        let (_, need, before) = install;
        match (need, copy.whole) {
            (Need::Manifest { family, .. }, true) => !self.installed.contains(family) && *before < Before::Unseen,
            (Need::Manifest { .. }, false) => !copy.in_place,
            (Need::Nothing, true) => *before == Before::Neutral,
            (Need::Nothing, false) => !copy.in_place || only_installs,
        }
    }

    /// The edits that move copies below the last of the installs that need not wait for them, `install` or a later one. None
    /// where that is not the same one for all, or one of them must not go.
    fn moves(&self, early: &[&copies::Copied], install: &Step<'_>, cx: &Context<'_, '_>) -> Option<Vec<Edit>> {
        let targets: Option<Vec<usize>> = early.iter().map(|copy| self.target(copy, early, install, cx)).collect();
        let targets = targets?;
        let target = *targets.first()?;
        let mut moved: Vec<usize> = early.iter().map(|copy| copy.step).collect();
        moved.dedup();
        let moved: Vec<moving::Moved> = moved.into_iter().map(moving::Moved::whole).collect();
        let is_same = targets.iter().all(|other| *other == target);
        is_same.then(|| cx.model.move_steps(&moved, moving::Place::Behind(target))).flatten()
    }

    /// The last install that a copy can go below, past steps that neither use the files nor change them.
    fn target(
        &self,
        copy: &copies::Copied,
        early: &[&copies::Copied],
        install: &Step<'_>,
        cx: &Context<'_, '_>,
    ) -> Option<usize> {
        let model = cx.model;
        let own = model.step(copy.step)?;
        let is_relative = |path: &Word| model.path(own, &path.text).is_none_or(|path| !path.starts_with('/'));
        let is_relative = context::transfer(own)?.destination.is_none_or(is_relative);
        let steps = model.steps.get(copy.step + 1..model.stage_of(own)?.steps.end)?;
        let mut target = None;
        for step in steps {
            let goes_past = match step.keyword() {
                Keyword::Run => Self::run_goes_past(copy, step, cx),
                Keyword::Copy | Keyword::Add => {
                    early.iter().any(|other| other.step == step.index) || !meets(copy.step, step.index, cx)
                }
                Keyword::Workdir => !is_relative,
                Keyword::Volume => !is_in_volume(copy.step, step, cx),
                Keyword::Onbuild | Keyword::Shell => false,
                _ => true,
            };
            if !goes_past || model.is_redefined(own, step.index..step.index + 1) {
                break;
            }
            if step.index >= install.index && self.need_not_wait(copy, step, cx) {
                target = Some(step.index);
            }
        }
        let target = target?;
        // Below it the files would come too early for the next one.
        let runs = steps.iter().filter(|step| step.index > target && step.keyword() == Keyword::Run);
        let mut below = runs.take_while(|step| !is_named(copy, step, cx) && !Self::may_use(copy, step, cx));
        (!below.any(|step| self.need_not_wait(copy, step, cx))).then_some(target)
    }

    /// Whether a RUN installs something, and need not wait for a copy.
    fn need_not_wait(&self, copy: &copies::Copied, step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
        let only_installs = cx.model.commands_of(step.index).iter().all(|it| is_about_packages(it, cx));
        cx.model.first_install(step).is_some_and(|install| self.is_early(copy, &install, only_installs))
    }

    /// Whether a RUN that installs nothing may use a copy.
    fn may_use(copy: &copies::Copied, step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
        let is_unseen =
            cx.model.body(step).list().is_none() || cx.model.commands_of(step.index).iter().any(installs::runs_script);
        is_unseen && (copy.whole || copy.in_place) && cx.model.first_install(step).is_none()
    }

    /// Whether a RUN does the same without the files of a copy.
    fn run_goes_past(copy: &copies::Copied, step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
        let model = cx.model;
        let is_blind = |command: &Command<'_>| {
            is_about_packages(command, cx) || !copy.whole && model.install_need(command).is_some()
        };
        let own = written(copy.step, cx);
        let in_path = own.iter().any(|path| path.parent().as_str().ends_with("bin") || path.as_str().ends_with("bin"));
        let is_seen = |command: &Command<'_>| {
            // A command that nobody knows may be one of the files.
            let is_known = |line: &CommandLine<'_>| line.spec.is_some() || !in_path;
            let is_foreign = installs::runs_script(command) || building::builds(command);
            // `nginx -t` reads `nginx.conf`.
            let is_of = |line: &CommandLine<'_>| {
                let mut parts = own.iter().flat_map(|path| path.as_str().split('/'));
                parts.any(|part| part.split('.').next() == Some(line.name.as_str()))
            };
            is_blind(command)
                || !copy.whole
                    && !command.line.as_ref().is_some_and(is_of)
                    && (files::is_plain(command) || command.line.as_ref().is_some_and(is_known) && !is_foreign)
        };
        model.body(step).list().is_some()
            && step.instruction.flags.is_empty()
            && !is_named(copy, step, cx)
            && model.commands_of(step.index).iter().all(is_seen)
            && !meets(copy.step, step.index, cx)
    }
}

/// Whether a copy is what the container starts, by its name, which no build needs.
fn is_for_start(copy: &copies::Copied) -> bool {
    !copy.whole && !copy.in_place && copy.names.iter().any(|name| name.contains("entrypoint"))
}

/// Whether a RUN says something of the files that were copied, or a variable that it is run with does.
fn is_named(copy: &copies::Copied, step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    is_in_text(copy, step, cx) || is_in_environment(copy, step, cx)
}

/// Whether the lines of a RUN have the name of what was copied.
fn is_in_text(copy: &copies::Copied, step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    let text = cx.text(cx.model.lines_of(step));
    copy.names.iter().any(|name| text.contains(name.as_str()))
}

/// Whether ENV or ARG before a RUN names a path that was copied, as `PIP_CONSTRAINT=/constraints.txt` does. Of a whole context
/// the variables of package managers alone tell something.
fn is_in_environment(copy: &copies::Copied, step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    const STEERING: [&str; 8] = ["PIP_", "UV_", "NPM_", "NODE_", "YARN_", "BUNDLE_", "APT_", "SSL_"];
    let environment = cx.model.environment();
    if environment.definition_count() > MAX_DEFINITIONS {
        return true;
    }
    let own = written(copy.step, cx);
    let names_it = |name: &str, value: &str| {
        let path = FilePath::absolute(value);
        let steers = STEERING.iter().any(|start| name.to_ascii_uppercase().starts_with(start));
        own.iter().any(|own| path.lies_in(own) && (!copy.whole || steers && path != **own))
    };
    let is_path = |value: &str| value.starts_with('/') && value.len() > 1;
    environment.names(step.stage, step.index).into_iter().any(
        |name| matches!(cx.model.lookup(step, name), Lookup::Known(value) if is_path(&value) && names_it(name, &value)),
    )
}

/// The paths that a step writes to.
fn written<'m>(step: usize, cx: &Context<'m, '_>) -> Vec<&'m FilePath> {
    let files = cx.model.files();
    cx.model.events_of(step).filter_map(|index| files.get(index)).flat_map(FileEvent::written).collect()
}

/// Whether a step changes what another one copies, or a directory that it is in.
fn meets(copy: usize, other: usize, cx: &Context<'_, '_>) -> bool {
    let own = written(copy, cx);
    let is_empty = |event: &&FileEvent| {
        matches!(event.action, Action::Made { origin: Origin::Directory | Origin::PackageCache, .. })
    };
    let events = cx.model.events_of(other).filter_map(|index| cx.model.files().get(index));
    let mut touched = events.filter(|event| !is_empty(event)).flat_map(FileEvent::touched);
    touched.any(|path| own.iter().any(|own| own.may_lie_in(path) || path.may_lie_in(own)))
}

/// Whether what is copied may lie in a volume.
fn is_in_volume(copy: usize, step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    let volumes = views::Volume::of(step.instruction).map(|volume| volume.paths).unwrap_or_default();
    let paths =
        volumes.iter().map(|word| FilePath::new(&cx.model.partial_fold(step, &word.text), &FilePath::absolute("/")));
    let own = written(copy, cx);
    paths.into_iter().any(|volume| own.iter().any(|path| path.may_lie_in(&volume)))
}

/// Whether a command is part of an install alone, or does what reads no file that was copied.
fn is_about_packages(command: &Command<'_>, cx: &Context<'_, '_>) -> bool {
    let Some(line) = &command.line else { return command.invocation.simple.words.is_empty() };
    apt::is_apt(line)
        || building::installs(line)
        || matches!(line.verb(), Some(Verb::Clean | Verb::Update | Verb::Upgrade | Verb::Remove))
        || line.is_any(&["set", "echo", "rm", "true", "mkdir", "apt-mark", "export"])
        || cx.model.install_need(command) == Some(Need::Nothing)
}
