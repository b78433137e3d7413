//! apt installs what it recommends too.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("apt-get"), Visit::Command("apt"), Visit::Command("aptitude")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let (Some(line), Some(step)) = (&command.line, cx.model.step(command.step)) else { return };
        let is_silent = !line.subcommand_is(&["install", "satisfy"])
            || apt::simulates(line)
            || ["--download-only", "--only-upgrade"].iter().any(|option| line.has(option))
            || says_why(step.instruction)
            || cx.model.settles_recommended(command, line);
        if is_silent {
            return;
        }
        let option = if line.is("aptitude") { "--without-recommends" } else { "--no-install-recommends" };
        let subcommand = line.subcommand.unwrap_or(line.name_word);
        // Behind `-y`, where it follows the subcommand.
        let yes = line.option_span("-y").and_then(|span| line.words.iter().find(|word| word.span.contains(span)));
        let after = yes.filter(|word| word.span.start > subcommand.span.end).unwrap_or(subcommand);
        let full = line.head_text();
        let finding = Finding::at(line.head())
            .with("command", full)
            .with("option", option)
            .edit(Span::empty(after.span.end), format!(" {option}"))
            .fix_if(matches!(cx.model.body(step), Body::Shell(_)));
        // Of a program that is pinned its recommended packages may be wanted.
        let is_pinned = !line.operands.is_empty() && line.operands.iter().all(|word| is_pinned(word));
        cx.report(if is_pinned { finding.variant("pinned") } else { finding });
    }
}

/// Whether a package is asked for in a version.
fn is_pinned(word: &sh::Word) -> bool {
    word.parts.iter().any(|part| matches!(&part.kind, sh::PartKind::Literal(text) if text.contains('=')))
}

/// Whether a comment in or above the instruction speaks of recommended packages. One that silences this rule does by the rule's name.
fn says_why(instruction: &Instruction) -> bool {
    let mut comments = instruction.inner_comments.iter().chain(&instruction.leading_comments);
    comments.any(|comment| {
        let text = comment.text.trim_start().to_ascii_lowercase();
        text.contains("recommend") && !text.starts_with("oi-lint ")
    })
}
