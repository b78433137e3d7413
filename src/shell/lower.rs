//! From the parser's tree to ours. This is the one file that names `shuck-parser` and `shuck-ast`.
//!
//! The parser is trusted for the structure of commands and for where words, assignments and redirections stand. What is
//! inside a word, command substitutions included, is read in `words.rs`.

pub(super) use shuck_ast as tree;
use shuck_parser::parser::{ParseStatus, Parser};
use shuck_parser::{ShellDialect, ShellProfile};

use super::ast::{
    AssignedValue, Assignment, Command, Function, List, Operator, Part, PartKind, Quoting, Separator, Simple,
    Statement, Step, Word,
};
use super::groups::unclosed_groups;
use super::scan;
use super::words::Origin;
use crate::source::{Joined, Piece, Span};

/// Why a text is not read as shell commands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ShellError {
    /// What the parser says.
    pub message: String,
    /// Where, in the file.
    pub span: Span,
    /// Whether it is this parser that cannot read the text, which a shell may read.
    pub is_limit: bool,
}

/// Lists, statements and words in each other that are still read.
const MAX_DEPTH: u32 = 96;
/// Brackets, quotes and expansions in each other that the parser is asked to read; it does not bound all of them itself,
/// and reads some of them once more at each level.
const MAX_NESTING: usize = 14;
/// Expansions that do not end: each doubles what the parser does for the others.
const MAX_UNCLOSED: usize = 4;
/// Groups in patterns that may not end.
const MAX_UNCLOSED_GROUPS: usize = 4;
/// Nesting that the parser accepts in one text; both limits fit a thread with a stack of 2 MiB in a debug build.
pub(super) const MAX_PARSER_DEPTH: usize = 48;
/// Steps that the parser may take in one text; about one for each command.
pub(super) const MAX_PARSER_STEPS: usize = 100_000;
/// Words of the parser's messages that tell of its own limits.
const LIMITS: [&str; 3] = ["too deep", "too long", "fuel exhausted"];
/// Scripts in arguments of scripts in arguments: further in, they are words.
const MAX_SCRIPTS: u32 = 4;

/// Reads a RUN body, or any shell script, in the Bash dialect.
///
/// All spans of the answer lie in the file that `body` was joined from. The text has to be clean: a body that the parser
/// had to repair is an error.
pub fn parse(body: &Joined) -> Result<List, ShellError> {
    Lowering { text: &body.text, map: Map::Pieces(body), base: 0, depth: 0, scripts: 0, heredoc_end: 0 }
        .list_at(0, body.text.len())
}

/// A command in JSON form: one simple command of words that nothing expands.
///
/// Each word comes decoded, with its span in the file, quotes included. A script among them, as in
/// `["sh", "-c", "..."]`, is read.
pub fn exec_form(words: Vec<(String, Span)>, span: Span) -> List {
    if words.is_empty() {
        return List { statements: Vec::new(), span };
    }
    let words = words
        .into_iter()
        .map(|(text, span)| {
            let inside = if span.len() >= 2 { Span::new(span.start + 1, span.end - 1) } else { span };
            let part = Part { kind: PartKind::Literal(text), quoting: Quoting::Single, span: inside };
            Word { parts: vec![part], span, quoted: true }
        })
        .collect();
    let mut simple = Simple { words, span, ..Simple::default() };
    super::scripts::of_exec_form(&mut simple);
    let statement = Statement {
        command: Command::Simple(simple),
        negated: false,
        redirects: Vec::new(),
        separator: Separator::None,
        separator_span: None,
        span,
    };
    List { statements: vec![statement], span }
}

/// Reads a decoded JSON string as a script. Spans are exact where the file holds it byte by byte, but for the backslashes that
/// quotes, backslashes and control characters need; otherwise they are all `inside`, the span of the string without its quotes.
pub(super) fn parse_decoded(text: &str, inside: Span, scripts: u32) -> Option<(List, bool)> {
    let verbatim = inside.len() as usize == text.len();
    let joined = decoded(text, inside);
    let map = joined.as_ref().map_or(Map::Fixed(inside), Map::Pieces);
    let list =
        Lowering { text, map, base: 0, depth: 0, scripts: scripts + 1, heredoc_end: 0 }.list_at(0, text.len()).ok()?;
    Some((list, verbatim))
}

