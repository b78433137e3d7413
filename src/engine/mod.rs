//! Runs the rules of a profile over one source: one walk, suppressions, stable order.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::checks::{Check, Context, Visit, Weight};
use crate::diagnostic::{Diagnostic, Severity};
use crate::dockerfile::{
    self,
    ast::{Dockerfile, Keyword},
};
use crate::manifest::{self, Manifest};
use crate::model::script::one_step;
use crate::model::{Bodies, Body, Command, Model, Script, Surroundings};
use crate::rulebook::{Logic, Options, Profile, Rule, Rulebook, Subject};
use crate::shell::ShellReader;
use crate::source::{Joined, Source};

mod matcher;
mod mend;
mod shell;
mod suppressions;

use matcher::Matcher;
use shell::ShellRules;

pub use mend::{FixFailure, Harm, Mended};

/// Which rules run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// The profile.
    pub profile: Profile,
    /// Only these rules, by name, alias or category; empty means all of the profile. A rule selected by its own name runs also where the profile has it off.
    pub select: Vec<String>,
    /// Never these rules, by name, alias or category.
    pub ignore: Vec<String>,
    /// What the user makes of rules, in layers. The last layer that names a rule counts; in a layer its name comes before its
    /// alias, and that before its category. A rule that is named runs also where the profile has it off.
    pub severities: Vec<Layer>,
    /// The options of rules.
    pub options: Options,
}

/// Severities by name, alias or category; none is off.
pub type Layer = Vec<(String, Option<Severity>)>;

/// Why settings do not make a linter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// `--select` or `--ignore` names no rule, alias or category.
    #[error("there is no rule `{name}`")]
    UnknownRule {
        /// As written.
        name: String,
        /// The nearest known name.
        suggestion: Option<String>,
    },
    /// A user rule has a pattern that does not parse.
    #[error("rule `{rule}`: {error}")]
    Pattern {
        /// The rule.
        rule: String,
        /// What is wrong with its pattern.
        error: crate::rulebook::pattern::PatternError,
    },
}

/// A rule that is on, with what it visits.
#[derive(Debug)]
struct Active {
    /// Its place in the book.
    rule: usize,
    weight: Weight,
    runner: Runner,
}

#[derive(Debug)]
enum Runner {
    Match(Matcher),
    Check(fn() -> Box<dyn Check>),
    /// The engine itself.
    Engine,
    /// The shell linter.
    Shell,
}

/// The rules of a run, ready to be held against sources; shared by threads.
#[derive(Debug)]
pub struct Linter {
    book: Rulebook,
    profile: Profile,
    options: Options,
    active: Vec<Active>,
    /// By subject.
    buckets: Vec<Buckets>,
    shell: Option<ShellRules>,
    /// Reads the shell texts of all files that are linted.
    reader: Arc<ShellReader>,
}

