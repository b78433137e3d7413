//! A simple command as its program reads it: wrappers resolved, options told from operands.

use std::borrow::Cow;
use std::num::NonZeroU16;
use std::sync::OnceLock;

use super::ast::{PartKind, Quoting, Simple, Word};
use super::table::{self, Spec, Style, Verb, WRAPPERS, Wrapper};
use crate::source::Span;

/// A command that is really run, behind `sudo`, `env` and the like.
#[derive(Debug, Clone)]
pub struct CommandLine<'a> {
    /// Its name without a path: `apt-get` for `/usr/bin/apt-get`.
    pub name: String,
    /// The word that names it.
    pub name_word: &'a Word,
    /// What is known of it.
    pub spec: Option<&'static Spec>,
    /// The wrappers before it, the outermost first.
    pub wrappers: Vec<&'a Word>,
    /// Its subcommand, for those that have one.
    pub subcommand: Option<&'a Word>,
    /// Its options in order, those before the subcommand too.
    pub options: Vec<Opt<'a>>,
    /// What is left: neither options, nor their values, nor the subcommand.
    pub operands: Vec<&'a Word>,
    /// Its name and all of its arguments.
    pub words: &'a [Word],
}

/// An option as given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opt<'a> {
    /// The spelling that stands for all: `-y` for `--assume-yes`. As written for one that is not known.
    pub name: Cow<'static, str>,
    /// As written, without its value; `-f` for the `f` of `-fsSL`.
    pub spelling: String,
    /// Its value.
    pub value: Option<OptionValue<'a>>,
    /// Where it stands without its value; the letter alone where it is in a cluster.
    pub span: Span,
}

/// The value of an option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionValue<'a> {
    /// The word that holds it: the next one, or the one of the option.
    pub word: &'a Word,
    /// Its text, unless something in it is expanded.
    pub text: Option<String>,
    /// Where it stands.
    pub span: Span,
    /// Whether it stands in the word of the option.
    pub attached: bool,
}

/// Wrappers that are looked through. Each costs a reading of all words.
const MAX_WRAPPERS: usize = 16;

/// Reads a simple command. None for assignments alone, and for a command whose name is not written out.
pub fn read(simple: &Simple) -> Option<CommandLine<'_>> {
    innermost(&simple.words).and_then(|(line, is_run)| is_run.then_some(line))
}

/// As [`read`]; where a wrapper runs what is not written out, `"$@"` for example, the wrapper itself.
pub fn read_outside(simple: &Simple) -> Option<CommandLine<'_>> {
    innermost(&simple.words).map(|(line, _)| line)
}

/// The innermost command whose name is written out, and whether it is the one that is run.
fn innermost(mut words: &[Word]) -> Option<(CommandLine<'_>, bool)> {
    let mut wrappers = Vec::new();
    let mut outside = None;
    loop {
        let Some((name_word, full)) = words.first().and_then(|word| Some((word, word.literal()?))) else {
            return outside.map(|line| (line, false));
        };
        let name = full.rsplit('/').next().unwrap_or_default().to_owned();
        let spec = table::spec(&name);
        let mut line = CommandLine {
            name,
            name_word,
            spec,
            wrappers: Vec::new(),
            subcommand: None,
            options: Vec::new(),
            operands: Vec::new(),
            words,
        };
        let rest = line.arguments();
        let Some(next) = inner(&line, words, rest).filter(|_| wrappers.len() < MAX_WRAPPERS) else {
            line.wrappers = wrappers;
            return Some((line, true));
        };
        line.wrappers.clone_from(&wrappers);
        outside = Some(line);
        wrappers.push(name_word);
        words = words.get(next..)?;
    }
}

