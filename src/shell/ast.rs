//! The shell tree that rules see: small, owned, with spans in the file.
//!
//! The crate behind is `shuck-parser`, named in `lower.rs` alone.

use crate::source::Span;

/// A sequence of statements: a script, a group's body, a branch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct List {
    /// The statements, in order.
    pub statements: Vec<Statement>,
    /// From the first statement to the last.
    pub span: Span,
}

/// What follows a statement in its list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Separator {
    /// `;`
    Semicolon,
    /// A line ending.
    Newline,
    /// `&`
    Background,
    /// The list ends here without one.
    None,
}

/// A command with what is attached to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The command.
    pub command: Command,
    /// Whether `!` stands before it.
    pub negated: bool,
    /// Its redirections, in order.
    pub redirects: Vec<Redirect>,
    /// What follows it.
    pub separator: Separator,
    /// Where the separator stands, where it is a character of its own.
    pub separator_span: Option<Span>,
    /// The whole statement, separator excluded.
    pub span: Span,
}

/// The kinds of command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// `name word...`, or assignments alone.
    Simple(Simple),
    /// `a && b || c`, flattened from the left; at least two steps.
    AndOr(Vec<Step>),
    /// `a | b | c`; at least two statements.
    Pipeline(Vec<Statement>),
    /// `{ ...; }`
    Group(List),
    /// `( ... )`
    Subshell(List),
    /// `if ...; then ...; elif ...; else ...; fi`
    If(If),
    /// `for name in words; do ...; done`, and `select`.
    For(For),
    /// `while ...; do ...; done` and `until`.
    While(While),
    /// `case word in ... esac`
    Case(Case),
    /// `name() { ... }`
    Function(Function),
    /// `[[ ... ]]`: its words, operators left out.
    Test(Vec<Word>),
    /// `time`, `coproc`, arithmetic commands and loops: the lists inside, if any.
    Other(Vec<List>),
}

/// One operand of an and-or list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The operator before it; none for the first.
    pub operator: Option<Operator>,
    /// Where the operator stands.
    pub operator_span: Option<Span>,
    /// The operand.
    pub statement: Statement,
}

/// `&&` or `||`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `&&`
    And,
    /// `||`
    Or,
}

/// A simple command.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Simple {
    /// `NAME=value` before the words; for `export`, `readonly`, `local`, `declare` and `typeset` also their operands.
    pub assignments: Vec<Assignment>,
    /// The words, the command's name first; empty where there are assignments alone.
    pub words: Vec<Word>,
    /// Whether this is `export`, `readonly`, `local`, `declare` or `typeset`.
    pub declaration: bool,
    /// From the first assignment or word to the last; redirections in between are covered too.
    pub span: Span,
    /// The script that it runs, where that is written out: `sh -c '...'`, `eval '...'`, `su -c '...'`, `bash <<EOF`.
    pub script: Option<Box<Script>>,
}

/// A script that stands in a word or here-document of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// Its statements, with spans in the file.
    pub list: List,
    /// Whether the file holds it byte by byte. Otherwise escapes were removed: spans still point to the right place (or,
    /// for a JSON string with `\u` or `\/`, to the whole string), but text cannot be put there as it is.
    pub verbatim: bool,
}

/// `NAME=value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The variable.
    pub name: String,
    /// Where the name stands.
    pub name_span: Span,
    /// Its value.
    pub value: AssignedValue,
    /// Whether the operator is `+=`.
    pub append: bool,
    /// The whole assignment.
    pub span: Span,
}

/// What is assigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AssignedValue {
    /// `NAME=word`
    Scalar(Word),
    /// `NAME=(words)`
    Array(Vec<Word>),
    /// A name without a value, as in `export NAME`, or an array element.
    Unset,
}

/// `if`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct If {
    /// Condition and body of `if` and each `elif`.
    pub branches: Vec<(List, List)>,
    /// The body of `else`.
    pub otherwise: Option<List>,
}

/// `for`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct For {
    /// The loop variable.
    pub variable: String,
    /// The words looped over; none means `"$@"`.
    pub words: Option<Vec<Word>>,
    /// The body.
    pub body: List,
}

/// `while` or `until`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct While {
    /// Whether it is `until`.
    pub until: bool,
    /// The condition.
    pub condition: List,
    /// The body.
    pub body: List,
}

/// `case`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The word that is compared.
    pub subject: Word,
    /// The arms, in order.
    pub arms: Vec<Arm>,
}

/// One arm of a `case`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arm {
    /// The patterns as written, quotes removed where the pattern is plain text.
    pub patterns: Vec<String>,
    /// Where the patterns stand.
    pub span: Span,
    /// The body.
    pub body: List,
}

/// A function definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Its body.
    pub body: Box<Statement>,
}

/// A redirection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// The file descriptor before the operator.
    pub fd: Option<i32>,
    /// The operator.
    pub kind: RedirectKind,
    /// The file, the descriptor, or the body of a here-document or here-string.
    pub target: Word,
    /// The whole redirection; for a here-document the operator and its delimiter.
    pub span: Span,
}