impl Linter {
    /// Chooses the rules.
    pub fn new(book: Rulebook, settings: &Settings) -> Result<Self, SettingsError> {
        let layered = settings.severities.iter().flatten().map(|(name, _)| name);
        for name in settings.select.iter().chain(&settings.ignore).chain(layered) {
            if !book.knows(name) {
                let suggestion = book.nearest(name).map(str::to_owned);
                return Err(SettingsError::UnknownRule { name: name.clone(), suggestion });
            }
        }
        let selected: BTreeSet<usize> =
            settings.select.iter().flat_map(|name| chosen(&book, name, settings.profile)).collect();
        let mut active = Vec::new();
        for (index, rule) in book.rules().enumerate() {
            if settings.ignore.iter().any(|name| rule.is_named(name)) {
                continue;
            }
            let by_profile = rule.severity.under(settings.profile);
            let severity = if settings.select.is_empty() {
                by_profile
            } else if selected.contains(&index) {
                by_profile.or(rule.severity.first())
            } else if settings.select.iter().any(|name| *name == rule.category) {
                by_profile
            } else {
                None
            };
            let said =
                settings.severities.iter().rev().find_map(|layer| said_of(rule, index, layer, &book, settings.profile));
            let weight = match said {
                None => severity.map(|severity| Weight { severity, is_set: false }),
                Some((set, is_by_name)) => set
                    .filter(|_| severity.is_some() || is_by_name && settings.select.is_empty())
                    .map(|severity| Weight { severity, is_set: true }),
            };
            let Some(weight) = weight else { continue };
            let runner = match &rule.logic {
                Logic::Check(new) => Runner::Check(*new),
                Logic::Match(spec) => Runner::Match(
                    Matcher::new(spec)
                        .map_err(|error| SettingsError::Pattern { rule: rule.name.clone().into_owned(), error })?,
                ),
                Logic::Engine => Runner::Engine,
                Logic::Shellcheck => Runner::Shell,
            };
            active.push(Active { rule: index, weight, runner });
        }
        let (profile, options) = (settings.profile, settings.options.clone());
        let mut linter =
            Self { book, profile, options, active, buckets: Vec::new(), shell: None, reader: Arc::default() };
        let shell = linter.active.iter().enumerate().filter(|(_, active)| matches!(active.runner, Runner::Shell));
        linter.shell = ShellRules::of(
            shell.filter_map(|(index, active)| Some((shell::code(linter.rule(active)?)?, index))).collect(),
        );
        linter.buckets = Subject::ALL.iter().map(|&subject| Buckets::of(&linter.checks(subject))).collect();
        Ok(linter)
    }

    /// The rules that it knows, also those that are off.
    pub fn book(&self) -> &Rulebook {
        &self.book
    }

    /// The rules that are on, sorted by name, and how severe they are.
    pub fn rules(&self) -> Vec<(&Rule, Severity)> {
        self.active.iter().filter_map(|active| Some((self.rule(active)?, active.weight.severity))).collect()
    }

    /// Lints a Dockerfile of which nothing but the text is known.
    pub fn lint(&self, source: &Source) -> Vec<Diagnostic> {
        self.lint_as(Subject::Dockerfile, source, &Surroundings::default())
    }

    /// Lints a file; the findings are sorted by place, then by rule.
    pub fn lint_as(&self, subject: Subject, source: &Source, surroundings: &Surroundings) -> Vec<Diagnostic> {
        if source.no_text().is_some() {
            return self.lint_no_text(source, surroundings);
        }
        match subject {
            Subject::Dockerfile => {
                let file = dockerfile::parse(source);
                let bodies = Bodies::of(&file).read_by(&self.reader);
                let model = Model::new(source, &file, &bodies);
                self.lint_scene(&Scene { subject, model: &model, script: None, manifest: None, surroundings })
            }
            Subject::EntrypointScript => {
                let script = Script::read(source, &self.reader);
                let (file, bodies) = script.parts();
                let model = Model::new(source, file, bodies);
                self.lint_scene(&Scene { subject, model: &model, script: Some(&script), manifest: None, surroundings })
            }
            Subject::LibraryManifest => {
                let manifest = manifest::parse(source);
                let (file, bodies) = one_step(source, Joined::default(), Body::Empty);
                let model = Model::new(source, &file, &bodies);
                self.lint_scene(&Scene {
                    subject,
                    model: &model,
                    script: None,
                    manifest: Some(&manifest),
                    surroundings,
                })
            }
        }
    }

