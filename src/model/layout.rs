//! Where a command can be put into a RUN so that it fits the layout of the file: `&&` or `;`, at the start of a line or in it.

use crate::diagnostic::Edit;
use crate::dockerfile::views::{Run, RunBody};
use crate::shell::Frame;
use crate::shell::ast::{self, Operator, Separator, Statement};
use crate::source::Span;

use super::{Body, Command, Model, Step};

/// What a review shows without scrolling.
pub const MAX_COLUMNS: usize = 160;

impl<'a> Model<'a> {
    /// The edit that runs `text` right before a command, and the command only if it succeeds or fails silently. None where
    /// that takes more than a line: in pipelines, conditions, substitutions, scripts in arguments, the JSON form.
    pub fn insert_before(&self, command: &Command<'_>, text: &str) -> Option<Edit> {
        let invocation = &command.invocation;
        if !invocation.stands_alone() {
            return None;
        }
        self.insert_before_statement(command.step, invocation.statement, &invocation.frames, text)
    }

    /// The same before the pipeline whose first stage the command is.
    pub fn insert_before_pipeline(&self, command: &Command<'_>, text: &str) -> Option<Edit> {
        let (Frame::Pipeline { index: 0, .. }, around) = command.invocation.frames.split_last()? else { return None };
        let pipeline = around.last()?.statement()?;
        let is_alone = !pipeline.negated && !around.iter().any(Frame::takes);
        self.insert_before_statement(command.step, pipeline, around, text).filter(|_| is_alone)
    }

