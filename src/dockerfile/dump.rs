//! The tree as JSON: BuildKit's answer to a file, with byte spans beside it.

use serde::Serialize;

use super::ast::{Args, Comment, Dockerfile, Heredoc, Instruction};
use super::instructions;
use crate::source::{Source, Span};

/// What BuildKit answers to a file. `nodes` is empty where its syntax stage refuses the file; what this parser reads all
/// the same is in `recovered`.
#[derive(Debug, Serialize)]
pub struct Dump {
    /// Whether the syntax stage accepts the file.
    pub ok: bool,
    /// The first error of the syntax stage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub err: Option<String>,
    /// The escape character.
    pub escape: char,
    /// The frontend that the file asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub syntax: Option<String>,
    /// The warnings of the syntax stage.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// The instructions.
    pub nodes: Option<Vec<Node>>,
    /// The instructions of a file with a syntax error, as far as they can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recovered: Option<Vec<Node>>,
    /// Whether the instruction stage accepts the file.
    pub instr_ok: bool,
    /// The first error of the instruction stage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instr_err: Option<String>,
}

/// One instruction, as BuildKit's `Node` has it.
#[derive(Debug, Serialize)]
pub struct Node {
    /// The keyword as typed.
    pub kw: String,
    /// The flags, quotes and escapes removed.
    pub flags: Vec<String>,
    /// Whether the arguments are a JSON array.
    pub json: bool,
    /// The arguments; ENV and LABEL give key, value and separator for each pair.
    pub args: Vec<String>,
    /// First line, from 1; 0 in an ONBUILD trigger.
    pub start: u32,
    /// Last line, from 1; 0 in an ONBUILD trigger.
    pub end: u32,
    /// The here-documents.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub heredocs: Vec<HeredocNode>,
    /// The joined line.
    pub original: String,
    /// The comments above.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub comments: Vec<String>,
    /// The instruction that an ONBUILD triggers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub child: Option<Box<Node>>,
    /// Why the instruction stage refuses it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instr_err: Option<String>,
    /// Byte offsets in the file.
    pub spans: Spans,
}

/// Where the parts of an instruction stand: `[start, end)` in bytes.
#[derive(Debug, Serialize)]
pub struct Spans {
    /// The instruction.
    pub node: [u32; 2],
    /// Its keyword.
    pub kw: [u32; 2],
    /// Its flags.
    pub flags: Vec<[u32; 2]>,
    /// Its arguments; for ENV and LABEL key and value in turn.
    pub args: Vec<[u32; 2]>,
}

/// A here-document.
#[derive(Debug, Serialize)]
pub struct HeredocNode {
    /// The terminator.
    pub name: String,
    /// Whether variables are expanded.
    pub expand: bool,
    /// Whether leading tabs are stripped.
    pub chomp: bool,
    /// The file descriptor.
    pub fd: u64,
    /// The body.
    pub content: String,
    /// Where the body stands.
    pub span: [u32; 2],
}

/// Dumps a parsed file.
pub fn dump(file: &Dockerfile, source: &Source) -> Dump {
    let stage_two = instructions::check_file(file);
    let mut nodes: Vec<Node> = file.instructions.iter().map(|instruction| node(instruction, source, false)).collect();
    let mut first_error = None;
    for (index, error) in &stage_two {
        if first_error.is_none() {
            first_error = file.instructions.get(*index).map(|instruction| match &error.kind {
                kind @ instructions::InstructionErrorKind::NoStage => kind.to_string(),
                kind => format!("dockerfile parse error on line {}: {kind}", instruction.start_line),
            });
        }
        if let Some(node) = nodes.get_mut(*index) {
            node.instr_err.get_or_insert_with(|| error.kind.to_string());
        }
    }
    let err = file.errors.first().map(|error| error.kind.to_string());
    let ok = err.is_none();
    Dump {
        ok,
        err,
        escape: file.escape,
        syntax: file.syntax.as_ref().map(|syntax| syntax.text.clone()),
        warnings: warnings(file),
        instr_ok: ok && first_error.is_none(),
        instr_err: first_error.filter(|_| ok),
        recovered: (!ok).then(|| std::mem::take(&mut nodes)),
        nodes: ok.then_some(nodes),
    }
}

fn warnings(file: &Dockerfile) -> Vec<String> {
    let with_empty_lines = file.instructions.iter().filter(|instruction| !instruction.empty_lines.is_empty());
    with_empty_lines
        .map(|instruction| format!("Empty continuation line found in: {}", instruction.joined.text))
        .collect()
}

fn node(instruction: &Instruction, source: &Source, is_trigger: bool) -> Node {
    let mut args = Vec::new();
    let mut spans = Vec::new();
    arguments(&instruction.args, &mut args, &mut spans);
    let (start, end) = if is_trigger { (0, 0) } else { (instruction.start_line, instruction.end_line) };
    Node {
        kw: instruction.name.text.clone(),
        flags: instruction.flags.iter().map(|flag| flag.text.clone()).collect(),
        json: instruction.is_json(),
        args,
        start,
        end,
        heredocs: instruction.heredocs.iter().map(heredoc).collect(),
        original: instruction.joined.text.clone(),
        comments: instruction.leading_comments.iter().map(|comment| buildkit_comment(comment, source)).collect(),
        child: instruction.child().map(|child| Box::new(node(child, source, true))),
        instr_err: None,
        spans: Spans {
            node: pair(instruction.span),
            kw: pair(instruction.name.span),
            flags: instruction.flags.iter().map(|flag| pair(flag.span)).collect(),
            args: spans,
        },
    }
}

fn pair(span: Span) -> [u32; 2] {
    [span.start, span.end]
}

fn heredoc(heredoc: &Heredoc) -> HeredocNode {
    HeredocNode {
        name: heredoc.name.clone(),
        expand: heredoc.expand,
        chomp: heredoc.chomp,
        fd: heredoc.fd,
        content: heredoc.content.clone(),
        span: pair(heredoc.body),
    }
}

/// BuildKit drops the first byte of the line, so that an indented comment keeps its `#`.
fn buildkit_comment(comment: &Comment, source: &Source) -> String {
    let text = source.slice(comment.span);
    let line_start = source.line_span(comment.line).start;
    let text = if comment.span.start == line_start { text.get(1..).unwrap_or_default() } else { text };
    text.trim().to_owned()
}

fn arguments(args: &Args, texts: &mut Vec<String>, spans: &mut Vec<[u32; 2]>) {
    match args {
        Args::None | Args::Child(_) => {}
        // BuildKit does not read the arguments of an instruction that it does not know.
        Args::Unread(word) => {
            texts.push(String::new());
            spans.push(pair(word.span));
        }
        Args::Text(word) => {
            texts.push(word.text.clone());
            spans.push(pair(word.span));
        }
        Args::Json(words) | Args::Words(words) => {
            for word in words {
                texts.push(word.text.clone());
                spans.push(pair(word.span));
            }
        }
        Args::Pairs(pairs) => {
            for entry in pairs {
                let separator = if entry.equals { "=" } else { "" };
                texts.extend([entry.key.text.clone(), entry.value.text.clone(), separator.to_owned()]);
                spans.extend([pair(entry.key.span), pair(entry.value.span)]);
            }
        }
        Args::Typed(kind, command) => {
            texts.push(kind.text.clone());
            spans.push(pair(kind.span));
            arguments(command, texts, spans);
        }
    }
}
