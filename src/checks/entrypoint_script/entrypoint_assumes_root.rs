//! Ownership is changed, or root given up, by a script that may not be root.

use crate::checks::prelude::*;

/// Commands that run another one as another user.
const STEPS_DOWN: &[&str] = &["gosu", "su-exec", "setpriv", "runuser", "su", "chroot"];

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn script(&mut self, _script: &Script, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        let tests = model.user_tests();
        let executions = model.executions(0);
        let needs: Vec<_> = executions.iter().filter_map(|it| Some((it, needs_root(it.command)?))).collect();
        for (execution, (word, name)) in &needs {
            // One way on which it is asked for is enough.
            let guarded = needs
                .iter()
                .filter(|(other, _)| other.index == execution.index)
                .any(|(it, _)| tests.ask(&model.conditions(it)) || model.asks_in_arithmetic(it, &tests));
            // What it changes to itself it may change.
            let owner = execution.command.line.as_ref().and_then(|line| line.operands.first().copied());
            let to_itself = owner.is_some_and(|owner| tests.ask(&entrypoint::words_of(owner)));
            if guarded || to_itself || execution.command.invocation.failure_is_ignored() {
                continue;
            }
            // Somebody may turn it off, or has to turn it on.
            let conditions = model.conditions(execution);
            let is_optional = entrypoint::variables(&conditions).any(|name| {
                name.len() > 2 && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
            });
            let finding = Finding::at(word.span).with("command", name.clone());
            cx.report(if is_optional { finding.variant("optional") } else { finding });
            return;
        }
    }
}

/// The word of a command that only root can run, and what to call it.
fn needs_root<'a>(command: &Command<'a>) -> Option<(&'a sh::Word, String)> {
    let simple = command.invocation.simple;
    let is_step_down =
        |word: &&'a sh::Word| word.literal().is_some_and(|name| STEPS_DOWN.contains(&start::file_name(&name)));
    let mut heads = simple.words.iter().take_while(|word| {
        is_step_down(word)
            || word.literal().is_some_and(|text| matches!(&*text, "exec" | "set" | "--" | "tini" | "dumb-init"))
    });
    if let Some(word) = heads.find(is_step_down) {
        return Some((word, start::file_name(&word.literal()?).to_owned()));
    }
    let line = command.line.as_ref()?;
    if line.is("chown") && line.name == "chown" {
        return Some((line.name_word, "chown".to_owned()));
    }
    let run =
        line.is("find").then(|| line.values_of("-exec").map(|value| value.word).find(|word| word.is("chown")))??;
    Some((run, "chown".to_owned()))
}
