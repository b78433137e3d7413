//! Compound commands and redirections, from the parser's tree to ours.

use super::ast::{Arm, Case, Command, For, If, List, Part, PartKind, Quoting, Redirect, RedirectKind, While, Word};
use super::lower::{Extent, Lowered, Lowering, tree};
use super::words::{Context, Origin};
use crate::source::Span;

impl Lowering<'_> {
    pub(super) fn compound(&mut self, compound: tree::CompoundCommand, at: usize) -> Lowered<(Command, Extent)> {
        use tree::CompoundCommand as From;
        Ok(match compound {
            From::If(command) => self.branches(*command, at)?,
            From::For(command) => {
                let variable = command.targets.first().map(|target| self.range(target.span));
                let variable = variable.and_then(|(start, end)| self.text.get(start..end)).unwrap_or_default();
                let end = match command.syntax {
                    tree::ForSyntax::InDoDone { done_span, .. } | tree::ForSyntax::ParenDoDone { done_span, .. } => {
                        Some(done_span)
                    }
                    tree::ForSyntax::InBrace { right_brace_span, .. }
                    | tree::ForSyntax::ParenBrace { right_brace_span, .. } => Some(right_brace_span),
                    tree::ForSyntax::InDirect { .. } | tree::ForSyntax::ParenDirect { .. } => None,
                };
                let extent = self.up_to(command.span, end.unwrap_or(command.span));
                (Command::For(self.repeated(variable.to_owned(), command.words, command.body, at)?), extent)
            }
            From::Foreach(command) => {
                let extent = self.range(command.span);
                let variable = command.variable.to_string();
                (Command::For(self.repeated(variable, Some(command.words), command.body, at)?), extent)
            }
            From::Select(command) => {
                let extent = self.up_to(command.span, command.done_span);
                let variable = command.variable.to_string();
                (Command::For(self.repeated(variable, Some(command.words), command.body, at)?), extent)
            }
            From::While(command) => {
                let extent = self.up_to(command.span, command.done_span.unwrap_or(command.span));
                (self.looped(false, command.condition, command.body, at)?, extent)
            }
            From::Until(command) => {
                let extent = self.up_to(command.span, command.done_span.unwrap_or(command.span));
                (self.looped(true, command.condition, command.body, at)?, extent)
            }
            From::Case(command) => {
                let (start, end) = self.range(command.word.span);
                let subject = self.word(start, end)?;
                let mut arms = Vec::with_capacity(command.cases.len());
                for item in command.cases {
                    let arm = self.arm(item, at)?;
                    arms.push(arm);
                }
                (Command::Case(Case { subject, arms }), self.up_to(command.span, command.esac_span))
            }
            From::Subshell(body) => {
                let (list, extent) = self.bracketed(body, at, '(', ')')?;
                (Command::Subshell(list), extent)
            }
            From::BraceGroup(body) => {
                let (list, extent) = self.bracketed(body, at, '{', '}')?;
                (Command::Group(list), extent)
            }
            From::Time(command) => {
                let (start, mut end) = self.range(command.span);
                let mut lists = Vec::new();
                if let Some(stmt) = command.command {
                    let (list, extent) = self.single(*stmt)?;
                    end = extent.1;
                    lists.push(list);
                }
                (Command::Other(lists), (start, end))
            }
            From::Coproc(command) => {
                let (start, _) = self.range(command.span);
                let (list, (_, end)) = self.single(*command.body)?;
                (Command::Other(vec![list]), (start, end))
            }
            From::Repeat(command) => {
                let extent = self.range(command.span);
                (Command::Other(vec![self.list(command.body, at)?.0]), extent)
            }
            From::ArithmeticFor(command) => {
                let extent = self.up_to(command.span, command.done_span.unwrap_or(command.span));
                (Command::Other(vec![self.list(command.body, at)?.0]), extent)
            }
            From::Always(command) => {
                let extent = self.range(command.span);
                (Command::Other(vec![self.list(command.body, at)?.0, self.list(command.always_body, at)?.0]), extent)
            }
            From::Arithmetic(command) => {
                (Command::Other(Vec::new()), self.up_to(command.left_paren_span, command.right_paren_span))
            }
            From::Conditional(command) => {
                let mut spans = Vec::new();
                operands(&command.expression, &mut spans);
                let mut words = Vec::with_capacity(spans.len());
                for span in spans {
                    let (start, end) = self.range(span);
                    let word = self.word(start, end)?;
                    words.push(word);
                }
                (Command::Test(words), self.up_to(command.left_bracket_span, command.right_bracket_span))
            }
        })
    }

    fn branches(&mut self, command: tree::IfCommand, at: usize) -> Lowered<(Command, Extent)> {
        let end = match command.syntax {
            tree::IfSyntax::ThenFi { fi_span, .. } => fi_span,
            tree::IfSyntax::Brace { right_brace_span, .. } => right_brace_span,
        };
        let mut branches = Vec::with_capacity(1 + command.elif_branches.len());
        let first = (command.condition, command.then_branch);
        for (condition, body) in std::iter::once(first).chain(command.elif_branches) {
            let (condition, _) = self.list(condition, at)?;
            let (body, _) = self.list(body, at)?;
            branches.push((condition, body));
        }
        let otherwise = command.else_branch.map(|body| self.list(body, at)).transpose()?.map(|(list, _)| list);
        Ok((Command::If(If { branches, otherwise }), self.up_to(command.span, end)))
    }

    fn looped(&mut self, until: bool, test: tree::StmtSeq, body: tree::StmtSeq, at: usize) -> Lowered<Command> {
        let (condition, _) = self.list(test, at)?;
        let (body, _) = self.list(body, at)?;
        Ok(Command::While(While { until, condition, body }))
    }

    /// From the start of one span to the end of another.
    fn up_to(&self, first: tree::Span, last: tree::Span) -> Extent {
        let (start, _) = self.range(first);
        let (_, end) = self.range(last);
        (start, end.max(start))
    }

    /// A list in brackets, with the extent of the brackets, which the parser does not tell.
    fn bracketed(&mut self, body: tree::StmtSeq, at: usize, open: char, close: char) -> Lowered<(List, Extent)> {
        let (list, (from, to)) = self.list(body, at)?;
        let start = opening(self.text, from, open).unwrap_or(from);
        let mut end = to;
        while let Some(rest) = self.text.get(end..) {
            match rest.chars().next() {
                Some(c) if c == close => return Ok((list, (start, end + 1))),
                Some('\n') => end = (end + 1).max(if self.heredoc_end > to { self.heredoc_end } else { 0 }),
                Some('#') => end += rest.find('\n').unwrap_or(rest.len()),
                Some(c) if c.is_ascii_whitespace() || matches!(c, ';' | '&' | '\\') => end += 1,
                _ => break,
            }
        }
        Ok((list, (start, to)))
    }

    fn repeated(
        &mut self,
        variable: String,
        words: Option<Vec<tree::Word>>,
        body: tree::StmtSeq,
        at: usize,
    ) -> Lowered<For> {
        let mut lowered = words.as_ref().map(|words| Vec::with_capacity(words.len()));
        for word in words.into_iter().flatten() {
            let (start, end) = self.range(word.span);
            let word = self.word(start, end)?;
            lowered.get_or_insert_default().push(word);
        }
        let (body, _) = self.list(body, at)?;
        Ok(For { variable, words: lowered, body })
    }

    fn arm(&mut self, item: tree::CaseItem, at: usize) -> Lowered<Arm> {
        let mut patterns = Vec::with_capacity(item.patterns.len());
        let mut span: Option<Span> = None;
        for pattern in &item.patterns {
            let (start, end) = self.range(pattern.span);
            let word = self.word(start, end)?;
            span = Some(span.map_or(word.span, |span| span.to(word.span)));
            // With a quoted `*` removing the quotes would make it match anything.
            let is_plain = !word.parts.iter().any(|part| {
                part.quoting != Quoting::None
                    && matches!(&part.kind, PartKind::Literal(text) if text.contains(['*', '?', '[']))
            });
            let raw = self.text.get(start..end).unwrap_or_default();
            let text = word.literal().filter(|_| is_plain).map_or_else(|| raw.to_owned(), std::borrow::Cow::into_owned);
            patterns.push(text);
        }
        let (body, _) = self.list(item.body, at)?;
        Ok(Arm { patterns, span: span.unwrap_or_else(|| self.span(at, at)), body })
    }

    /// A redirection; `stdin` receives the text of a here-document on standard input that nothing expands.
    pub(super) fn redirect(
        &mut self,
        redirect: tree::Redirect,
        stdin: &mut Option<Origin>,
    ) -> Lowered<(Redirect, Extent)> {
        use tree::RedirectKind as From;
        let (start, end) = self.range(redirect.span);
        let kind = match redirect.kind {
            From::Output | From::Clobber => RedirectKind::Output,
            From::Append => RedirectKind::Append,
            From::Input => RedirectKind::Input,
            From::ReadWrite => RedirectKind::ReadWrite,
            From::HereDoc | From::HereDocStrip => RedirectKind::HereDoc,
            From::HereString => RedirectKind::HereString,
            From::DupOutput => RedirectKind::DuplicateOutput,
            From::DupInput => RedirectKind::DuplicateInput,
            From::OutputBoth => RedirectKind::OutputAndError,
        };
        let fd = redirect.fd;
        let start = redirect.fd_var_span.map_or(start, |span| self.range(span).0.min(start));
        let brace = self.text.get(..start).is_some_and(|text| redirect.fd_var.is_some() && text.ends_with('{'));
        let start = start - usize::from(brace);
        let (target, end) = match redirect.target {
            tree::RedirectTarget::Word(word) if word.span.start.offset() < word.span.end.offset() => {
                let (from, to) = self.range(word.span);
                (self.word(from, to)?, end.max(to))
            }
            // `2>&1` comes as one token whose target has no place of its own.
            tree::RedirectTarget::Word(_) => {
                let text = self.text.get(start..end).unwrap_or_default();
                let operator = text.rfind(['&', '<', '>']).map_or(0, |at| at + 1);
                let blanks = text.get(operator..).unwrap_or_default();
                let from = end - blanks.trim_start_matches([' ', '\t']).len();
                (self.word(from, end)?, end)
            }
            tree::RedirectTarget::Heredoc(heredoc) => {
                let (_, to) = self.range(heredoc.delimiter.span);
                let target = self.heredoc(&heredoc, fd, stdin)?;
                (target, to.max(start))
            }
        };
        let end = if kind == RedirectKind::HereDoc { end.min(target_end(self.text, start, end)) } else { end };
        Ok((Redirect { fd, kind, target, span: self.span(start, end) }, (start, end)))
    }

    fn heredoc(&mut self, heredoc: &tree::Heredoc, fd: Option<i32>, stdin: &mut Option<Origin>) -> Lowered<Word> {
        let start = self.base + heredoc.body.span.start.offset();
        let end = self.base + heredoc.body.span.end.offset();
        let (start, end) = (start.min(self.text.len()), end.min(self.text.len()));
        let strip = heredoc.delimiter.strip_tabs;
        let delimiter = self.text.get(end..).and_then(|rest| rest.find('\n')).map_or(self.text.len(), |at| end + at);
        self.heredoc_end = self.heredoc_end.max(delimiter);
        let mut origin = Origin::default();
        let word = if heredoc.delimiter.quoted {
            let mut at = start;
            for line in self.text.get(start..end).unwrap_or_default().split_inclusive('\n') {
                let kept = if strip { line.trim_start_matches('\t') } else { line };
                origin.push(kept, at + line.len() - kept.len());
                at += line.len();
            }
            let span = self.span(start, end);
            let literal = PartKind::Literal(origin.text.clone());
            let parts = vec![Part { kind: literal, quoting: Quoting::Single, span }];
            Word { parts: if start < end { parts } else { Vec::new() }, span, quoted: true }
        } else {
            self.word_in(start, end, Context::HereDoc { strip }, Some(&mut origin))?
        };
        if fd.unwrap_or(0) == 0 && word.literal().is_some() {
            *stdin = Some(origin);
        }
        Ok(word)
    }
}

