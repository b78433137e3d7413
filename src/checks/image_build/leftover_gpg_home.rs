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
        let set = commands.iter().find_map(|command| Some((command, home(command)?)));
        let Some((owner, home)) = set.or_else(|| commands.iter().find_map(|it| Some((it, homedir(it, commands)?))))
        else {
            return;
        };
        if !commands.iter().any(|command| line_of(command, "gpg")) || model.is_mounted(step, "/tmp") {
            return;
        }
        let may_clean = |command: &Command<'_>| {
            command.line.as_ref().is_some_and(|line| line.name.to_ascii_lowercase().contains("clean"))
        };
        let removal = commands.iter().find_map(|command| removal(command, home, cx));
        let stopped = commands.iter().any(stops_daemons) || commands.iter().any(may_clean);
        let text = normal(cx.text(home));
        let finding = match removal {
            Some(_) if stopped || set.is_none() => return,
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
                let mut finding = Finding::at(home).fix_if(persists && is_plain && is_temporary);
                let last = gpg::last_command(commands);
                // Where it is taken away again nothing comes after it.
                if let Some(edit) = last.and_then(|last| model.behind(last, REMOVE)) {
                    let separator = edit.text.strip_suffix(REMOVE).unwrap_or_default().to_owned();
                    let ending = if stopped { String::new() } else { format!("{separator}{STOP}") };
                    finding = finding.edit(edit.span, format!("{ending}{}", edit.text));
                }
                match (model.is_shipped(step), set) {
                    (true, Some(_)) => finding,
                    (true, None) => finding.variant("option").with("directory", cx.text(home).to_owned()),
                    (false, _) => finding.variant("builder"),
                }
            }
        };
        cx.report(finding);
    }
}

/// The directory that a command sets as home of GnuPG.
fn home(command: &Command<'_>) -> Option<Span> {
    let mut assignments = command.invocation.simple.assignments.iter();
    assignments.find_map(|assignment| match &assignment.value {
        sh::AssignedValue::Scalar(word) if assignment.name == "GNUPGHOME" => Some(word.span),
        _ => None,
    })
}

/// The directory in `--homedir "$dir"`, where `mktemp` makes it in the same RUN.
fn homedir(command: &Command<'_>, commands: &[Command<'_>]) -> Option<Span> {
    let line = command.line.as_ref().filter(|line| line.is("gpg"))?;
    let value = line.value_of("--homedir")?;
    let sh::PartKind::Parameter(parameter) = &value.word.parts.last()?.kind else { return None };
    let is_mktemp = |part: &sh::Part| match &part.kind {
        sh::PartKind::Substitution(list) => {
            shell::invocations(list).iter().any(|it| it.simple.words.first().is_some_and(|word| word.is("mktemp")))
        }
        _ => false,
    };
    let mut assignments = commands.iter().flat_map(|command| &command.invocation.simple.assignments);
    let makes = |it: &sh::Assignment| {
        let sh::AssignedValue::Scalar(word) = &it.value else { return false };
        it.name == parameter.name && word.parts.iter().any(is_mktemp)
    };
    assignments.any(makes).then_some(value.span)
}

/// Where a command removes the directory.
fn removal(command: &Command<'_>, home: Span, cx: &Context<'_, '_>) -> Option<Span> {
    let line = command.line.as_ref()?;
    if line.is("trap") {
        let word = line.operands.first()?;
        return word.literal().filter(|text| text.contains("rm ")).map(|_| word.span);
    }
    if !line.is_any(&["rm", "find"]) {
        return None;
    }
    let home = normal(cx.text(home));
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
        "trap" => line.operands.first().and_then(|word| word.literal()).is_some_and(|text| text.contains("gpgconf")),
        "gpg-connect-agent" | "pkill" | "killall" | "kill" => true,
        _ => line.has("--no-autostart"),
    })
}