    fn lint_scene(&self, scene: &Scene<'_, '_>) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        self.walk(scene, &mut diagnostics);
        #[cfg(debug_assertions)]
        self.assert_same_without_buckets(scene, &diagnostics);
        self.lint_shell(scene, &mut diagnostics);
        let mut diagnostics = suppressions::apply(scene.model, diagnostics, self);
        sort(&mut diagnostics);
        diagnostics
    }

    /// Of a file that is no text, that is all there is to say: one rule runs, over an empty tree.
    fn lint_no_text(&self, source: &Source, surroundings: &Surroundings) -> Vec<Diagnostic> {
        let file = Dockerfile::default();
        let bodies = Bodies::of(&file);
        let model = Model::new(source, &file, &bodies);
        let mut diagnostics = Vec::new();
        let checks = self.checks(Subject::Dockerfile);
        for mut running in checks.into_iter().filter(|running| running.rule.name == "syntax-error") {
            let mut context = running.context((&model, surroundings), (self.profile, &self.options), &mut diagnostics);
            running.check.finish(&mut context);
        }
        diagnostics
    }

    fn rule(&self, active: &Active) -> Option<&Rule> {
        self.book.at(active.rule)
    }

    /// The rule that the engine itself runs, with its severity, if it is on.
    fn engine_rule(&self, name: &str) -> Option<(&Rule, Weight)> {
        let mut engine_rules = self.active.iter().filter(|active| matches!(active.runner, Runner::Engine));
        engine_rules.find_map(|active| Some((self.rule(active)?, active.weight)).filter(|(rule, _)| rule.name == name))
    }

    /// Whether a rule is on in this run.
    fn is_active(&self, name: &str) -> bool {
        self.active.iter().any(|active| self.rule(active).is_some_and(|rule| rule.name == name))
    }

    fn checks(&self, subject: Subject) -> Vec<Running<'_>> {
        let of_subject = |active: &&Active| self.rule(active).is_some_and(|rule| rule.is_about(subject));
        self.active.iter().filter(of_subject).filter_map(|active| self.running(active)).collect()
    }

    fn running<'l>(&'l self, active: &'l Active) -> Option<Running<'l>> {
        let check: Box<dyn Check + 'l> = match &active.runner {
            Runner::Check(new) => new(),
            Runner::Match(matcher) => Box::new(matcher),
            Runner::Engine | Runner::Shell => return None,
        };
        Some(Running { rule: self.rule(active)?, weight: active.weight, check })
    }

    /// One walk over instructions and commands; each is shown to the checks whose bucket it falls into.
    fn walk(&self, scene: &Scene<'_, '_>, out: &mut Vec<Diagnostic>) {
        let mut checks = self.checks(scene.subject);
        let Some(buckets) = self.buckets.get(scene.subject as usize) else { return };
        let (place, run) = ((scene.model, scene.surroundings), (self.profile, &self.options));
        for step in &scene.model.steps {
            for &index in buckets.instruction(step.keyword()) {
                if let Some(running) = checks.get_mut(index) {
                    let mut context = running.context(place, run, out);
                    running.check.instruction(step, &mut context);
                }
            }
        }
        if buckets.wants_commands() {
            for command in scene.model.commands() {
                for &index in buckets.command(command).iter() {
                    if let Some(running) = checks.get_mut(index) {
                        let mut context = running.context(place, run, out);
                        running.check.command(command, &mut context);
                    }
                }
            }
        }
        for running in &mut checks {
            let mut context = running.context(place, run, out);
            if let Some(script) = scene.script {
                running.check.script(script, &mut context);
            }
            if let Some(manifest) = scene.manifest {
                running.check.manifest(manifest, &mut context);
            }
            running.check.finish(&mut context);
        }
    }

    /// The naive way, rule by rule and without buckets, has to find the same.
    #[cfg(debug_assertions)]
    fn assert_same_without_buckets(&self, scene: &Scene<'_, '_>, found: &[Diagnostic]) {
        use crate::model::BuildContext;
        // Somebody may change a folder meanwhile.
        let is_folder = |context: &BuildContext| matches!(context, BuildContext::Folder(_));
        let Surroundings { context, repositories, .. } = scene.surroundings;
        if context.iter().chain(repositories.values()).any(is_folder) {
            return;
        }
        let mut naive = Vec::new();
        let model = scene.model;
        for (described, mut running) in self.checks(scene.subject).into_iter().zip(self.checks(scene.subject)) {
            let visits = described.check.visits();
            let mut context = running.context((model, scene.surroundings), (self.profile, &self.options), &mut naive);
            for step in &model.steps {
                if visits.contains(&Visit::EveryInstruction) || visits.contains(&Visit::Instruction(step.keyword())) {
                    running.check.instruction(step, &mut context);
                }
            }
            let wants = visits.iter().any(|visit| matches!(visit, Visit::EveryCommand | Visit::Command(_)));
            for command in if wants { model.commands() } else { &[] } {
                if visits.contains(&Visit::EveryCommand)
                    || names_of(command).iter().any(|name| visits.contains(&Visit::Command(name)))
                {
                    running.check.command(command, &mut context);
                }
            }
            if let Some(script) = scene.script {
                running.check.script(script, &mut context);
            }
            if let Some(manifest) = scene.manifest {
                running.check.manifest(manifest, &mut context);
            }
            running.check.finish(&mut context);
        }
        let mut found = found.to_vec();
        sort(&mut found);
        sort(&mut naive);
        debug_assert_eq!(found, naive, "the buckets change what is found");
    }
}

