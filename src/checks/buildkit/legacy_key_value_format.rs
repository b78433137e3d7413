//! `ENV name value` and `LABEL name value`.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        for stage in &cx.model.dispatch().stages {
            for dispatched in &stage.instructions {
                let Some(step) = cx.model.step(dispatched.step) else { continue };
                let Some(views::Pairs { pairs }) = views::Pairs::of(step.instruction) else { continue };
                for pair in pairs.iter().filter(|pair| !pair.equals) {
                    if cx.runs_build_check(dispatched.commented(cx.model)) {
                        report(pair, step, dispatched, cx);
                    }
                }
            }
        }
    }
}

fn report(pair: &Pair, step: &Step<'_>, dispatched: &Dispatched, cx: &mut Context<'_, '_>) {
    let between = Span::new(pair.key.span.end, pair.value.span.start);
    let is_plain = step.index == dispatched.at
        && cx.text(pair.value.span) == pair.value.text
        && cx.text(between).chars().all(|c| c == ' ' || c == '\t')
        && pair.key.text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-/".contains(&byte));
    let mut finding = Finding::at(dispatched.place(cx.model, pair.key.span))
        .with("keyword", step.keyword().as_str())
        .with("name", pair.key.text.as_str());
    if let Some(word) = as_word(&pair.value.text, cx.model.file.escape).filter(|_| is_plain) {
        finding = finding.edit(between, "=");
        if word != pair.value.text {
            finding = finding.edit(pair.value.span, word);
        }
    }
    cx.report(finding);
}

/// The value as one word that means the same; none where that would take more care.
fn as_word(value: &str, escape: char) -> Option<String> {
    let has_blanks = value.contains(char::is_whitespace);
    let is_special = |c: char| c == '"' || c == '\'' || c == escape || c == '\\';
    let quoted = ['"', '\''].into_iter().find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote));
    match quoted {
        _ if !has_blanks => Some(value.to_owned()),
        Some(inner) if !inner.contains(is_special) => Some(value.to_owned()),
        _ if !value.contains(is_special) && !value.contains("${") => Some(format!("\"{value}\"")),
        _ => None,
    }
}
