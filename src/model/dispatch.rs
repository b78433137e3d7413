//! The file as BuildKit goes through it: stage by stage, every variable filled in with what is set until there.
//!
//! Follows `dispatch` in BuildKit's frontend/dockerfile/dockerfile2llb/convert.go for a build without arguments. What it takes from an
//! image is not known here but for some images; see [`base_variables`].

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap, HashSet};

use crate::dockerfile::ast::{Args, Keyword};
use crate::dockerfile::expand::{ExpandError, ExpandErrorKind, Lexer};
use crate::dockerfile::platform;
use crate::dockerfile::views;
use crate::source::Span;

use super::fill::{Filled, Filler, Part, Scope, Variables, names_set};
use super::{Base, ImageReference, Model, Step, base, base_variables};

/// Values that add up to more than this are unknown: variables that hold variables must not outgrow the file.
const MAX_SIZE: usize = 4 << 20;

/// An instruction where it is carried out.
#[derive(Debug)]
pub struct Dispatched {
    /// Its step.
    pub step: usize,
    /// The step that BuildKit reports for it: the FROM of the stage for a trigger of the stage below, else the same.
    pub at: usize,
    /// Its words in the order in which BuildKit fills them in; those of RUN are for the shell.
    pub words: Vec<Filled>,
}

impl Dispatched {
    /// Where something of the instruction is reported: of a trigger at the FROM that runs it.
    pub fn place(&self, model: &Model<'_>, span: Span) -> Span {
        match model.step(self.at) {
            Some(at) if self.at != self.step => at.instruction.span,
            _ => span,
        }
    }

    /// The step whose comments have a say; a trigger has none.
    pub fn commented<'m, 'a>(&self, model: &'m Model<'a>) -> Option<&'m Step<'a>> {
        model.step(self.step).filter(|_| self.at == self.step)
    }
}

/// A stage with what is carried out in it.
#[derive(Debug)]
pub struct DispatchedStage {
    /// The stage of this file that it is built on.
    pub below: Option<usize>,
    /// Whether it is built for Windows.
    pub is_windows: bool,
    /// Whether the last stage needs it; BuildKit looks at the images of no others.
    pub is_needed: bool,
    /// Its instructions, triggers of the stage below first.
    pub instructions: Vec<Dispatched>,
}

/// The whole file.
#[derive(Debug, Default)]
pub struct Dispatch {
    /// What can stand in FROM: the platform arguments of a build for linux/amd64, and ARG before the first FROM.
    pub globals: Variables,
    /// The names of all ARG before the first FROM, those without a value included.
    pub declared: BTreeSet<String>,
    /// By stage.
    pub stages: Vec<DispatchedStage>,
    /// Words that BuildKit refuses to fill in, whatever the variables hold.
    pub refused: Vec<(Span, ExpandErrorKind)>,
}

impl Model<'_> {
    pub(super) fn dispatched(&self) -> Dispatch {
        let mut dispatcher = Dispatcher {
            model: self,
            lexer: Lexer { escape: self.file.escape, ..Lexer::default() },
            defined: defined(self),
            reachable: reachable(self),
            size: 0,
            below: Vec::new(),
            last_above: vec![0; self.stages.len()],
            scopes: vec![None; self.stages.len()],
            dispatch: Dispatch::default(),
        };
        dispatcher.globals();
        let mut names: HashMap<String, usize> = HashMap::new();
        for (index, stage) in self.stages.iter().enumerate() {
            // Earlier stages alone, which BuildKit knows in lower case and looks up as they are written.
            let below = dispatcher.image_name(index).and_then(|name| names.get(&name).copied());
            if let Some(last) = below.and_then(|below| dispatcher.last_above.get_mut(below)) {
                *last = index;
            }
            dispatcher.below.push(below);
            names.extend(stage.name.map(|name| (name.text.to_lowercase(), index)));
        }
        for index in 0..self.stages.len() {
            dispatcher.stage(index);
        }
        dispatcher.dispatch
    }
}

/// The names that the file defines.
fn defined(model: &Model<'_>) -> HashSet<String> {
    model.steps.iter().flat_map(|step| names_set(step.instruction)).map(str::to_owned).collect()
}

/// The stages that the last one needs; BuildKit runs the triggers of no others.
fn reachable(model: &Model<'_>) -> Vec<bool> {
    let mut reachable = vec![false; model.stages.len()];
    if let Some(last) = reachable.last_mut() {
        *last = true;
    }
    // The last first: a stage uses earlier ones.
    for image_use in model.image_uses().iter().rev() {
        let user = model.step(image_use.step).and_then(|step| step.stage).unwrap_or_default();
        let Base::Stage(needed) = image_use.base else { continue };
        let is_reached = user > 0 && reachable.get(user).copied().unwrap_or_default();
        if let Some(needed) = reachable.get_mut(needed).filter(|_| is_reached) {
            *needed = true;
        }
    }
    reachable
}

