//! Taking a command out of a RUN, with the separator that is not needed any more.

use crate::diagnostic::Edit;
use crate::shell::Frame;
use crate::shell::ast::{Operator, Separator};
use crate::source::Span;

use super::{Body, Command, Model};

impl Model<'_> {
    /// The edit that takes a command out. None where its neighbours do not simply run one after the other (`||`, `&`,
    /// pipelines, conditions), where it is all that there is, or where a comment would go with it.
    pub fn remove(&self, command: &Command<'_>) -> Option<Edit> {
        let step = self.step(command.step)?;
        let Body::Shell(_) = self.body(step) else { return None };
        let invocation = &command.invocation;
        let barred = |frame: &Frame<'_>| matches!(frame, Frame::Substitution(_) | Frame::Script { .. });
        if invocation.statement.negated || invocation.in_condition() || invocation.frames.iter().any(barred) {
            return None;
        }
        let own = invocation.statement.span;
        let (before, after) = match *invocation.frames.last()? {
            Frame::List { list, index } => {
                let runs_on = |separator| matches!(separator, Separator::Semicolon | Separator::Newline);
                let before = index.checked_sub(1).and_then(|before| list.statements.get(before));
                let after = list.statements.get(index + 1);
                let before = before.filter(|statement| runs_on(statement.separator));
                let after = after.filter(|_| runs_on(invocation.statement.separator));
                if invocation.statement.separator == Separator::Background {
                    return None;
                }
                (before.map(|statement| statement.span), after.map(|statement| statement.span))
            }
            Frame::AndOr { steps, index } => {
                if steps.iter().any(|step| step.operator == Some(Operator::Or)) {
                    return None;
                }
                let span = |index: usize| steps.get(index).map(|step| step.statement.span);
                (index.checked_sub(1).and_then(span), span(index + 1))
            }
            _ => return None,
        };
        // A neighbour before it keeps the separator behind it; without one the neighbour behind it moves up.
        let span = match (before, after) {
            (Some(before), _) => Span::new(before.end, own.end),
            (None, Some(after)) => Span::new(own.start, after.start),
            (None, None) => return None,
        };
        let mut comments = step.instruction.inner_comments.iter();
        let goes_with_it = comments.any(|comment| span.contains(comment.span));
        let text = self.source.slice(span);
        (!goes_with_it && !text.contains('#')).then(|| Edit { span, text: String::new() })
    }
}

#[cfg(test)]
mod tests {
    use crate::dockerfile::parse;
    use crate::model::{Bodies, Model};
    use crate::source::Source;

    #[test]
    fn commands_go_with_their_separator() {
        for (script, expected) in [
            ("a && x && b", Some("a && b")),
            ("a && x", Some("a")),
            ("x && b", Some("b")),
            ("a; \\\n\tx; \\\n\tb", Some("a; \\\n\tb")),
            ("a \\\n\t&& x \\\n\t&& b", Some("a \\\n\t&& b")),
            ("a && \\\n\tx && \\\n\tb", Some("a && \\\n\tb")),
            ("x; b", Some("b")),
            ("x", None),
            ("a || x", None),
            ("a; x & b", None),
            ("a | x", None),
            ("a; \\\n# why\nx", None),
            ("if x; then a; fi", None),
        ] {
            let source = Source::new(format!("FROM a\nRUN {script}\n").into_bytes()).unwrap();
            let file = parse(&source);
            let bodies = Bodies::of(&file);
            let model = Model::new(&source, &file, &bodies);
            let is_it = |name: &str| name == "x";
            let command =
                model.commands().iter().find(|one| one.line.as_ref().is_some_and(|line| is_it(&line.name))).unwrap();
            let edit = model.remove(command);
            let changed = edit.map(|edit| {
                let text = source.text();
                format!("{}{}", &text[..edit.span.start as usize], &text[edit.span.end as usize..])
            });
            assert_eq!(changed, expected.map(|script| format!("FROM a\nRUN {script}\n")), "{script}");
        }
    }
}
