//! Typed views of instructions: borrowed, cheap, and tolerant of what BuildKit refuses.

use super::ast::{Args, Flag, Heredoc, Instruction, Keyword, Pair, Word};
use super::heredoc;
use super::json;
use super::mounts::{self, Mount};
use super::near_json::{self, NearJson};
use crate::source::{Joined, Span};

fn words(args: &Args) -> &[Word] {
    match args {
        Args::Words(words) | Args::Json(words) => words,
        Args::Text(word) => std::slice::from_ref(word),
        _ => &[],
    }
}

/// How many arguments an instruction needs where a `#` behind them can only be meant as a comment.
fn needed(keyword: Keyword) -> Option<usize> {
    match keyword {
        Keyword::Copy | Keyword::Add => Some(2),
        Keyword::Arg | Keyword::Volume | Keyword::Workdir | Keyword::User | Keyword::Stopsignal => Some(1),
        _ => None,
    }
}

/// The arguments and what was meant as a comment behind them, for BuildKit more arguments.
fn before_comment(instruction: &Instruction) -> (&[Word], &[Word]) {
    let words = words(&instruction.args);
    let first = needed(instruction.keyword).filter(|_| !instruction.is_json()).and_then(|needed| {
        let behind = words.iter().skip(needed).position(|word| word.text.starts_with('#'))?;
        Some(needed + behind)
    });
    first.and_then(|first| words.split_at_checked(first)).unwrap_or((words, &[]))
}

/// What stands behind the arguments and was meant as a comment, which it cannot be there.
pub fn comment(instruction: &Instruction) -> Option<Span> {
    if let Args::Text(word) = &instruction.args {
        needed(instruction.keyword)?;
        let at = word.text.find(" #").or_else(|| word.text.find("\t#"))?;
        // Of several lines the place is not so plain.
        let is_plain = word.text.len() == word.span.len() as usize;
        return Some(if is_plain { Span::new(word.span.start + at as u32 + 1, word.span.end) } else { word.span });
    }
    // The value of `ENV name value` goes on to the end of the line.
    if let (Keyword::Env | Keyword::Label, Args::Pairs(pairs)) = (instruction.keyword, &instruction.args) {
        let value = &pairs.iter().find(|pair| !pair.equals)?.value;
        let at = value.text.find(" # ").filter(|_| value.text.len() == value.span.len() as usize)?;
        let is_quoted = value.text.starts_with(['"', '\'']) && value.text.ends_with(['"', '\'']);
        return (!is_quoted).then(|| Span::new(value.span.start + at as u32 + 1, value.span.end));
    }
    let (_, behind) = before_comment(instruction);
    Some(behind.first()?.span.to(behind.last()?.span))
}

fn text(instruction: &Instruction, keyword: Keyword) -> Option<&Word> {
    match &instruction.args {
        Args::Text(word) if instruction.keyword == keyword => Some(word),
        _ => None,
    }
}

fn is(instruction: &Instruction, keyword: Keyword) -> Option<&Instruction> {
    (instruction.keyword == keyword).then_some(instruction)
}

/// `FROM [--platform=P] image [AS name]`
#[derive(Debug, Clone, Copy)]
pub struct From<'a> {
    /// The image.
    pub image: Option<&'a Word>,
    /// The `AS`, as typed.
    pub as_keyword: Option<&'a Word>,
    /// The stage's name.
    pub alias: Option<&'a Word>,
    /// `--platform`.
    pub platform: Option<&'a Flag>,
}

impl<'a> From<'a> {
    /// Reads a FROM.
    pub fn of(instruction: &'a Instruction) -> Option<Self> {
        let words = words(&is(instruction, Keyword::From)?.args);
        let (as_keyword, alias) = match words {
            [_, keyword, alias] if keyword.text.eq_ignore_ascii_case("as") => (Some(keyword), Some(alias)),
            _ => (None, None),
        };
        Some(Self { image: words.first(), as_keyword, alias, platform: instruction.flag("platform") })
    }
}