/// What the checks of a run are shown.
struct Scene<'s, 'a> {
    subject: Subject,
    model: &'s Model<'a>,
    script: Option<&'s Script>,
    manifest: Option<&'s Manifest>,
    surroundings: &'s Surroundings,
}

/// The names under which a command is known: its own, the one that stands for its variants (`pip` for `pip3`), and those
/// of its wrappers.
fn names_of<'c>(command: &'c Command<'_>) -> Vec<Cow<'c, str>> {
    let Some(line) = &command.line else { return Vec::new() };
    let mut names = vec![Cow::Borrowed(line.name.as_str())];
    let canonical = line.spec.and_then(|spec| spec.names.first()).filter(|name| **name != line.name);
    names.extend(canonical.map(|name| Cow::Borrowed(*name)));
    for wrapper in &line.wrappers {
        let text = wrapper.literal().unwrap_or_default();
        names.push(text.rsplit('/').next().unwrap_or_default().to_owned().into());
    }
    names
}

/// The rules that `--select name` runs: of several that answer to an alias those that the profile has on, else the first.
fn chosen(book: &Rulebook, name: &str, profile: Profile) -> Vec<usize> {
    let answering = || book.rules().enumerate().filter(|(_, rule)| rule.answers_to(name));
    let is_on = |(_, rule): &(usize, &Rule)| rule.is_on_as(name, profile);
    let mut chosen: Vec<usize> = answering().filter(is_on).map(|(index, _)| index).collect();
    if chosen.is_empty() {
        chosen.extend(answering().next().map(|(index, _)| index));
    }
    chosen
}

/// What a layer says of a rule, and whether it names the rule itself. Of an alias that several rules share, a severity is for
/// those that `--select` would run; off is for all.
fn said_of(
    rule: &Rule,
    index: usize,
    layer: &Layer,
    book: &Rulebook,
    profile: Profile,
) -> Option<(Option<Severity>, bool)> {
    let rank = |(name, severity): &(String, Option<Severity>)| {
        if rule.name.eq_ignore_ascii_case(name) {
            Some(2)
        } else if rule.answers_to(name) && (severity.is_none() || chosen(book, name, profile).contains(&index)) {
            Some(1)
        } else {
            (*name == rule.category).then_some(0)
        }
    };
    let ranked = layer.iter().filter_map(|said| Some((rank(said)?, said.1)));
    ranked.max_by_key(|(rank, _)| *rank).map(|(rank, severity)| (severity, rank > 0))
}

fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by(|a, b| (a.span, &a.rule, &a.message).cmp(&(b.span, &b.rule, &b.message)));
}

struct Running<'l> {
    rule: &'l Rule,
    weight: Weight,
    check: Box<dyn Check + 'l>,
}

