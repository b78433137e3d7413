//! Shell text that no shell would read.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let mut in_zsh = false;
        for step in &cx.model.steps {
            if let Some(shell) = views::Shell::of(step.instruction) {
                in_zsh = shell.words.first().is_some_and(|program| program.text.ends_with("zsh"));
            }
            let Body::Broken(error) = cx.model.body(step) else { continue };
            // What is too much for the linter is not too much for a shell, and zsh reads what others do not.
            if error.is_limit || in_zsh {
                continue;
            }
            let text = cx.text(error.span);
            let message = error.message.strip_prefix("syntax error: ").unwrap_or(&error.message).to_owned();
            let finding = Finding::at(trimmed(error.span, text)).with("error", message);
            let word = text.split_whitespace().next().unwrap_or_default();
            let crlf = step.heredocs.iter().any(|heredoc| heredoc.content.contains('\r'));
            cx.report(if crlf {
                finding.variant("carriage-return")
            } else if error.message.contains("unterminated") {
                finding.variant("unterminated")
            } else if word.is_empty() {
                finding.variant("early-end")
            } else if error.message == "expected command" {
                finding.variant("unexpected").with("word", word)
            } else {
                finding
            });
        }
    }
}

/// The span without the blanks and the other lines that follow its first.
fn trimmed(span: Span, text: &str) -> Span {
    let first = text.lines().next().unwrap_or_default().trim_end();
    Span::new(span.start, span.start + first.len() as u32)
}