/// The redirection operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedirectKind {
    /// `>` and `>|`
    Output,
    /// `>>`
    Append,
    /// `<`
    Input,
    /// `<>`
    ReadWrite,
    /// `<<` and `<<-`; the target is the body.
    HereDoc,
    /// `<<<`
    HereString,
    /// `>&`
    DuplicateOutput,
    /// `<&`
    DuplicateInput,
    /// `&>` and `&>>`
    OutputAndError,
}

/// A word: what is one argument before expansion.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Word {
    /// Its parts, in order; none for an empty word such as `""`.
    pub parts: Vec<Part>,
    /// The whole word in the file, quotes included.
    pub span: Span,
    /// Whether any of it is quoted, so that an empty expansion still is a word.
    pub quoted: bool,
}

/// A part of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// How it is quoted.
    pub quoting: Quoting,
    /// Where it stands; for a quoted literal, what is between the quotes.
    pub span: Span,
}

/// How a part is quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Quoting {
    /// Not at all: it is split at blanks and globbed.
    #[default]
    None,
    /// By `'...'`, `$'...'` or a backslash.
    Single,
    /// By `"..."`.
    Double,
}

/// The kinds of word part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartKind {
    /// Text, quotes and escapes removed.
    Literal(String),
    /// `$NAME` and `${NAME...}`.
    Parameter(Parameter),
    /// `$(...)` or backticks.
    Substitution(List),
    /// `<(...)` (input) or `>(...)`.
    ProcessSubstitution {
        /// The commands.
        list: List,
        /// Whether it is read from.
        input: bool,
    },
    /// `$((...))` and whatever else cannot be known. Command substitutions inside follow as parts of their own.
    Unknown,
}

/// A parameter expansion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// The variable.
    pub name: String,
    /// What is done to its value.
    pub operation: Operation,
}

/// What a parameter expansion does to its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// `$NAME`, `${NAME}`
    Plain,
    /// `${NAME:-word}`; `colon` says whether an empty value counts as unset.
    Default {
        /// What stands in for it.
        word: Box<Word>,
        /// Whether the operator has a colon.
        colon: bool,
    },
    /// `${NAME:=word}`
    Assign {
        /// What is assigned.
        word: Box<Word>,
        /// Whether the operator has a colon.
        colon: bool,
    },
    /// `${NAME:+word}`
    Alternative {
        /// What stands there if it is set.
        word: Box<Word>,
        /// Whether the operator has a colon.
        colon: bool,
    },
    /// `${NAME:?message}`
    Required,
    /// `${NAME#pattern}`, `${NAME##pattern}`
    TrimPrefix {
        /// The pattern as written.
        pattern: String,
        /// Whether the longest match goes.
        longest: bool,
    },
    /// `${NAME%pattern}`, `${NAME%%pattern}`
    TrimSuffix {
        /// The pattern as written.
        pattern: String,
        /// Whether the longest match goes.
        longest: bool,
    },
    /// `${NAME/pattern/replacement}`, `${NAME//pattern/replacement}`
    Replace {
        /// The pattern as written.
        pattern: String,
        /// What stands instead.
        replacement: Box<Word>,
        /// Whether every match is replaced.
        all: bool,
    },
    /// Length, slices, indirection, arrays, case changes: the value is not folded.
    Other,
}

impl Statement {
    /// Whether it is one of these commands, as they are named.
    pub fn is_any(&self, names: &[&str]) -> bool {
        matches!(&self.command, Command::Simple(simple)
            if simple.words.first().is_some_and(|word| names.iter().any(|name| word.is(name))))
    }
}

impl Word {
    /// Whether a command is run for what stands in it.
    pub fn has_substitution(&self) -> bool {
        self.parts.iter().any(|part| matches!(part.kind, PartKind::Substitution(_)))
    }

    /// A word that is this text, where `span` stands.
    pub fn literal_at(text: String, span: Span) -> Self {
        let part = Part { kind: PartKind::Literal(text), quoting: Quoting::None, span };
        Self { parts: vec![part], span, quoted: false }
    }

    /// The text, where no part is expanded: quotes and escapes are removed. Globs stay as they are.
    pub fn literal(&self) -> Option<std::borrow::Cow<'_, str>> {
        match self.parts.as_slice() {
            [] => Some("".into()),
            [Part { kind: PartKind::Literal(text), .. }] => Some(text.as_str().into()),
            parts => parts
                .iter()
                .map(|part| match &part.kind {
                    PartKind::Literal(text) => Some(text.as_str()),
                    _ => None,
                })
                .collect::<Option<String>>()
                .map(Into::into),
        }
    }

    /// Whether the text is exactly `text`.
    pub fn is(&self, text: &str) -> bool {
        self.literal().is_some_and(|literal| literal == text)
    }

    /// Whether `*` or `?` stands in it in quotes alone, so that no file is looked for.
    pub fn has_quoted_glob(&self) -> bool {
        let is_literal = |part: &Part| matches!(&part.kind, PartKind::Literal(text) if text.contains(['*', '?']));
        !self.has_glob() && self.parts.iter().any(is_literal)
    }

    /// Whether an unquoted `*`, `?` or `[` stands in it.
    pub fn has_glob(&self) -> bool {
        self.parts.iter().any(|part| {
            part.quoting == Quoting::None
                && matches!(&part.kind, PartKind::Literal(text) if text.contains(['*', '?', '[']))
        })
    }
}
