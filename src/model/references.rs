//! Where variables are read, and where their names stand.

use std::collections::HashSet;
use std::ops::Range;

use crate::dockerfile::ast::{Args, Keyword};
use crate::dockerfile::expand::Lexer;
use crate::dockerfile::views;
use crate::shell::ast::Operation;
use crate::source::Span;

use super::fill::names_set;
use super::parameters::each_parameter;
use super::{Model, Step};

/// A variable that is expanded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Its name.
    pub name: String,
    /// Whether the expansion says what stands for an unset variable: `${NAME:-word}`, `${NAME:+word}`.
    pub has_default: bool,
    /// Where it stands.
    pub span: Span,
}

/// Where the names of the variables that a file defines stand in it, by step, so that a name can be looked up often: also
/// where a program reads a variable in a way of its own, as in `printenv NAME` or `awk '{ print ENVIRON["NAME"] }'`.
/// Comments, and the names where ENV and ARG define them, are left out.
#[derive(Debug, Default)]
pub struct Mentions<'a> {
    /// The name, the step and the place in the file, sorted.
    places: Vec<(&'a str, usize, u32)>,
}

/// The names that a file defines.
struct Names<'m> {
    all: HashSet<&'m str>,
    /// A bit for each length and first byte, both modulo 64: most words are told to be none of them without a search.
    lengths: u64,
    first: u64,
}

impl<'a> Mentions<'a> {
    /// Reads the file once.
    pub(super) fn of(model: &Model<'a>) -> Self {
        let mut mentions = Self::default();
        let names = Names::of(model);
        // A trigger's text is that of its ONBUILD too.
        for step in model.steps.iter().filter(|step| step.trigger_of.is_none()) {
            let instruction = step.instruction;
            match (&instruction.args, instruction.keyword) {
                (Args::Pairs(pairs), Keyword::Env) => {
                    for pair in pairs {
                        mentions.add(&names, &pair.value.text, step.index, |at| pair.value.span.start + at as u32);
                    }
                }
                (Args::Words(words), Keyword::Arg) => {
                    for word in words {
                        let default = word.text.split_once('=').map_or("", |(_, default)| default);
                        let lead = word.text.len() - default.len();
                        mentions.add(&names, default, step.index, |at| word.span.start + (lead + at) as u32);
                    }
                }
                _ => {
                    let joined = &instruction.joined;
                    mentions.add(&names, &joined.text, step.index, |at| joined.to_source(at));
                }
            }
            for heredoc in step.heredocs {
                let mut start = heredoc.body.start;
                for line in heredoc.content.split_inclusive('\n') {
                    // A comment in a here-document reads nothing.
                    if !line.trim_start().starts_with('#') {
                        mentions.add(&names, line, step.index, |at| start + at as u32);
                    }
                    start += line.len() as u32;
                }
            }
        }
        mentions.places.sort_unstable();
        mentions
    }

    fn add(&mut self, names: &Names<'_>, text: &'a str, step: usize, place: impl Fn(usize) -> u32) {
        let bytes = text.as_bytes();
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let mut at = 0;
        while let Some(skipped) = bytes.get(at..).and_then(|rest| rest.iter().position(is_name)) {
            let start = at + skipped;
            let len = bytes.iter().skip(start).take_while(|byte| is_name(byte)).count();
            at = start + len;
            if let Some(name) = text.get(start..at).filter(|name| names.has(name)) {
                self.places.push((name, step, place(start)));
            }
        }
    }

    /// The steps among these in which a name stands, in order. A file may have a name in all of its steps, so that who looks
    /// for several names takes so many of them as are enough.
    pub fn steps_in<'m>(&'m self, name: &'m str, steps: Range<usize>) -> impl Iterator<Item = usize> + 'm {
        let start = self.places.partition_point(|&(other, at, _)| (other, at) < (name, steps.start));
        let found = self.places.get(start..).unwrap_or_default().iter();
        let found = found.take_while(move |(other, at, _)| *other == name && *at < steps.end);
        let mut last = None;
        found.map(|(_, step, _)| *step).filter(move |step| last.replace(*step) != Some(*step))
    }

    /// Whether a name stands in a step.
    pub fn stands_in(&self, name: &str, step: usize) -> bool {
        self.steps_in(name, step..step + 1).next().is_some()
    }

    /// The steps in which it stands besides some places, those where it is defined for example.
    pub fn steps_besides(&self, name: &str, places: &HashSet<u32>) -> Vec<usize> {
        let start = self.places.partition_point(|(other, ..)| *other < name);
        let found = self.places.iter().skip(start).take_while(|(other, ..)| *other == name);
        let mut steps: Vec<usize> = found.filter(|(.., at)| !places.contains(at)).map(|(_, step, _)| *step).collect();
        steps.dedup();
        steps
    }
}

