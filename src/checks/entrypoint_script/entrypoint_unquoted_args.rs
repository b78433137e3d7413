//! Arguments that a script splits, joins, or reads as a script once more.

use crate::checks::prelude::*;
use entrypoint::Expansion;

/// Commands that make no more of their words than text.
const LOGGING: &[&str] = &["echo", "printf", "[", "test", "log", "warn", "error", "info", "logger"];

#[derive(Default)]
pub struct Rule {
    /// Words of loops that are told.
    told: Vec<Span>,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::EveryCommand]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let words = &command.invocation.simple.words;
        let name = words.first().and_then(sh::Word::literal);
        let name = name.as_deref().map_or("", start::file_name);
        // In a function they are those of its call.
        if command.invocation.function().is_some_and(|it| !is_given_all(it, cx)) {
            return;
        }
        for frame in command.invocation.scope() {
            let Frame::ForBody(sh::For { words: Some(words), .. }) = frame else { continue };
            let split =
                |word: &&sh::Word| word.parts.iter().any(|part| entrypoint::expansion(part) == Some(Expansion::Split));
            for word in words.iter().filter(split) {
                if !self.told.contains(&word.span) {
                    self.told.push(word.span);
                    let finding = Finding::at(word.span).with("written", cx.text(word.span));
                    cx.report(finding.edit(word.span, "\"$@\"").fix_if(word.parts.len() == 1));
                }
            }
        }
        if LOGGING.contains(&name) {
            return;
        }
        let is_shell =
            command.line.as_ref().is_some_and(|line| line.is_any(&["sh", "su", "runuser"]) && line.has("-c"));
        for (index, word) in words.iter().enumerate() {
            let Some((part, expansion)) = word.parts.iter().find_map(|it| Some((it, entrypoint::expansion(it)?)))
            else {
                continue;
            };
            let is_whole = word.parts.len() == 1;
            let runs = index == 0 || index == 1 && name == "exec";
            let variant = match expansion {
                _ if name == "eval" => Some("eval"),
                Expansion::Split => None,
                Expansion::Words if is_shell && !is_whole => Some("joined"),
                Expansion::Joined if is_shell || runs => Some("joined"),
                _ => continue,
            };
            let finding = Finding::at(if is_whole { word.span } else { part.span }).with("written", cx.text(word.span));
            let certain = is_whole && variant.is_none_or(|name| name == "joined" && runs);
            let finding = finding.edit(word.span, "\"$@\"").fix_if(certain && !is_shell);
            cx.report(match variant {
                Some(name) => finding.variant(name),
                None => finding,
            });
        }
    }
}

/// Whether some call of a function hands it all arguments of the script.
fn is_given_all(function: &sh::Function, cx: &Context<'_, '_>) -> bool {
    cx.model.commands_of(0).iter().any(|command| {
        command.invocation.function().is_none()
            && command.line.as_ref().is_some_and(|line| line.name == function.name)
            && command.invocation.simple.words.iter().any(entrypoint::has_arguments)
    })
}
