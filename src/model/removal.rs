//! Where a command can be taken out of a RUN so that all others run as before.

use crate::diagnostic::Edit;
use crate::shell::Frame;
use crate::shell::ast::{Operator, Separator, Statement};
use crate::source::Span;

use super::{Body, Command, Model};

impl Model<'_> {
    /// The edit that takes a command out of its RUN, with one separator. None where the others would not run as before
    /// (behind `||`, in pipelines, conditions, scripts in arguments), where nothing would be left, and where a comment
    /// or a here-document stands next to it.
    pub fn remove(&self, command: &Command<'_>) -> Option<Edit> {
        let Body::Shell(_) = self.body(self.step(command.step)?) else { return None };
        let invocation = &command.invocation;
        let own = invocation.statement;
        if own.separator == Separator::Background || !invocation.stands_alone() {
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
                // What is left of the chain follows the same operator as before.
                (index.checked_sub(1).and_then(at), at(index + 1).filter(|_| index == 0 || begins_line))
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
            ("x && a", Some("a")),
            ("a; \\\n\tx; \\\n\tb", Some("a; \\\n\tb")),
            ("{ a; x; }", Some("{ a; }")),
            ("a; b && x; c", Some("a; b; c")),
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
}
