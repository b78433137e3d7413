//! What a shell word can expand to, as far as the file tells: ENV and ARG, assignments before it, the words of loops.

use crate::dockerfile::expand::Lookup;
use crate::dockerfile::glob::Glob;
use crate::shell::ast::{AssignedValue, Operation, Parameter, Part, PartKind, Quoting, Word};
use crate::shell::{CommandLine, Frame};

use super::{Command, Model};

/// More possibilities than this are as good as none.
const MAX_VALUES: usize = 64;
/// Variables that hold variables are followed this far.
const MAX_DEPTH: usize = 8;

impl Model<'_> {
    /// The words that a word of a command can become, over all loops and assignments; none where it cannot be known.
    pub fn possible_words(&self, command: &Command<'_>, word: &Word) -> Option<Vec<String>> {
        self.words_of(command, word, 0)
    }

    /// The single word that it becomes, where there is but one possibility.
    pub fn only_word(&self, command: &Command<'_>, word: &Word) -> Option<String> {
        let mut words = self.possible_words(command, word)?;
        let word = words.pop()?;
        words.is_empty().then_some(word)
    }

    /// Whether an option is given to a command, or may be: in a variable that cannot be known and is named for it, or in
    /// the arguments of a function.
    pub fn may_give(&self, command: &Command<'_>, line: &CommandLine<'_>, option: &str) -> bool {
        let may_be = |word: &Word| match self.possible_words(command, word) {
            Some(words) => words.iter().any(|word| word == option),
            None => {
                word.parts.iter().any(|part| matches!(&part.kind, PartKind::Parameter(it) if holds_options(&it.name)))
            }
        };
        line.has(option) || line.words.iter().filter(|word| word.literal().is_none()).any(may_be)
    }

    fn words_of(&self, command: &Command<'_>, word: &Word, depth: usize) -> Option<Vec<String>> {
        let values = self.values_of(command, word, depth)?;
        let splits =
            word.parts.iter().any(|part| part.quoting == Quoting::None && !matches!(part.kind, PartKind::Literal(_)));
        if !splits {
            return Some(values);
        }
        Some(values.iter().flat_map(|value| value.split_whitespace().map(str::to_owned)).collect())
    }

    /// The texts that a word can become before it is split.
    fn values_of(&self, command: &Command<'_>, word: &Word, depth: usize) -> Option<Vec<String>> {
        let mut values = vec![String::new()];
        for part in &word.parts {
            let choices = self.part(command, part, depth)?;
            if values.len() * choices.len() > MAX_VALUES {
                return None;
            }
            values =
                values.iter().flat_map(|value| choices.iter().map(move |choice| format!("{value}{choice}"))).collect();
        }
        Some(values)
    }

    fn part(&self, command: &Command<'_>, part: &Part, depth: usize) -> Option<Vec<String>> {
        match &part.kind {
            PartKind::Literal(text) => Some(vec![text.clone()]),
            PartKind::Parameter(parameter) if depth < MAX_DEPTH => self.parameter(command, parameter, depth + 1),
            _ => None,
        }
    }

    fn parameter(&self, command: &Command<'_>, parameter: &Parameter, depth: usize) -> Option<Vec<String>> {
        let values = self.variable(command, &parameter.name, depth);
        let operation = &parameter.operation;
        let apply = |trim: &dyn Fn(&Glob, &str) -> Option<String>, pattern: &str| {
            // Brackets and variables in a pattern are beyond what is folded.
            if pattern.contains(['[', '$', '`', '"', '\'', '\\']) {
                return None;
            }
            let glob = Glob::parse(pattern).ok()?;
            values.as_ref()?.iter().map(|value| trim(&glob, value)).collect()
        };
        match operation {
            Operation::Plain | Operation::Required => values,
            Operation::Default { word, colon } | Operation::Assign { word, colon } => {
                let values = values?;
                if values.is_empty() || (*colon && values.iter().any(String::is_empty)) {
                    let mut all: Vec<String> = values.into_iter().filter(|value| !value.is_empty()).collect();
                    all.extend(self.values_of(command, word, depth)?);
                    return Some(all);
                }
                Some(values)
            }
            Operation::TrimPrefix { pattern, longest } => {
                apply(&|glob, text| glob.trim_prefix(text, *longest), pattern)
            }
            Operation::TrimSuffix { pattern, longest } => {
                apply(&|glob, text| glob.trim_suffix(text, *longest), pattern)
            }
            Operation::Replace { pattern, replacement, all } => {
                let replacement = replacement.literal()?.into_owned();
                apply(&|glob, text| glob.replace(text, &replacement, *all), pattern)
            }
            Operation::Alternative { .. } | Operation::Other => None,
        }
    }

    /// The values of a variable where a command runs; none where one of them cannot be known.
    fn variable(&self, command: &Command<'_>, name: &str, depth: usize) -> Option<Vec<String>> {
        if let Some(words) = command.invocation.loop_words(name) {
            return all(words.iter().map(|word| self.words_of(command, word, depth)));
        }
        let in_loop = |frame: &Frame<'_>| matches!(frame, Frame::ForBody(each) if each.variable == name);
        if command.invocation.frames.iter().any(in_loop) {
            return None;
        }
        let before = self
            .commands_of(command.step)
            .iter()
            .take_while(|other| other.invocation.simple.span.start < command.invocation.simple.span.start);
        let mut assigned = Vec::new();
        for other in before {
            let simple = other.invocation.simple;
            if !(simple.words.is_empty() || simple.declaration) {
                // `read NAME` and its like: what they put there cannot be known.
                if reads_into(simple.words.as_slice(), name) {
                    return None;
                }
                continue;
            }
            for assignment in simple.assignments.iter().filter(|assignment| assignment.name == name) {
                match &assignment.value {
                    AssignedValue::Scalar(word) if !assignment.append => assigned.push((other, word)),
                    AssignedValue::Unset => {}
                    _ => return None,
                }
            }
        }
        if !assigned.is_empty() {
            // An assignment in an arm or a branch may not have been made: what stood before counts too.
            let certain = assigned.iter().rposition(|(other, _)| !other.invocation.is_conditional());
            let from = certain.unwrap_or_default();
            let values = assigned.iter().skip(from).map(|(other, word)| self.values_of(other, word, depth));
            return all(values);
        }
        let step = self.step(command.step)?;
        match self.lookup(step, name) {
            Lookup::Known(value) => Some(vec![value]),
            Lookup::Unset | Lookup::Unknown => None,
        }
    }
}

fn all(values: impl Iterator<Item = Option<Vec<String>>>) -> Option<Vec<String>> {
    let mut all: Vec<String> = Vec::new();
    for value in values {
        for text in value? {
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

fn reads_into(words: &[Word], name: &str) -> bool {
    let Some((command, operands)) = words.split_first() else { return false };
    (command.is("read") || command.is("mapfile") || command.is("readarray") || command.is("getopts"))
        && operands.iter().any(|word| word.is(name))
}
