//! The file as BuildKit goes through it: stage by stage, every variable filled in with what is set until there.
//!
//! Follows `dispatch` in BuildKit's frontend/dockerfile/dockerfile2llb/convert.go for a build without arguments. What it takes from an
//! image is not known here but for some images; see [`base_variables`].

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use crate::dockerfile::ast::{Args, Heredoc, Instruction, Keyword, Word};
use crate::dockerfile::expand::{ExpandError, ExpandErrorKind, Expansion, Lexer, Lookup, Reference};
use crate::dockerfile::views;
use crate::dockerfile::{heredoc, mounts, platform};
use crate::source::Span;

use super::{Base, ImageReference, Model, Step, base, base_variables};

/// Values that add up to more than this are unknown: variables that hold variables must not outgrow the file.
const MAX_SIZE: usize = 4 << 20;

/// Among more variables than this no name is looked for that is like another.
const MAX_NAMES: usize = 512;

/// Build arguments that only tell BuildKit what to scan.
const NO_VARIABLES: [&str; 2] = ["BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE"];

/// Variables with their values, in the order in which they were last set.
#[derive(Debug, Clone, Default)]
pub struct Variables {
    values: HashMap<Rc<str>, (usize, Option<Rc<str>>)>,
    count: usize,
}

impl Variables {
    fn set(&mut self, name: &str, value: Option<String>) {
        self.count += 1;
        self.values.insert(name.into(), (self.count, value.map(Into::into)));
    }

    /// The value of a variable; a value that is not known counts as one.
    pub fn get(&self, name: &str) -> Lookup {
        match self.values.get(name) {
            Some((_, Some(value))) => Lookup::Known(value.to_string()),
            Some((_, None)) => Lookup::Unknown,
            None => Lookup::Unset,
        }
    }

    /// The names, those set last at the end.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<(usize, &str)> = self.values.iter().map(|(name, (at, _))| (*at, &**name)).collect();
        names.sort_unstable();
        names.into_iter().map(|(_, name)| name).collect()
    }
}

/// What a word of an instruction is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The name in ENV or LABEL.
    Key,
    /// A source of COPY or ADD.
    Source,
    /// Anything else.
    Other,
}

/// A variable that is not set where it is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undefined {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub span: Span,
    /// A name like it that is set.
    pub suggestion: Option<String>,
    /// Whether each use says what stands for it, as `${NAME:-value}` does.
    pub has_default: bool,
    /// Whether the same instruction sets it.
    pub is_own: bool,
}

/// A word with its variables filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// What the word is.
    pub part: Part,
    /// Where it stands.
    pub span: Span,
    /// The text; none where it is not known.
    pub text: Option<String>,
    /// The variables of it that are not set, by name.
    pub undefined: Vec<Undefined>,
}

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

/// The variables of a stage.
#[derive(Debug, Clone, Default)]
struct Scope {
    variables: Variables,
    /// ARG of this stage and of those below.
    arguments: BTreeSet<String>,
    /// What the image below may set; none where it is not known.
    inherited: Option<&'static [&'static str]>,
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
            scopes: vec![None; self.stages.len()],
            dispatch: Dispatch::default(),
        };
        dispatcher.globals();
        dispatcher.below = (0..self.stages.len()).map(|index| dispatcher.stage_below(index)).collect();
        for index in 0..self.stages.len() {
            dispatcher.stage(index);
        }
        dispatcher.dispatch
    }
}

/// The first name at the least distance below 3 (`Search` in BuildKit's util/suggest).
fn nearest(name: &str, known: &[&str]) -> Option<String> {
    let distances = known.iter().map(|known| (strsim::levenshtein(name, known), *known));
    let nearest = distances.filter(|(distance, _)| *distance < 3).min_by_key(|(distance, _)| *distance);
    nearest.map(|(_, known)| known.to_owned())
}

