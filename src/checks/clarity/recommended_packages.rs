//! apt installs what it recommends too.

use crate::checks::prelude::*;

const SETTING: &str = "install-recommends";

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("apt-get"), Visit::Command("apt"), Visit::Command("aptitude")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let (Some(line), Some(step)) = (&command.line, cx.model.step(command.step)) else { return };
        let may_give = |option| cx.model.may_give(command, line, option);
        let is_silent = !line.subcommand_is(&["install", "satisfy"])
            || apt::simulates(line)
            || may_give("--no-install-recommends")
            || ["--install-recommends", "--without-recommends", "--with-recommends"].into_iter().any(may_give)
            || ["--download-only", "--only-upgrade", "-c"].iter().any(|option| line.has(option))
            || line.values_of("-o").any(|value| value.text.as_deref().is_none_or(names_setting))
            || says_why(step.instruction)
            || is_configured(command, step, cx);
        if is_silent {
            return;
        }
        let option = if line.is("aptitude") { "--without-recommends" } else { "--no-install-recommends" };
        let subcommand = line.subcommand.unwrap_or(line.name_word);
        // Behind `-y`, where it follows the subcommand.
        let yes = line.option_span("-y").and_then(|span| line.words.iter().find(|word| word.span.contains(span)));
        let after = yes.filter(|word| word.span.start > subcommand.span.end).unwrap_or(subcommand);
        let full = format!("{} {}", line.name, subcommand.literal().unwrap_or_default());
        let finding = Finding::at(line.name_word.span.to(subcommand.span))
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

fn names_setting(text: &str) -> bool {
    text.to_ascii_lowercase().contains(SETTING)
}

/// Whether a comment in or above the instruction speaks of recommended packages.
fn says_why(instruction: &Instruction) -> bool {
    let mut comments = instruction.inner_comments.iter().chain(&instruction.leading_comments);
    comments.any(|comment| comment.text.to_ascii_lowercase().contains("recommend"))
}

/// Whether recommended packages are, or may be, turned off before the command.
fn is_configured(command: &Command<'_>, step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    configured::APT.may_set(cx.model, command, SETTING)
        || cx.model.stage_of(step).and_then(|stage| cx.model.root_image(stage)).is_some_and(|image| {
            // Its configuration has recommended packages off.
            image.familiar().ends_with("bitnami/minideb")
        })
}
