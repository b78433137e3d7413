//! Signatures that are verified without saying of what.

use crate::checks::prelude::*;

/// Names of files that hold their signature themselves.
const INLINE: [&str; 2] = ["InRelease", "inrelease"];
/// What the name of a signature has behind the name of the file that it is for.
const SUFFIXES: [&str; 4] = [".asc", ".sig", ".sign", ".gpg"];

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("gpg"), Visit::Command("gpgv")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let Some(line) = &command.line else { return };
        let verifies = line.is("gpgv") && !line.has("--version") && !line.has("--help") || line.has("--verify");
        let [operand] = line.operands.as_slice() else { return };
        // What `xargs` adds, or an expansion becomes, may be more than one file.
        // `--output` takes the text of a message that is signed inside.
        if !verifies
            || line.has("--output")
            || line.wrappers.iter().any(|word| word.is("xargs"))
            || may_be_many(command, operand, cx)
        {
            return;
        }
        // As it is written; a string of the JSON form without its quotes.
        let literal = operand.literal().filter(|_| !operand.quoted);
        let written = literal.as_deref().unwrap_or(cx.text(operand.span));
        let (open, close) = if written.starts_with('"') && written.ends_with('"') { ("\"", "\"") } else { ("", "") };
        let name = written.trim_matches('"');
        if INLINE.iter().any(|inline| name.contains(inline)) {
            return;
        }
        let finding =
            Finding::at(operand.span).with("signature", written.to_owned()).with("command", line.name.clone());
        cx.report(match SUFFIXES.iter().find_map(|suffix| name.strip_suffix(suffix)) {
            Some(file) if !file.is_empty() => finding.with("file", format!("{open}{file}{close}")),
            _ => finding.variant("unnamed"),
        });
    }
}

fn may_be_many(command: &Command<'_>, operand: &sh::Word, cx: &Context<'_, '_>) -> bool {
    let is_all =
        |part: &sh::Part| matches!(&part.kind, sh::PartKind::Parameter(it) if matches!(it.name.as_str(), "@" | "*"));
    let is_split = |part: &sh::Part| {
        part.quoting == sh::Quoting::None
            && !matches!(part.kind, sh::PartKind::Literal(_) | sh::PartKind::ProcessSubstitution { .. })
    };
    let splits = operand.parts.iter().any(is_split) && cx.model.only_word(command, operand).is_none();
    // `$file.asc` is meant as one word, a variable alone may hold a list.
    let is_bare = operand.parts.len() == 1;
    operand.has_glob()
        || cx.model.brace_words(command, operand).len() > 1
        || operand.parts.iter().any(is_all)
        || splits && is_bare
}