/// The names that the file defines, each with the steps that do.
fn defined(model: &Model<'_>) -> HashMap<String, Vec<usize>> {
    let mut defined: HashMap<String, Vec<usize>> = HashMap::new();
    for step in &model.steps {
        for name in names_set(step.instruction) {
            defined.entry(name.to_owned()).or_default().push(step.index);
        }
    }
    defined
}

fn names_set(instruction: &Instruction) -> Vec<&str> {
    match &instruction.args {
        Args::Pairs(pairs) if instruction.keyword == Keyword::Env => {
            pairs.iter().map(|pair| pair.key.text.trim_matches(['"', '\''])).collect()
        }
        Args::Words(words) if instruction.keyword == Keyword::Arg => {
            words.iter().map(|word| word.text.split('=').next().unwrap_or_default()).collect()
        }
        _ => Vec::new(),
    }
}

/// The stages that the last one needs; BuildKit runs the triggers of no others.
fn reachable(model: &Model<'_>) -> Vec<bool> {
    let mut reachable = vec![false; model.stages.len()];
    if let Some(last) = reachable.last_mut() {
        *last = true;
    }
    for index in (0..model.stages.len()).rev().filter(|&index| index > 0) {
        if !reachable.get(index).copied().unwrap_or_default() {
            continue;
        }
        for image_use in model.image_uses() {
            let user = model.step(image_use.step).and_then(|step| step.stage);
            let Base::Stage(needed) = image_use.base else { continue };
            if let Some(needed) = reachable.get_mut(needed).filter(|_| user == Some(index)) {
                *needed = true;
            }
        }
    }
    reachable
}

/// Whether a build stops at an instruction; what it would do is not known.
fn is_refused(model: &Model<'_>, step: &Step<'_>) -> bool {
    model.instruction_errors().binary_search_by_key(&step.index, |(index, _)| *index).is_ok()
        || model.has_syntax_error(step.instruction.span)
}

struct Dispatcher<'m, 'a> {
    model: &'m Model<'a>,
    lexer: Lexer,
    defined: HashMap<String, Vec<usize>>,
    reachable: Vec<bool>,
    size: usize,
    /// The stage that each stage is built on.
    below: Vec<Option<usize>>,
    /// The variables at the end of each stage that a later one is built on.
    scopes: Vec<Option<Scope>>,
    dispatch: Dispatch,
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

    fn refuse(&mut self, span: Span, error: ExpandError) {
        use ExpandErrorKind::{Required, TooDeep, TooLong};
        let depends = matches!(error.kind, Required { .. } | TooDeep | TooLong);
        let refused = (span, error.kind);
        if !depends && !self.dispatch.refused.contains(&refused) {
            self.dispatch.refused.push(refused);
        }
    }

