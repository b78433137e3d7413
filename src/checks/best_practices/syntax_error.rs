//! What the builder cannot parse.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        match cx.model.source.no_text() {
            Some(NoText::Utf16) => return cx.report(Finding::at(Span::new(0, 2)).variant("utf-16")),
            Some(NoText::Nul(at)) => return cx.report(Finding::at(Span::new(at, at + 1)).variant("binary")),
            None => {}
        }
        if let (Some(value), Err(error)) = (check_options::directive(cx.model.source), cx.model.check_options()) {
            cx.report(Finding::at(value.span).variant("check-options").with("error", error.to_string()));
        }
        let mut swallowed = false;
        for error in &cx.model.file.errors {
            let heredoc = matches!(error.kind, SyntaxErrorKind::UnterminatedHeredoc(_));
            // A here-document without an end takes the rest of the file, the others of its line included.
            if (heredoc && swallowed) || is_templated(error, cx) {
                continue;
            }
            swallowed |= heredoc;
            cx.report(finding(error, cx));
        }
    }
}

/// What a template makes of a line cannot be known.
fn is_templated(error: &SyntaxError, cx: &Context<'_, '_>) -> bool {
    let line = cx.text(cx.model.source.line_span(cx.model.source.line_of(error.span.start)));
    line.contains("{{") && line.contains("}}")
}

fn finding<'t>(error: &'t SyntaxError, cx: &Context<'_, 't>) -> Finding<'t> {
    use SyntaxErrorKind as Kind;
    let finding = Finding::at(error.span);
    match &error.kind {
        Kind::DuplicateDirective(name) => finding.variant("duplicate-directive").with("name", name.as_str()),
        Kind::InvalidEscape(text) => finding.variant("escape").with("text", text.as_str()),
        Kind::UnterminatedHeredoc(name) => {
            finding.variant(unterminated(error.span, name, cx)).with("name", name.as_str())
        }
        Kind::HeredocName(message) => finding.variant("heredoc-name").with("error", message.as_str()),
        Kind::JsonNotStrings => finding.variant("json"),
        Kind::MissingEquals(word) if word.starts_with('#') => finding.variant("comment"),
        Kind::MissingEquals(word) => finding.with("word", word.as_str()),
        Kind::MissingValue(keyword) => {
            finding.variant("no-value").with("keyword", keyword.as_str()).with("word", cx.text(error.span))
        }
        // The line is too long to be shown as a whole.
        Kind::LineTooLong => Finding::at(Span::empty(error.span.start)).variant("long-line"),
        Kind::NoInstructions => finding.variant("empty"),
    }
}

/// Which way a here-document came to have no end.
fn unterminated(operator: Span, name: &str, cx: &Context<'_, '_>) -> &'static str {
    let step = cx.model.steps.iter().find(|step| step.instruction.span.contains(operator));
    let body = step.and_then(|step| step.heredocs.iter().find(|heredoc| heredoc.operator == operator));
    if body.is_some_and(|heredoc| heredoc.content.lines().any(|line| line.trim() == name)) {
        return "blanks";
    }
    let before = step.map(|step| cx.text(Span::new(step.instruction.span.start, operator.start))).unwrap_or_default();
    let open = before.rfind("((").is_some_and(|open| before.get(open..).is_some_and(|inner| !inner.contains("))")));
    if open { "shift" } else { "heredoc" }
}
