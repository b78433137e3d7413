//! Variables in FROM that no ARG declares.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::From)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let Some(from) = views::From::of(step.instruction).filter(|_| step.trigger_of.is_none()) else { return };
        let platform = from.platform.and_then(|flag| flag.value.as_ref());
        for word in from.image.into_iter().chain(platform) {
            check(word, step, cx);
        }
    }
}

fn check(word: &Word, step: &Step<'_>, cx: &mut Context<'_, '_>) {
    let dispatch = cx.model.dispatch();
    let lexer = Lexer { escape: cx.model.file.escape, ..Lexer::default() };
    let Ok(expansion) = lexer.word(&word.text, &|name| dispatch.globals.get(name)) else { return };
    let declared = dispatch.declared.iter().map(String::as_str);
    let known: Vec<&str> = declared.chain(dispatch.globals.names()).collect();
    let references = lexer.references(&word.text);
    for name in expansion.unmatched.iter().filter(|name| !known.contains(&name.as_str())) {
        if !cx.runs_build_check(Some(step)) {
            return;
        }
        let range =
            references.iter().find(|reference| reference.name == *name).map(|reference| reference.range.clone());
        let is_verbatim = cx.text(word.span) == word.text;
        let span = range.filter(|_| is_verbatim).map_or(word.span, |range| {
            Span::new(word.span.start + range.start as u32, word.span.start + range.end as u32)
        });
        let finding = Finding::at(span).with("name", name.as_str());
        cx.report(match instructions::suggest(name, &known, true) {
            Some(suggestion) => finding.variant("misspelled").with("suggestion", suggestion),
            None => finding,
        });
    }
}
