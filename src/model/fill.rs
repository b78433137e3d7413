//! The words of an instruction with their variables filled in, as BuildKit does before it carries the instruction out.

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use crate::dockerfile::ast::{Args, Heredoc, Instruction, Keyword, Word};
use crate::dockerfile::expand::{Expansion, Lexer, Lookup, Reference};
use crate::dockerfile::views;
use crate::dockerfile::{heredoc, mounts};
use crate::source::Span;

use super::Step;
use super::dispatch::Dispatcher;

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
    pub(super) fn set(&mut self, name: &str, value: Option<String>) {
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

/// The variables of a stage.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    pub(super) variables: Variables,
    /// ARG of this stage and of those below.
    pub(super) arguments: BTreeSet<String>,
    /// What the image below may set; none where it is not known.
    pub(super) inherited: Option<&'static [&'static str]>,
}

/// The first name at the least distance below 3 (`Search` in BuildKit's util/suggest).
fn nearest(name: &str, known: &[&str]) -> Option<String> {
    let distances = known.iter().map(|known| (strsim::levenshtein(name, known), *known));
    let nearest = distances.filter(|(distance, _)| *distance < 3).min_by_key(|(distance, _)| *distance);
    nearest.map(|(_, known)| known.to_owned())
}

/// The variables that an instruction sets.
pub(super) fn names_set(instruction: &Instruction) -> Vec<&str> {
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

/// Fills in the words of one instruction.
pub(super) struct Filler<'d, 'm, 'a> {
    pub(super) dispatcher: &'d mut Dispatcher<'m, 'a>,
    pub(super) step: &'d Step<'d>,
    pub(super) scope: &'d mut Scope,
    /// The variable that the word is for.
    pub(super) own: Option<String>,
    pub(super) words: Vec<Filled>,
    /// What the instruction itself sets.
    pub(super) set_here: OnceCell<HashSet<&'d str>>,
}

impl Filler<'_, '_, '_> {
    pub(super) fn arguments(&mut self, instruction: &Instruction) {
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
                    Lookup::Unset | Lookup::Declared => None,
                },
            };
            if let Some(value) = value.filter(|_| !NO_VARIABLES.contains(&name)) {
                self.scope.variables.set(name, value);
            }
            self.scope.arguments.insert(name.to_owned());
        }
    }

    pub(super) fn transfer(&mut self, instruction: &Instruction, heredocs: &[Heredoc]) {
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

    pub(super) fn mounts(&mut self, instruction: &Instruction) {
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
    pub(super) fn ports(&mut self, word: &Word) {
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

    pub(super) fn word(&mut self, part: Part, word: &Word) {
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
            None if self.own.as_deref() != Some(name) && self.dispatcher.defined.contains(name) => Lookup::Unset,
            None => Lookup::Unknown,
        }
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
        let set_here = self.set_here.get_or_init(|| names_set(self.step.instruction).into_iter().collect());
        let is_own = set_here.contains(name.as_str());
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
