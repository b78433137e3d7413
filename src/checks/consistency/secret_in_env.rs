//! ENV and ARG that hold a secret. Its value is in no message.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Env), Visit::Instruction(Keyword::Arg)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        if let Some(arg) = views::Arg::of(step.instruction) {
            for declaration in &arg.declarations {
                if let Some(value) = &declaration.default {
                    check(&declaration.name, value, step, cx);
                }
            }
        } else if let Some(views::Pairs { pairs }) = views::Pairs::of(step.instruction) {
            for pair in pairs {
                check(&pair.key, &pair.value, step, cx);
            }
        }
    }
}

fn check(key: &Word, value: &Word, step: &Step<'_>, cx: &mut Context<'_, '_>) {
    let name = key.text.trim_matches(['"', '\'']);
    let is_secret_name = secrets::is_secret_name(name);
    let is_env = step.keyword() == Keyword::Env;
    let reference = reference(&value.text);
    let variant = match cx.model.fold(step, &value.text) {
        Folded::Known(text) => {
            // A variable that is a secret itself was told where it is defined.
            let told = reference.is_some_and(secrets::is_secret_name);
            let is_secret = is_secret_name && secrets::is_secret_value(name, &text);
            match is_env {
                _ if told || !(is_secret || secrets::is_credential(&text)) => return,
                true if cx.model.is_shipped(step) => "env",
                true => "builder",
                false => "arg",
            }
        }
        // `ARG TOKEN` and `ENV TOKEN=$TOKEN`: what the build is given stays.
        Folded::Unknown => {
            let definition = reference
                .and_then(|reference| cx.model.environment().definition(step.stage, step.index, reference))
                .filter(|definition| !definition.is_env);
            let is_given = definition.is_some_and(|it| it.value == environment::Value::Unset);
            if !(is_env && is_secret_name && is_given && cx.model.is_shipped(step)) {
                return;
            }
            "kept"
        }
    };
    let id = name.to_ascii_lowercase().replace('-', "_");
    cx.report(Finding::at(key.span).variant(variant).with("name", name.to_owned()).with("id", id));
}

/// The variable that a value is, where it is one and nothing else.
fn reference(value: &str) -> Option<&str> {
    let name = value.trim_matches(['"', '\'']).strip_prefix('$')?;
    let name = name.strip_prefix('{').map_or(name, |inner| inner.split(['}', ':', '-', '?']).next().unwrap_or(inner));
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_name.then_some(name)
}
