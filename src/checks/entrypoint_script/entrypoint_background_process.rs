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
    fn script(&mut self, _script: &Script, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        let Some(list) = model.script_list() else { return };
        // A server for the first run alone is stopped again; what is started after that stays.
        let executions = model.executions(0);
        let after = match executions.iter().rposition(|it| stops(it.command)) {
            Some(end) => end + 1,
            // It may be stopped by a function of another file, or by a trap.
            None if entrypoint::words_in(list).iter().any(|word| is_about_end(word)) => return,
            None if model.commands_of(0).iter().any(stops) => return,
            None => 0,
        };
        let mut late: Vec<_> = executions.iter().skip(after).collect();
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
                let outer = invocation
                    .frames
                    .iter()
                    .filter_map(Frame::statement)
                    .find(|it| it.separator == sh::Separator::Background);
                let span = outer.map_or(invocation.statement.span, |statement| statement.span);
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

/// Whether a command ends a process, or waits for it.
fn stops(command: &Command<'_>) -> bool {
    command.line.as_ref().is_some_and(|line| line.is_any(&["wait", "kill", "killall", "pkill"]))
        || command.invocation.simple.words.iter().any(is_about_end)
}

fn is_about_end(word: &sh::Word) -> bool {
    word.literal().is_some_and(|text| {
        let text = text.to_ascii_lowercase();
        text != "start-stop-daemon" && ["stop", "shutdown", "quit"].iter().any(|it| text.contains(it))
    })
}