/// The end of the line on which a here-document's operator stands, should its span reach over the body.
fn target_end(text: &str, start: usize, end: usize) -> usize {
    text.get(start..end).and_then(|text| text.find('\n')).map_or(end, |at| start + at)
}

/// The offset of the bracket before `from`, with nothing but blanks and comments in between.
fn opening(text: &str, from: usize, open: char) -> Option<usize> {
    let mut before = text.get(..from)?.trim_end();
    loop {
        if before.ends_with(open) {
            return Some(before.len() - 1);
        }
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.get(line_start..)?;
        let comment = line.match_indices('#').map(|(at, _)| line.get(..at).unwrap_or_default().trim_end());
        let mut rest = comment.filter(|rest| rest.is_empty() || rest.ends_with(open));
        before = before.get(..line_start + rest.next()?.len())?.trim_end();
    }
}

/// The words of `[[ ... ]]`. The parser bounds its depth.
fn operands(expression: &tree::ConditionalExpr, spans: &mut Vec<tree::Span>) {
    match expression {
        tree::ConditionalExpr::Binary(binary) => {
            operands(&binary.left, spans);
            operands(&binary.right, spans);
        }
        tree::ConditionalExpr::Unary(unary) => operands(&unary.expr, spans),
        tree::ConditionalExpr::Parenthesized(inner) => operands(&inner.expr, spans),
        tree::ConditionalExpr::Word(word) | tree::ConditionalExpr::Regex(word) => spans.push(word.span),
        tree::ConditionalExpr::Pattern(pattern) => spans.push(pattern.span),
        tree::ConditionalExpr::VarRef(reference) => spans.push(reference.span),
    }
}