/// Whether a build stops at an instruction; what it would do is not known.
fn is_refused(model: &Model<'_>, step: &Step<'_>) -> bool {
    model.instruction_errors().binary_search_by_key(&step.index, |(index, _)| *index).is_ok()
        || model.has_syntax_error(step.instruction.span)
}

/// The walk.
pub(super) struct Dispatcher<'m, 'a> {
    pub(super) model: &'m Model<'a>,
    pub(super) lexer: Lexer,
    /// The names that the file defines somewhere.
    pub(super) defined: HashSet<String>,
    reachable: Vec<bool>,
    size: usize,
    /// The stage that each stage is built on.
    below: Vec<Option<usize>>,
    /// The last stage that is built on each.
    last_above: Vec<usize>,
    /// The variables at the end of each stage that a later one is built on.
    scopes: Vec<Option<Scope>>,
    pub(super) dispatch: Dispatch,
}

impl Dispatcher<'_, '_> {
    /// `defaultArgs` and `buildMetaArgs`.
    fn globals(&mut self) {
        let target = self.model.stages.last().and_then(|stage| stage.name).map(|name| name.text.to_lowercase());
        let target = target.unwrap_or_else(|| "default".to_owned());
        for (name, value) in [
            ("BUILDPLATFORM", "linux/amd64"),
            ("BUILDOS", "linux"),
            ("BUILDOSVERSION", ""),
            ("BUILDARCH", "amd64"),
            ("BUILDVARIANT", ""),
            ("TARGETPLATFORM", "linux/amd64"),
            ("TARGETOS", "linux"),
            ("TARGETOSVERSION", ""),
            ("TARGETARCH", "amd64"),
            ("TARGETVARIANT", ""),
            ("TARGETSTAGE", &target),
        ] {
            self.dispatch.globals.set(name, Some(value.to_owned()));
        }
        for step in self.model.steps.iter().take_while(|step| step.stage.is_none()) {
            let Some(arg) = views::Arg::of(step.instruction) else { continue };
            for declaration in arg.declarations {
                let name = declaration.name.text;
                if let Some(default) = &declaration.default {
                    let globals = &self.dispatch.globals;
                    let value = self.lexer.word(&default.text, &|name| globals.get(name));
                    let value = value.map_err(|error| self.refuse(default.span, error)).ok();
                    let value = value.filter(|value| !value.unknown).map(|value| value.text);
                    let value = self.bounded(value);
                    self.dispatch.globals.set(&name, value);
                }
                self.dispatch.declared.insert(name);
            }
        }
    }

    pub(super) fn refuse(&mut self, span: Span, error: ExpandError) {
        use ExpandErrorKind::{Required, TooDeep, TooLong};
        let depends = matches!(error.kind, Required { .. } | TooDeep | TooLong);
        let refused = (span, error.kind);
        if !depends && !self.dispatch.refused.contains(&refused) {
            self.dispatch.refused.push(refused);
        }
    }

    pub(super) fn bounded(&mut self, value: Option<String>) -> Option<String> {
        self.size += value.as_ref().map_or(0, String::len);
        value.filter(|_| self.size <= MAX_SIZE)
    }

    fn stage(&mut self, index: usize) {
        let model = self.model;
        let Some(stage) = model.stages.get(index) else { return };
        if let Some(from) = model.step(stage.from).and_then(|step| views::From::of(step.instruction)) {
            let platform = from.platform.and_then(|flag| flag.value.as_ref());
            for word in from.image.into_iter().chain(platform) {
                let globals = &self.dispatch.globals;
                if let Err(error) = self.lexer.word(&word.text, &|name| globals.get(name)) {
                    self.refuse(word.span, error);
                }
            }
        }
        let below = self.below.get(index).copied().flatten();
        let is_needed = |stage: usize| self.last_above.get(stage).is_some_and(|last| *last > index);
        let (mut scope, is_windows) = match below {
            Some(below) => (
                match self.scopes.get_mut(below) {
                    Some(scope) if is_needed(below) => scope.clone(),
                    Some(scope) => scope.take(),
                    None => None,
                }
                .unwrap_or_default(),
                self.dispatch.stages.get(below).is_some_and(|stage| stage.is_windows),
            ),
            None => self.of_image(index),
        };
        let steps = model.steps.get(stage.steps.clone()).unwrap_or_default();
        let mut instructions = Vec::new();
        let is_needed = self.reachable.get(index).copied().unwrap_or_default();
        if let Some(below) = below.filter(|_| is_needed) {
            let below = model.stages.get(below).map(|stage| stage.steps.clone()).unwrap_or_default();
            let triggers = model.steps.get(below).unwrap_or_default();
            for step in triggers.iter().filter(|step| step.trigger_of.is_some() && !is_refused(model, step)) {
                let words = self.instruction(step, &mut scope);
                instructions.push(Dispatched { step: step.index, at: stage.from, words });
            }
        }
        for step in steps.iter().skip(1).filter(|step| step.trigger_of.is_none() && !is_refused(model, step)) {
            let words = self.instruction(step, &mut scope);
            instructions.push(Dispatched { step: step.index, at: step.index, words });
        }
        let is_base = self.last_above.get(index).is_some_and(|last| *last > index);
        if let Some(slot) = self.scopes.get_mut(index).filter(|_| is_base) {
            *slot = Some(scope);
        }
        self.dispatch.stages.push(DispatchedStage { below, is_windows, is_needed, instructions });
    }

