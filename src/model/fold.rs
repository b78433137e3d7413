//! What a shell word can expand to, as far as the file tells: ENV and ARG, assignments before it, the words of loops.

use std::cell::Cell;

use crate::dockerfile::expand::{Folded, Lexer, Lookup};
use crate::dockerfile::glob::Glob;
use crate::shell::ast::{AssignedValue, Operation, Parameter, Part, PartKind, Quoting, Simple, Word};
use crate::shell::{CommandLine, Frame};
use crate::source::Span;

use super::flow::{self, Execution};
use super::setters;
use super::text::PartialText;
use super::{Command, Model, Step};

/// More possibilities than this are as good as none.
const MAX_VALUES: usize = 64;
/// Variables that hold variables are followed this far.
const MAX_DEPTH: usize = 8;
/// So many texts are put together for one word: each variable may have many values, each of them with variables in it.
const MAX_TEXTS: usize = 1024;

/// Where a word stands: in a command, and the calls of functions that lead to it, the outermost first.
#[derive(Clone, Copy)]
struct Place<'p, 'a> {
    command: &'p Command<'a>,
    calls: &'p [&'p Command<'a>],
    /// How many texts may still be put together.
    texts_left: &'p Cell<usize>,
}

/// A command that assigns a variable, and the value.
type Assigned<'m> = (&'m Command<'m>, &'m Word);

impl Place<'_, '_> {
    /// Takes so many of the texts that are left; false where there are none.
    fn takes(&self, texts: usize) -> bool {
        let left = self.texts_left.get();
        self.texts_left.set(left.saturating_sub(texts));
        left > 0
    }
}

