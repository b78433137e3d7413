//! The Dockerfile tree: what BuildKit's parser sees, and where each part of it stands in the file.
//!
//! Texts are as BuildKit holds them (frontend/dockerfile/parser): keywords as typed, words with their quotes, flags
//! with quotes and escapes removed, JSON strings decoded. Spans are byte offsets into the file and may reach over a
//! line continuation.

use crate::source::{Joined, Span};

/// The 18 instructions, and whatever else stands where a keyword belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Keyword {
    Add,
    Arg,
    Cmd,
    Copy,
    Entrypoint,
    Env,
    Expose,
    From,
    Healthcheck,
    Label,
    Maintainer,
    Onbuild,
    Run,
    Shell,
    Stopsignal,
    User,
    Volume,
    Workdir,
    /// No instruction that BuildKit knows.
    Unknown,
}

impl Keyword {
    /// Every known instruction, by name.
    pub const ALL: [(&'static str, Self); 18] = [
        ("ADD", Self::Add),
        ("ARG", Self::Arg),
        ("CMD", Self::Cmd),
        ("COPY", Self::Copy),
        ("ENTRYPOINT", Self::Entrypoint),
        ("ENV", Self::Env),
        ("EXPOSE", Self::Expose),
        ("FROM", Self::From),
        ("HEALTHCHECK", Self::Healthcheck),
        ("LABEL", Self::Label),
        ("MAINTAINER", Self::Maintainer),
        ("ONBUILD", Self::Onbuild),
        ("RUN", Self::Run),
        ("SHELL", Self::Shell),
        ("STOPSIGNAL", Self::Stopsignal),
        ("USER", Self::User),
        ("VOLUME", Self::Volume),
        ("WORKDIR", Self::Workdir),
    ];

    /// Reads a keyword in any case.
    pub fn parse(text: &str) -> Self {
        Self::ALL
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(text))
            .map_or(Self::Unknown, |&(_, keyword)| keyword)
    }

    /// The name in upper case; empty for [`Keyword::Unknown`].
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|&&(_, keyword)| keyword == self).map_or("", |&(name, _)| name)
    }
}

/// A text and where it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Word {
    /// The text as BuildKit holds it; see the module.
    pub text: String,
    /// From its first to after its last byte in the file, quotes included.
    pub span: Span,
}

/// A `--name=value` before the arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// The whole flag with quotes and escapes removed, `--` included.
    pub text: String,
    /// The name without `--`.
    pub name: Word,
    /// What follows `=`, where there is one.
    pub value: Option<Word>,
    /// The whole flag in the file.
    pub span: Span,
}

/// A key and its value in ENV or LABEL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The name, quotes kept.
    pub key: Word,
    /// The value, quotes kept.
    pub value: Word,
    /// Whether the form is `key=value`; otherwise it is the legacy `key value`.
    pub equals: bool,
}

/// What follows the keyword and the flags.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Args {
    /// Nothing.
    #[default]
    None,
    /// One text to the end of the line: RUN, CMD and ENTRYPOINT in shell form, USER, WORKDIR and the like.
    Text(Word),
    /// The JSON form, strings decoded.
    Json(Vec<Word>),
    /// Words split at blanks: FROM, COPY, ADD, EXPOSE, VOLUME, and ARG with its quotes kept.
    Words(Vec<Word>),
    /// ENV and LABEL.
    Pairs(Vec<Pair>),
    /// HEALTHCHECK: its type, then the command as [`Args::Text`], [`Args::Json`] or [`Args::None`].
    Typed(Word, Box<Args>),
    /// ONBUILD: the instruction to trigger.
    Child(Box<Instruction>),
    /// The arguments of an instruction that BuildKit does not know: it does not read them.
    Unread(Word),
}

/// A here-document that belongs to an instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heredoc {
    /// The terminator with quotes and escapes removed.
    pub name: String,
    /// The `<<NAME` word on the instruction's line.
    pub operator: Span,
    /// Whether variables are expanded in the body.
    pub expand: bool,
    /// Whether leading tabs are stripped (`<<-`).
    pub chomp: bool,
    /// The file descriptor before `<<`; 0 where none is given.
    pub fd: u64,
    /// The body as it stands in the file, newlines included; tabs are not yet stripped.
    pub content: String,
    /// The body in the file; `content` has the same bytes.
    pub body: Span,
    /// The terminator line without its newline; empty where the file ends first.
    pub terminator: Span,
}

/// A comment line, wherever it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// What follows `#`, blanks trimmed.
    pub text: String,
    /// From `#` to the end of the line, newline excluded.
    pub span: Span,
    /// Its line, from 1.
    pub line: u32,
}

