//! Where in the file a text stands that a word expands to.

use crate::dockerfile::ast::{Args, Keyword};
use crate::dockerfile::expand::Lexer;
use crate::dockerfile::views;
use crate::shell::ast::{AssignedValue, Operation, PartKind, Word};
use crate::source::Span;

use super::environment::Definition;
use super::files::FileEvent;
use super::{Command, Model, Step};

/// Variables that hold variables are followed this far.
const MAX_DEPTH: usize = 6;
/// More places than this are not looked at.
const MAX_PLACES: usize = 64;

/// Where `wanted` stands in a text, not as a part of a longer name or number.
pub fn find_token(text: &str, wanted: &str) -> Option<usize> {
    let is_name = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.match_indices(wanted).map(|(at, _)| at).find(|&at| {
        let (before, behind) = (text.get(..at).unwrap_or_default(), text.get(at + wanted.len()..).unwrap_or_default());
        let goes_on = is_name(before.chars().next_back()) && is_name(wanted.chars().next())
            || is_name(behind.chars().next()) && is_name(wanted.chars().next_back());
        !goes_on
    })
}

/// Where a word may have its text from.
#[derive(Default)]
struct Places {
    found: Vec<Span>,
    /// The words on the way, each of which is looked at once.
    seen: Vec<*const Word>,
}

impl<'a> Model<'a> {
    /// Where a text stands that the word under `span` of an event's command, or of its instruction, expands to: in the word
    /// itself, or in a variable that it holds.
    pub fn place_of(&self, event: &FileEvent, span: Span, wanted: &str) -> Option<Span> {
        let step = self.step(event.step)?;
        let mut places = Places::default();
        match event.command.and_then(|index| self.commands().get(index)) {
            Some(command) => {
                let words = &command.invocation.simple.words;
                let word = words
                    .iter()
                    .find(|word| word.span == span)
                    .or_else(|| words.iter().find(|word| word.span.contains(span)));
                self.in_word(command, word?, 0, &mut places);
            }
            None => self.places_in_text(step, span, 0, &mut places),
        }
        self.first_place(&places.found, wanted)
    }

    /// Where a text stands that a word of a command expands to.
    pub fn place_in_word(&self, command: &Command<'a>, word: &Word, wanted: &str) -> Option<Span> {
        let mut places = Places::default();
        self.in_word(command, word, 0, &mut places);
        self.first_place(&places.found, wanted)
    }

    fn first_place(&self, places: &[Span], wanted: &str) -> Option<Span> {
        places.iter().find_map(|place| {
            let at = place.start + u32::try_from(find_token(self.source.slice(*place), wanted)?).ok()?;
            Some(Span::new(at, at + u32::try_from(wanted.len()).ok()?))
        })
    }

    /// The definition that holds for a variable at a step; that of the global ARG for an ARG that repeats it.
    pub fn definition_of(&self, step: &Step<'_>, name: &str) -> Option<&Definition> {
        let own = self.environment().definition(step.stage, step.index, name)?;
        let repeats = self.value_span(own).is_none() && !own.is_env;
        if repeats { self.environment().definition(None, usize::MAX, name).or(Some(own)) } else { Some(own) }
    }

    /// Where the value of a definition stands.
    pub fn value_span(&self, definition: &Definition) -> Option<Span> {
        let instruction = self.step(definition.step)?.instruction;
        if instruction.keyword == Keyword::Arg {
            let arg = views::Arg::of(instruction)?;
            let declaration = arg.declarations.into_iter().find(|one| one.name.span == definition.span)?;
            return declaration.default.map(|default| default.span);
        }
        match &instruction.args {
            Args::Pairs(pairs) => {
                pairs.iter().find(|pair| pair.key.span == definition.span).map(|pair| pair.value.span)
            }
            _ => None,
        }
    }

    fn in_word(&self, command: &Command<'a>, word: &Word, depth: usize, places: &mut Places) {
        let this = std::ptr::from_ref(word);
        if depth > MAX_DEPTH || places.seen.len() > MAX_PLACES || places.seen.contains(&this) {
            return;
        }
        places.seen.push(this);
        let is_literal = |kind: &PartKind| matches!(kind, PartKind::Literal(_));
        places.found.extend(word.parts.iter().filter(|part| is_literal(&part.kind)).map(|part| part.span));
        for part in &word.parts {
            let PartKind::Parameter(parameter) = &part.kind else { continue };
            self.in_variable(command, &parameter.name, depth, places);
            if let Operation::Default { word, .. } | Operation::Assign { word, .. } = &parameter.operation {
                self.in_word(command, word, depth + 1, places);
            }
        }
    }

