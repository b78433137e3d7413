//! `ln` with one operand (SC2226).

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("ln")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let Some(line) = command.line.as_ref().filter(|line| line.is("ln") && line.wrappers.is_empty()) else { return };
        let [target] = line.operands.as_slice() else { return };
        if is_one_word(target) && !line.has("-t") && !line.has("--help") {
            cx.report(Finding::at(command.invocation.simple.span).with("target", cx.text(target.span)));
        }
    }
}

/// Whether a word is certainly one operand: nothing in it is split, matched against files or a list.
fn is_one_word(word: &sh::Word) -> bool {
    let is_one = |part: &sh::Part| match &part.kind {
        sh::PartKind::Literal(text) => part.quoting != sh::Quoting::None || !text.contains('{'),
        sh::PartKind::Parameter(parameter) => {
            part.quoting != sh::Quoting::None
                && parameter.operation == sh::Operation::Plain
                && !matches!(parameter.name.as_str(), "@" | "*")
        }
        _ => false,
    };
    !word.has_glob() && word.parts.iter().all(is_one)
}
