//! gosu, tini and the like that an entrypoint script runs as its child.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn script(&mut self, _script: &Script, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        if model.has_traps() {
            return;
        }
        let endings = model.endings();
        let handing = handing_functions(cx);
        for command in model.commands_of(0) {
            let simple = command.invocation.simple;
            let ending = endings.iter().find(|ending| std::ptr::eq(ending.simple, simple));
            let Some(first) = simple.words.first() else { continue };
            let Some(name) = first.literal() else { continue };
            let is_arguments = |word| entrypoint::has_arguments(word) || entrypoint::is_array(word, cx.text(word.span));
            let has_arguments = simple.words.iter().any(is_arguments);
            let by_account = matches!(start::file_name(&name), "su" | "sudo" | "runuser");
            let is_one = match entrypoint::hands_over(simple) {
                Some((_, true)) => true,
                // A program of its own that is run once on the way.
                Some((_, false)) => ending.is_some() && has_arguments,
                None => by_account && ending.is_some() && has_arguments,
            };
            let invocation = &command.invocation;
            let is_on_the_way = invocation.in_condition()
                || invocation.substitution().is_some()
                || invocation.in_background()
                || invocation.pipeline().is_some() && ending.is_none();
            // What a function is given is not what the container is given.
            let is_own = invocation.function().is_some_and(|it| !handing.contains(&it.name.as_str()));
            if !is_one || is_on_the_way || is_own {
                continue;
            }
            let span = simple.words.iter().map(|word| word.span).reduce(Span::to).unwrap_or(first.span);
            let finding =
                Finding::at(first.span).with("name", name.to_string()).with("command", cx.text(span).to_owned());
            let is_last = ending.is_some_and(|ending| !ending.is_apart) && invocation.and_or().is_none();
            let finding = finding.edit(Span::empty(first.span.start), "exec ");
            cx.report(match exit_behind(invocation, cx) {
                Some(exit) => finding.edit(exit, ""),
                None => finding.fix_if(is_last),
            });
        }
    }
}

/// The functions that are given all arguments of the script, as the last thing that it does.
fn handing_functions<'a>(cx: &Context<'_, 'a>) -> Vec<&'a str> {
    let last = cx.model.last_calls();
    let executions = cx.model.executions(0);
    let hands_on = |call: &&Command<'a>| {
        let simple = call.invocation.simple;
        let is_last = last.iter().any(|it| std::ptr::eq(*it, simple)) || exit_behind(&call.invocation, cx).is_some();
        let is_all = |word| entrypoint::has_arguments(word) || entrypoint::is_array(word, cx.text(word.span));
        is_last && simple.words.iter().any(is_all)
    };
    let handing = executions.iter().filter(|it| it.calls.iter().all(hands_on));
    handing.filter_map(|it| Some(it.command.invocation.function()?.name.as_str())).collect()
}

/// The `exit` with the status of a command that is right behind it, which `exec` leaves nothing to do.
fn exit_behind(invocation: &Invocation<'_>, cx: &Context<'_, '_>) -> Option<Span> {
    let Frame::List { list, index } = *invocation.frames.last()? else { return None };
    let own = list.statements.get(index)?;
    let next = list.statements.get(index + 1).filter(|_| invocation.stands_alone() && !invocation.in_subshell())?;
    let sh::Command::Simple(simple) = &next.command else { return None };
    let (first, status) = simple.words.split_first()?;
    let is_same = status.iter().all(|word| matches!(cx.text(word.span), "$?" | "\"$?\""));
    let between = Span::new(own.span.end, next.span.end);
    (first.is("exit") && is_same && next.redirects.is_empty() && !cx.text(between).contains('#')).then_some(between)
}
