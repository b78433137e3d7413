//! The package index of apk that stays in a layer.

use crate::checks::prelude::*;

/// Where apk keeps its index: the second is a link that switches the cache on.
const CACHES: [&str; 2] = ["/var/cache/apk", "/etc/apk/cache"];

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Run)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        if CACHES.iter().any(|cache| model.is_mounted(step, cache)) {
            return;
        }
        let commands = model.commands_of(step.index);
        let keeping = |subcommands: &[&str]| {
            commands.iter().find(|command| {
                let line = command.line.as_ref().filter(|line| line.is("apk") && line.subcommand_is(subcommands));
                line.is_some_and(|line| keeps_index(command, line, cx))
            })
        };
        let update = keeping(&["update"]);
        let Some(found) = keeping(&["add", "upgrade"]).or(update) else { return };
        let Some(line) = &found.line else { return };
        let subcommand = line.subcommand.unwrap_or(line.name_word);
        let finding = Finding::at(line.name_word.span.to(subcommand.span))
            .with("command", format!("apk {}", subcommand.literal().unwrap_or_default()));
        let cleaned = commands.iter().any(|command| CACHES.iter().any(|cache| model.may_empty(command, cache)));
        let finding = match (cleaned, model.is_shipped(step)) {
            (true, _) => finding.variant("cleaned"),
            (false, false) => finding.variant("builder"),
            (false, true) => finding,
        };
        let finding = match update.and_then(|update| update.line.as_ref()) {
            Some(other) if other.name_word.span != line.name_word.span => finding.label(other.name_word.span, "update"),
            _ => finding,
        };
        let keeping = commands.iter().filter_map(|command| {
            let line =
                command.line.as_ref().filter(|line| line.is("apk") && line.subcommand_is(&["add", "upgrade"]))?;
            line.subcommand.filter(|_| keeps_index(command, line, cx))
        });
        let finding = keeping.fold(finding, |finding, word| finding.edit(Span::empty(word.span.end), " --no-cache"));
        let updates = commands.iter().filter(|command| {
            let line = command.line.as_ref().filter(|line| line.is("apk") && line.subcommand_is(&["update"]));
            line.is_some_and(|line| keeps_index(command, line, cx))
        });
        let finding = finding.fix_if(matches!(model.body(step), Body::Shell(_)));
        cx.report(updates.fold(finding, |finding, update| match removal(update, cx) {
            Some(span) => finding.edit(span, ""),
            None => finding.fix_if(false),
        }));
    }
}

/// Whether a command fetches an index and keeps it; another root is another image's matter.
fn keeps_index(command: &Command<'_>, line: &CommandLine<'_>, cx: &Context<'_, '_>) -> bool {
    let spares = ["--no-cache", "--no-network", "--root", "--simulate", "--cache-dir", "--help"];
    !spares.into_iter().any(|option| line.has(option) || cx.model.may_give(command, line, option))
}

/// From a statement to the next of its list or chain, where nothing but a separator stands between.
fn removal(command: &Command<'_>, cx: &Context<'_, '_>) -> Option<Span> {
    let (start, next) = match command.invocation.frames.last()? {
        Frame::List { list, index } => (list.statements.get(*index)?.span, list.statements.get(index + 1)?.span),
        Frame::AndOr { steps, index } => {
            let next = steps.get(index + 1).filter(|step| step.operator == Some(sh::Operator::And))?;
            (steps.get(*index)?.statement.span, next.statement.span)
        }
        _ => return None,
    };
    let span = Span::new(start.start, next.start);
    let between = cx.text(Span::new(start.end, next.start));
    let plain = between.chars().all(|c| c.is_whitespace() || matches!(c, ';' | '&' | '\\' | '`'));
    plain.then_some(span)
}
