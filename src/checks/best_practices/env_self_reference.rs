//! A variable that an ENV both sets and uses.

use std::collections::HashMap;

use crate::checks::prelude::*;

/// Variables that the images of a repository set to the value that is usually set again.
const KNOWN: &[(&str, &str, &str)] = &[("golang", "GOPATH", "/go"), ("golang", "GOROOT", "/usr/local/go")];

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Env)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let Some(views::Pairs { pairs }) = views::Pairs::of(step.instruction) else { return };
        if pairs.len() < 2 {
            return;
        }
        let lexer = Lexer { escape: cx.model.file.escape, ..Lexer::default() };
        let mut before: HashMap<&str, &Pair> = HashMap::new();
        for pair in pairs {
            for reference in lexer.references(&pair.value.text) {
                let Some(set) = before.get(reference.name.as_str()) else { continue };
                if keeps_value(set, step, cx) {
                    continue;
                }
                let span = part(step, &pair.value, reference.range);
                let finding = Finding::at(span).with("name", reference.name).with("variable", name_of(pair).to_owned());
                cx.report(finding.label(set.key.span, "set"));
            }
            before.insert(name_of(pair), pair);
        }
    }
}

fn name_of(pair: &Pair) -> &str {
    pair.key.text.trim_matches(['"', '\''])
}

/// Whether a variable had the value before that the instruction sets it to.
fn keeps_value(pair: &Pair, step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    let Folded::Known(value) = cx.model.fold(step, &pair.value.text) else { return false };
    if cx.model.lookup(step, name_of(pair)) == Lookup::Known(value.clone()) {
        return true;
    }
    let image = cx.model.stage_of(step).and_then(|stage| cx.model.root_image(stage));
    image.is_some_and(|image| KNOWN.contains(&(image.familiar(), name_of(pair), value.as_str())))
}

/// Where a part of a word stands in the file.
fn part(step: &Step<'_>, word: &Word, range: std::ops::Range<usize>) -> Span {
    let joined = &step.instruction.joined;
    match joined.offset_of(word.span.start) {
        Some(start) => joined.span(start + range.start, start + range.end),
        None => word.span,
    }
}