impl<'l> Running<'l> {
    fn context<'m, 'a>(
        &self,
        place: (&'m Model<'a>, &'m Surroundings),
        (profile, options): (Profile, &'m Options),
        out: &'m mut Vec<Diagnostic>,
    ) -> Context<'m, 'a>
    where
        'l: 'm,
    {
        Context::new(place, self.rule, (self.weight, profile), options, out)
    }
}

/// Indices of checks by what they want to be shown.
#[derive(Debug, Default)]
struct Buckets {
    instructions: Vec<(Keyword, Vec<usize>)>,
    commands: HashMap<String, Vec<usize>>,
    every_command: Vec<usize>,
}

impl Buckets {
    fn of(checks: &[Running<'_>]) -> Self {
        let keywords = Keyword::ALL.iter().map(|&(_, keyword)| keyword).chain([Keyword::Unknown]);
        let mut buckets =
            Self { instructions: keywords.map(|keyword| (keyword, Vec::new())).collect(), ..Self::default() };
        for (index, running) in checks.iter().enumerate() {
            for visit in running.check.visits() {
                match visit {
                    Visit::Instruction(keyword) => {
                        for (_, bucket) in buckets.instructions.iter_mut().filter(|(known, _)| *known == keyword) {
                            push(bucket, index);
                        }
                    }
                    Visit::EveryInstruction => {
                        buckets.instructions.iter_mut().for_each(|(_, bucket)| push(bucket, index));
                    }
                    Visit::Command(name) => push(buckets.commands.entry(name.to_owned()).or_default(), index),
                    Visit::EveryCommand => push(&mut buckets.every_command, index),
                }
            }
        }
        // Every named bucket holds the checks of every command too, so that one look-up serves.
        let every = buckets.every_command.clone();
        #[allow(clippy::iter_over_hash_type, reason = "each bucket is changed by itself")]
        for bucket in buckets.commands.values_mut() {
            for &index in &every {
                push(bucket, index);
            }
            bucket.sort_unstable();
        }
        buckets
    }

    fn instruction(&self, keyword: Keyword) -> &[usize] {
        self.instructions.iter().find(|(known, _)| *known == keyword).map_or(&[], |(_, bucket)| bucket)
    }

    fn command(&self, command: &Command<'_>) -> Cow<'_, [usize]> {
        let names = names_of(command);
        let mut found = names.iter().filter_map(|name| self.commands.get(name.as_ref()));
        match (found.next(), found.next()) {
            (None, _) => Cow::Borrowed(&self.every_command),
            (Some(bucket), None) => Cow::Borrowed(bucket),
            (Some(first), Some(second)) => {
                let mut all: Vec<usize> = [first, second].into_iter().chain(found).flatten().copied().collect();
                all.sort_unstable();
                all.dedup();
                Cow::Owned(all)
            }
        }
    }

    fn wants_commands(&self) -> bool {
        !self.commands.is_empty() || !self.every_command.is_empty()
    }
}

fn push(bucket: &mut Vec<usize>, index: usize) {
    if !bucket.contains(&index) {
        bucket.push(index);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_alias_selects_what_is_on() {
        let selected = |name: &str, profile: Profile| -> Vec<String> {
            let settings =
                Settings { profile, select: vec![name.to_owned()], ignore: Vec::new(), ..Settings::default() };
            let linter = Linter::new(Rulebook::builtin(), &settings).unwrap();
            linter.active.iter().filter_map(|active| linter.rule(active)).map(|rule| rule.name.to_string()).collect()
        };
        assert_eq!(selected("StageNameCasing", Profile::Buildkit), ["stage-name-casing"]);
        assert_eq!(selected("stagenamecasing", Profile::Default), ["invalid-stage-name"]);
        assert_eq!(selected("LegacyKeyValueFormat", Profile::Default), ["legacy-key-value-format"]);
        assert_eq!(selected("stage-name-casing", Profile::Official), ["stage-name-casing"]);
        // Off in this profile, and shared: the first.
        assert_eq!(selected("RedundantTargetPlatform", Profile::Default), ["base-image-platform-flag"]);
    }
}