/// What a RUN runs.
#[derive(Debug, Clone, Copy)]
pub enum RunBody<'a> {
    /// A command line for the shell; here-documents on it belong to it.
    Shell(&'a Word),
    /// The JSON form.
    Exec(&'a [Word]),
    /// The line is one here-document operator and nothing else: the here-document is the script.
    Script(&'a Word),
    /// Nothing.
    None,
}

/// `RUN [--mount=...] [--network=...] [--security=...] body`
#[derive(Debug, Clone)]
pub struct Run<'a> {
    /// The mounts, in order.
    pub mounts: Vec<Mount>,
    /// `--network`.
    pub network: Option<&'a Flag>,
    /// `--security`.
    pub security: Option<&'a Flag>,
    /// What is run.
    pub body: RunBody<'a>,
}

impl<'a> Run<'a> {
    /// Reads a RUN.
    pub fn of(instruction: &'a Instruction) -> Option<Self> {
        let body = match &is(instruction, Keyword::Run)?.args {
            Args::Json(words) => RunBody::Exec(words),
            Args::Text(word) => match heredoc::operator(&word.text, 0..word.text.len()) {
                Ok(Some(_)) => RunBody::Script(word),
                _ => RunBody::Shell(word),
            },
            _ => RunBody::None,
        };
        let flags = instruction.flags.iter().filter(|flag| flag.name.text == "mount");
        Some(Self {
            mounts: flags.filter_map(|flag| flag.value.as_ref()).map(mounts::read).collect(),
            network: instruction.flag("network"),
            security: instruction.flag("security"),
            body,
        })
    }
}

/// The sources and the destination of COPY and ADD.
#[derive(Debug, Clone)]
pub struct Transfer<'a> {
    /// Paths, URLs and patterns; here-documents left out.
    pub sources: Vec<&'a Word>,
    /// The `<<NAME` words among the sources.
    pub heredocs: Vec<&'a Word>,
    /// The destination.
    pub destination: Option<&'a Word>,
    /// `--chown`.
    pub chown: Option<&'a Flag>,
    /// `--chmod`.
    pub chmod: Option<&'a Flag>,
    /// `--link`.
    pub link: Option<&'a Flag>,
    /// `--exclude`, in order.
    pub excludes: Vec<&'a Flag>,
}

impl<'a> Transfer<'a> {
    fn read(instruction: &'a Instruction) -> Self {
        let (words, _) = before_comment(instruction);
        let (destination, rest) = words.split_last().map_or((None, words), |(last, rest)| (Some(last), rest));
        let is_heredoc = |word: &&Word| {
            !instruction.is_json() && matches!(heredoc::operator(&word.text, 0..word.text.len()), Ok(Some(_)))
        };
        let (heredocs, sources) = rest.iter().partition(is_heredoc);
        Self {
            sources,
            heredocs,
            destination,
            chown: instruction.flag("chown"),
            chmod: instruction.flag("chmod"),
            link: instruction.flag("link"),
            excludes: instruction.flags.iter().filter(|flag| flag.name.text == "exclude").collect(),
        }
    }
}

/// `COPY [--from=...] source... destination`
#[derive(Debug, Clone)]
pub struct Copy<'a> {
    /// `--from`.
    pub from: Option<&'a Flag>,
    /// `--parents`.
    pub parents: Option<&'a Flag>,
    /// What is copied where.
    pub transfer: Transfer<'a>,
}

impl<'a> Copy<'a> {
    /// Reads a COPY.
    pub fn of(instruction: &'a Instruction) -> Option<Self> {
        let transfer = Transfer::read(is(instruction, Keyword::Copy)?);
        Some(Self { from: instruction.flag("from"), parents: instruction.flag("parents"), transfer })
    }
}

/// `ADD [--checksum=...] source... destination`
#[derive(Debug, Clone)]
pub struct Add<'a> {
    /// `--checksum`.
    pub checksum: Option<&'a Flag>,
    /// `--keep-git-dir`.
    pub keep_git_dir: Option<&'a Flag>,
    /// `--unpack`.
    pub unpack: Option<&'a Flag>,
    /// What is added where.
    pub transfer: Transfer<'a>,
}