impl<'m> Names<'m> {
    fn of(model: &'m Model<'_>) -> Self {
        let by_instructions = model.steps.iter().flat_map(|step| names_set(step.instruction));
        let simple = model.commands().iter().map(|command| command.invocation.simple);
        let by_shell = simple.flat_map(|simple| &simple.assignments).map(|assignment| assignment.name.as_str());
        let (mut lengths, mut first) = (0, 0);
        let note = |name: &&str| {
            lengths |= 1 << (name.len() % 64);
            first |= 1 << (name.as_bytes().first().copied().unwrap_or_default() % 64);
        };
        let all = by_instructions.chain(by_shell).inspect(note).collect();
        Self { all, lengths, first }
    }

    fn has(&self, name: &str) -> bool {
        let first = name.as_bytes().first().copied().unwrap_or_default();
        self.lengths >> (name.len() % 64) & 1 == 1 && self.first >> (first % 64) & 1 == 1 && self.all.contains(name)
    }
}

impl Model<'_> {
    /// The variables that a step expands, in order: BuildKit in the words of an instruction, the shell in a RUN.
    pub fn references(&self, step: &Step<'_>) -> Vec<Reference> {
        let mut found = Vec::new();
        if step.keyword() == Keyword::Run {
            if let Some(list) = self.body(step).list() {
                each_parameter(list, &mut |parameter, span| {
                    let has_default = matches!(
                        parameter.operation,
                        Operation::Default { .. } | Operation::Assign { .. } | Operation::Alternative { .. }
                    );
                    found.push(Reference { name: parameter.name.clone(), has_default, span });
                });
            }
            let run = views::Run::of(step.instruction);
            for flag in step.instruction.flags.iter().filter(|_| run.is_some()) {
                self.in_text(&flag.text, |_| flag.span, &mut found);
            }
        } else if step.keyword() != Keyword::Onbuild {
            let joined = &step.instruction.joined;
            self.in_text(&joined.text, |range| joined.span(range.start, range.end), &mut found);
            for heredoc in step.heredocs.iter().filter(|heredoc| heredoc.expand) {
                let start = heredoc.body.start;
                let place =
                    |range: std::ops::Range<usize>| Span::new(start + range.start as u32, start + range.end as u32);
                self.in_text(&heredoc.content, place, &mut found);
            }
        }
        found
    }

    fn in_text(&self, text: &str, place: impl Fn(std::ops::Range<usize>) -> Span, found: &mut Vec<Reference>) {
        if !text.contains('$') {
            return;
        }
        let lexer = Lexer { escape: self.file.escape, ..Lexer::default() };
        for reference in lexer.references(text) {
            let span = place(reference.range);
            found.push(Reference { name: reference.name, has_default: reference.has_default, span });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::dockerfile::parse;
    use crate::model::{Bodies, Model};
    use crate::source::Source;

    #[test]
    fn what_is_read() {
        for (line, expected) in [
            ("ENV A=$B C=${D:-$E}", "B D? E"),
            ("RUN echo $A \"${B:+x}\" '$C' $(d $E) > $F", "A B? E F"),
            ("RUN for x in $A; do case $B in *) sh -c 'y $C';; esac; done; [[ $D ]]", "A B C D"),
            ("RUN --mount=target=$A x", "A"),
            ("LABEL a=\"$B\"", "B"),
            ("COPY <<E /a\n$B\nE", "B"),
        ] {
            let source = Source::new(format!("FROM a\n{line}\n").into_bytes()).unwrap();
            let file = parse(&source);
            let bodies = Bodies::of(&file);
            let model = Model::new(&source, &file, &bodies);
            let found = model.references(&model.steps[1]);
            let names: Vec<String> =
                found.iter().map(|one| format!("{}{}", one.name, if one.has_default { "?" } else { "" })).collect();
            assert_eq!(names.join(" "), expected, "{line}");
        }
    }

    #[test]
    fn what_is_named() {
        let text = "FROM a\nENV A=1 B=$A D=2\nARG C=$B\n# D\nRUN E=$A printenv A; awk 'ENVIRON[\"E\"]'\nRUN F\n";
        let source = Source::new(text.as_bytes().to_vec()).unwrap();
        let file = parse(&source);
        let bodies = Bodies::of(&file);
        let model = Model::new(&source, &file, &bodies);
        let mentions = model.mentions();
        for (name, steps) in
            [("A", &[1_usize, 3] as &[usize]), ("B", &[2]), ("C", &[]), ("D", &[]), ("E", &[3]), ("F", &[])]
        {
            assert_eq!(mentions.steps_in(name, 0..9).collect::<Vec<_>>(), *steps, "{name}");
        }
    }
}
