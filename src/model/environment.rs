//! Variables: what ARG and ENV define where, and what a text with variables folds to.

use std::collections::HashMap;

use crate::dockerfile::ast::{Args, Dockerfile};
use crate::dockerfile::expand::{Folded, Lexer, Lookup};
use crate::dockerfile::views;
use crate::source::Span;

use super::{Base, Stage, Step};

/// Build arguments that BuildKit sets by itself (docs: "Automatic platform ARGs in the global scope"); their values depend on the build.
pub(super) const PLATFORM_ARGS: [&str; 8] = [
    "BUILDPLATFORM",
    "BUILDOS",
    "BUILDARCH",
    "BUILDVARIANT",
    "TARGETPLATFORM",
    "TARGETOS",
    "TARGETARCH",
    "TARGETVARIANT",
];

/// One definition of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The step that defines it.
    pub step: usize,
    /// Its value; an ARG has its default.
    pub value: Value,
    /// Whether it is ENV, which wins over ARG.
    pub is_env: bool,
    /// Where its name stands.
    pub span: Span,
}

/// A variable's value as far as the file tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Declared without a value, as `ARG NAME` is.
    Unset,
    /// This text.
    Known(String),
    /// Some text.
    Unknown,
}

/// The definitions of one name in one scope, in order.
#[derive(Debug, Default)]
struct OfName {
    all: Vec<Definition>,
    /// The places of ENV among them.
    envs: Vec<usize>,
}

impl OfName {
    fn push(&mut self, definition: Definition) {
        if definition.is_env {
            self.envs.push(self.all.len());
        }
        self.all.push(definition);
    }

    /// The last definition before a step.
    fn last_before(&self, step: usize) -> Option<&Definition> {
        let before = self.all.partition_point(|definition| definition.step < step);
        self.all.get(before.checked_sub(1)?)
    }

    /// The last ENV before a step.
    fn last_env_before(&self, step: usize) -> Option<&Definition> {
        let is_before = |&at: &usize| self.all.get(at).is_some_and(|definition| definition.step < step);
        let before = self.envs.partition_point(is_before);
        self.all.get(*self.envs.get(before.checked_sub(1)?)?)
    }
}

/// The variables of a file by scope.
#[derive(Debug, Default)]
pub struct Environment {
    /// ARG before the first FROM.
    global: HashMap<String, OfName>,
    /// ARG and ENV of each stage.
    stages: Vec<HashMap<String, OfName>>,
    /// The stage that a stage is built on, where it is one of this file.
    parents: Vec<Option<usize>>,
    /// Whether a stage's base is an image, whose own variables are not known.
    from_image: Vec<bool>,
    escape: char,
    /// Bytes of all values so far.
    size: usize,
    /// All definitions so far.
    count: usize,
}

/// Values that add up to more than this are unknown: variables that hold variables must not outgrow the file.
const MAX_SIZE: usize = 4 << 20;

impl Environment {
    /// Walks the file once. The stages' bases must be known for stages that build on others.
    pub(super) fn new(file: &Dockerfile, steps: &[Step<'_>], stages: &[Stage<'_>]) -> Self {
        let mut environment = Self { escape: file.escape, ..Self::default() };
        for step in steps {
            if let Some(stage) = step.stage {
                while environment.stages.len() <= stage {
                    let base = stages.get(environment.stages.len()).map(|stage| &stage.base);
                    environment.parents.push(match base {
                        Some(Base::Stage(parent)) => Some(*parent),
                        _ => None,
                    });
                    environment.from_image.push(!matches!(base, Some(Base::Scratch | Base::Stage(_))));
                    environment.stages.push(HashMap::new());
                }
            }
            // What a trigger defines, it defines in another build.
            if step.trigger_of.is_none() {
                environment.define(step);
            }
        }
        environment
    }