/// The index of the command that `line` runs, if it is a wrapper; `first` is the index of its first operand.
fn inner(line: &CommandLine<'_>, words: &[Word], first: usize) -> Option<usize> {
    if line.is("python") {
        // `python -m pip` is `pip`.
        let module = line.value_of("-m")?.word;
        let index = words.iter().position(|word| std::ptr::eq(word, module))?;
        return module.is("pip").then_some(index);
    }
    let wrapper: &Wrapper = WRAPPERS.iter().find(|wrapper| wrapper.name == line.name)?;
    if wrapper.unless.iter().any(|option| line.has(option)) {
        return None;
    }
    let is_skipped = |word: &&Word| {
        wrapper.assignments && leading_text(word).is_some_and(is_assignment) || line.name == "env" && word.is("-")
    };
    let skipped = words.get(first..)?.iter().take_while(is_skipped).count();
    let next = first + skipped + wrapper.operands;
    (next < words.len()).then_some(next)
}

fn is_assignment(text: &str) -> bool {
    text.split_once('=').is_some_and(|(name, _)| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

/// The text that a word begins with, up to the first expansion.
fn leading_text(word: &Word) -> Option<&str> {
    match &word.parts.first()?.kind {
        PartKind::Literal(text) => Some(text),
        _ => None,
    }
}

/// The text before the first expansion, all of its parts put together.
fn prefix(word: &Word) -> Cow<'_, str> {
    let texts = word.parts.iter().map_while(|part| match &part.kind {
        PartKind::Literal(text) => Some(text.as_str()),
        _ => None,
    });
    let mut texts = texts.fuse();
    match (texts.next(), texts.next()) {
        (first, None) => first.unwrap_or_default().into(),
        (first, second) => first.into_iter().chain(second).chain(texts).collect::<String>().into(),
    }
}

/// Whether an option takes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    Nothing,
    /// In the same word or the next.
    Value,
    /// Behind `=` alone.
    Equals,
    /// In the same word alone.
    Attached,
    /// All words up to `;` or `+`.
    Command,
}

/// The spellings in a row of the table, and what the option takes.
fn row(row: &'static str) -> (impl Iterator<Item = &'static str>, Takes) {
    let (names, takes) = if let Some(names) = row.strip_suffix("=?") {
        (names, Takes::Equals)
    } else if let Some(names) = row.strip_suffix("=*") {
        (names, Takes::Attached)
    } else if let Some(names) = row.strip_suffix("=;") {
        (names, Takes::Command)
    } else if let Some(names) = row.strip_suffix('=') {
        (names, Takes::Value)
    } else {
        (row, Takes::Nothing)
    };
    (names.split(' '), takes)
}