impl Model<'_> {
    /// The words that a word of a command can become, over all loops and assignments; none where it cannot be known.
    pub fn possible_words(&self, command: &Command<'_>, word: &Word) -> Option<Vec<String>> {
        let texts_left = &Cell::new(MAX_TEXTS);
        let words = self.words_of(Place { command, calls: &[], texts_left }, word, 0);
        words.into_iter().map(|word| word.known_str().map(str::to_owned)).collect()
    }

    /// The single word that it becomes, where there is but one possibility.
    pub fn only_word(&self, command: &Command<'_>, word: &Word) -> Option<String> {
        let mut words = self.possible_words(command, word)?;
        let word = words.pop()?;
        words.is_empty().then_some(word)
    }

    /// The words that a word can become where a command is executed, each as far as the file tells; the arguments of a
    /// function are those of its call.
    pub fn partial_words(&self, execution: &Execution<'_, '_>, word: &Word) -> Vec<PartialText> {
        let texts_left = &Cell::new(MAX_TEXTS);
        self.words_of(Place { command: execution.command, calls: &execution.calls, texts_left }, word, 0)
    }

    /// The same before it is split at blanks.
    pub fn partial_texts(&self, execution: &Execution<'_, '_>, word: &Word) -> Vec<PartialText> {
        let texts_left = &Cell::new(MAX_TEXTS);
        self.texts_of(Place { command: execution.command, calls: &execution.calls, texts_left }, word, 0)
    }

    /// Whether an option is given to a command, or may be: in a variable that cannot be known and is named for it, or in
    /// the arguments of a function.
    pub fn may_give(&self, command: &Command<'_>, line: &CommandLine<'_>, option: &str) -> bool {
        let may_be = |word: &Word| match self.possible_words(command, word) {
            Some(words) => words.iter().any(|word| line.asks_for(word, option)),
            None => {
                word.parts.iter().any(|part| matches!(&part.kind, PartKind::Parameter(it) if holds_options(&it.name)))
            }
        };
        line.has(option) || line.words.iter().filter(|word| word.literal().is_none()).any(may_be)
    }

    /// A command in which all that its variables may stand for is given; none where none of them is known.
    pub fn spelled_out(&self, command: &Command<'_>) -> Option<Simple> {
        let mut simple = command.invocation.simple.clone();
        let mut changed = false;
        simple.words = simple
            .words
            .into_iter()
            .flat_map(|word| match self.possible_words(command, &word).filter(|_| word.literal().is_none()) {
                Some(texts) => {
                    changed = true;
                    texts.into_iter().map(|text| Word::literal_at(text, word.span)).collect()
                }
                None => vec![word],
            })
            .collect();
        changed.then_some(simple)
    }

    /// Whether a variable that is named for options, and that the file does not tell, stands among the words of a command.
    pub fn has_unknown_options(&self, command: &Command<'_>) -> bool {
        let is_named = |part: &Part| matches!(&part.kind, PartKind::Parameter(it) if holds_options(&it.name));
        let mut words = command.invocation.simple.words.iter();
        words.any(|word| word.parts.iter().any(is_named) && self.possible_words(command, word).is_none())
    }

    /// A word of an instruction as far as the file tells, quotes removed.
    pub fn partial_fold(&self, step: &Step<'_>, text: &str) -> PartialText {
        if let Folded::Known(known) = self.fold(step, text) {
            return PartialText::known(known);
        }
        let lexer = Lexer { escape: self.file.escape, ..Lexer::default() };
        let mut folded = PartialText::default();
        let mut at = 0;
        for reference in lexer.references(text) {
            if reference.range.is_empty() || reference.range.start < at {
                continue;
            }
            folded.push_str(&text.get(at..reference.range.start).unwrap_or_default().replace(['"', '\''], ""));
            let written = text.get(reference.range.clone()).unwrap_or_default();
            match self.fold(step, written) {
                Folded::Known(value) => folded.push_str(&value),
                Folded::Unknown => folded.push(&PartialText::unknown(written)),
            }
            at = reference.range.end;
        }
        folded.push_str(&text.get(at..).unwrap_or_default().replace(['"', '\''], ""));
        folded
    }

    /// The words that braces make of one, in a shell that has them.
    pub fn brace_words(&self, command: &Command<'_>, word: &Word) -> Vec<Word> {
        if self.has_braces(command) { word.without_braces() } else { vec![word.clone()] }
    }

    fn words_of(&self, place: Place<'_, '_>, word: &Word, depth: usize) -> Vec<PartialText> {
        let is_open = |part: &Part| matches!(&part.kind, PartKind::Literal(text) if text.contains('{'));
        if word.parts.iter().any(is_open) {
            let words = self.brace_words(place.command, word);
            return words.iter().flat_map(|word| self.split_words(place, word, depth)).collect();
        }
        self.split_words(place, word, depth)
    }

    fn split_words(&self, place: Place<'_, '_>, word: &Word, depth: usize) -> Vec<PartialText> {
        let texts = self.texts_of(place, word, depth);
        let splits =
            word.parts.iter().any(|part| part.quoting == Quoting::None && !matches!(part.kind, PartKind::Literal(_)));
        if splits { texts.iter().flat_map(PartialText::words).collect() } else { texts }
    }

    /// The texts that a word can become before it is split.
    fn texts_of(&self, place: Place<'_, '_>, word: &Word, depth: usize) -> Vec<PartialText> {
        let mut texts = vec![PartialText::default()];
        for part in &word.parts {
            if let PartKind::Literal(literal) = &part.kind {
                if !place.takes(texts.len()) {
                    return vec![self.hole(word.span)];
                }
                for text in &mut texts {
                    text.push_str(literal);
                }
                continue;
            }
            let choices = self.part(place, part, depth);
            let made = texts.len() * choices.len();
            if made > MAX_VALUES || !place.takes(made) {
                return vec![self.hole(word.span)];
            }
            match choices.as_slice() {
                [only] => texts.iter_mut().for_each(|text| text.push(only)),
                choices => {
                    texts = texts.iter().flat_map(|text| choices.iter().map(move |choice| text.with(choice))).collect();
                }
            }
        }
        texts
    }

    /// What cannot be known, as it is written, on one line.
    fn hole(&self, span: Span) -> PartialText {
        let written = self.source.slice(span);
        // The older spelling of `$(...)`.
        let inside =
            written.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')).filter(|rest| !rest.contains('`'));
        let written = inside.map_or_else(|| written.to_owned(), |inside| format!("$({inside})"));
        if !written.contains('\n') {
            return PartialText::unknown(written);
        }
        let words: Vec<&str> = written.split_whitespace().filter(|word| *word != "\\").collect();
        PartialText::unknown(words.join(" "))
    }

    fn part(&self, place: Place<'_, '_>, part: &Part, depth: usize) -> Vec<PartialText> {
        match &part.kind {
            PartKind::Parameter(parameter) if depth < MAX_DEPTH => {
                self.parameter(place, parameter, part.span, depth + 1)
            }
            _ => vec![self.hole(part.span)],
        }
    }

    fn parameter(&self, place: Place<'_, '_>, parameter: &Parameter, span: Span, depth: usize) -> Vec<PartialText> {
        let values = self.variable(place, &parameter.name, depth);
        let unknown = || match parameter.operation {
            Operation::Plain => vec![PartialText::unknown(format!("${{{}}}", parameter.name))],
            _ => vec![self.hole(span)],
        };
        let Some(values) = values else {
            return match &parameter.operation {
                Operation::Default { word, .. } | Operation::Assign { word, .. }
                    if self.is_only_declared(place.command, &parameter.name) =>
                {
                    self.texts_of(place, word, depth)
                }
                _ => unknown(),
            };
        };
        let apply = |trim: &dyn Fn(&Glob, &str) -> Option<String>, pattern: &str| {
            // Brackets and variables in a pattern are beyond what is folded.
            let glob =
                if pattern.contains(['[', '$', '`', '"', '\'', '\\']) { None } else { Glob::parse(pattern).ok() };
            let trimmed = |value: &PartialText| Some(PartialText::known(trim(glob.as_ref()?, value.known_str()?)?));
            values.iter().map(trimmed).collect::<Option<Vec<_>>>().unwrap_or_else(unknown)
        };
        match &parameter.operation {
            Operation::Plain | Operation::Required => values,
            Operation::Default { word, colon } | Operation::Assign { word, colon } => {
                if !*colon || !values.iter().any(PartialText::is_empty) {
                    return values;
                }
                let mut all: Vec<PartialText> = values.into_iter().filter(|value| !value.is_empty()).collect();
                all.extend(self.texts_of(place, word, depth));
                all
            }
            Operation::TrimPrefix { pattern, longest } => {
                apply(&|glob, text| glob.trim_prefix(text, *longest), pattern)
            }
            Operation::TrimSuffix { pattern, longest } => {
                apply(&|glob, text| glob.trim_suffix(text, *longest), pattern)
            }
            Operation::Replace { pattern, replacement, all } => match replacement.literal() {
                Some(replacement) => apply(&|glob, text| glob.replace(text, &replacement, *all), pattern),
                None => unknown(),
            },
            Operation::Alternative { .. } | Operation::Other => unknown(),
        }
    }

    /// The values of a variable where a command runs; none where nothing is known of it.
    fn variable(&self, place: Place<'_, '_>, name: &str, depth: usize) -> Option<Vec<PartialText>> {
        if !place.takes(1) {
            return None;
        }
        let command = place.command;
        if let Some(words) = command.invocation.loop_words(name) {
            return all(words.iter().map(|word| self.words_of(place, word, depth)));
        }
        let in_loop = |frame: &Frame<'_>| matches!(frame, Frame::ForBody(each) if each.variable == name);
        if command.invocation.frames.iter().any(in_loop) {
            return None;
        }
        if let Some(number) = name.parse::<usize>().ok().filter(|&number| number > 0) {
            return self.argument(place, number, depth);
        }
        let (assigned, is_certain) = self.assignments(command, name)?;
        let values = assigned.iter().rev().map(|&(other, word)| {
            let calls = if other.invocation.function().is_some() { place.calls } else { &[] };
            self.texts_of(Place { command: other, calls, ..place }, word, depth)
        });
        if is_certain {
            return all(values);
        }
        let before = self.step(command.step).and_then(|step| match self.lookup(step, name) {
            Lookup::Known(value) => Some(vec![PartialText::known(value)]),
            Lookup::Unset | Lookup::Declared | Lookup::Unknown => None,
        });
        if assigned.is_empty() { before } else { all(before.into_iter().chain(values)) }
    }

    /// Whether a variable is an ARG without a default, which nothing before a command in its RUN sets.
    fn is_only_declared(&self, command: &Command<'_>, name: &str) -> bool {
        let is_declared = self.step(command.step).is_some_and(|step| self.lookup(step, name) == Lookup::Declared);
        is_declared && self.setters_before(command, name).next().is_none()
    }

    /// What a variable may have been assigned where a command runs, the latest first, and whether the last of these surely was: what
    /// stands before it does not count. None where nothing can be known.
    fn assignments(&self, command: &Command<'_>, name: &str) -> Option<(Vec<Assigned<'_>>, bool)> {
        let mut assigned = Vec::new();
        for other in self.setters_before(command, name).rev() {
            let simple = other.invocation.simple;
            // What another arm or branch assigns is not assigned here.
            if flow::exclude_each_other(&other.invocation.frames, &command.invocation.frames) {
                continue;
            }
            if !(simple.words.is_empty() || simple.declaration) {
                // `read NAME` and its like: what they put there cannot be known. What stands before a command is for it alone.
                if setters::read_into(&simple.words).any(|read| read == name) {
                    return None;
                }
                continue;
            }
            for assignment in simple.assignments.iter().rev().filter(|assignment| assignment.name == name) {
                match &assignment.value {
                    AssignedValue::Scalar(word) if !assignment.append => assigned.push((other, word)),
                    AssignedValue::Unset => continue,
                    _ => return None,
                }
                if flow::is_certain(other, command) {
                    return Some((assigned, true));
                }
            }
            if assigned.len() > MAX_VALUES {
                return None;
            }
        }
        Some((assigned, false))
    }

    /// The values of an argument of the function that a command is in.
    fn argument(&self, place: Place<'_, '_>, number: usize, depth: usize) -> Option<Vec<PartialText>> {
        let function = place.command.invocation.function()?;
        let (call, outer) = place.calls.split_last()?;
        let at = place.command.invocation.simple.span.start;
        let shifts = self.commands_of(place.command.step).iter().filter(|other| {
            other.invocation.simple.span.start < at
                && other.invocation.function().is_some_and(|own| std::ptr::eq(own, function))
                && other.line.as_ref().is_some_and(|line| line.is("shift"))
        });
        let number = number + shifts.count();
        let word = call.line.as_ref()?.words.get(number)?;
        Some(self.texts_of(Place { command: call, calls: outer, ..place }, word, depth))
    }
}

fn all(values: impl Iterator<Item = Vec<PartialText>>) -> Option<Vec<PartialText>> {
    let mut all: Vec<PartialText> = Vec::new();
    for value in values {
        for text in value {
            if !all.contains(&text) {
                all.push(text);
            }
        }
        if all.len() > MAX_VALUES {
            return None;
        }
    }
    Some(all)
}

fn holds_options(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    matches!(name.as_str(), "@" | "*") || ["opt", "arg", "flag", "param"].iter().any(|part| name.contains(part))
}