impl<'a> Add<'a> {
    /// Reads an ADD.
    pub fn of(instruction: &'a Instruction) -> Option<Self> {
        let transfer = Transfer::read(is(instruction, Keyword::Add)?);
        Some(Self {
            checksum: instruction.flag("checksum"),
            keep_git_dir: instruction.flag("keep-git-dir"),
            unpack: instruction.flag("unpack"),
            transfer,
        })
    }
}

/// `ENV key=value...` and `LABEL key=value...`
#[derive(Debug, Clone, Copy)]
pub struct Pairs<'a> {
    /// The pairs, in order.
    pub pairs: &'a [Pair],
}

impl<'a> Pairs<'a> {
    /// Reads an ENV or a LABEL.
    pub fn of(instruction: &'a Instruction) -> Option<Self> {
        match &instruction.args {
            Args::Pairs(pairs) => Some(Self { pairs }),
            _ => None,
        }
    }
}

/// One name that ARG declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArgDeclaration {
    /// The name.
    pub name: Word,
    /// The default, quotes kept.
    pub default: Option<Word>,
}

/// `ARG name[=default]...`
#[derive(Debug, Clone)]
pub struct Arg {
    /// The names, in order.
    pub declarations: Vec<ArgDeclaration>,
}

impl Arg {
    /// Reads an ARG.
    pub fn of(instruction: &Instruction) -> Option<Self> {
        let (words, _) = before_comment(is(instruction, Keyword::Arg)?);
        Some(Self { declarations: words.iter().map(|word| declaration(instruction, word)).collect() })
    }
}

fn declaration(instruction: &Instruction, word: &Word) -> ArgDeclaration {
    let Some((name, default)) = word.text.split_once('=') else {
        return ArgDeclaration { name: word.clone(), default: None };
    };
    // The word is a part of the joined line, so that its offset there leads to the parts' places in the file.
    let pieces = &instruction.joined.pieces;
    let at = pieces.iter().find(|piece| (piece.source..piece.source + piece.len).contains(&word.span.start));
    let at = at.map_or(0, |piece| (piece.joined + (word.span.start - piece.source)) as usize);
    let behind = at + name.len() + 1;
    ArgDeclaration {
        name: Word { text: name.to_owned(), span: instruction.joined.span(at, at + name.len()) },
        default: Some(Word { text: default.to_owned(), span: instruction.joined.span(behind, behind + default.len()) }),
    }
}

/// The command of CMD, ENTRYPOINT and HEALTHCHECK.
#[derive(Debug, Clone, Copy)]
pub enum CommandForm<'a> {
    /// A line for the shell.
    Shell(&'a Word),
    /// The JSON form, also empty.
    Exec(&'a [Word]),
    /// No arguments at all.
    Empty,
}

impl<'a> CommandForm<'a> {
    /// Reads a CMD or an ENTRYPOINT.
    pub fn of(instruction: &'a Instruction) -> Option<Self> {
        matches!(instruction.keyword, Keyword::Cmd | Keyword::Entrypoint).then(|| Self::read(&instruction.args))
    }

    fn read(args: &'a Args) -> Self {
        match args {
            Args::Text(word) => Self::Shell(word),
            Args::Json(words) => Self::Exec(words),
            _ => Self::Empty,
        }
    }
}

/// `HEALTHCHECK [options] CMD command` or `HEALTHCHECK NONE`
#[derive(Debug, Clone, Copy)]
pub struct Healthcheck<'a> {
    /// `CMD`, `NONE` or what stands there, as typed.
    pub kind: &'a Word,
    /// The command behind it.
    pub command: CommandForm<'a>,
}

impl<'a> Healthcheck<'a> {
    /// Reads a HEALTHCHECK.
    pub fn of(instruction: &'a Instruction) -> Option<Self> {
        match &is(instruction, Keyword::Healthcheck)?.args {
            Args::Typed(kind, command) => Some(Self { kind, command: CommandForm::read(command) }),
            _ => None,
        }
    }
}