    fn insert_before_statement(
        &self,
        step: usize,
        statement: &Statement,
        frames: &[Frame<'_>],
        text: &str,
    ) -> Option<Edit> {
        let step = self.step(step)?;
        let Body::Shell(_) = self.body(step) else { return None };
        let start = statement.span.start;
        let at = Span::empty(start);
        let newline = self.newline_within(step);
        let own_line = self.indent_before(start);
        let edit = |text: String| Some(Edit { span: at, text });
        // In a branch, a loop or a script that stops at failures `&&` would be another way to say it.
        let is_inside = frames.len() > 1 && frames.iter().all(is_plain);
        let stops = (is_inside || is_script(step)) && self.stops_at_failure(step);
        // The comment above a command stays with it.
        let above = |at: u32, indent: &str, text: String| {
            let start = self.comments_above(step, at)?;
            Some(Edit { span: Span::empty(start), text: format!("{indent}{text}{}", self.continued(step)) })
        };
        match *frames.last()? {
            Frame::List { list, index } => {
                let is_sequence = list.statements.len() > 1 || stops;
                match own_line {
                    Some(indent) if is_script(step) && is_sequence => edit(format!("{text}{newline}{indent}")),
                    Some(indent) if is_sequence => above(start, indent, format!("{text}; "))
                        .or_else(|| edit(format!("{text}; {}{indent}", self.next_line(step)))),
                    Some(indent) => above(start, indent, format!("{text} && "))
                        .or_else(|| edit(format!("{text} && {}{indent}", self.next_line(step)))),
                    None if is_sequence => match self.indent_of_next(list.statements.get(index + 1)) {
                        Some(indent) if !is_script(step) => edit(format!("{text}; {}{indent}", self.next_line(step))),
                        _ => edit(format!("{text}; ")),
                    },
                    None => edit(format!("{text} && ")),
                }
            }
            Frame::AndOr { steps, index } => {
                let operator = steps.get(index)?;
                if operator.operator == Some(Operator::Or) {
                    return None;
                }
                // `&&` at the start of lines: of this step, or of the next one where this is the first.
                let sign = operator.operator_span.or_else(|| steps.get(1)?.operator_span)?;
                match (self.indent_before(sign.start), own_line) {
                    (Some(indent), None) if operator.operator.is_some() => {
                        above(sign.start, indent, format!("&& {text} "))
                            .or_else(|| edit(format!("{text} {}{indent}&& ", self.continued(step))))
                    }
                    (Some(indent), _) => edit(format!("{text} {}{indent}&& ", self.continued(step))),
                    (None, Some(indent)) => above(start, indent, format!("{text} && "))
                        .or_else(|| edit(format!("{text} && {}{indent}", self.continued(step)))),
                    (None, None) => match self.indent_of_next(steps.get(index + 1).map(|step| &step.statement)) {
                        Some(indent) => edit(format!("{text} && {}{indent}", self.continued(step))),
                        None => edit(format!("{text} && ")),
                    },
                }
            }
            _ => None,
        }
    }

    /// The edit that runs `text` at the end of a RUN if all before it went well. None where the end is nothing that can be
    /// added to: behind `||`, `&`, `exec`, a here-document, in the JSON form.
    pub fn append(&self, step: &Step<'a>, text: &str) -> Option<Edit> {
        let Body::Shell(body) = self.body(step) else { return None };
        let last = body.statements.len().checked_sub(1)?;
        let operand = match &body.statements.get(last)?.command {
            ast::Command::AndOr(steps) => steps.len().checked_sub(1)?,
            _ => 0,
        };
        self.go_on(step, body, (last, operand), text)
    }

    /// The edit that runs several commands at the end of a RUN, one after the other.
    pub fn append_all(&self, step: &Step<'a>, texts: impl IntoIterator<Item = String>) -> Option<Edit> {
        let is_layout = |c: char| c.is_ascii_whitespace() || c == self.file.escape;
        let mut all: Option<Edit> = None;
        for text in texts {
            let next = self.append(step, &text)?;
            let Some(edit) = &mut all else {
                all = Some(next);
                continue;
            };
            // Behind a `;` on a line of its own a command comes without one.
            if !is_script(step) && !next.text.trim_start_matches(is_layout).starts_with(['&', ';']) {
                edit.text.push(';');
            }
            edit.text.push_str(&next.text);
        }
        all
    }

    /// The edit that runs `text` right behind the part of a RUN that a command belongs to: the statement, or the operand of
    /// `&&`, that holds the loop, pipeline or condition it is in.
    pub fn behind(&self, command: &Command<'_>, text: &str) -> Option<Edit> {
        let step = self.step(command.step)?;
        let Body::Shell(body) = self.body(step) else { return None };
        let frames = &command.invocation.frames;
        let Frame::List { index, .. } = *frames.first()? else { return None };
        let operand = match frames.get(1) {
            Some(Frame::AndOr { index, .. }) => *index,
            _ => 0,
        };
        self.go_on(step, body, (index, operand), text)
    }

    /// The edit that runs `text` behind an operand of a statement, if that goes well.
    fn go_on(&self, step: &Step<'a>, body: &ast::List, (index, operand): (usize, usize), text: &str) -> Option<Edit> {
        let own = body.statements.get(index)?;
        let has_heredoc = !is_script(step) && !step.heredocs.is_empty();
        if has_heredoc || own.separator == Separator::Background || !can_go_on(own) {
            return None;
        }
        // A chain that something follows would stop the build no more.
        let ast::Command::AndOr(steps) = &own.command else {
            let edit = |text: String| Some(Edit { span: Span::empty(own.span.end), text });
            let stops = self.stops_at_failure(step);
            let own_line = self.indent_before(own.span.start);
            if is_script(step) {
                return edit(match own_line {
                    indent if stops => format!("{}{}{text}", self.newline_within(step), indent.unwrap_or_default()),
                    _ => format!(" && {text}"),
                });
            }
            if !stops || body.statements.len() == 1 {
                return edit(self.chained(step, own.span, text));
            }
            // A `;` on a line of its own, below a list of packages.
            if let Some(sign) = own.separator_span
                && let Some(indent) = self.indent_before(sign.start)
            {
                let end = if index + 1 < body.statements.len() { ";" } else { "" };
                let text = format!(" {}{}{text}{end}", self.next_line(step), own_line.unwrap_or(indent));
                return Some(Edit { span: Span::empty(sign.end), text });
            }
            return match own_line {
                Some(indent) => edit(format!("; {}{indent}{text}", self.next_line(step))),
                None => match self.break_before(step, own.span.end, &format!("; {text}")) {
                    Some(line_break) => edit(format!(";{line_break}{text}")),
                    None => edit(format!("; {text}")),
                },
            };
        };
        let here = steps.get(operand)?;
        let next = steps.get(operand + 1);
        let edit = |text: String| Some(Edit { span: Span::empty(here.statement.span.end), text });
        if is_script(step) {
            return edit(format!(" && {text}"));
        }
        let sign = next.and_then(|next| next.operator_span).or(here.operator_span)?;
        let start = if here.operator_span.is_some() { here } else { next? };
        match (self.indent_before(sign.start), self.indent_before(start.statement.span.start)) {
            (Some(indent), _) => edit(format!(" {}{indent}&& {text}", self.next_line(step))),
            (None, Some(indent)) => edit(format!(" && {}{indent}{text}", self.next_line(step))),
            (None, None) => edit(self.chained(step, here.statement.span, text)),
        }
    }

    /// `&& text` behind a command: on a line of its own where the line would be too long, and below a command of several lines,
    /// where it would look like a part of it.
    fn chained(&self, step: &Step<'_>, command: Span, text: &str) -> String {
        let added = format!(" && {text}");
        let own_line = self.indent_within(command).map(|indent| format!(" {}{indent}", self.next_line(step)));
        match own_line.or_else(|| self.break_before(step, command.end, &added)) {
            Some(line_break) => format!("{line_break}&& {text}"),
            None => added,
        }
    }

    /// The line break that a text needs before it, where it would make its line too long.
    fn break_before(&self, step: &Step<'_>, at: u32, added: &str) -> Option<String> {
        let line = self.source.line_of(at);
        let before = self.source.slice(Span::new(self.source.line_span(line).start, at));
        let is_long = before.chars().count() + added.chars().count() > MAX_COLUMNS;
        is_long.then(|| self.line_break(step, line))
    }

    /// The line break for a line of a RUN, indented as the file does it.
    pub fn line_break(&self, step: &Step<'_>, line: u32) -> String {
        let text = self.source.slice(self.source.line_span(line));
        let indent = match text.get(..text.len() - text.trim_start_matches([' ', '\t']).len()) {
            Some(indent) if line > step.instruction.start_line && !indent.is_empty() => indent,
            _ if self.source.text().contains("\n\t") => "\t",
            _ => "    ",
        };
        let newline = if text.ends_with("\r\n") { "\r\n" } else { "\n" };
        format!(" {}{newline}{indent}", self.file.escape)
    }

    /// The indent that a command of several lines has: that of its first line, or where something else stands before it
    /// there, that of the next line that has something.
    fn indent_within(&self, span: Span) -> Option<&'a str> {
        let (first, last) = (self.source.line_of(span.start), self.source.line_of(span.end));
        if first == last {
            return None;
        }
        let line = |number: u32| self.source.slice(self.source.line_span(number));
        let text = |number: &u32| line(*number).trim_start_matches([' ', '\t']);
        let is_plain = |number: &u32| !text(number).trim_end().is_empty() && !text(number).starts_with('#');
        let below = || (first + 1..=last).find(is_plain);
        self.indent_before(span.start)
            .or_else(|| below().and_then(|number| line(number).get(..line(number).len() - text(&number).len())))
    }