/// An option: the spelling that stands for all, and what it takes.
type Known = (&'static str, Takes);

/// The spellings of a command's options. Rules ask for options so often that the rows of the table are taken apart once.
struct Spellings {
    /// All of them, in order.
    all: Vec<(&'static str, Known)>,
    /// Those of a dash and an ASCII character, by that character: their places in `all`, counted from 1.
    short: [Option<NonZeroU16>; 128],
}

fn spellings(spec: &'static Spec) -> &'static Spellings {
    static SPELLINGS: [OnceLock<Spellings>; table::COUNT] = [const { OnceLock::new() }; table::COUNT];
    static NONE: Spellings = Spellings { all: Vec::new(), short: [None; 128] };
    let Some(cell) = table::index(spec).and_then(|index| SPELLINGS.get(index)) else { return &NONE };
    cell.get_or_init(|| {
        let mut all = Vec::new();
        for text in spec.options {
            let (names, takes) = row(text);
            let mut first = None;
            for name in names {
                all.push((name, (*first.get_or_insert(name), takes)));
            }
        }
        // The first of equal spellings counts.
        all.sort_by_key(|(name, _)| *name);
        all.dedup_by_key(|(name, _)| *name);
        let mut short = [None; 128];
        for (place, (name, _)) in (1..).zip(&all) {
            if let [b'-', letter] = name.as_bytes()
                && let Some(cell) = short.get_mut(usize::from(*letter))
            {
                *cell = NonZeroU16::new(place);
            }
        }
        Spellings { all, short }
    })
}

/// The option that is spelled so, abbreviations included where the command takes them.
fn find(spec: &'static Spec, spelling: &str) -> Option<Known> {
    let Spellings { all, short } = spellings(spec);
    if let [b'-', letter] = spelling.as_bytes() {
        let place = short.get(usize::from(*letter)).copied().flatten()?;
        return all.get(usize::from(place.get()) - 1).map(|(_, option)| *option);
    }
    let at = all.partition_point(|(name, _)| *name < spelling);
    let (_, rest) = all.split_at_checked(at)?;
    if let Some((_, option)) = rest.first().filter(|(name, _)| *name == spelling) {
        return Some(*option);
    }
    let gnu = matches!(spec.style, Style::Gnu | Style::Bundled | Style::Leading);
    if !gnu || spelling.len() <= 3 || !spelling.starts_with("--") {
        return None;
    }
    let mut meant = rest.iter().take_while(|(name, _)| name.starts_with(spelling)).map(|(_, option)| *option);
    let first = meant.next()?;
    meant.all(|(name, _)| name == first.0).then_some(first)
}

impl<'a> CommandLine<'a> {
    /// Fills in options, operands and subcommand. Answers the index of the first operand.
    fn arguments(&mut self) -> usize {
        let words = self.words;
        let style = self.spec.map_or(Style::Plain, |spec| spec.style);
        let is_leading = style == Style::Leading || WRAPPERS.iter().any(|wrapper| wrapper.name == self.name);
        let mut first_operand = None;
        let mut at = 1;
        let mut only_operands = false;
        while let Some(word) = words.get(at) {
            let text = prefix(word);
            let is_plus = text.len() > 1 && text.starts_with('+') && self.knows_plus();
            let is_option = !only_operands && (is_plus || text.len() > 1 && text.starts_with('-'));
            if is_option && text == "--" && word.parts.len() == 1 {
                only_operands = true;
            } else if is_option && (style != Style::First || self.is_known_cluster(&text)) {
                at = self.option(word, &text, at);
                continue;
            } else if style == Style::Bundled && at == 1 && word.parts.len() == 1 && !text.is_empty() {
                at = self.cluster(word, &text, 0, at);
                continue;
            } else {
                first_operand.get_or_insert(at);
                only_operands |= is_leading || style == Style::First;
                self.operand(word);
            }
            at += 1;
        }
        first_operand.unwrap_or(words.len())
    }

    fn knows_plus(&self) -> bool {
        self.spec.is_some_and(|spec| spec.options.iter().any(|option| option.starts_with('+')))
    }

    /// Whether `=` may stand between a letter and its value: apt-pkg/contrib/cmndline.cc.
    fn is_apt(&self) -> bool {
        self.name.starts_with("apt")
    }

    fn is_known_cluster(&self, text: &str) -> bool {
        let Some(spec) = self.spec else { return false };
        text.get(1..).unwrap_or_default().chars().all(|c| find(spec, &format!("-{c}")).is_some())
    }

    fn operand(&mut self, word: &'a Word) {
        let Some(spec) = self.spec.filter(|spec| spec.subcommands && self.operands.is_empty()) else {
            self.operands.push(word);
            return;
        };
        match self.subcommand {
            Some(group) if spec.before_subcommand.iter().any(|name| group.is(name)) => self.subcommand = Some(word),
            Some(_) => self.operands.push(word),
            None => self.subcommand = Some(word),
        }
    }

    /// Reads the option at index `at` of the words; answers the index of the next argument.
    fn option(&mut self, word: &'a Word, text: &str, at: usize) -> usize {
        let single = self.spec.is_some_and(|spec| spec.style == Style::SingleDash);
        let is_long = text.starts_with("--");
        let spelling = if is_long || single { text.split('=').next().unwrap_or(text) } else { text };
        let found = self.spec.and_then(|spec| {
            // The long names of such a command may have two dashes as well.
            let one_dash = spelling.get(1..).filter(|_| single && is_long);
            find(spec, spelling).or_else(|| find(spec, one_dash?))
        });
        // `-O` of `-Ofile` is no long option; `-nv` of wget is one.
        if !is_long && !single && found.is_none() {
            return if self.spec.is_none() { self.unknown(word, text, at) } else { self.cluster(word, text, 1, at) };
        }
        let (name, takes) = match found {
            Some((name, takes)) => (Cow::Borrowed(name), takes),
            None => (Cow::Owned(spelling.to_owned()), Takes::Nothing),
        };
        let span = slice(word, 0, spelling.len());
        let mut next = at + 1;
        let value = if text.len() > spelling.len() {
            Some(attached(word, spelling.len() + 1))
        } else if matches!(takes, Takes::Value | Takes::Attached) && !is_long && !single && word.literal().is_none() {
            Some(attached(word, spelling.len()))
        } else if matches!(takes, Takes::Value | Takes::Command) {
            let value = self.words.get(next).map(separate);
            next += usize::from(value.is_some());
            value
        } else {
            None
        };
        if takes == Takes::Command {
            let rest = self.words.get(at + 1..).unwrap_or_default();
            let len = rest.iter().position(|word| word.is(";") || word.is("+")).map_or(rest.len(), |end| end + 1);
            next = at + 1 + len;
        }
        self.options.push(Opt { name, spelling: spelling.to_owned(), value, span });
        next
    }

    /// An option of a command that is not in the table.
    fn unknown(&mut self, word: &'a Word, text: &str, at: usize) -> usize {
        let spelling = text.split('=').next().unwrap_or(text).to_owned();
        let value = (text.len() > spelling.len()).then(|| attached(word, spelling.len() + 1));
        let span = slice(word, 0, spelling.len());
        self.options.push(Opt { name: Cow::Owned(spelling.clone()), spelling, value, span });
        at + 1
    }

    /// Reads a cluster of one-letter options from byte `from` of the word on.
    fn cluster(&mut self, word: &'a Word, text: &str, from: usize, at: usize) -> usize {
        let Some(spec) = self.spec else { return at + 1 };
        let sign = if text.starts_with('+') { '+' } else { '-' };
        let mut next = at + 1;
        let mut letters = text.char_indices().filter(|&(index, _)| index >= from).peekable();
        while let Some((index, letter)) = letters.next() {
            let mut spelling = format!("{sign}{letter}");
            let mut end = index + letter.len_utf8();
            // wget has options of two letters.
            let pair = letters.peek().map(|(_, second)| format!("{spelling}{second}"));
            if let Some(pair) = pair.filter(|pair| find(spec, pair).is_some()) {
                spelling = pair;
                end = letters.next().map_or(end, |(index, second)| index + second.len_utf8());
            }
            let (name, takes) = match find(spec, &spelling) {
                Some((name, takes)) => (Cow::Borrowed(name), takes),
                None => (Cow::Owned(spelling.clone()), Takes::Nothing),
            };
            let span = slice(word, index, end);
            // In `-o"$file"` the literal text ends here, the word does not.
            let has_rest = from > 0 && (end < text.len() || end == text.len() && word.literal().is_none());
            let has_equals = has_rest && self.is_apt() && text.get(end..).is_some_and(|rest| rest.starts_with('='));
            let value = match takes {
                // In a bundle (`tar xfz file`) values are the next words.
                Takes::Equals if has_equals => Some(attached(word, end + 1)),
                Takes::Value if has_rest => Some(attached(word, end + usize::from(has_equals))),
                Takes::Value => {
                    let value = self.words.get(next).map(separate);
                    next += usize::from(value.is_some());
                    value
                }
                Takes::Attached if has_rest => Some(attached(word, end)),
                _ => None,
            };
            let ends = value.as_ref().is_some_and(|value| value.attached);
            self.options.push(Opt { name, spelling, value, span });
            if ends {
                break;
            }
        }
        next
    }

    /// The same arguments as another command reads them, for a name that is a link to it on some systems.
    #[must_use]
    pub fn read_as(&self, name: &str) -> Self {
        let mut line = Self {
            name: name.to_owned(),
            spec: table::spec(name),
            subcommand: None,
            options: Vec::new(),
            operands: Vec::new(),
            ..self.clone()
        };
        line.arguments();
        line
    }

    /// The commands that `find -exec` runs on what it finds; none of any other command.
    pub fn executed(&self) -> Vec<CommandLine<'a>> {
        if self.name != "find" {
            return Vec::new();
        }
        let actions = ["-exec", "-execdir", "-ok", "-okdir"].into_iter().flat_map(|action| self.values_of(action));
        let lines = actions.filter_map(|value| {
            let start = self.words.iter().position(|word| std::ptr::eq(word, value.word))?;
            let rest = self.words.get(start..)?;
            let end = rest.iter().position(|word| word.is(";") || word.is("+")).unwrap_or(rest.len());
            innermost(rest.get(..end)?).and_then(|(line, is_run)| is_run.then_some(line))
        });
        lines.collect()
    }

    /// Whether it is this command, by any of its names: `pip` for `pip3`.
    pub fn is(&self, name: &str) -> bool {
        self.name == name || self.spec.is_some_and(|spec| spec.names.first() == Some(&name))
    }

    /// Whether it is one of these.
    pub fn is_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.is(name))
    }

    /// From its name to its subcommand, where it has one.
    pub fn head(&self) -> Span {
        self.name_word.span.to(self.subcommand.unwrap_or(self.name_word).span)
    }

    /// Its name and its subcommand, as in `apt-get install`.
    pub fn head_text(&self) -> String {
        match self.subcommand {
            Some(word) => format!("{} {}", self.name, word.literal().unwrap_or_default()),
            None => self.name.clone(),
        }
    }

    /// Whether its subcommand is one of these.
    pub fn subcommand_is(&self, names: &[&str]) -> bool {
        self.subcommand.is_some_and(|word| names.iter().any(|name| word.is(name)))
    }

    /// The options that `spelling` asks for, in order, however they are spelled.
    pub fn options_named(&self, spelling: &str) -> impl Iterator<Item = &Opt<'a>> {
        // Most commands have no options, and the name costs a search.
        let name = if self.options.is_empty() { spelling } else { self.canonical(spelling) };
        self.options_of(name)
    }

    /// The spelling that stands for all.
    fn canonical<'n>(&self, spelling: &'n str) -> &'n str {
        self.spec.and_then(|spec| find(spec, spelling)).map_or(spelling, |(name, _)| name)
    }

    /// The options by the spelling that stands for all.
    fn options_of(&self, name: &str) -> impl Iterator<Item = &Opt<'a>> {
        let known = self.spec.is_some();
        self.options
            .iter()
            .filter(move |option| option.name == name || !known && in_unknown_cluster(&option.spelling, name))
    }

    /// Whether an option is given, in any spelling, or implied by another: `-y` by `-qq` of apt-get.
    ///
    /// `-qq` asks for an option given at least twice.
    pub fn has(&self, spelling: &str) -> bool {
        if self.options.is_empty() {
            return false;
        }
        let name = self.canonical(spelling);
        let implies = |&(option, implied): &(&str, &str)| implied == name && self.given(option, self.canonical(option));
        self.given(spelling, name) || self.spec.is_some_and(|spec| spec.implied.iter().any(implies))
    }

    /// Whether an argument of this text would ask for an option: `-yq` for `-y`.
    pub fn asks_for(&self, argument: &str, spelling: &str) -> bool {
        let canonical = |spelling: &str| self.spec.and_then(|spec| find(spec, spelling)).map(|(name, _)| name);
        let Some(wanted) = canonical(spelling) else { return argument == spelling };
        let written = argument.split('=').next().unwrap_or(argument);
        let mut letters = written.strip_prefix('-').filter(|rest| !rest.starts_with('-')).unwrap_or_default().chars();
        canonical(written) == Some(wanted) || letters.any(|letter| canonical(&format!("-{letter}")) == Some(wanted))
    }

    fn given(&self, spelling: &str, name: &str) -> bool {
        if self.options_of(name).next().is_some() {
            return true;
        }
        let mut letters = spelling.trim_start_matches('-').chars();
        let Some(letter) = letters.next().filter(|_| spelling.len() > 2 && !spelling.starts_with("--")) else {
            return false;
        };
        let times = spelling.len() - 1;
        let name = format!("-{letter}");
        letters.all(|other| other == letter)
            && self
                .options_named(&name)
                .map(|option| match option.value.as_ref().and_then(|value| value.text.as_deref()) {
                    Some(level) => level.parse().unwrap_or(1),
                    None => 1,
                })
                .sum::<usize>()
                >= times
    }

    /// The value of an option, the last one where it is given several times.
    pub fn value_of(&self, spelling: &str) -> Option<&OptionValue<'a>> {
        self.values_of(spelling).last()
    }

    /// All values of an option.
    pub fn values_of(&self, spelling: &str) -> impl Iterator<Item = &OptionValue<'a>> {
        self.options_named(spelling).filter_map(|option| option.value.as_ref())
    }

    /// Where an option stands, in any spelling; the first one.
    pub fn option_span(&self, spelling: &str) -> Option<Span> {
        self.options_named(spelling).next().map(|option| option.span)
    }

    /// What a package manager is asked to do.
    pub fn verb(&self) -> Option<Verb> {
        let spec = self.spec?;
        let verbs = spec.package_verbs.iter();
        let fits = |name: &str| {
            if spec.subcommands {
                self.subcommand_is(&[name])
            } else {
                name.split(' ').all(|option| self.given(option, self.canonical(option)))
            }
        };
        verbs.copied().find(|&(name, _)| fits(name)).map(|(_, verb)| verb)
    }

    /// The packages that are installed or removed, as given: with versions, architectures, paths and URLs.
    pub fn packages(&self) -> &[&'a Word] {
        match self.verb() {
            Some(Verb::Install | Verb::Remove) => &self.operands,
            _ => &[],
        }
    }

    /// From the name of the command to its last argument.
    pub fn span(&self) -> Span {
        self.words.iter().map(|word| word.span).reduce(Span::to).unwrap_or(self.name_word.span)
    }
}