/// Where a decoded JSON string stands in the file. These characters have two bytes there at least, so that with as many bytes as
/// that nothing else is escaped.
fn decoded(text: &str, inside: Span) -> Option<Joined> {
    let is_escaped = |byte: u8| matches!(byte, b'"' | b'\\') || byte < b' ';
    let escapes: Vec<usize> =
        text.bytes().enumerate().filter(|(_, byte)| is_escaped(*byte)).map(|(at, _)| at).collect();
    if inside.len() as usize != text.len() + escapes.len() {
        let piece = Piece { joined: 0, source: inside.start, len: inside.len() };
        let verbatim = inside.len() as usize == text.len();
        return verbatim.then(|| Joined { text: text.to_owned(), pieces: vec![piece] });
    }
    let starts = std::iter::once(0).chain(escapes.iter().copied());
    let ends = escapes.iter().copied().chain([text.len()]);
    let pieces = starts.zip(ends).enumerate().map(|(backslashes, (start, end))| Piece {
        joined: start as u32,
        source: inside.start + (start + backslashes) as u32,
        len: (end - start) as u32,
    });
    Some(Joined { text: text.to_owned(), pieces: pieces.filter(|piece| piece.len > 0).collect() })
}

/// How offsets of the text lead to the file.
#[derive(Debug, Clone, Copy)]
enum Map<'a> {
    Pieces(&'a Joined),
    Fixed(Span),
}

/// One text on its way from the parser's tree to ours.
#[derive(Debug)]
pub(super) struct Lowering<'a> {
    pub(super) text: &'a str,
    map: Map<'a>,
    /// Where the text that the parser was given last begins in `text`.
    pub(super) base: usize,
    depth: u32,
    pub(super) scripts: u32,
    /// The end of the last here-document in the text, its delimiter included.
    pub(super) heredoc_end: usize,
}

pub(super) type Lowered<T> = Result<T, ShellError>;

/// From where to where something reaches in the text. The parser's spans of whole commands may go on to the next token or
/// leave out brackets, so they are put together from the words.
pub(super) type Extent = (usize, usize);

/// What the parser says, from where to where in the text.
struct Refusal {
    message: String,
    from: usize,
    to: usize,
    is_limit: bool,
}

/// Runs the parser. Its panics end here.
fn syntax_tree(text: &str) -> Result<tree::StmtSeq, Refusal> {
    let run = || {
        let profile = ShellProfile::native(ShellDialect::Bash);
        Parser::with_limits_and_profile(text, MAX_PARSER_DEPTH, MAX_PARSER_STEPS, profile).parse()
    };
    let Ok(result) = std::panic::catch_unwind(run) else {
        return Err(Refusal { message: "the shell parser failed".to_owned(), from: 0, to: text.len(), is_limit: true });
    };
    if result.status == ParseStatus::Clean {
        return Ok(result.file.body);
    }
    let Some(first) = result.diagnostics.first() else {
        let message = result.terminal_error.map_or_else(|| "unexpected syntax".to_owned(), |error| error.to_string());
        return Err(Refusal { message, from: 0, to: text.len(), is_limit: true });
    };
    let is_limit = LIMITS.iter().any(|limit| first.message.contains(limit));
    let (from, to) = (first.span.start.offset(), first.span.end.offset());
    Err(Refusal { message: first.message.clone(), from, to, is_limit })
}

