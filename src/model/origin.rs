//! Where the words that a word can become are written: in the command, the list of a loop, an assignment, ENV or ARG.

use crate::shell::ast::{AssignedValue, List, Operation, Parameter, PartKind, Word};
use crate::shell::{CommandLine, invocations, read};
use crate::source::Span;

use super::{Command, Model};

/// Variables that hold variables are followed this far.
const MAX_DEPTH: usize = 8;
/// More words than this are not looked at, on the way included.
const MAX_WORDS: usize = 256;
/// What a word of several variables counts for: each of them may stand for many.
const COST_OF_SEVERAL: usize = 16;

/// A word that a command is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordOrigin {
    /// The word.
    pub text: String,
    /// Where the file has it, or the most of it.
    pub span: Span,
}

struct Trace {
    found: Vec<WordOrigin>,
    budget: usize,
}

impl Model<'_> {
    /// The words that a word of a command can become, each once. What cannot be known is left out, so that these need not
    /// be all.
    pub fn origins(&self, command: &Command<'_>, word: &Word) -> Vec<WordOrigin> {
        let mut trace = Trace { found: Vec::new(), budget: MAX_WORDS };
        self.trace(command, word, MAX_DEPTH, &mut trace);
        trace.found.dedup();
        trace.found
    }

    /// The words of variables that ask a command for one of these options, where they are written.
    pub fn options_in_variables(
        &self,
        command: &Command<'_>,
        line: &CommandLine<'_>,
        options: &[&'static str],
    ) -> Vec<(WordOrigin, &'static str)> {
        let mut found = Vec::new();
        let may_be_option = |word: &&Word| match word.parts.first().map(|part| &part.kind) {
            Some(PartKind::Literal(text)) => text.starts_with('-') && word.literal().is_none(),
            first => first.is_some(),
        };
        let asks = |text: &String| options.iter().any(|option| line.asks_for(text, option));
        let may_ask = |word: &&Word| self.possible_words(command, word).is_none_or(|words| words.iter().any(asks));
        for word in line.words.iter().filter(may_be_option).filter(may_ask) {
            for origin in self.origins(command, word) {
                let letters = origin.text.strip_prefix('-').unwrap_or_default();
                let is_option = letters.starts_with('-') || letters.chars().all(char::is_alphanumeric);
                let asked = options.iter().find(|option| is_option && line.asks_for(&origin.text, option));
                found.extend(asked.map(|option| (origin.clone(), *option)));
            }
        }
        found
    }

    fn trace(&self, command: &Command<'_>, word: &Word, depth: usize, trace: &mut Trace) {
        if depth == 0 || trace.budget == 0 {
            return;
        }
        trace.budget -= 1;
        if let Some(text) = word.literal() {
            trace.found.extend(self.words_within(&text, word.span));
            return;
        }
        let mut expansions = word.parts.iter().filter(|part| !matches!(part.kind, PartKind::Literal(_)));
        let (Some(part), None) = (expansions.next(), expansions.next()) else {
            trace.budget = trace.budget.saturating_sub(COST_OF_SEVERAL);
            let words = self.possible_words(command, word).unwrap_or_default();
            trace.found.extend(words.into_iter().map(|text| WordOrigin { text, span: word.span }));
            return;
        };
        let start = trace.found.len();
        match &part.kind {
            PartKind::Parameter(parameter) => self.trace_parameter(command, parameter, depth - 1, trace),
            PartKind::Substitution(list) => self.trace_output(command, list, depth - 1, trace),
            _ => {}
        }
        // What stands around the variable in the word, as in `hkp://$server:80`.
        let literal = |part: &crate::shell::ast::Part| match &part.kind {
            PartKind::Literal(text) => text.clone(),
            _ => String::new(),
        };
        let before: String =
            word.parts.iter().take_while(|part| matches!(part.kind, PartKind::Literal(_))).map(literal).collect();
        let all: String = word.parts.iter().map(literal).collect();
        let behind = all.get(before.len()..).unwrap_or_default();
        for origin in trace.found.iter_mut().skip(start) {
            origin.text = format!("{before}{}{behind}", origin.text);
        }
    }

    fn trace_parameter(&self, command: &Command<'_>, parameter: &Parameter, depth: usize, trace: &mut Trace) {
        let name = &parameter.name;
        match &parameter.operation {
            Operation::Plain | Operation::Required => {}
            Operation::Default { word, .. } | Operation::Assign { word, .. } => {
                self.trace(command, word, depth, trace);
            }
            _ => return,
        }
        if let Some(words) = command.invocation.loop_words(name) {
            return words.iter().for_each(|word| self.trace(command, word, depth, trace));
        }
        if let (Ok(index), Some(function)) = (name.parse::<usize>(), command.invocation.function()) {
            for call in self.commands_of(command.step) {
                let line = call.line.as_ref().filter(|line| line.name == function.name);
                if let Some(argument) = line.and_then(|line| line.words.get(index)).filter(|_| index > 0) {
                    self.trace(call, argument, depth, trace);
                }
            }
            return;
        }
        let mut is_assigned = false;
        for other in self.setters_before(command, name) {
            let simple = other.invocation.simple;
            if !(simple.words.is_empty() || simple.declaration) {
                continue;
            }
            for assignment in simple.assignments.iter().filter(|assignment| assignment.name == *name) {
                match &assignment.value {
                    AssignedValue::Scalar(word) => self.trace(other, word, depth, trace),
                    AssignedValue::Array(words) => words.iter().for_each(|word| self.trace(other, word, depth, trace)),
                    AssignedValue::Unset => continue,
                }
                is_assigned = true;
            }
        }
        if !is_assigned {
            self.trace_definition(command, name, trace);
        }
    }

    /// ENV and ARG; a stage's ARG may have its value from the ARG before the first FROM.
    fn trace_definition(&self, command: &Command<'_>, name: &str, trace: &mut Trace) {
        let Some(step) = self.step(command.step) else { return };
        let super::Lookup::Known(value) = self.lookup(step, name) else { return };
        let definition = self.environment().definition(step.stage, step.index, name);
        let defined = definition.and_then(|definition| self.step(definition.step));
        let globals = self.steps.iter().take_while(|step| step.stage.is_none());
        let places: Vec<Span> = defined.into_iter().chain(globals).map(|step| step.instruction.span).collect();
        for text in value.split_whitespace() {
            let span = places.iter().find_map(|&span| self.find_word(span, text));
            let span = span.or(definition.map(|definition| definition.span)).unwrap_or(step.instruction.span);
            trace.found.push(WordOrigin { text: text.to_owned(), span });
        }
    }

    /// What `$(echo ...)` and `$(shuf -e ...)` print.
    fn trace_output(&self, command: &Command<'_>, list: &List, depth: usize, trace: &mut Trace) {
        for invocation in invocations(list) {
            let Some(line) = read(invocation.simple).filter(|line| line.is_any(&["echo", "printf", "shuf"])) else {
                continue;
            };
            for operand in line.operands {
                self.trace(command, operand, depth, trace);
            }
        }
    }

    fn words_within(&self, text: &str, span: Span) -> Vec<WordOrigin> {
        let words = text.split_whitespace();
        words
            .map(|word| WordOrigin { text: word.to_owned(), span: self.find_word(span, word).unwrap_or(span) })
            .collect()
    }

    /// Where a word stands in a part of the file, not as a piece of a longer one.
    fn find_word(&self, within: Span, word: &str) -> Option<Span> {
        let text = self.source.slice(within);
        let joins = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/');
        let (at, _) = text.match_indices(word).find(|&(at, _)| {
            let before = text.get(..at).is_some_and(|before| before.ends_with(joins));
            let behind = text.get(at + word.len()..).is_some_and(|behind| behind.starts_with(joins));
            !before && !behind
        })?;
        let start = within.start + at as u32;
        Some(Span::new(start, start + word.len() as u32))
    }
}
