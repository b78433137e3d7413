//! Processes that a script leaves behind when it becomes its program.

use crate::checks::prelude::*;
use daemons::Daemon;

/// Commands that are over soon, or only wait.
const SHORT: &[&str] = &[
    "sleep", "echo", "rm", "cat", "sed", "printf", "true", ":", "chown", "chmod", "find", "cp", "mkdir", "wait",
    "kill", "[",
];

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn script(&mut self, script: &Script, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        let Some(list) = model.script_list() else { return };
        // A server for the first run alone is stopped again; what is started after that stays.
        let executions = model.executions(0);
        let stops = stops_of(&executions);
        if stops.is_empty() {
            // It may be stopped by a function of another file, or by a trap.
            let is_stopped = entrypoint::words_in(list).iter().any(|word| is_about_end(word));
            if is_stopped || model.commands_of(0).iter().any(is_stop) {
                return;
            }
        }
        if let Some((span, name)) = waited_for(&executions, script, cx) {
            cx.report(Finding::at(span).with("command", name).variant("waited"));
        }
        let stays = |at: usize, execution: &Execution<'_, '_>| {
            let own = background(execution.command).map(|statement| statement.span);
            !stops
                .iter()
                .any(|stop| stop.at >= at && (stop.of.is_empty() || own.is_some_and(|it| stop.of.contains(&it))))
        };
        let late = executions.iter().enumerate().filter(|(at, execution)| stays(*at, execution));
        let mut late: Vec<_> = late.map(|(_, execution)| execution).collect();
        late.sort_by_key(|execution| execution.index);
        late.dedup_by_key(|execution| execution.index);
        let endings = model.endings();
        let mut told = Vec::new();
        for execution in late {
            let command = execution.command;
            let Some(line) = &command.line else { continue };
            if line.wrappers.iter().any(|word| word.is("exec")) || SHORT.contains(&line.name.as_str()) {
                continue;
            }
            let invocation = &command.invocation;
            let is_last = endings.iter().any(|ending| std::ptr::eq(ending.simple, invocation.simple));
            let finding = Finding::at(line.name_word.span).with("command", line.name.clone());
            if invocation.in_background() && invocation.substitution().is_none() {
                // Of a group or a pipeline its first command is enough.
                let span = background(command).map_or(invocation.statement.span, |statement| statement.span);
                if !told.contains(&span) {
                    told.push(span);
                    cx.report(finding);
                }
                continue;
            }
            match daemons::daemon(line) {
                Some(Daemon::Service(name)) => cx.report(finding.with("service", name).variant("service")),
                Some(Daemon::ByDefault { configurable: false, .. } | Daemon::Asked(_))
                    if !invocation.in_condition() =>
                {
                    cx.report(finding.variant("daemon"));
                }
                Some(Daemon::ByDefault { .. }) if !is_last && !invocation.in_condition() => {
                    cx.report(finding.variant("daemon"));
                }
                _ => {}
            }
        }
    }
}

/// A command that ends processes, or waits for them.
struct Stop {
    /// Its place among the executions.
    at: usize,
    /// The statements that it is known to be about; none where it may be about any.
    of: Vec<Span>,
}

fn stops_of(executions: &[Execution<'_, '_>]) -> Vec<Stop> {
    let stops = executions.iter().enumerate().filter(|(_, it)| is_stop(it.command));
    stops.map(|(at, it)| Stop { at, of: meant(it.command, at, executions).unwrap_or_default() }).collect()
}

/// The statements whose processes a command is about, where each of its operands is `$!` or a variable that holds one.
fn meant(command: &Command<'_>, at: usize, executions: &[Execution<'_, '_>]) -> Option<Vec<Span>> {
    let line = command.line.as_ref().filter(|line| line.is_any(&["wait", "kill"]))?;
    let is_signal =
        |word: &&&sh::Word| word.literal().is_some_and(|text| text.chars().all(|c| c.is_ascii_alphabetic()));
    let mut found = Vec::new();
    for word in line.operands.iter().filter(|word| !is_signal(word)) {
        match parameter(word)? {
            "!" => found.extend(before(at, executions)),
            name => {
                let values = executions.iter().enumerate().flat_map(|(at, it)| {
                    let own = it.command.invocation.simple.assignments.iter().filter(|own| own.name == name);
                    own.map(move |own| (at, &own.value))
                });
                for (at, value) in values {
                    let sh::AssignedValue::Scalar(value) = value else { return None };
                    found.push(before(at, executions).filter(|_| parameter(value) == Some("!"))?);
                }
            }
        }
    }
    Some(found)
}

/// The statement that was put into the background last.
fn before(at: usize, executions: &[Execution<'_, '_>]) -> Option<Span> {
    executions.get(..at)?.iter().rev().find_map(|it| Some(background(it.command)?.span))
}

/// The name of the parameter that a word is.
fn parameter(word: &sh::Word) -> Option<&str> {
    match word.parts.as_slice() {
        [sh::Part { kind: sh::PartKind::Parameter(parameter), .. }] if parameter.operation == sh::Operation::Plain => {
            Some(&parameter.name)
        }
        _ => None,
    }
}

/// The statement with `&` that a command is, or is in.
fn background<'a>(command: &Command<'a>) -> Option<&'a sh::Statement> {
    let statements = command.invocation.frames.iter().filter_map(Frame::statement);
    statements.chain([command.invocation.statement]).find(|it| it.separator == sh::Separator::Background)
}

/// The program that a script starts in the background and waits for in the end, where nothing hands signals on to it.
fn waited_for<'a>(executions: &[Execution<'_, 'a>], script: &Script, cx: &Context<'_, 'a>) -> Option<(Span, String)> {
    let signals_all = script.shebang.as_ref().is_some_and(|it| start::file_name(&it.path) == "dumb-init")
        || cx.surroundings.context.as_ref().is_some_and(beside::signals_all);
    let endings = cx.model.endings();
    let waits = |ending: &entrypoint::Ending<'_>| ending.simple.words.first().is_some_and(|word| word.is("wait"));
    if signals_all || cx.model.has_traps() || endings.is_empty() || !endings.iter().all(waits) {
        return None;
    }
    let last = executions.iter().rev().find(|it| background(it.command).is_some())?;
    let (span, name) = match &last.command.line {
        Some(line) => (line.name_word.span, line.name.clone()),
        // `gosu app "$@"`
        None => {
            let word = last.command.invocation.simple.words.first()?;
            (word.span, start::file_name(&word.literal()?).to_owned())
        }
    };
    (!SHORT.contains(&name.as_str())).then_some((span, name))
}

/// Whether a command ends a process, or waits for it.
fn is_stop(command: &Command<'_>) -> bool {
    command.line.as_ref().is_some_and(|line| line.is_any(&["wait", "kill", "killall", "pkill"]))
        || command.invocation.simple.words.iter().any(is_about_end)
}

fn is_about_end(word: &sh::Word) -> bool {
    word.literal().is_some_and(|text| {
        let text = text.to_ascii_lowercase();
        text != "start-stop-daemon" && ["stop", "shutdown", "quit"].iter().any(|it| text.contains(it))
    })
}
