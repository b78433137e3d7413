//! `cd` where WORKDIR is meant.

use std::mem;

use crate::checks::prelude::*;

/// So many RUNs that begin with the same `cd` are a pattern.
const MANY: usize = 3;

#[derive(Default)]
pub struct Rule {
    /// The `cd` that RUNs begin with since the last FROM or WORKDIR: directory, place, and how often it comes.
    entered: Vec<(String, Span, usize)>,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        [Keyword::From, Keyword::Workdir, Keyword::Run].into_iter().map(Visit::Instruction).collect()
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        if step.keyword() != Keyword::Run {
            self.flush(cx);
            return;
        }
        let Some(list) = cx.model.body(step).list() else { return };
        let commands = cx.model.commands_of(step.index);
        let mut changes = commands.iter().filter(|command| command.line.as_ref().is_some_and(|line| line.is("cd")));
        let (Some(change), None) = (changes.next(), changes.next()) else { return };
        let simple = change.invocation.simple;
        let Some(line) = &change.line else { return };
        let Some(word) = line.operands.first() else { return };
        let directory = cx.model.only_word(change, word).unwrap_or_else(|| cx.text(word.span).to_owned());
        if directory.is_empty() || directory.starts_with(['-', '~']) || matches!(directory.as_str(), "/" | "." | "..") {
            return;
        }
        if last(list).is_some_and(|last| std::ptr::eq(last, simple)) {
            cx.report(Finding::at(line.span()).variant("lost").with("directory", directory));
        } else if step.trigger_of.is_none() && first(list).is_some_and(|first| std::ptr::eq(first, simple)) {
            let directory = directory.strip_suffix('/').map_or(directory.clone(), str::to_owned);
            self.enter(directory, line.span());
        }
    }

    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        self.flush(cx);
    }
}

impl Rule {
    fn enter(&mut self, directory: String, span: Span) {
        // A place to throw things away, in which no container should start.
        if ["/tmp", "/var/tmp", "/dev/shm"].iter().any(|temporary| directory.starts_with(temporary)) {
            return;
        }
        match self.entered.iter_mut().rev().take(16).find(|(known, ..)| *known == directory) {
            Some((.., times)) => *times += 1,
            None => self.entered.push((directory, span, 1)),
        }
    }

    fn flush(&mut self, cx: &mut Context<'_, '_>) {
        for (directory, span, times) in mem::take(&mut self.entered) {
            if times >= MANY {
                cx.report(Finding::at(span).with("count", times.to_string()).with("directory", directory));
            }
        }
    }
}

/// The command that a list ends with, where that leaves the shell where it is.
fn last(list: &sh::List) -> Option<&sh::Simple> {
    let statement = list.statements.last()?;
    let statement = match &statement.command {
        sh::Command::AndOr(steps) => &steps.last().filter(|step| step.operator == Some(sh::Operator::And))?.statement,
        _ => statement,
    };
    plain(statement)
}

/// The command that a list begins with, `set` left out, where the others follow in its directory.
fn first(list: &sh::List) -> Option<&sh::Simple> {
    let mut steps = list.statements.iter().flat_map(|statement| match &statement.command {
        sh::Command::AndOr(steps) => steps.iter().map(|step| &step.statement).collect(),
        _ => vec![statement],
    });
    steps.find_map(|statement| match plain(statement) {
        Some(simple) if simple.words.first().is_some_and(|name| name.is("set")) => None,
        found => Some(found),
    })?
}

fn plain(statement: &sh::Statement) -> Option<&sh::Simple> {
    match &statement.command {
        sh::Command::Simple(simple) if !statement.negated => Some(simple),
        _ => None,
    }
}