    fn in_variable(&self, command: &Command<'a>, name: &str, depth: usize, places: &mut Places) {
        if let Some(words) = command.invocation.loop_words(name) {
            for word in words {
                self.in_word(command, word, depth + 1, places);
            }
            return;
        }
        if let (Ok(number), Some(function)) = (name.parse::<usize>(), command.invocation.function()) {
            for call in self.commands_of(command.step) {
                let line = call.line.as_ref().filter(|line| line.name == function.name);
                if let Some(word) = line.and_then(|line| line.words.get(number)) {
                    self.in_word(call, word, depth + 1, places);
                }
            }
            return;
        }
        let mut found = false;
        for (other, word) in self.assigned_before(command, name) {
            found = true;
            self.in_word(other, word, depth + 1, places);
        }
        let Some(step) = self.step(command.step).filter(|_| !found) else { return };
        self.in_definition(step, name, depth, places);
    }

    /// The values that commands of the same RUN give to a variable before a command runs, in order.
    pub fn assigned_before<'s>(
        &'s self,
        command: &Command<'_>,
        name: &'s str,
    ) -> impl Iterator<Item = (&'s Command<'a>, &'a Word)> {
        self.setters_before(command, name).flat_map(move |other| {
            let assignments = other.invocation.simple.assignments.iter().filter(move |one| one.name == name);
            assignments.filter_map(move |one| match &one.value {
                AssignedValue::Scalar(word) => Some((other, word)),
                _ => None,
            })
        })
    }

    fn in_definition(&self, step: &Step<'_>, name: &str, depth: usize, places: &mut Places) {
        let Some(definition) = self.definition_of(step, name) else { return };
        if let (Some(span), Some(step)) = (self.value_span(definition), self.step(definition.step)) {
            self.places_in_text(step, span, depth + 1, places);
        }
    }

    fn places_in_text(&self, step: &Step<'_>, span: Span, depth: usize, places: &mut Places) {
        if depth > MAX_DEPTH || places.found.len() > MAX_PLACES {
            return;
        }
        places.found.push(span);
        let lexer = Lexer { escape: self.file.escape, ..Lexer::default() };
        for reference in lexer.references(self.source.slice(span)) {
            self.in_definition(step, &reference.name, depth, places);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dockerfile::parse;
    use crate::model::Bodies;
    use crate::source::Source;

    #[test]
    fn where_a_text_of_a_url_stands() {
        for (dockerfile, wanted, before) in [
            ("FROM a\nRUN curl -o x https://h/latest/x", "latest", "FROM a\nRUN curl -o x https://h/"),
            ("FROM a\nADD https://h/latest/x /", "latest", "FROM a\nADD https://h/"),
            ("FROM a\nENV V=latest\nRUN wget \"https://h/$V/x\"", "latest", "FROM a\nENV V="),
            ("ARG V=latest\nFROM a\nARG V\nADD https://h/$V/x /", "latest", "ARG V="),
            ("FROM a\nRUN v=latest; u=https://h/$v; wget $u/x", "latest", "FROM a\nRUN v="),
            ("FROM a\nRUN for v in 1 latest; do wget https://h/$v/x; done", "latest", "FROM a\nRUN for v in 1 "),
            (
                "FROM a\nRUN g() { wget https://h/$1/x; }; g latest",
                "latest",
                "FROM a\nRUN g() { wget https://h/$1/x; }; g ",
            ),
            ("FROM a\nRUN wget https://h/latestx/latest", "latest", "FROM a\nRUN wget https://h/latestx/"),
        ] {
            let source = Source::new(dockerfile.as_bytes().to_vec()).unwrap();
            let file = parse(&source);
            let bodies = Bodies::of(&file);
            let model = Model::new(&source, &file, &bodies);
            let event = model.files().iter().find(|event| event.fetch().is_some()).unwrap();
            let place = model.place_of(event, event.span, wanted);
            assert_eq!(place.map(|place| place.start as usize), Some(before.len()), "{dockerfile}");
        }
    }
}