    /// The blanks before a place, where nothing else stands before it on its line.
    pub(super) fn indent_before(&self, at: u32) -> Option<&'a str> {
        let line = self.source.line_span(self.source.line_of(at));
        let before = self.source.slice(Span::new(line.start, at));
        before.chars().all(|c| c == ' ' || c == '\t').then_some(before)
    }

    /// Where the comment lines begin that stand right above the line of a place.
    fn comments_above(&self, step: &Step<'_>, at: u32) -> Option<u32> {
        let own = self.source.line_of(at);
        let mut comments = step.instruction.inner_comments.iter().rev().skip_while(|comment| comment.line >= own);
        let first =
            (0..own).rev().take_while(|line| comments.next().is_some_and(|comment| comment.line == *line)).last()?;
        Some(self.source.line_span(first).start)
    }

    /// The blanks before the statement that follows, where it begins a line.
    fn indent_of_next(&self, next: Option<&Statement>) -> Option<&'a str> {
        self.indent_before(next?.span.start)
    }

    /// The line ending that a step is written with.
    pub(super) fn newline(&self, step: &Step<'_>) -> &'static str {
        self.newline_of(step.instruction.start_line)
    }

    /// The line ending between its commands: a here-document need not end its lines as the file around it does.
    fn newline_within(&self, step: &Step<'_>) -> &'static str {
        match step.heredocs.first().filter(|_| is_script(step)) {
            Some(heredoc) => self.newline_of(self.source.line_of(heredoc.body.start)),
            None => self.newline(step),
        }
    }

    fn newline_of(&self, line: u32) -> &'static str {
        let text = |number: u32| self.source.slice(self.source.line_span(number));
        // The last line of a file may have none.
        let text = if text(line).ends_with('\n') { text(line) } else { text(line.saturating_sub(1)) };
        if text.ends_with("\r\n") { "\r\n" } else { "\n" }
    }

    /// What ends a line in a command: an instruction goes on behind its escape character, a script behind that of the shell.
    fn continued(&self, step: &Step<'_>) -> String {
        let escape = if is_script(step) { '\\' } else { self.file.escape };
        format!("{escape}{}", self.newline_within(step))
    }

    /// What ends a line between commands.
    pub(super) fn next_line(&self, step: &Step<'_>) -> String {
        if is_script(step) { self.newline_within(step).to_owned() } else { self.continued(step) }
    }
}

/// Whether `set -e` holds in a frame where it holds around it.
fn is_plain(frame: &Frame<'_>) -> bool {
    matches!(
        frame,
        Frame::List { .. }
            | Frame::IfBody { .. }
            | Frame::WhileBody(_)
            | Frame::ForBody(_)
            | Frame::Arm { .. }
            | Frame::Group
    )
}

/// Whether the RUN is a here-document that is the script itself.
fn is_script(step: &Step<'_>) -> bool {
    matches!(Run::of(step.instruction), Some(Run { body: RunBody::Script(_), .. }))
}

/// Whether `&& more` behind a statement runs if the statement succeeds, and fails if it fails.
fn can_go_on(statement: &Statement) -> bool {
    if statement.negated || statement.redirects.iter().any(|redirect| redirect.kind == ast::RedirectKind::HereDoc) {
        return false;
    }
    match &statement.command {
        ast::Command::Simple(simple) => {
            !simple.words.first().is_some_and(|word| word.is("exec") || word.is("exit") || word.is("return"))
        }
        ast::Command::AndOr(steps) => {
            steps.iter().all(|step| step.operator != Some(Operator::Or))
                && steps.iter().all(|step| can_go_on(&step.statement))
        }
        ast::Command::Pipeline(stages) => stages.iter().all(can_go_on),
        ast::Command::Function(_) => false,
        _ => true,
    }
}
