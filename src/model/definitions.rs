//! The variables that an instruction defines, with the texts of their values.

use crate::dockerfile::ast::{Keyword, Word};
use crate::dockerfile::expand::Lexer;
use crate::dockerfile::views;

use super::Step;

/// The variables that ENV or ARG defines, each with the text of its value; none for a trigger.
pub fn defined(step: &Step<'_>) -> Vec<(Word, String)> {
    match (step.keyword(), views::Pairs::of(step.instruction), views::Arg::of(step.instruction)) {
        _ if step.trigger_of.is_some() => Vec::new(),
        (Keyword::Env, Some(env), _) => {
            env.pairs.iter().map(|pair| (pair.key.clone(), pair.value.text.clone())).collect()
        }
        (_, _, Some(arg)) => {
            let declarations = arg.declarations.into_iter();
            declarations.map(|it| (it.name, it.default.map(|text| text.text).unwrap_or_default())).collect()
        }
        _ => Vec::new(),
    }
}

/// The names among those defined whose values expand one of these.
pub fn derived(made: &[(Word, String)], names: &[String]) -> Vec<String> {
    let lexer = Lexer::default();
    let expands = |value: &str| lexer.references(value).iter().any(|it| names.contains(&it.name));
    made.iter().filter(|(_, value)| expands(value)).map(|(name, _)| name.text.clone()).collect()
}
