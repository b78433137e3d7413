//! ARG and ENV whose names are those of secrets.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

const SECRET: [&str; 10] =
    ["apikey", "auth", "credential", "credentials", "key", "password", "pword", "passwd", "secret", "token"];
const HARMLESS: [&str; 3] = ["public", "file", "version"];

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        for stage in &cx.model.dispatch().stages {
            for dispatched in &stage.instructions {
                let Some(step) = cx.model.step(dispatched.step) else { continue };
                let names: Vec<(String, Span)> = match step.keyword() {
                    Keyword::Env => {
                        let keys = dispatched.words.iter().filter(|word| word.part == Part::Key);
                        keys.filter_map(|word| Some((word.text.clone()?, word.span))).collect()
                    }
                    Keyword::Arg => {
                        let declarations =
                            views::Arg::of(step.instruction).map(|arg| arg.declarations).unwrap_or_default();
                        declarations.into_iter().map(|it| (it.name.text, it.name.span)).collect()
                    }
                    _ => continue,
                };
                for (name, span) in names.into_iter().filter(|(name, _)| is_secret(name)) {
                    if cx.runs_build_check(dispatched.commented(cx.model)) {
                        let finding = Finding::at(dispatched.place(cx.model, span));
                        cx.report(finding.with("keyword", step.keyword().as_str()).with("name", name));
                    }
                }
            }
        }
    }
}

/// Whether one of the words between underscores is that of a secret, and none says otherwise.
fn is_secret(name: &str) -> bool {
    let has = |words: &[&str]| name.split('_').any(|part| words.iter().any(|word| word.eq_ignore_ascii_case(part)));
    has(&SECRET) && !has(&HARMLESS)
}
