//! USER with a name.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::User)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let Some(word) = views::user(step.instruction).filter(|_| step.trigger_of.is_none()) else { return };
        let lexer = Lexer { escape: cx.model.file.escape, ..Lexer::default() };
        let is_argument = |name: &str| is_argument(step, name, cx);
        let (user, is_number) = match cx.model.fold(step, &word.text) {
            _ if lexer.references(&word.text).iter().any(|it| !it.has_default && is_argument(&it.name)) => return,
            Folded::Known(user) => (user.clone(), is_number(name_in(&user))),
            Folded::Unknown => (word.text.clone(), is_number(name_in(&word.text))),
        };
        if !is_number {
            let written = cx.text(word.span);
            let start = written.len() - written.trim_start_matches(['"', '\'']).len();
            let len = name_in(written.trim_matches(['"', '\''])).len();
            let span = Span::new(word.span.start + start as u32, word.span.start + (start + len) as u32);
            cx.report(Finding::at(span).with("user", name_in(&user).to_owned()));
        }
    }
}

/// The part before the colon that a group follows; those within `${...}` are none.
fn name_in(user: &str) -> &str {
    let mut depth = 0_u32;
    let end = user.char_indices().find(|(_, c)| {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        *c == ':' && depth == 0
    });
    end.and_then(|(at, _)| user.get(..at)).unwrap_or(user)
}

fn is_number(user: &str) -> bool {
    !user.is_empty() && user.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a variable is an ARG, or an ENV with the value of one, so that the build is told its value.
fn is_argument(step: &Step<'_>, name: &str, cx: &Context<'_, '_>) -> bool {
    let definition = cx.model.environment().definition(step.stage, step.index, name);
    definition.is_some_and(|it| !it.is_env || !matches!(it.value, environment::Value::Known(_)))
}