/// `EXPOSE port...`
#[derive(Debug, Clone, Copy)]
pub struct Expose<'a> {
    /// The ports, in order.
    pub ports: &'a [Word],
}

impl<'a> Expose<'a> {
    /// Reads an EXPOSE.
    pub fn of(instruction: &'a Instruction) -> Option<Self> {
        Some(Self { ports: words(&is(instruction, Keyword::Expose)?.args) })
    }
}

/// `VOLUME path...`
#[derive(Debug, Clone, Copy)]
pub struct Volume<'a> {
    /// The paths, in order.
    pub paths: &'a [Word],
}

impl<'a> Volume<'a> {
    /// Reads a VOLUME.
    pub fn of(instruction: &'a Instruction) -> Option<Self> {
        Some(Self { paths: before_comment(is(instruction, Keyword::Volume)?).0 })
    }
}

/// `SHELL ["program", "argument"...]`
#[derive(Debug, Clone, Copy)]
pub struct Shell<'a> {
    /// The program and its arguments.
    pub words: &'a [Word],
}

impl<'a> Shell<'a> {
    /// Reads a SHELL in its JSON form, the only one that it has.
    pub fn of(instruction: &'a Instruction) -> Option<Self> {
        match &is(instruction, Keyword::Shell)?.args {
            Args::Json(words) => Some(Self { words }),
            _ => None,
        }
    }
}

/// `USER name`
pub fn user(instruction: &Instruction) -> Option<&Word> {
    text(instruction, Keyword::User)
}

/// `WORKDIR path`
pub fn workdir(instruction: &Instruction) -> Option<&Word> {
    text(instruction, Keyword::Workdir)
}

/// `STOPSIGNAL signal`
pub fn stopsignal(instruction: &Instruction) -> Option<&Word> {
    text(instruction, Keyword::Stopsignal)
}

/// `MAINTAINER name`
pub fn maintainer(instruction: &Instruction) -> Option<&Word> {
    text(instruction, Keyword::Maintainer)
}

/// `ONBUILD instruction`
pub fn onbuild(instruction: &Instruction) -> Option<&Instruction> {
    is(instruction, Keyword::Onbuild)?.child()
}

/// The arguments as they stand on the joined line, flags and the type of a HEALTHCHECK left out, whatever their form.
pub fn argument_text(instruction: &Instruction) -> Joined {
    let first = match &instruction.args {
        Args::Typed(_, command) => words(command).first(),
        args => words(args).first(),
    };
    let joined = &instruction.joined;
    let start = first.and_then(|word| joined.offset_of(word.span.start));
    start.map_or_else(Joined::default, |start| joined.part(start, joined.text.trim_end().len()))
}

/// Strings in the JSON form, as it is put into a file or a message.
pub fn to_json<'t>(strings: impl IntoIterator<Item = &'t str>) -> String {
    json::write(strings)
}

/// What is wrong with the arguments where they were meant as the JSON form and are none. The ranges are those of
/// [`argument_text`].
pub fn near_json(instruction: &Instruction) -> Option<NearJson> {
    let takes_json = matches!(
        instruction.keyword,
        Keyword::Add
            | Keyword::Cmd
            | Keyword::Copy
            | Keyword::Entrypoint
            | Keyword::Healthcheck
            | Keyword::Run
            | Keyword::Shell
            | Keyword::Volume
    );
    if !takes_json || instruction.is_json() {
        return None;
    }
    near_json::read(&argument_text(instruction).text, instruction.keyword)
}

/// The here-document that a `<<NAME` word stands for.
pub fn heredoc_of(heredocs: &[Heredoc], word: Span) -> Option<&Heredoc> {
    // They are in the order of their operators.
    let first = heredocs.partition_point(|heredoc| heredoc.operator.end <= word.start);
    heredocs.get(first).filter(|heredoc| word.contains(heredoc.operator) || heredoc.operator.contains(word))
}
