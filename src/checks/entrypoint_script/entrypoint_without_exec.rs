//! An entrypoint script that does not become the program it starts.

use crate::checks::prelude::*;

/// Commands that start no program when a script ends with them.
const NO_PROGRAM: &[&str] = &[
    ".", ":", "[", "cat", "cd", "chmod", "chown", "cp", "echo", "eval", "exit", "export", "false", "kill", "ln",
    "mkdir", "mv", "printf", "return", "rm", "sed", "set", "shift", "sleep", "source", "test", "touch", "trap", "true",
    "unset", "wait",
];

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn script(&mut self, _script: &Script, cx: &mut Context<'_, '_>) {
        let Some(list) = cx.model.script_list().filter(|_| !cx.model.has_traps()) else { return };
        let endings = cx.model.endings();
        let commands = cx.model.commands_of(0).iter();
        let sources = commands.filter_map(|it| it.line.as_ref()).any(|line| line.is_any(&[".", "source"]));
        let may_dispatch = sources || has_functions_for_users(cx);
        let mut is_told = false;
        for ending in &endings {
            let words = &ending.simple.words;
            let Some(first) = words.first() else { continue };
            let is_arguments = entrypoint::has_arguments(first) || entrypoint::is_array(first, cx.text(first.span));
            if !is_arguments && !words.iter().any(entrypoint::has_arguments) {
                continue;
            }
            let name = first.literal();
            if ending.is_apart && first.is("exec") {
                is_told = true;
                cx.report(Finding::at(first.span).variant("apart"));
                continue;
            }
            // `command "$@"` starts a program as its child, too.
            let by_command = name.as_deref() == Some("command") && words.get(1).is_some_and(entrypoint::has_arguments);
            let runs = by_command
                || name.as_deref().is_some_and(|name| {
                    let is_function = sources && may_be_function(name);
                    !NO_PROGRAM.contains(&name) && !is_exec(name) && !is_step_down(name) && !is_function
                });
            if !runs && !is_arguments {
                continue;
            }
            is_told = true;
            let shown_from = usize::from(by_command);
            let span = ending
                .simple
                .words
                .iter()
                .skip(shown_from)
                .map(|word| word.span)
                .reduce(Span::to)
                .unwrap_or(first.span);
            let finding = Finding::at(span).with("command", shown(cx.text(span), name.as_deref()));
            // Only there it is certain that nothing comes after it.
            let is_plain = is_arguments && words.len() == 1 && !ending.is_apart;
            cx.report(finding.edit(Span::empty(first.span.start), "exec ").fix_if(is_plain).unsafe_if(may_dispatch));
        }
        if is_told {
            return;
        }
        let words = entrypoint::words_in(list);
        let mentions_exec = words.iter().any(|word| {
            word.parts.iter().any(|part| matches!(&part.kind, sh::PartKind::Literal(text) if text.split_whitespace().next() == Some("exec")))
        });
        let uses_arguments = entrypoint::variables(&words)
            .any(|name| matches!(name, "@" | "*" | "#" | "1" | "2") || name.eq_ignore_ascii_case("args"));
        if let Some(span) = idles(list).filter(|_| !mentions_exec && !uses_arguments) {
            cx.report(Finding::at(span).variant("idle"));
            return;
        }
        let [ending] = endings.as_slice() else { return };
        let Some(line) = shell::read(ending.simple).filter(|_| !ending.conditional && !uses_arguments) else { return };
        let starts = !NO_PROGRAM.contains(&line.name.as_str()) && !is_step_down(&line.name);
        if !starts {
            return;
        }
        let finding = Finding::at(line.name_word.span).with("program", line.name.clone());
        if ending.simple.words.first().is_some_and(|word| word.is("exec")) {
            cx.report(finding.variant("fixed-program"));
        } else if !mentions_exec {
            cx.report(finding.variant("child"));
        }
    }
}

/// Whether the script has functions that it does not call itself: an argument may name one, and `exec` runs programs alone.
fn has_functions_for_users(cx: &Context<'_, '_>) -> bool {
    let functions = cx.model.script_functions();
    let commands = cx.model.commands_of(0).iter();
    let called: std::collections::HashSet<&str> =
        commands.filter_map(|it| it.line.as_ref()).map(|line| line.name.as_str()).collect();
    functions.keys().any(|name| !called.contains(name))
}

/// The end of a script that only keeps the container alive: `while true; do sleep 30; done`, `sleep infinity`.
fn idles(list: &sh::List) -> Option<Span> {
    let end = list.statements.last()?;
    match &end.command {
        sh::Command::While(command) => {
            let simple = |list: &sh::List| match list.statements.as_slice() {
                [sh::Statement { command: sh::Command::Simple(simple), .. }] => {
                    simple.words.first().and_then(|word| word.literal().map(std::borrow::Cow::into_owned))
                }
                _ => None,
            };
            let is_endless =
                simple(&command.condition).is_some_and(|name| matches!(name.as_str(), "true" | ":" | "sleep" | "["));
            (is_endless && simple(&command.body).is_some_and(|name| matches!(name.as_str(), "sleep" | ":")))
                .then_some(end.span)
        }
        sh::Command::Simple(simple) => {
            let is = |index: usize, texts: &[&str]| {
                simple.words.get(index).is_some_and(|word| texts.iter().any(|text| word.is(text)))
            };
            let sleeps = is(0, &["sleep"]) && is(1, &["infinity", "inf"]);
            let follows = is(0, &["tail"]) && simple.words.last().is_some_and(|word| word.is("/dev/null"));
            (sleeps || follows).then_some(end.span)
        }
        _ => None,
    }
}

/// A function by its name; a file that is sourced may have it.
fn may_be_function(name: &str) -> bool {
    name == "main" || name.contains('_') && !name.contains(['/', '.'])
}

fn is_exec(name: &str) -> bool {
    matches!(name, "exec" | "command" | "builtin")
}

/// What entrypoint-stepdown-without-exec tells.
fn is_step_down(name: &str) -> bool {
    let name = start::file_name(name);
    matches!(
        name,
        "gosu"
            | "su-exec"
            | "setpriv"
            | "chroot"
            | "tini"
            | "dumb-init"
            | "catatonit"
            | "docker-init"
            | "su"
            | "sudo"
            | "runuser"
    )
}

/// A command on one line.
fn shown(text: &str, name: Option<&str>) -> String {
    match name {
        Some(name) if text.contains('\n') => format!("{name} ... \"$@\""),
        _ => text.to_owned(),
    }
}
