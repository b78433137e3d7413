//! The package index of apk that stays in a layer.

use crate::checks::prelude::*;

/// Where apk keeps its index: the second is a link that switches the cache on.
const CACHES: [&str; 2] = ["/var/cache/apk", "/etc/apk/cache"];

/// Spellings of the option that fetches the index first.
const UPDATES: [&str; 3] = ["-U", "--update", "--update-cache"];
/// What apk does without an index, or with one that it fetches.
const WITHOUT_INDEX: [&str; 6] = ["add", "upgrade", "update", "del", "info", "audit"];

#[derive(Default)]
pub struct Rule {
    /// Steps up to the last that reads the index, or may; worked out when it is first asked.
    read: Option<usize>,
}

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
        let finding =
            Finding::at(line.head()).with("command", format!("apk {}", subcommand.literal().unwrap_or_default()));
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
            line.subcommand.filter(|_| keeps_index(command, line, cx)).map(|word| (line, word))
        });
        let finding = keeping.fold(finding, |finding, (line, word)| {
            // `--no-cache` looks at the mirror anyway.
            let updates = |word: &&sh::Word| UPDATES.iter().any(|option| cx.text(word.span) == *option);
            match line.words.iter().find(updates) {
                Some(option) => finding.edit(option.span, "--no-cache"),
                None => finding.edit(Span::empty(word.span.end), " --no-cache"),
            }
        });
        let updates = commands.iter().filter(|command| {
            let line = command.line.as_ref().filter(|line| line.is("apk") && line.subcommand_is(&["update"]));
            line.is_some_and(|line| keeps_index(command, line, cx))
        });
        let read = *self.read.get_or_insert_with(|| last_reader(cx).map_or(0, |last| last + 1));
        let finding = finding.fix_if(matches!(model.body(step), Body::Shell(_))).fix_if(read <= step.index);
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

/// The last step with a command that reads an index which is there: a subcommand that fetches none, `apk add --no-network`, a
/// script from the build context, which may have either.
fn last_reader(cx: &Context<'_, '_>) -> Option<usize> {
    let is_brought = |script: &str| {
        let name = script.rsplit('/').next().unwrap_or_default();
        let mut copies = cx.model.steps.iter().filter(|step| matches!(step.keyword(), Keyword::Copy | Keyword::Add));
        !name.is_empty() && copies.any(|step| cx.text(step.instruction.span).contains(name))
    };
    let reads = |command: &&Command<'_>| {
        let Some(line) = &command.line else { return false };
        if !line.is("apk") {
            let script = line.operands.first().copied().filter(|_| line.is_any(&["sh", ".", "source"]));
            let script = script.unwrap_or(line.name_word).literal();
            return lists::runs_unseen(command) && script.is_some_and(|script| is_brought(&script));
        }
        // What is only given a name is installed already.
        let is_offline = line.has("--no-network") && !line.has("--virtual") && !line.subcommand_is(&["del"]);
        is_offline || !line.subcommand_is(&WITHOUT_INDEX)
    };
    cx.model.commands().iter().rev().find(reads).map(|command| command.step)
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