    /// The variables before any stage, for the names in FROM.
    pub(super) fn global(file: &Dockerfile, steps: &[Step<'_>]) -> Self {
        let mut environment = Self { escape: file.escape, ..Self::default() };
        for step in steps.iter().take_while(|step| step.stage.is_none()) {
            environment.define(step);
        }
        environment
    }

    fn define(&mut self, step: &Step<'_>) {
        let mut definitions: Vec<(String, Definition)> = Vec::new();
        if let Some(arg) = views::Arg::of(step.instruction) {
            for declaration in &arg.declarations {
                let name = declaration.name.text.clone();
                let value = match &declaration.default {
                    Some(default) => self.value(step, &default.text),
                    // A stage takes the value of the global ARG of the same name.
                    None => self.value_without_default(step.stage, &name),
                };
                let span = declaration.name.span;
                definitions.push((name, Definition { step: step.index, value, is_env: false, span }));
            }
        } else if let (crate::dockerfile::ast::Keyword::Env, Args::Pairs(pairs)) =
            (step.instruction.keyword, &step.instruction.args)
        {
            for pair in pairs {
                let value = self.value(step, &pair.value.text);
                let definition = Definition { step: step.index, value, is_env: true, span: pair.key.span };
                definitions.push((pair.key.text.trim_matches(['"', '\'']).to_owned(), definition));
            }
        }
        let scope = match step.stage {
            Some(stage) => self.stages.get_mut(stage),
            None => Some(&mut self.global),
        };
        self.count += definitions.len();
        if let Some(scope) = scope {
            for (name, definition) in definitions {
                scope.entry(name).or_default().push(definition);
            }
        }
    }

    /// The value of an ARG that has no default of its own.
    fn value_without_default(&self, stage: Option<usize>, name: &str) -> Value {
        // A stage takes the value of the global ARG of the same name.
        let global = self.definitions(None, name).last().filter(|_| stage.is_some()).map(|global| &global.value);
        if let Some(value) = global.filter(|value| **value != Value::Unset) {
            return value.clone();
        }
        // What it was given before, also in a stage below, it keeps.
        let mut scope = Some(stage);
        while let Some(current) = scope {
            if self.definitions(current, name).last().is_some_and(|before| before.value != Value::Unset) {
                return Value::Unknown;
            }
            let parent = |index: usize| self.parents.get(index).copied().flatten().filter(|&parent| parent < index);
            scope = current.and_then(parent).map(Some);
        }
        if PLATFORM_ARGS.contains(&name) { Value::Unknown } else { Value::Unset }
    }

    fn value(&mut self, step: &Step<'_>, text: &str) -> Value {
        if self.size > MAX_SIZE {
            return Value::Unknown;
        }
        match self.fold(step.stage, step.index, text) {
            Folded::Known(text) => {
                self.size += text.len();
                Value::Known(text)
            }
            Folded::Unknown => Value::Unknown,
        }
    }

    /// Fills in the variables of a text as BuildKit does at this step, quotes and escapes removed.
    pub fn fold(&self, stage: Option<usize>, step: usize, text: &str) -> Folded {
        if !text.contains(['$', '\'', '"', self.escape]) {
            return Folded::Known(text.to_owned());
        }
        let lexer = Lexer { escape: self.escape, ..Lexer::default() };
        lexer.fold(text, &|name| self.lookup(stage, step, name))
    }

    /// The value of a variable at a step: what is set before it in its stage or in the stages below, ENV before ARG.
    pub fn lookup(&self, stage: Option<usize>, step: usize, name: &str) -> Lookup {
        match self.definition(stage, step, name) {
            Some(Definition { value: Value::Known(value), .. }) => Lookup::Known(value.clone()),
            // It gets its value when the image is built, if it gets one.
            Some(Definition { value: Value::Unset, .. }) => Lookup::Declared,
            Some(Definition { value: Value::Unknown, .. }) => Lookup::Unknown,
            None if stage.is_none() && PLATFORM_ARGS.contains(&name) => Lookup::Unknown,
            None if self.may_inherit(stage) => Lookup::Unknown,
            None => Lookup::Unset,
        }
    }

    /// The definition that holds at a step.
    pub fn definition(&self, stage: Option<usize>, step: usize, name: &str) -> Option<&Definition> {
        let Some(stage) = stage else {
            return self.global.get(name)?.last_before(step);
        };
        let mut stage = Some(stage);
        let mut inherited = false;
        let mut arg = None;
        // A stage builds on earlier ones alone, so that this ends.
        while let Some(index) = stage {
            if let Some(found) = self.stages.get(index).and_then(|scope| scope.get(name)) {
                if let Some(env) = found.last_env_before(step) {
                    return Some(env);
                }
                // An ARG ends with its stage.
                arg = arg.or_else(|| if inherited { None } else { found.last_before(step) });
            }
            stage = self.parents.get(index).copied().flatten().filter(|&parent| parent < index);
            inherited = true;
        }
        arg
    }

    /// The names that a step's command finds in its environment, as far as the file tells, sorted.
    pub fn names(&self, stage: Option<usize>, step: usize) -> Vec<&str> {
        let scope = |stage: Option<usize>| stage.map_or(Some(&self.global), |stage| self.stages.get(stage));
        let mut names: Vec<&str> = Vec::new();
        let (mut current, mut inherited) = (stage, false);
        while let Some(index) = current {
            for (name, found) in scope(current).into_iter().flatten() {
                // An ARG ends with its stage.
                let held = if inherited { found.last_env_before(step) } else { found.last_before(step) };
                names.extend(held.map(|_| name.as_str()));
            }
            current = self.parents.get(index).copied().flatten().filter(|&parent| parent < index);
            inherited = true;
        }
        names.sort_unstable();
        names.dedup();
        names
    }

    /// How many definitions the file has.
    pub fn definition_count(&self) -> usize {
        self.count
    }

    /// All definitions of a name in one stage, or before the first, in order.
    pub fn definitions(&self, stage: Option<usize>, name: &str) -> &[Definition] {
        let scope = match stage {
            Some(stage) => self.stages.get(stage),
            None => Some(&self.global),
        };
        scope.and_then(|scope| scope.get(name)).map(|found| found.all.as_slice()).unwrap_or_default()
    }

    fn may_inherit(&self, stage: Option<usize>) -> bool {
        let mut stage = stage;
        while let Some(index) = stage {
            if self.from_image.get(index).copied().unwrap_or(true) {
                return true;
            }
            stage = self.parents.get(index).copied().flatten().filter(|&parent| parent < index);
        }
        false
    }
}
