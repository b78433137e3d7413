//! Where a command can be taken out of a RUN so that all others run as before.

use crate::diagnostic::Edit;
use crate::dockerfile::ast::{Comment, Instruction};
use crate::shell::Frame;
use crate::shell::ast::{Operator, Separator, Statement};
use crate::source::Span;

use super::{Body, Command, Model, Step};

impl Model<'_> {
    /// What goes with an instruction: its lines, comments above it that are about it alone, and one of two gaps that would
    /// meet.
    pub fn removal(&self, step: &Step<'_>) -> Span {
        let (mut first, last) = (step.instruction.start_line, step.instruction.end_line);
        let line = |number: u32| self.source.slice(self.source.line_span(number)).trim();
        let is_blank = |number: u32| self.is_blank(number);
        let lines = self.source.line_count();
        let above = comments_above(step.instruction);
        // A paragraph of its own; else the comment may be about what stands beside it.
        let top = above.last().map_or(first, |comment| comment.line);
        let ends = last >= lines || is_blank(last + 1) || line(last + 1).starts_with('#');
        if ends && top > 1 && is_blank(top - 1) {
            first = top;
        } else {
            // What silences findings of this instruction would silence those of the next.
            first -= above.iter().take_while(|comment| silences(&comment.text)).count() as u32;
        }
        self.lines_with_gap(first, last)
    }

    /// Lines, with one of the two gaps that would meet if they were gone.
    pub(super) fn lines_with_gap(&self, first: u32, mut last: u32) -> Span {
        let is_blank = |number: u32| self.is_blank(number);
        let lines = self.source.line_count();
        let has_gap_above = first > 1 && is_blank(first - 1);
        let text = self.source.text();
        if has_gap_above || first == 1 {
            while last < lines && is_blank(last + 1) {
                last += 1;
            }
        }
        let mut span = self.source.line_span(first).to(self.source.line_span(last));
        if span.end as usize >= text.len() {
            let mut from = first;
            while from > 1 && is_blank(from - 1) {
                from -= 1;
            }
            span.start = self.source.line_span(from).start;
            // The last line of a file without a line ending at its end.
            if !text.ends_with('\n') {
                let before = text.get(..span.start as usize).unwrap_or_default();
                let ending = before.strip_suffix('\n').map_or(before, |rest| rest.strip_suffix('\r').unwrap_or(rest));
                span.start = ending.len() as u32;
            }
        }
        span
    }

    /// Whether nothing stands on a line.
    pub(super) fn is_blank(&self, line: u32) -> bool {
        self.source.slice(self.source.line_span(line)).trim().is_empty()
    }

    /// The edit that takes a command out of its RUN, or the whole RUN where nothing else is in it but options of the shell.
    pub fn remove_or_drop(&self, command: &Command<'_>) -> Option<Edit> {
        let step = self.step(command.step)?;
        let is_option = |other: &Command<'_>| {
            std::ptr::eq(other.invocation.simple, command.invocation.simple)
                || other.line.as_ref().is_some_and(|line| line.is("set"))
        };
        if step.trigger_of.is_none() && self.commands_of(command.step).iter().all(is_option) {
            return Some(Edit { span: self.removal(step), text: String::new() });
        }
        self.remove(command)
    }

    /// The edit that takes a command out of its RUN, with one separator. None where the others would not run as before
    /// (behind `||`, in pipelines, conditions, scripts in arguments), where nothing would be left, and where a comment
    /// or a here-document stands next to it.
    pub fn remove(&self, command: &Command<'_>) -> Option<Edit> {
        let step = self.step(command.step)?;
        let Body::Shell(body) = self.body(step) else { return None };
        let invocation = &command.invocation;
        let own = invocation.statement;
        if own.separator == Separator::Background || !invocation.stands_alone() {
            return None;
        }
        // Where nothing else stops the build at a failure, two commands stay a chain.
        let is_chain_of_two = matches!(invocation.frames.last(), Some(Frame::AndOr { steps, .. }) if steps.len() == 2);
        if is_chain_of_two && body.statements.len() > 1 && !self.uses_errexit(step) {
            return None;
        }
        let begins_line = self.indent_before(own.span.start).is_some();
        let (previous, next) = match *invocation.frames.last()? {
            Frame::List { list, index } => {
                let previous = index.checked_sub(1).and_then(|before| list.statements.get(before));
                let is_plain = |statement: &Statement| statement.separator == Separator::Semicolon;
                // `a; x; \` is left as `a; \`.
                let shares_line = previous.is_some_and(is_plain) && is_plain(own) && !begins_line;
                (previous, list.statements.get(index + 1).filter(|_| !shares_line))
            }
            Frame::AndOr { steps, index } if steps.iter().all(|step| step.operator != Some(Operator::Or)) => {
                let at = |index: usize| steps.get(index).map(|step| &step.statement);
                // What is left of the chain follows the same operator as before: one that begins a line stays there for what
                // shares the line.
                let sign = steps.get(index).and_then(|step| step.operator_span);
                let sign_begins_line = sign.is_some_and(|sign| self.indent_before(sign.start).is_some());
                let line = |at: u32| self.source.line_of(at);
                let shares_line = |next: &&Statement| line(next.span.start) == line(own.span.end);
                let is_first = index == 0 || begins_line;
                let next = at(index + 1).filter(|next| is_first || sign_begins_line && shares_line(next));
                (index.checked_sub(1).and_then(at), next)
            }
            _ => return None,
        };
        let previous = previous.filter(|statement| statement.separator != Separator::Background);
        let span = match (previous, next) {
            (_, Some(next)) => Span::new(own.span.start, next.span.start),
            (Some(previous), None) => Span::new(previous.span.end, own.span.end),
            (None, None) => return None,
        };
        let is_separator = |c: char| matches!(c, ' ' | '\t' | '\r' | '\n' | ';' | '&') || c == self.file.escape;
        let around = [Span::new(span.start, own.span.start), Span::new(own.span.end, span.end)];
        let is_clear = around.iter().all(|&part| self.source.slice(part).chars().all(is_separator));
        is_clear.then(|| Edit { span, text: String::new() })
    }
}