    fn image_name(&self, index: usize) -> Option<String> {
        let from = self.model.step(self.model.stages.get(index)?.from)?;
        let image = views::From::of(from.instruction)?.image?;
        let globals = &self.dispatch.globals;
        let name = self.lexer.word(&image.text, &|name| globals.get(name)).ok()?;
        (!name.unknown).then_some(name.text)
    }

    /// The variables of a stage that stands on an image, and whether that is of Windows.
    fn of_image(&self, index: usize) -> (Scope, bool) {
        let mut scope = Scope::default();
        let name = self.image_name(index).unwrap_or_default();
        let image = ImageReference::parse(&name);
        scope.inherited = if name == "scratch" { Some(&[]) } else { base_variables::of(&image) };
        let from = self.model.stages.get(index).and_then(|stage| self.model.step(stage.from));
        let flag = from.and_then(|from| views::From::of(from.instruction)?.platform?.value.as_ref());
        let globals = &self.dispatch.globals;
        let platform = flag.and_then(|flag| self.lexer.word(&flag.text, &|name| globals.get(name)).ok());
        let is_windows = match platform.and_then(|platform| platform::parse(&platform.text)) {
            Some(platform) => platform.os == "windows",
            None if name == "scratch" => false,
            // A Windows image is built on Windows, for Windows.
            None => {
                base::family(&image).map_or(self.model.file.escape == '`', |family| family == base::Family::Windows)
            }
        };
        // Windows has its own, and images for it are other ones.
        if is_windows {
            scope.inherited = None;
        }
        let default = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        scope.variables.set("PATH", Some(default.to_owned()).filter(|_| name == "scratch" && !is_windows));
        (scope, is_windows)
    }

    fn instruction(&mut self, step: &Step<'_>, scope: &mut Scope) -> Vec<Filled> {
        let instruction = step.instruction;
        let mut filler =
            Filler { dispatcher: self, step, scope, own: None, words: Vec::new(), set_here: OnceCell::new() };
        match (instruction.keyword, &instruction.args) {
            (Keyword::Arg, Args::Words(_)) => filler.arguments(instruction),
            (Keyword::Env | Keyword::Label, Args::Pairs(pairs)) => {
                for pair in pairs {
                    let name = pair.key.text.trim_matches(['"', '\'']);
                    filler.own = Some(name.to_owned()).filter(|_| instruction.keyword == Keyword::Env);
                    filler.word(Part::Key, &pair.key);
                    filler.word(Part::Other, &pair.value);
                }
                let words = filler.words;
                if instruction.keyword == Keyword::Env {
                    for pair in words.chunks_exact(2) {
                        if let [Filled { text: Some(key), .. }, value] = pair {
                            let value = self.bounded(value.text.clone());
                            scope.variables.set(key, value);
                        }
                    }
                }
                return words;
            }
            (Keyword::Add | Keyword::Copy, _) => filler.transfer(instruction, step.heredocs),
            (Keyword::Run, _) => filler.mounts(instruction),
            (Keyword::Expose, Args::Words(words) | Args::Json(words)) => {
                for word in words {
                    filler.ports(word);
                }
            }
            (Keyword::Volume, Args::Words(words) | Args::Json(words)) => {
                for word in words {
                    filler.word(Part::Other, word);
                }
            }
            (Keyword::User | Keyword::Workdir | Keyword::Stopsignal, Args::Text(word)) => {
                filler.word(Part::Other, word);
            }
            _ => {}
        }
        filler.words
    }
}
