//! A RUN that begins with `set` and some of its options.

use crate::checks::prelude::*;

/// The options in the order in which they are written.
const OPTIONS: [(char, &str); 3] = [('e', "errexit"), ('u', "nounset"), ('x', "xtrace")];

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Run)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let Body::Shell(list) = cx.model.body(step) else { return };
        let is_one_line = step.instruction.start_line == step.instruction.end_line;
        // A shell that is started with `-e` has its options elsewhere.
        if is_one_line || cx.model.starts_with_errexit(step) != Some(false) {
            return;
        }
        let sets = leading_sets(list);
        let Some(first) = sets.first() else { return };
        let given: Vec<char> = OPTIONS
            .iter()
            .filter(|(letter, name)| sets.iter().any(|set| errexit::turns(set, *letter, name) == Some(true)))
            .map(|&(letter, _)| letter)
            .collect();
        let commands = cx.model.commands_of(step.index);
        let is_off = |letter: char, name: &str| {
            commands.iter().any(|command| errexit::turns(command.invocation.simple, letter, name) == Some(false))
        };
        let missing: Vec<char> = OPTIONS
            .iter()
            .filter(|(letter, name)| !given.contains(letter) && !is_off(*letter, name))
            .map(|&(letter, _)| letter)
            // What is traced is printed.
            .filter(|letter| *letter != 'x' || !has_secret(step))
            // A chain of `&&` stops without `-e`.
            .filter(|letter| *letter != 'e' || list.statements.len() > 1)
            .collect();
        let others =
            commands.iter().filter(|command| command.line.as_ref().is_some_and(|line| !line.is("set"))).count();
        // Without `-e` a list goes on after a failure, which is a mistake of its own.
        let goes_on = !given.contains(&'e') && list.statements.len() > 1;
        if given.is_empty() || missing.is_empty() || others < 2 || goes_on {
            return;
        }
        let named: Vec<String> = missing.iter().map(|letter| format!("`-{letter}`")).collect();
        let Some(cluster) = first.words.get(1) else { return };
        let finding = Finding::at(cluster.span)
            .with("set", cx.text(first.words.iter().map(|word| word.span).reduce(Span::to).unwrap_or(first.span)))
            .with("missing", named.join(" and "))
            .with("options", completed(cluster, &missing).unwrap_or_else(|| "-eux".to_owned()));
        cx.report(match completed(cluster, &missing) {
            Some(text) => finding.edit(cluster.span, text),
            None => finding,
        });
    }
}

/// The `set` commands that a list begins with.
fn leading_sets(list: &sh::List) -> Vec<&sh::Simple> {
    let steps = list.statements.iter().flat_map(|statement| match &statement.command {
        sh::Command::AndOr(steps) => steps.iter().map(|step| &step.statement).collect(),
        _ => vec![statement],
    });
    let simple = steps.map_while(|statement| match &statement.command {
        sh::Command::Simple(simple) => Some(simple),
        _ => None,
    });
    simple.take_while(|simple| simple.words.first().is_some_and(|name| name.is("set"))).collect()
}

/// A cluster such as `-e` with the missing letters, before the `o` that a name follows.
fn completed(cluster: &sh::Word, missing: &[char]) -> Option<String> {
    let text = cluster.literal()?;
    let letters = text.strip_prefix('-').filter(|letters| letters.chars().all(|c| c.is_ascii_alphabetic()))?;
    let (letters, tail) = match letters.strip_suffix('o') {
        Some(letters) => (letters, "o"),
        None => (letters, ""),
    };
    let is_wanted = |letter: &char| OPTIONS.iter().any(|(wanted, _)| wanted == letter);
    let others: String = letters.chars().filter(|letter| !is_wanted(letter)).collect();
    let wanted = OPTIONS.iter().map(|&(letter, _)| letter);
    let wanted: String = wanted.filter(|&letter| letters.contains(letter) || missing.contains(&letter)).collect();
    Some(format!("-{others}{wanted}{tail}"))
}

fn has_secret(step: &Step<'_>) -> bool {
    views::Run::of(step.instruction).is_some_and(|run| run.mounts.iter().any(|mount| mount.kind_text() == "secret"))
}