/// The comment lines right above an instruction, from the nearest on.
pub(super) fn comments_above(instruction: &Instruction) -> Vec<&Comment> {
    let comments = instruction.leading_comments.iter().rev();
    let above = comments.scan(instruction.start_line, |below, comment| {
        let is_next = comment.line + 1 == *below;
        *below = comment.line;
        is_next.then_some(comment)
    });
    above.collect()
}

/// Whether a comment tells a linter to overlook what stands below it.
pub(super) fn silences(comment: &str) -> bool {
    let text = comment.trim_start();
    ["oi-lint ignore", "hadolint ignore", "check=skip", "hadolint shell"].iter().any(|start| text.starts_with(start))
}

#[cfg(test)]
mod tests {
    use crate::dockerfile::parse;
    use crate::model::{Bodies, Model};
    use crate::source::Source;

    #[test]
    fn the_rest_stays() {
        for (script, expected) in [
            ("a; x; b", Some("a; b")),
            ("a; x", Some("a")),
            ("a \\\n && x \\\n && b", Some("a \\\n && b")),
            ("a \\\n && x && b", Some("a \\\n && b")),
            ("x && a", Some("a")),
            ("a; \\\n\tx; \\\n\tb", Some("a; \\\n\tb")),
            ("{ a; x; }", Some("{ a; }")),
            ("set -e; b && x; c", Some("set -e; b; c")),
            ("a; b && d && x; c", Some("a; b && d; c")),
            ("a; b && x; c", None),
            ("a && x && b", Some("a && b")),
            ("a && \\\n\tx && b", Some("a && \\\n\tb")),
            ("a; x; \\\n\tb", Some("a; \\\n\tb")),
            ("a && \\\n\tx && \\\n\tb", Some("a && \\\n\tb")),
            ("x", None),
            ("a || x", None),
            ("a | x", None),
            ("if x; then a; fi", None),
            ("a & x", None),
            ("a; \\\n# why\nx", None),
        ] {
            let text = format!("FROM a\nRUN {script}\n");
            let source = Source::new(text.clone().into_bytes()).unwrap();
            let file = parse(&source);
            let bodies = Bodies::of(&file);
            let model = Model::new(&source, &file, &bodies);
            let named = |name: &str| {
                model.commands().iter().find(|command| command.line.as_ref().is_some_and(|line| line.name == name))
            };
            let edited = model.remove(named("x").unwrap()).map(|edit| {
                let mut text = text.clone();
                text.replace_range(edit.span.range(), &edit.text);
                text
            });
            assert_eq!(edited, expected.map(|script| format!("FROM a\nRUN {script}\n")), "{script}");
        }
    }

    #[test]
    fn an_instruction_goes_with_what_is_about_it() {
        for (text, expected) in [
            ("FROM a\nX\nCMD b\n", "FROM a\nCMD b\n"),
            ("FROM a\n\nX \\\n y\n\nCMD b\n", "FROM a\n\nCMD b\n"),
            ("FROM a\n\n# x\nX\n\nCMD b\n", "FROM a\n\nCMD b\n"),
            ("FROM a\r\n\r\nX\r\n\r\nCMD b\r\n", "FROM a\r\n\r\nCMD b\r\n"),
            ("FROM a\nX\n\nCMD b\n", "FROM a\n\nCMD b\n"),
            ("FROM a\n\nX\n", "FROM a\n"),
            ("FROM a\n\nX\n\n", "FROM a\n"),
            ("FROM a\nX", "FROM a"),
            ("FROM a\r\n\r\nX", "FROM a"),
            // A comment about it, one about both, one about something else.
            ("FROM a\n\n# x\n# y\nX\n\nCMD b\n", "FROM a\n\nCMD b\n"),
            ("FROM a\n\n# both\nX\nCMD b\n", "FROM a\n\n# both\nCMD b\n"),
            ("FROM a\n# a\nX\n\nCMD b\n", "FROM a\n# a\n\nCMD b\n"),
            ("FROM a\n\n# a\n\nX\n# b\nCMD b\n", "FROM a\n\n# a\n\n# b\nCMD b\n"),
            ("FROM a\n# hadolint ignore=DL4000\nX\nCMD b\n", "FROM a\nCMD b\n"),
        ] {
            let written = text.replace('X', "STOPSIGNAL 9");
            let source = Source::new(written.clone().into_bytes()).unwrap();
            let file = parse(&source);
            let bodies = Bodies::of(&file);
            let model = Model::new(&source, &file, &bodies);
            let mut edited = written.clone();
            edited.replace_range(model.removal(model.step(1).unwrap()).range(), "");
            assert_eq!(edited, expected, "{text:?}");
        }
    }
}
