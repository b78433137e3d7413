//! A group of build packages of apk that stays in a layer.

use crate::checks::prelude::*;

/// What the names of groups that are meant to stay have in them.
const LASTING: [&str; 7] = ["run", "persist", "perm", "so-dep", "sodep", "prod", "keep"];
/// What the names of groups for the build have in them.
const PASSING: [&str; 11] =
    ["build", "fetch", "compil", "phpize", "checksum", "make", "temp", "tmp", "install-dep", "dev-dep", "devdep"];
/// Packages that nothing but a build needs.
const TOOLS: [&str; 12] = [
    "gcc",
    "g++",
    "make",
    "cmake",
    "autoconf",
    "automake",
    "build-base",
    "alpine-sdk",
    "clang",
    "musl-dev",
    "meson",
    "$PHPIZE_DEPS",
];

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("apk")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let (Some(line), Some(step)) = (&command.line, cx.model.step(command.step)) else { return };
        let group = line.value_of("--virtual").filter(|_| line.subcommand_is(&["add"]));
        let is_out = ["--simulate", "--root", "--help"].iter().any(|option| line.has(option));
        let Some(group) = group.filter(|_| !is_out && cx.model.is_shipped(step)) else { return };
        let Some(name) = group.text.clone().or_else(|| cx.model.only_word(command, group.word)) else { return };
        let mut here = cx.model.commands_of(command.step).iter();
        if !is_for_build(&name, command, line, cx) || here.any(|other| may_delete(other, &name, cx)) {
            return;
        }
        let finding = Finding::at(group.span).with("name", name.clone());
        let later = later_deletion(step, &name, cx);
        let Some(later) = later else {
            let edit = cx.model.append(step, &format!("apk del --no-network {name}")).filter(|_| is_plain(&name));
            cx.report(match edit {
                Some(edit) => finding.edit(edit.span, edit.text),
                None => finding,
            });
            return;
        };
        cx.report(finding.variant("later").label(later, "later"));
    }
}

fn is_plain(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
}

fn is_for_build(name: &str, command: &Command<'_>, line: &CommandLine<'_>, cx: &Context<'_, '_>) -> bool {
    let name = name.to_ascii_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    let is_tool = |text: &str| TOOLS.contains(&text) || text.ends_with("-dev");
    !has(&LASTING)
        && (has(&PASSING)
            || line.operands.iter().any(|word| match cx.model.possible_words(command, word) {
                Some(words) => words.iter().any(|text| is_tool(text)),
                None => is_tool(cx.text(word.span)),
            }))
}

/// Whether a command deletes the group, or may: by a variable that cannot be known, or by a script.
fn may_delete(command: &Command<'_>, name: &str, cx: &Context<'_, '_>) -> bool {
    // A command that cannot be known: its words have to speak of it.
    let Some(line) = &command.line else {
        return command.invocation.simple.words.iter().any(|word| word.is("del") || cx.text(word.span).contains(name));
    };
    let deletes = line.is("apk") && line.subcommand_is(&["del"]);
    if line.is("trap") {
        return line.operands.iter().any(|word| cx.text(word.span).contains(name));
    }
    let is_group = |word: &&sh::Word| match cx.model.possible_words(command, word) {
        Some(words) => words.iter().any(|text| text == name),
        None => true,
    };
    deletes && (line.operands.is_empty() || line.operands.iter().any(is_group))
        || command.invocation.simple.script.is_none() && lists::runs_unseen(command) && mentions_cleaning(line)
}

fn mentions_cleaning(line: &CommandLine<'_>) -> bool {
    line.words.iter().take(2).filter_map(sh::Word::literal).any(|text| text.contains("clean"))
}

/// Where a later RUN of the same image deletes the group.
fn later_deletion(step: &Step<'_>, name: &str, cx: &Context<'_, '_>) -> Option<Span> {
    let same_image = |other: &&Step<'_>| other.index > step.index && cx.model.is_shipped(other);
    let later = cx.model.steps.iter().skip(step.index).filter(same_image);
    let mut commands = later.flat_map(|other| cx.model.commands_of(other.index));
    commands.find_map(|command| {
        let line = command.line.as_ref().filter(|line| line.is("apk") && line.subcommand_is(&["del"]))?;
        let names =
            |word: &&sh::Word| cx.model.possible_words(command, word).is_some_and(|it| it.iter().any(|it| it == name));
        line.operands.iter().find(|word| names(word)).map(|word| line.name_word.span.to(word.span))
    })
}