/// One instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instruction {
    /// Which one it is.
    pub keyword: Keyword,
    /// The keyword as typed.
    pub name: Word,
    /// The `--flags`, in order.
    pub flags: Vec<Flag>,
    /// What follows them.
    pub args: Args,
    /// Its here-documents; those of an ONBUILD trigger stand on the ONBUILD.
    pub heredocs: Vec<Heredoc>,
    /// The line as BuildKit joins it, continuations and inner comments taken out; an ONBUILD trigger's starts at its keyword.
    pub joined: Joined,
    /// First line, from 1; the line of a lone continuation character before it counts.
    pub start_line: u32,
    /// Last line, from 1, here-documents included.
    pub end_line: u32,
    /// From the keyword to the last byte of the arguments, here-document bodies excluded.
    pub span: Span,
    /// The comments above that BuildKit attaches (`PrevComment`).
    pub leading_comments: Vec<Comment>,
    /// The comment lines inside a continuation.
    pub inner_comments: Vec<Comment>,
    /// The blank lines inside a continuation, newline included.
    pub empty_lines: Vec<Span>,
}

impl Instruction {
    /// The instruction that an ONBUILD triggers.
    pub fn child(&self) -> Option<&Self> {
        match &self.args {
            Args::Child(child) => Some(child),
            _ => None,
        }
    }

    /// The flag of this name, the last one where there are several.
    pub fn flag(&self, name: &str) -> Option<&Flag> {
        self.flags.iter().rev().find(|flag| flag.name.text == name)
    }

    /// Whether the arguments are in JSON form.
    pub fn is_json(&self) -> bool {
        match &self.args {
            Args::Json(_) => true,
            Args::Typed(_, args) => matches!(**args, Args::Json(_)),
            _ => false,
        }
    }
}

/// A parser directive: `# syntax=`, `# escape=` or `# check=`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// The name in lower case.
    pub name: String,
    /// The value.
    pub value: Word,
    /// The whole line without its newline.
    pub span: Span,
    /// Its line, from 1.
    pub line: u32,
}

/// What BuildKit's syntax stage refuses. The messages are BuildKit's own.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SyntaxErrorKind {
    /// frontend/dockerfile/parser/directives.go
    #[error("only one {0} parser directive can be used")]
    DuplicateDirective(String),
    /// frontend/dockerfile/parser/parser.go, `setEscapeToken`
    #[error("invalid escape token '{0}' does not match ` or \\")]
    InvalidEscape(String),
    /// frontend/dockerfile/parser/parser.go, `Parse`
    #[error("unterminated heredoc")]
    UnterminatedHeredoc(String),
    /// `frontend/dockerfile/parser/line_parsers.go`, `parseJSON`
    #[error("when using JSON array syntax, arrays must be comprised of strings only")]
    JsonNotStrings,
    /// `frontend/dockerfile/parser/line_parsers.go`, `parseNameVal`
    #[error("Syntax error - can't find = in {0:?}. Must be of the form: name=value")]
    MissingEquals(String),
    /// `frontend/dockerfile/parser/line_parsers.go`, `parseNameVal`
    #[error("{0} must have two arguments")]
    MissingValue(String),
    /// frontend/dockerfile/parser/parser.go, `handleScannerError`
    #[error("dockerfile line greater than max allowed size of 65535")]
    LineTooLong,
    /// frontend/dockerfile/parser/parser.go, `Parse`
    #[error("file with no instructions")]
    NoInstructions,
    /// frontend/dockerfile/shell/lex.go, from the name of a here-document
    #[error("{0}")]
    HeredocName(String),
}

/// A syntax error and where it is. BuildKit stops at the first, this parser goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// What is wrong.
    pub kind: SyntaxErrorKind,
    /// The word or line at fault.
    pub span: Span,
}

/// A parsed file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dockerfile {
    /// The escape character, `\` or `` ` ``.
    pub escape: char,
    /// The parser directives that took effect, in order.
    pub directives: Vec<Directive>,
    /// What BuildKit's `DetectSyntax` answers: the frontend image that the file asks for, also from `// syntax=` and a JSON `syntax` key.
    pub syntax: Option<Word>,
    /// The instructions, in order.
    pub instructions: Vec<Instruction>,
    /// The comment lines between instructions, directives excluded.
    pub comments: Vec<Comment>,
    /// The syntax errors, in the order in which BuildKit would meet them.
    pub errors: Vec<SyntaxError>,
    /// Every byte of the file in one token, in order.
    pub tokens: Vec<Token>,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenKind {
    /// The byte order mark at the start.
    Bom,
    /// A line that is a parser directive.
    Directive,
    /// A line that is a comment.
    Comment,
    /// Blanks, and lines of nothing else.
    Blank,
    /// A line ending.
    Newline,
    /// The escape character that joins a line with the next, and the blanks after it.
    Continuation,
    /// An instruction's name.
    Keyword,
    /// A `--flag`, or the part of it on one line.
    Flag,
    /// An argument, or the part of it on one line.
    Argument,
    /// What stands between arguments and is no blank: the brackets and commas of the JSON form, `=` between key and value.
    Punctuation,
    /// A here-document's body.
    HeredocBody,
    /// The line that ends a here-document.
    HeredocTerminator,
}

/// A run of bytes of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it is.
    pub span: Span,
}
