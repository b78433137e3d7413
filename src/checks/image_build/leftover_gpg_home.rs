//! Temporary home directories of GnuPG that stay in the image, and daemons that are still at work in them.

use crate::checks::prelude::*;

const STOP: &str = "gpgconf --kill all";
const REMOVE: &str = "rm -rf \"$GNUPGHOME\"";

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Run)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        let commands = model.commands_of(step.index);
        let line_of = |command: &Command<'_>, name: &str| command.line.as_ref().is_some_and(|line| line.is(name));
        let Some((owner, home)) = commands.iter().find_map(|command| Some((command, home(command)?))) else { return };
        if !commands.iter().any(|command| line_of(command, "gpg")) || model.is_mounted(step, "/tmp") {
            return;
        }
        let may_clean = |command: &Command<'_>| {
            command.line.as_ref().is_some_and(|line| line.name.to_ascii_lowercase().contains("clean"))
        };
        let removal = commands.iter().find_map(|command| removal(command, home, cx));
        let stopped = commands.iter().any(stops_daemons) || commands.iter().any(may_clean);
        let text = normal(cx.text(home.span));
        let finding = match removal {
            Some(_) if stopped => return,
            Some(span) => Finding::at(span).variant("running"),
            None if commands.iter().any(may_clean) => return,
            None => {
                let simple = owner.invocation.simple;
                let persists = simple.words.is_empty() || simple.declaration;
                let is_plain = !owner.invocation.is_conditional()
                    && !owner.invocation.in_subshell()
                    && owner.invocation.substitution().is_none()
                    && owner.invocation.script().is_none();
                let is_temporary = text.contains("mktemp");
                let mut finding = Finding::at(home.span).fix_if(persists && is_plain && is_temporary);
                if let Some(edit) = model.step(step.index).and_then(|step| model.append(step, REMOVE)) {
                    let separator = edit.text.strip_suffix(REMOVE).unwrap_or_default().to_owned();
                    let ending = if stopped { String::new() } else { format!("{separator}{STOP}") };
                    finding = finding.edit(edit.span, format!("{ending}{}", edit.text));
                }
                if model.is_shipped(step) { finding } else { finding.variant("builder") }
            }
        };
        cx.report(finding);
    }
}

/// The directory that a command sets as home of GnuPG.
fn home<'c>(command: &Command<'c>) -> Option<&'c sh::Word> {
    let mut assignments = command.invocation.simple.assignments.iter();
    assignments.find_map(|assignment| match &assignment.value {
        sh::AssignedValue::Scalar(word) if assignment.name == "GNUPGHOME" => Some(word),
        _ => None,
    })
}

/// Where a command removes the directory.
fn removal(command: &Command<'_>, home: &sh::Word, cx: &Context<'_, '_>) -> Option<Span> {
    let line = command.line.as_ref()?;
    if line.is("trap") {
        let word = line.operands.first()?;
        return word.literal().filter(|text| text.contains("rm ")).map(|_| word.span);
    }
    if !line.is_any(&["rm", "find"]) {
        return None;
    }
    let home = normal(cx.text(home.span));
    let is_it = |word: &&&sh::Word| {
        let text = normal(cx.text(word.span));
        let text = text.trim_end_matches(['*', '/']);
        // `$dir` for `GNUPGHOME="$dir/gnupg"`, `/tmp` for what mktemp makes.
        let above = home.strip_prefix(text).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        text.starts_with("$GNUPGHOME") || !text.is_empty() && above || text == "/tmp" && home.contains("mktemp")
    };
    line.operands.iter().find(is_it).map(|word| word.span)
}

/// A word without its quotes and braces.
fn normal(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '"' | '\'' | '{' | '}')).collect()
}

fn stops_daemons(command: &Command<'_>) -> bool {
    command.line.as_ref().is_some_and(|line| match line.name.as_str() {
        "gpgconf" => line.has("--kill") || line.has("-K") || line.has("-KR"),
        "gpg-connect-agent" | "pkill" | "killall" | "kill" => true,
        _ => line.has("--no-autostart"),
    })
}