/// Whether a letter is in what may be a cluster: `y` in `-yq`, but not in `-yes-please`.
fn in_unknown_cluster(spelling: &str, name: &str) -> bool {
    let (Some(letters), Some(letter)) = (spelling.strip_prefix('-'), name.strip_prefix('-')) else { return false };
    letter.chars().count() == 1
        && letters.len() <= 4
        && letters.chars().all(|c| c.is_ascii_alphanumeric())
        && letters.contains(letter)
}

fn separate(word: &Word) -> OptionValue<'_> {
    OptionValue { word, text: word.literal().map(Cow::into_owned), span: word.span, attached: false }
}

fn attached(word: &Word, from: usize) -> OptionValue<'_> {
    let text = word.literal().map(|text| text.get(from..).unwrap_or_default().to_owned());
    let start = slice(word, from, from).start;
    let span = if start == word.span.start { word.span } else { Span::new(start, word.span.end) };
    OptionValue { word, text, span, attached: true }
}

/// Where `from..to` of the text of a word stands, if the file has it byte by byte; the whole word otherwise.
fn slice(word: &Word, from: usize, to: usize) -> Span {
    let place = |at: usize, is_end: bool| {
        let mut offset = 0;
        for part in &word.parts {
            let PartKind::Literal(text) = &part.kind else {
                return (at == offset).then_some(part.span.start);
            };
            let end = offset + text.len();
            if at < end || at == end && is_end {
                let exact = part.span.len() as usize == text.len() || at == offset && part.quoting == Quoting::None;
                return exact.then(|| part.span.start + (at - offset) as u32);
            }
            offset = end;
        }
        (at == offset).then_some(word.span.end)
    };
    match (place(from, from == to), place(to, true)) {
        (Some(start), Some(end)) if start <= end => Span::new(start, end),
        _ => word.span,
    }
}