    fn bounded(&mut self, value: Option<String>) -> Option<String> {
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
        let is_needed = |stage: usize, from: usize| self.below.iter().skip(from).any(|below| *below == Some(stage));
        let (mut scope, is_windows) = match below {
            Some(below) => (
                match self.scopes.get_mut(below) {
                    Some(scope) if is_needed(below, index + 1) => scope.clone(),
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
        if let Some(below) = below.filter(|_| self.reachable.get(index).copied().unwrap_or_default()) {
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
        let is_needed = self.below.iter().skip(index + 1).any(|below| *below == Some(index));
        if let Some(slot) = self.scopes.get_mut(index).filter(|_| is_needed) {
            *slot = Some(scope);
        }
        self.dispatch.stages.push(DispatchedStage { below, is_windows, instructions });
    }

    fn image_name(&self, index: usize) -> Option<String> {
        let from = self.model.step(self.model.stages.get(index)?.from)?;
        let image = views::From::of(from.instruction)?.image?;
        let globals = &self.dispatch.globals;
        let name = self.lexer.word(&image.text, &|name| globals.get(name)).ok()?;
        (!name.unknown).then_some(name.text)
    }

    /// The last earlier stage of the name, which BuildKit looks up as it is written: stages are known in lower case.
    fn stage_below(&self, index: usize) -> Option<usize> {
        let name = self.image_name(index)?;
        let earlier = self.model.stages.get(..index).unwrap_or_default();
        let named = |stage: &&super::Stage<'_>| {
            stage.name.is_some_and(|known| known.text.len() == name.len() && known.text.to_lowercase() == name)
        };
        earlier.iter().rev().find(named).map(|stage| stage.index)
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
        let mut filler = Filler { dispatcher: self, step, scope, own: None, words: Vec::new() };
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

/// Fills in the words of one instruction.
struct Filler<'d, 'm, 'a> {
    dispatcher: &'d mut Dispatcher<'m, 'a>,
    step: &'d Step<'d>,
    scope: &'d mut Scope,
    /// The variable that the word is for.
    own: Option<String>,
    words: Vec<Filled>,
}

impl Filler<'_, '_, '_> {
    fn arguments(&mut self, instruction: &Instruction) {
        let declarations = views::Arg::of(instruction).map(|arg| arg.declarations).unwrap_or_default();
        for declaration in declarations {
            let name = declaration.name.text.as_str();
            let value = match &declaration.default {
                Some(default) => {
                    self.own = Some(name.to_owned());
                    self.word(Part::Other, default);
                    let value = self.words.last().and_then(|word| word.text.clone());
                    Some(self.dispatcher.bounded(value))
                }
                None => match self.dispatcher.dispatch.globals.get(name) {
                    Lookup::Known(value) => Some(Some(value)),
                    Lookup::Unknown => Some(None),
                    Lookup::Unset => None,
                },
            };
            if let Some(value) = value.filter(|_| !NO_VARIABLES.contains(&name)) {
                self.scope.variables.set(name, value);
            }
            self.scope.arguments.insert(name.to_owned());
        }
    }

    fn transfer(&mut self, instruction: &Instruction, heredocs: &[Heredoc]) {
        for name in ["chown", "chmod", "checksum"] {
            if let Some(value) = instruction.flag(name).and_then(|flag| flag.value.as_ref()) {
                self.word(Part::Other, value);
            }
        }
        let (Args::Words(words) | Args::Json(words)) = &instruction.args else { return };
        let Some((destination, sources)) = words.split_last() else { return };
        let is_heredoc = |word: &&Word| matches!(heredoc::operator(&word.text, 0..word.text.len()), Ok(Some(_)));
        let (operators, sources): (Vec<&Word>, Vec<&Word>) = sources.iter().partition(is_heredoc);
        for source in sources {
            self.word(Part::Source, source);
        }
        self.word(Part::Other, destination);
        for word in operators {
            let heredoc = views::heredoc_of(heredocs, word.span).filter(|heredoc| heredoc.expand);
            if let Some(heredoc) = heredoc {
                let lexer = Lexer { skip_quotes: true, ..Lexer::default() };
                let body = Word { text: heredoc.content.clone(), span: heredoc.body };
                self.fill(Part::Other, &body, lexer);
            }
        }
    }

    fn mounts(&mut self, instruction: &Instruction) {
        for value in
            instruction.flags.iter().filter(|flag| flag.name.text == "mount").filter_map(|flag| flag.value.as_ref())
        {
            for field in mounts::csv_fields(&value.text).unwrap_or_default() {
                let Some((_, text)) = field.split_once('=') else { continue };
                // The field is a part of the value, unless quotes were taken off.
                let at =
                    value.text.find(text).filter(|_| self.is_verbatim(value)).map(|at| value.span.start + at as u32);
                let span = at.map_or(value.span, |at| Span::new(at, at + text.len() as u32));
                self.word(Part::Other, &Word { text: text.to_owned(), span });
            }
        }
    }

    /// A port may be a variable that holds several.
    fn ports(&mut self, word: &Word) {
        let lexer = self.dispatcher.lexer;
        let is_unknown = std::cell::Cell::new(false);
        let filled = lexer.words(&word.text, &|name| {
            let value = self.look_up(name);
            is_unknown.set(is_unknown.get() || value == Lookup::Unknown);
            value
        });
        let words = filled.map_err(|error| self.dispatcher.refuse(word.span, error));
        for text in words.unwrap_or_default() {
            let text = Some(text).filter(|_| !is_unknown.get());
            self.words.push(Filled { part: Part::Other, span: word.span, text, undefined: Vec::new() });
        }
    }

    fn word(&mut self, part: Part, word: &Word) {
        let lexer = self.dispatcher.lexer;
        self.fill(part, word, lexer);
    }

    fn fill(&mut self, part: Part, word: &Word, lexer: Lexer) {
        let filled = lexer.word(&word.text, &|name| self.look_up(name));
        let (text, undefined) = match filled {
            Ok(Expansion { text, unknown, unmatched, .. }) => {
                let names = unmatched
                    .into_iter()
                    .filter(|name| !self.scope.arguments.contains(name) && !NO_VARIABLES.contains(&name.as_str()));
                let references = lexer.references(&word.text);
                let undefined = names.map(|name| self.undefined(name, word, &references)).collect();
                (Some(text).filter(|_| !unknown), undefined)
            }
            Err(error) => {
                self.dispatcher.refuse(word.span, error);
                (None, Vec::new())
            }
        };
        self.words.push(Filled { part, span: word.span, text, undefined });
    }

    fn look_up(&self, name: &str) -> Lookup {
        match self.scope.variables.get(name) {
            Lookup::Unset => {}
            value => return value,
        }
        match self.scope.inherited {
            Some(names) if names.contains(&name) => Lookup::Unknown,
            Some(_) => Lookup::Unset,
            // The image may set it; that the file itself does elsewhere tells that it does not.
            None if self.scope.arguments.contains(name) => Lookup::Unset,
            None if self.own.as_deref() != Some(name) && self.is_defined_elsewhere(name) => Lookup::Unset,
            None => Lookup::Unknown,
        }
    }

    fn is_defined_elsewhere(&self, name: &str) -> bool {
        self.dispatcher.defined.get(name).is_some_and(|steps| !steps.is_empty())
    }

    fn undefined(&self, name: String, word: &Word, references: &[Reference]) -> Undefined {
        let named = || references.iter().filter(|reference| reference.name == name);
        // In `${A:+$A}` the inner one is only asked for where there is a value.
        let is_guarded = |inner: &Reference| {
            named().any(|outer| {
                outer.has_default && outer.range.start < inner.range.start && inner.range.end < outer.range.end
            })
        };
        let own: Vec<&Reference> = named().filter(|reference| !is_guarded(reference)).collect();
        let has_default = !own.is_empty() && own.iter().all(|reference| reference.has_default);
        let shown = own.iter().find(|reference| has_default || !reference.has_default);
        let span = shown.map_or(word.span, |reference| self.span(word, reference.range.clone()));
        let known = Some(&self.scope.variables).filter(|variables| variables.values.len() <= MAX_NAMES);
        let suggestion = known.and_then(|variables| nearest(&name, &variables.names()));
        let is_own = names_set(self.step.instruction).contains(&name.as_str());
        Undefined { name, span, suggestion, has_default, is_own }
    }

    fn is_verbatim(&self, word: &Word) -> bool {
        self.dispatcher.model.source.slice(word.span) == word.text
    }

    /// Where a part of a word stands.
    fn span(&self, word: &Word, range: std::ops::Range<usize>) -> Span {
        if self.is_verbatim(word) {
            return Span::new(word.span.start + range.start as u32, word.span.start + range.end as u32);
        }
        let joined = &self.step.instruction.joined;
        let at = joined.offset_of(word.span.start);
        match at.filter(|&at| joined.text.get(at..).is_some_and(|rest| rest.starts_with(&word.text))) {
            Some(at) => joined.span(at + range.start, at + range.end),
            None => word.span,
        }
    }
}
