//! `chown -R` at each start.

use crate::checks::prelude::*;
use base::Family;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("chown")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let Some(line) = command.line.as_ref().filter(|line| line.name == "chown" && line.has("-R")) else { return };
        let [owner, paths @ ..] = line.operands.as_slice() else { return };
        let (Some(first), Some(last)) = (paths.first(), paths.last()) else { return };
        let is_fresh = |path: &sh::Word| {
            cx.model.commands_of(0).iter().filter_map(|other| other.line.as_ref()).any(|other| {
                other.is("mkdir")
                    && !other.has("-p")
                    && other.name_word.span.start < line.name_word.span.start
                    && other.operands.iter().any(|made| cx.text(made.span) == cx.text(path.span))
            })
        };
        if paths.iter().all(|path| is_fresh(path)) {
            return;
        }
        if asks_the_owner(command, cx) {
            return;
        }
        let written = cx.text(first.span.to(last.span));
        let owner_text = cx.text(owner.span);
        let test = owner.literal().and_then(|owner| match owner.split_once(':') {
            None if owner.contains('.') => None,
            None => Some(format!("\\! -user {owner}")),
            Some((user, group)) if !user.is_empty() && !group.is_empty() => {
                Some(format!("\\! \\( -user {user} -group {group} \\)"))
            }
            _ => None,
        });
        let test_shown = test.clone().unwrap_or_else(|| "\\! -user USER".to_owned());
        // `chown -R` changes links themselves, hence -h.
        let rewritten = format!("find {written} {test_shown} -exec chown -h {owner_text} '{{}}' +");
        let span = line.option_span("-R").unwrap_or(line.name_word.span);
        // Without a path `find` would go through the working directory.
        let is_there = |path: &&sh::Word| {
            let is_literal =
                |part: &sh::Part| matches!(&part.kind, sh::PartKind::Literal(literal) if !literal.is_empty());
            let is_array = entrypoint::has_arguments(path) || entrypoint::is_array(path, cx.text(path.span));
            path.parts.iter().any(is_literal) || cx.text(path.span).starts_with('"') && !is_array
        };
        let are_there = paths.iter().all(is_there);
        let is_plain = test.is_some() && are_there && line.options.len() == 1 && line.wrappers.is_empty();
        let family = cx.surroundings.context.as_ref().and_then(beside::family_beside);
        let has_find = matches!(family, Some(Family::Debian | Family::Ubuntu | Family::Alpine | Family::Busybox))
            || cx.model.commands_of(0).iter().any(|it| it.line.as_ref().is_some_and(|line| line.is("find")));
        // Where an option stands behind the operands the words are not those that are replaced.
        let head = owner.span.end.max(span.end);
        let in_order = line.span().end == last.span.end && first.span.start >= head;
        let finding = Finding::at(line.name_word.span.to(span)).with("rewritten", rewritten);
        // What `find` is told besides goes on as the paths do, on a line of its own or not.
        let before = match paths {
            [.., before, _] => before.span.end,
            _ => head,
        };
        let gap = cx.text(Span::new(before.min(last.span.start), last.span.start));
        let gap = if gap.contains('\n') && !gap.contains('#') { gap } else { " " };
        let test = test.unwrap_or_default();
        let ending = format!("{gap}{test} -exec chown -h {owner_text} '{{}}' +");
        let finding = finding.edit(Span::new(line.span().start, head), "find").edit(Span::empty(last.span.end), ending);
        cx.report(finding.fix_if(is_plain && in_order).unsafe_if(!has_find));
    }
}

/// Whether it is done only where the directory itself has another owner: `[ "$(stat -c %U /data)" != app ]`.
fn asks_the_owner(command: &Command<'_>, cx: &Context<'_, '_>) -> bool {
    let executions = cx.model.executions(0);
    let mut same = executions.iter().filter(|it| std::ptr::eq(it.command.invocation.simple, command.invocation.simple));
    same.any(|it| cx.model.conditions(it).iter().any(|word| word.is("stat")))
}
