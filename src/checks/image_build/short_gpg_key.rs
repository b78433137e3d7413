//! Keys fetched by a part of their fingerprint.

use crate::checks::prelude::*;

/// A part of a fingerprint that is short enough to be made again, and long enough to be no other number.
const SHORTEST_ID: usize = 8;
/// Lengths of whole fingerprints: version 4, and versions 5 and 6.
const FINGERPRINTS: [usize; 2] = [40, 64];

#[derive(Default)]
pub struct Rule {
    /// Where keys were found, each once however often it is fetched.
    seen: Vec<Span>,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("gpg"), Visit::Command("apt-key"), Visit::Command("pacman-key")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let Some(line) = &command.line else { return };
        if let Some(word) = line.words.iter().find(|word| takes_any_key(word)).filter(|_| line.is("gpg")) {
            cx.report(Finding::at(word.span).variant("any").with("option", cx.text(word.span).to_owned()));
        }
        if !line.has("--recv-keys") {
            return;
        }
        for operand in line.operands.iter().filter(|operand| !line.is("apt-key") || !operand.is("adv")) {
            for key in cx.model.possible_words(command, operand).unwrap_or_default() {
                let Some(length) = short(&key) else { continue };
                let span = origin(&key, command, operand, cx);
                if self.seen.contains(&span) {
                    continue;
                }
                self.seen.push(span);
                let shown: String = key.split_whitespace().collect();
                let finding = Finding::at(span).with("key", shown).with("length", length.to_string());
                cx.report(if span == operand.span { finding } else { finding.label(operand.span, "use") });
            }
            // The arguments of a function's calls.
            for key in cx.model.origins(command, operand) {
                self.report(&key, operand.span, cx);
            }
        }
        // `echo KEY | xargs gpg --recv-keys`
        if line.wrappers.iter().any(|word| word.is("xargs")) {
            for writer in cx.model.piped_from(command) {
                let printed = writer.line.as_ref().filter(|line| line.is_any(&["echo", "printf"]));
                for operand in printed.iter().flat_map(|line| &line.operands) {
                    for key in cx.model.origins(writer, operand) {
                        self.report(&key, line.name_word.span, cx);
                    }
                }
            }
        }
    }
}

impl Rule {
    fn report(&mut self, key: &WordOrigin, used: Span, cx: &mut Context<'_, '_>) {
        let Some(length) = short(&key.text) else { return };
        if self.seen.iter().any(|seen| seen.contains(key.span) || key.span.contains(*seen)) {
            return;
        }
        self.seen.push(key.span);
        let finding = Finding::at(key.span).with("key", key.text.clone()).with("length", length.to_string());
        cx.report(if key.span == used { finding } else { finding.label(used, "use") });
    }
}

/// Whether an option of gpg has it fetch the key that a signature names, whoever's it is.
fn takes_any_key(word: &sh::Word) -> bool {
    word.literal().is_some_and(|text| {
        let text = text.trim_start_matches("--keyserver-options=");
        text.split(',').any(|option| matches!(option, "auto-key-retrieve" | "--auto-key-retrieve"))
    })
}

/// The number of hexadecimal characters of a key id that is no whole fingerprint.
fn short(key: &str) -> Option<usize> {
    let digits: String = key.split_whitespace().collect();
    let digits = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")).unwrap_or(&digits);
    let is_short = digits.len() >= SHORTEST_ID
        && !FINGERPRINTS.contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_short.then_some(digits.len())
}

/// Where the key is written: in the operand, or in the value that its variables take it from.
fn origin(key: &str, command: &Command<'_>, operand: &sh::Word, cx: &Context<'_, '_>) -> Span {
    if operand.literal().is_some() {
        return operand.span;
    }
    let within = |span: Span| {
        let text = cx.text(span);
        // Not as the end of a whole fingerprint.
        let is_whole = |at: usize| {
            let around = (text.get(..at), text.get(at + key.len()..));
            !around.0.is_some_and(|before| before.ends_with(char::is_alphanumeric))
                && !around.1.is_some_and(|behind| behind.starts_with(char::is_alphanumeric))
        };
        let at = text.match_indices(key).map(|(at, _)| at).find(|&at| is_whole(at))? as u32;
        Some(Span::new(span.start + at, span.start + at + key.len() as u32))
    };
    let names = |word: &sh::Word| -> Vec<String> {
        let parameters = word.parts.iter().filter_map(|part| match &part.kind {
            sh::PartKind::Parameter(parameter) => Some(parameter.name.clone()),
            _ => None,
        });
        parameters.collect()
    };
    let Some(step) = cx.model.step(command.step) else { return operand.span };
    let mut wanted = names(operand);
    let mut at = 0;
    // Variables that hold variables: each name is looked at once.
    while let Some(name) = wanted.get(at).cloned() {
        at += 1;
        let mut words: Vec<&sh::Word> = command.invocation.loop_words(&name).unwrap_or_default().iter().collect();
        for other in cx.model.commands_of(command.step) {
            let assigned = other.invocation.simple.assignments.iter().filter(|assignment| assignment.name == name);
            words.extend(assigned.filter_map(|assignment| match &assignment.value {
                sh::AssignedValue::Scalar(word) => Some(word),
                _ => None,
            }));
        }
        if let Some(span) = words.iter().find_map(|word| within(word.span)) {
            return span;
        }
        let definition = cx.model.environment().definition(step.stage, step.index, &name);
        let defined = definition.and_then(|definition| cx.model.step(definition.step));
        if let Some(span) = defined.and_then(|step| within(step.instruction.span)) {
            return span;
        }
        let more: Vec<String> =
            words.iter().flat_map(|word| names(word)).filter(|name| !wanted.contains(name)).collect();
        wanted.extend(more);
    }
    operand.span
}
