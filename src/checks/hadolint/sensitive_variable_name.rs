//! ARG and ENV with a name of secrets.

use crate::checks::prelude::*;

/// What such names have in them, in lower case.
const SENSITIVE: [&str; 7] = ["password", "token", "secret", "api_key", "private", "username", "aws_access_key_id"];

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Env), Visit::Instruction(Keyword::Arg)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let arguments = views::Arg::of(step.instruction).map(|arg| arg.declarations).unwrap_or_default();
        let pairs = views::Pairs::of(step.instruction).map_or(&[][..], |it| it.pairs);
        let names = arguments.iter().map(|argument| &argument.name).chain(pairs.iter().map(|pair| &pair.key));
        for name in names {
            let lower = name.text.to_ascii_lowercase();
            if SENSITIVE.iter().any(|part| lower.contains(part)) {
                cx.report(Finding::at(name.span).with("name", name.text.trim_matches(['"', '\'']).to_owned()));
            }
        }
    }
}
