//! A script that goes on after a command that failed.

use crate::checks::prelude::*;

/// Commands that prepare the shell, or cannot do harm by failing.
const NEUTRAL: &[&str] = &[
    "set", "shopt", "umask", "trap", "export", "readonly", "declare", "typeset", "local", "echo", "printf", "true",
    ":", "exec", "shift", "sleep", "wait", "kill", "exit", "return",
];

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn script(&mut self, script: &Script, cx: &mut Context<'_, '_>) {
        let Some(list) = cx.model.script_list() else { return };
        // Without a shebang it may be there for others to source.
        let Some(shebang) = &script.shebang else { return };
        let in_shebang = shebang.options.iter().enumerate().any(|(index, option)| {
            let is_cluster = option.starts_with('-') && !option.starts_with("--");
            is_cluster && option.contains('e') || option == "errexit" && index > 0
        });
        if in_shebang {
            return;
        }
        let outside = || cx.model.commands_of(0).iter().filter(|it| it.invocation.function().is_none());
        let sets = |command: &Command<'_>| errexit::turns(command.invocation.simple, 'e', "errexit") == Some(true);
        let asks = cx.model.commands_of(0).iter().any(sets);
        // What is sourced may set it.
        let sources = outside().any(|it| it.line.as_ref().is_some_and(|line| line.is_any(&[".", "source"])));
        let executions = cx.model.executions(0);
        let functions = cx.model.script_functions();
        let acts = executions.iter().filter(|it| !it.frames().any(decides)).map(|execution| execution.command).filter(
            |command| {
                let invocation = &command.invocation;
                let is_neutral =
                    |name: &str| NEUTRAL.contains(&name) && !writes(invocation) || functions.contains_key(name);
                invocation.substitution().is_none()
                    && !invocation.in_condition()
                    && !invocation.in_background()
                    && !is_answered(invocation)
                    && !invocation.simple.words.is_empty()
                    && command.line.as_ref().is_none_or(|line| !is_neutral(&line.name))
                    && !invocation.simple.words.first().is_some_and(|word| word.is("exec"))
            },
        );
        // With nothing before the program there is nothing to stop at.
        let acts = acts.filter(|command| command.line.as_ref().is_none_or(|line| !line.is_any(&["[", "test"])));
        if asks || sources || list.statements.len() < 2 || acts.count() == 0 {
            return;
        }
        let line = cx.model.source.line_span(cx.model.source.line_of(shebang.span.start));
        let options = if shebang.interpreter == "bash" { "-Eeuo pipefail" } else { "-e" };
        let finding = Finding::at(shebang.span).with("options", options);
        // `set -u` that stands there becomes `set -eu`.
        if let Some(at) = own_set(list) {
            cx.report(finding.edit(Span::empty(at), "e"));
            return;
        }
        let ending = if cx.text(line).ends_with("\r\n") { "\r\n" } else { "\n" };
        cx.report(finding.edit(Span::empty(line.end), format!("set -e{ending}")));
    }
}

/// Where the letters begin of a `set -u` that the script starts with.
fn own_set(list: &sh::List) -> Option<u32> {
    let sh::Command::Simple(simple) = &list.statements.first()?.command else { return None };
    let [name, options, ..] = simple.words.as_slice() else { return None };
    let text = options.literal()?;
    let letters = text.strip_prefix('-')?;
    let is_cluster = !letters.is_empty() && letters.bytes().all(|byte| byte.is_ascii_alphabetic());
    (name.is("set") && is_cluster && !options.quoted).then(|| options.span.start + 1)
}

/// Whether `||` after it says what to do when it fails.
fn is_answered(invocation: &Invocation<'_>) -> bool {
    invocation
        .and_or()
        .is_some_and(|(steps, index)| steps.iter().skip(index + 1).any(|step| step.operator == Some(sh::Operator::Or)))
}

/// Whether it writes to a file, which can fail.
fn writes(invocation: &Invocation<'_>) -> bool {
    let is_output = |kind| matches!(kind, sh::RedirectKind::Output | sh::RedirectKind::Append);
    invocation.statement.redirects.iter().any(|redirect| {
        let is_device = |text: &str| text.starts_with("/dev/") || text.starts_with("/proc/");
        is_output(redirect.kind) && !redirect.target.literal().is_some_and(|text| is_device(&text))
    })
}

/// Whether what stands there is run to decide something.
fn decides(frame: &Frame<'_>) -> bool {
    matches!(frame, Frame::IfCondition { .. } | Frame::WhileCondition(_))
}