impl Lowering<'_> {
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        match self.map {
            Map::Pieces(joined) => joined.span(start, end),
            Map::Fixed(span) => span,
        }
    }

    pub(super) fn place(&self, (start, end): Extent) -> Span {
        self.span(start, end)
    }

    /// Goes one level deeper.
    pub(super) fn enter(&mut self, at: usize) -> Lowered<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.too_deep(at));
        }
        Ok(())
    }

    fn too_deep(&self, at: usize) -> ShellError {
        ShellError { message: "nested too deeply".to_owned(), span: self.span(at, at), is_limit: true }
    }

    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// The commands in `start..end` of the text.
    pub(super) fn list_at(&mut self, start: usize, end: usize) -> Lowered<List> {
        self.enter(start)?;
        let text = self.text.get(start..end).unwrap_or_default();
        let cost = scan::cost(text, MAX_NESTING + 1);
        let is_dear = cost.nesting > MAX_NESTING || cost.unclosed > MAX_UNCLOSED;
        if is_dear || unclosed_groups(text, MAX_UNCLOSED_GROUPS + 1) > MAX_UNCLOSED_GROUPS {
            return Err(self.too_deep(start));
        }
        let body = syntax_tree(text).map_err(|refusal| ShellError {
            message: refusal.message,
            span: self.span((start + refusal.from).min(end), (start + refusal.to).min(end)),
            is_limit: refusal.is_limit,
        })?;
        let base = std::mem::replace(&mut self.base, start);
        let (list, _) = self.list(body, start)?;
        self.base = base;
        self.leave();
        Ok(list)
    }

    /// The commands in a text that was in quotes.
    pub(super) fn list_of(&mut self, origin: &Origin) -> Lowered<List> {
        let joined = self.joined(origin);
        let map = match self.map {
            Map::Pieces(_) => Map::Pieces(&joined),
            Map::Fixed(span) => Map::Fixed(span),
        };
        let (depth, scripts) = (self.depth, self.scripts);
        let mut inner = Lowering { text: &origin.text, map, base: 0, depth, scripts, heredoc_end: 0 };
        inner.list_at(0, origin.text.len())
    }

    /// The same for a script in an argument; none where it is nested too deeply or is not clean.
    pub(super) fn script_of(&mut self, origin: &Origin) -> Option<(List, bool)> {
        if self.scripts >= MAX_SCRIPTS {
            return None;
        }
        self.scripts += 1;
        let list = self.list_of(origin).ok();
        self.scripts -= 1;
        let verbatim = matches!(self.map, Map::Pieces(_)) && origin.runs.len() <= 1;
        list.map(|list| (list, verbatim))
    }

    fn joined(&self, origin: &Origin) -> Joined {
        let mut pieces = Vec::new();
        if let Map::Pieces(outer) = self.map {
            for &(here, from, len) in &origin.runs {
                let end = from + len;
                let first = outer.pieces.partition_point(|piece| (piece.joined + piece.len) as usize <= from);
                for piece in outer.pieces.iter().skip(first).take_while(|piece| (piece.joined as usize) < end) {
                    let start = from.max(piece.joined as usize);
                    let stop = end.min((piece.joined + piece.len) as usize);
                    pieces.push(Piece {
                        joined: (here + start - from) as u32,
                        source: piece.source + (start - piece.joined as usize) as u32,
                        len: stop.saturating_sub(start) as u32,
                    });
                }
            }
        }
        Joined { text: origin.text.clone(), pieces }
    }

    /// Offsets in the text for a span of the parser, blanks at its end left out.
    pub(super) fn range(&self, span: tree::Span) -> Extent {
        let start = (self.base + span.start.offset()).min(self.text.len());
        let end = (self.base + span.end.offset()).clamp(start, self.text.len());
        let text = self.text.get(start..end).unwrap_or_default();
        (start, start + text.trim_end_matches([' ', '\t', '\n']).len())
    }

    pub(super) fn list(&mut self, body: tree::StmtSeq, at: usize) -> Lowered<(List, Extent)> {
        self.enter(at)?;
        let count = body.stmts.len();
        let mut statements: Vec<Statement> = Vec::with_capacity(count);
        let mut extent = None;
        // The parser takes `&!` and `&|` for one operator, as zsh does. Bash reads `& !`, and refuses the other.
        let mut negated = false;
        for (index, stmt) in body.stmts.into_iter().enumerate() {
            let separator = match stmt.terminator {
                Some(tree::StmtTerminator::Semicolon) => Separator::Semicolon,
                Some(tree::StmtTerminator::Background(_)) => Separator::Background,
                None if index + 1 < count => Separator::Newline,
                None => Separator::None,
            };
            let separator_span = stmt.terminator_span.map(|span| self.place(self.range(span)));
            let operator = stmt.terminator;
            let (mut statement, one) = self.statement(stmt)?;
            statement.negated |= negated;
            negated = matches!(operator, Some(tree::StmtTerminator::Background(tree::BackgroundOperator::Bang)));
            if let (Some(tree::StmtTerminator::Background(tree::BackgroundOperator::Pipe)), Some(span)) =
                (operator, separator_span)
            {
                return Err(ShellError { message: "unexpected '|'".to_owned(), span, is_limit: false });
            }
            statement.separator = separator;
            statement.separator_span = separator_span;
            statements.push(statement);
            extent = Some(join(extent, one));
        }
        self.leave();
        let extent = extent.unwrap_or((at, at));
        Ok((List { statements, span: self.place(extent) }, extent))
    }

    pub(super) fn statement(&mut self, stmt: tree::Stmt) -> Lowered<(Statement, Extent)> {
        let (start, _) = self.range(stmt.span);
        self.enter(start)?;
        let mut redirects = Vec::with_capacity(stmt.redirects.len());
        let mut stdin = None;
        let mut extent = None;
        for redirect in stmt.redirects {
            let (redirect, one) = self.redirect(redirect, &mut stdin)?;
            redirects.push(redirect);
            extent = Some(join(extent, one));
        }
        let (command, one) = match stmt.command {
            tree::Command::Binary(binary) => self.binary(binary)?,
            tree::Command::Simple(simple) => {
                let tree::SimpleCommand { name, args, assignments, .. } = simple;
                let words: Vec<_> = std::iter::once(name).chain(args).map(|word| word.span).collect();
                self.simple(assignments, words, stdin)?
            }
            tree::Command::Builtin(builtin) => {
                let (assignments, words) = self.builtin(builtin);
                self.simple(assignments, words, None)?
            }
            tree::Command::Decl(clause) => self.declaration(clause)?,
            tree::Command::Compound(compound) => {
                let (command, extent) = self.compound(compound, start)?;
                (command, Some(extent))
            }
            tree::Command::Function(function) => {
                let name = function.header.entries.first().map(|entry| self.range(entry.word.span));
                let name = name.and_then(|(start, end)| self.text.get(start..end)).unwrap_or_default().to_owned();
                let (header, _) = self.range(function.span);
                let (body, (_, end)) = self.statement(*function.body)?;
                (Command::Function(Function { name, body: Box::new(body) }), Some((header, end)))
            }
            tree::Command::AnonymousFunction(function) => {
                let (body, extent) = self.single(*function.body)?;
                (Command::Other(vec![body]), Some(extent))
            }
        };
        // A redirection may stand before the command as well as after it.
        let (mut from, to) = one.map(|one| join(extent, one)).or(extent).unwrap_or((start, start));
        if stmt.negated {
            let before = self.text.get(..from).unwrap_or_default().trim_end();
            from = before.strip_suffix('!').map_or(from, str::len);
        }
        self.leave();
        let statement = Statement {
            command,
            negated: stmt.negated,
            redirects,
            separator: Separator::None,
            separator_span: None,
            span: self.span(from, to),
        };
        Ok((statement, (from, to)))
    }

    /// A list of one statement.
    pub(super) fn single(&mut self, stmt: tree::Stmt) -> Lowered<(List, Extent)> {
        let (statement, extent) = self.statement(stmt)?;
        let span = statement.span;
        Ok((List { statements: vec![statement], span }, extent))
    }

    /// Chains nest to the left, as deep as they are long: they are taken apart in a loop.
    fn binary(&mut self, binary: tree::BinaryCommand) -> Lowered<(Command, Option<Extent>)> {
        let is_pipe = |op| matches!(op, tree::BinaryOp::Pipe | tree::BinaryOp::PipeAll);
        let pipeline = is_pipe(binary.op);
        let mut operands = Vec::new();
        let mut left = binary;
        let first = loop {
            operands.push((Some((left.op, left.op_span)), *left.right));
            let stmt = *left.left;
            match stmt.command {
                tree::Command::Binary(inner)
                    if is_pipe(inner.op) == pipeline && !stmt.negated && stmt.redirects.is_empty() =>
                {
                    left = inner;
                }
                command => break tree::Stmt { command, ..stmt },
            }
        };
        operands.push((None, first));
        let mut steps = Vec::with_capacity(operands.len());
        let mut extent = None;
        for (operator, stmt) in operands.into_iter().rev() {
            let (statement, one) = self.statement(stmt)?;
            extent = Some(join(extent, one));
            let operator_span = operator.map(|(_, span)| self.place(self.range(span)));
            let operator = operator.map(|(op, _)| if op == tree::BinaryOp::Or { Operator::Or } else { Operator::And });
            steps.push(Step { operator, operator_span, statement });
        }
        let command = if pipeline {
            Command::Pipeline(steps.into_iter().map(|step| step.statement).collect())
        } else {
            Command::AndOr(steps)
        };
        Ok((command, extent))
    }

    fn simple(
        &mut self,
        assignments: Box<[tree::Assignment]>,
        words: Vec<tree::Span>,
        stdin: Option<Origin>,
    ) -> Lowered<(Command, Option<Extent>)> {
        let mut simple = Simple::default();
        let mut extent = None;
        for assignment in assignments {
            let (assignment, one) = self.assignment(&assignment)?;
            simple.assignments.push(assignment);
            extent = Some(join(extent, one));
        }
        let mut ranges = Vec::with_capacity(words.len());
        for span in words {
            let (start, end) = self.range(span);
            if start < end {
                let word = self.word(start, end)?;
                simple.words.push(word);
                ranges.push((start, end));
                extent = Some(join(extent, (start, end)));
            }
        }
        simple.span = extent.map(|extent| self.place(extent)).unwrap_or_default();
        self.attach_script(&mut simple, &ranges, stdin);
        Ok((Command::Simple(simple), extent))
    }

    fn builtin(&self, builtin: tree::BuiltinCommand) -> (Box<[tree::Assignment]>, Vec<tree::Span>) {
        let (name, assignments, first, rest, span) = match builtin {
            tree::BuiltinCommand::Break(c) => ("break", c.assignments, c.depth, c.extra_args, c.span),
            tree::BuiltinCommand::Continue(c) => ("continue", c.assignments, c.depth, c.extra_args, c.span),
            tree::BuiltinCommand::Return(c) => ("return", c.assignments, c.code, c.extra_args, c.span),
            tree::BuiltinCommand::Exit(c) => ("exit", c.assignments, c.code, c.extra_args, c.span),
        };
        // The name has no span of its own: it comes after the assignments.
        let from = assignments.last().map_or(span.start, |last| last.span.end);
        let (start, end) = self.range(tree::Span { start: from, end: span.end });
        let skipped = self.text.get(start..end).and_then(|text| text.find(name)).unwrap_or_default();
        let at = |offset: usize| tree::Position::at(1, 1, (start + offset).saturating_sub(self.base));
        let name = tree::Span { start: at(skipped), end: at(skipped + name.len()) };
        let words = std::iter::once(name).chain(first.into_iter().chain(rest).map(|word| word.span)).collect();
        (assignments, words)
    }

    fn declaration(&mut self, clause: tree::DeclClause) -> Lowered<(Command, Option<Extent>)> {
        let mut simple = Simple { declaration: true, ..Simple::default() };
        let mut extent = None;
        for assignment in clause.assignments {
            let (assignment, one) = self.assignment(&assignment)?;
            simple.assignments.push(assignment);
            extent = Some(join(extent, one));
        }
        let (start, end) = self.range(clause.variant_span);
        extent = Some(join(extent, (start, end)));
        let name = self.word(start, end)?;
        simple.words.push(name);
        for operand in clause.operands {
            let one = match operand {
                tree::DeclOperand::Flag(word) | tree::DeclOperand::Dynamic(word) => {
                    let (start, end) = self.range(word.span);
                    let word = self.word(start, end)?;
                    simple.words.push(word);
                    (start, end)
                }
                tree::DeclOperand::Name(reference) => {
                    let (start, end) = self.range(reference.span);
                    let name_span = self.span(start, (start + reference.name.as_str().len()).min(end));
                    simple.assignments.push(Assignment {
                        name: reference.name.to_string(),
                        name_span,
                        value: AssignedValue::Unset,
                        append: false,
                        span: self.span(start, end),
                    });
                    (start, end)
                }
                tree::DeclOperand::Assignment(assignment) => {
                    let (assignment, one) = self.assignment(&assignment)?;
                    simple.assignments.push(assignment);
                    one
                }
            };
            extent = Some(join(extent, one));
        }
        simple.span = extent.map(|extent| self.place(extent)).unwrap_or_default();
        Ok((Command::Simple(simple), extent))
    }

    fn assignment(&mut self, assignment: &tree::Assignment) -> Lowered<(Assignment, Extent)> {
        let (start, end) = self.range(assignment.span);
        let name = assignment.target.name.to_string();
        let name_end = (start + name.len()).min(end);
        let operator = if assignment.append { "+=" } else { "=" };
        let value = match &assignment.value {
            _ if assignment.target.subscript.is_some() => AssignedValue::Unset,
            tree::AssignmentValue::Scalar(_) => {
                AssignedValue::Scalar(self.word((name_end + operator.len()).min(end), end)?)
            }
            tree::AssignmentValue::Compound(array) => {
                // The parser takes the end of the text for the bracket.
                if !self.text.get(start..end).is_some_and(|text| text.ends_with(')')) {
                    let span = self.span(end, end);
                    return Err(ShellError { message: "expected ')'".to_owned(), span, is_limit: false });
                }
                let mut words = Vec::with_capacity(array.elements.len());
                for element in &array.elements {
                    let (start, end) = self.range(element.value().word.span);
                    let word = self.word(start, end)?;
                    words.push(word);
                }
                AssignedValue::Array(words)
            }
        };
        let (name_span, span) = (self.span(start, name_end), self.span(start, end));
        Ok((Assignment { name, name_span, value, append: assignment.append, span }, (start, end)))
    }
}

/// The smallest extent that holds both.
fn join(all: Option<Extent>, one: Extent) -> Extent {
    all.map_or(one, |all| (all.0.min(one.0), all.1.max(one.1)))
}
