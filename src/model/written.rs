//! Texts that the file itself puts into files of the image: by `echo`, `printf`, `cat` and `tee`, here-documents of COPY,
//! and replacements of `sed`.

use std::ops::Range;

use crate::dockerfile::expand::Folded;
use crate::dockerfile::views;
use crate::shell::ast::{self, Part, PartKind, Quoting, RedirectKind, Statement, Word};
use crate::shell::{CommandLine, Frame, read};
use crate::source::{Source, Span};

use super::{Command, Model, Step};

/// Stands in a text for what cannot be known.
const UNKNOWN: char = '\u{fffd}';
/// `printf` says its format again for more operands, so often at most.
const MAX_ROUNDS: usize = 256;

/// So many files may be written to in turn.
const MAX_FILES: usize = 8;

/// Whether a character stands for something that cannot be known: BuildKit's variables are left as they are.
pub fn is_unknown(c: char) -> bool {
    c == UNKNOWN || c == '$'
}

/// What a command or a COPY writes into a file.
#[derive(Debug, Clone, Default)]
pub struct Write {
    /// The step that does it.
    pub step: usize,
    /// The file.
    pub path: String,
    /// What is written; [`is_unknown`] characters stand for what cannot be known.
    pub text: String,
    /// Whether it goes in between what the file has already: a replacement of `sed`.
    pub is_part: bool,
    pieces: Vec<Piece>,
}

/// A part of a text and where it comes from.
#[derive(Debug, Clone)]
struct Piece {
    start: usize,
    span: Span,
}

impl Write {
    /// The lines with their places in the text.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let mut at = 0;
        self.text.split('\n').map(move |line| {
            let start = at;
            at += line.len() + 1;
            (start, line)
        })
    }

    /// Where a part of the text stands in the file, or the most of it.
    pub fn span(&self, source: &Source, range: Range<usize>) -> Span {
        let from = self.place(source, range.start, range.clone());
        let to = self.place(source, range.end.saturating_sub(1), range);
        if to.end >= from.start { from.to(to) } else { from }
    }

    /// The place of the byte at an offset; where the file spells it otherwise, that of the whole piece or of `wanted` in it.
    fn place(&self, source: &Source, at: usize, wanted: Range<usize>) -> Span {
        let index = self.pieces.partition_point(|piece| piece.start <= at).saturating_sub(1);
        let Some(piece) = self.pieces.get(index) else { return Span::default() };
        let end = self.pieces.get(index + 1).map_or(self.text.len(), |next| next.start);
        if piece.span.len() as usize == end - piece.start {
            let start = piece.span.start + (at - piece.start) as u32;
            return Span::new(start, start + 1);
        }
        let start = wanted.start.max(piece.start);
        let text = self.text.get(start..wanted.end.min(end)).unwrap_or_default();
        match source.slice(piece.span).find(text).filter(|_| !text.is_empty()) {
            Some(offset) => {
                let start = piece.span.start + offset as u32;
                Span::new(start, start + text.len() as u32)
            }
            None => piece.span,
        }
    }

    fn push(&mut self, text: &str, span: Span) {
        if !text.is_empty() {
            self.pieces.push(Piece { start: self.text.len(), span });
            self.text.push_str(text);
        }
    }

    /// Appends a literal in which `\n` ends a line and `\t` is a tab, as in those of `printf` and `echo -e`.
    fn push_escaped(&mut self, text: &str, span: Span) {
        let exact = span.len() as usize == text.len();
        let mut at = 0;
        let mut rest = text;
        loop {
            let escape = rest.match_indices('\\').find(|&(at, _)| rest.get(at..).is_some_and(is_escape));
            let plain = escape.map_or(rest, |(end, _)| rest.get(..end).unwrap_or_default());
            let start = span.start + at as u32;
            self.push(plain, if exact { Span::new(start, start + plain.len() as u32) } else { span });
            let Some((end, _)) = escape else { break };
            let escape = Span::new(start + plain.len() as u32, start + plain.len() as u32 + 2);
            let is_newline = rest.get(end..).is_some_and(|rest| rest.starts_with("\\n"));
            self.push(if is_newline { "\n" } else { "\t" }, if exact { escape } else { span });
            at += plain.len() + 2;
            rest = rest.get(end + 2..).unwrap_or_default();
        }
    }
}

impl Model<'_> {
    /// All that the instructions of the file write into files whose names are known, in order. Writes to one file by one
    /// step are put together.
    pub fn writes(&self) -> &[Write] {
        self.writes.get_or_init(|| {
            let mut writes = Vec::new();
            for step in &self.steps {
                let first = writes.len();
                self.copied(step, &mut writes);
                for command in self.commands_of(step.index) {
                    self.written_by(command, first, &mut writes);
                }
            }
            writes
        })
    }

    /// Here-documents of COPY and ADD.
    fn copied(&self, step: &Step<'_>, writes: &mut Vec<Write>) {
        let transfer = match (views::Copy::of(step.instruction), views::Add::of(step.instruction)) {
            (Some(copy), _) => copy.transfer,
            (_, Some(add)) => add.transfer,
            _ => return,
        };
        let Some(destination) = transfer.destination else { return };
        let Folded::Known(destination) = self.fold(step, &destination.text) else { return };
        for word in transfer.heredocs {
            let Some(heredoc) = views::heredoc_of(step.heredocs, word.span) else { continue };
            let name = if destination.ends_with('/') { heredoc.name.as_str() } else { "" };
            let mut write = Write { step: step.index, path: format!("{destination}{name}"), ..Write::default() };
            write.push(&heredoc.content, heredoc.body);
            writes.push(write);
        }
    }

    fn written_by(&self, command: &Command<'_>, first: usize, writes: &mut Vec<Write>) {
        let Some(line) = &command.line else { return };
        let blank = || Write { step: command.step, ..Write::default() };
        let mut write = blank();
        match line.name.as_str() {
            "echo" => {
                for (index, operand) in line.operands.iter().enumerate() {
                    if index > 0 {
                        write.push(" ", operand.span);
                    }
                    self.push_word(command, operand, true, &mut write);
                }
            }
            "printf" => self.push_format(command, line, &mut write),
            "cat" | "tee" => {
                for redirect in &command.invocation.statement.redirects {
                    if matches!(redirect.kind, RedirectKind::HereDoc | RedirectKind::HereString) {
                        self.push_word(command, &redirect.target, false, &mut write);
                    }
                }
            }
            "add-apt-repository" | "apt-add-repository" => {
                for operand in &line.operands {
                    write.push("\n", operand.span);
                    self.push_word(command, operand, false, &mut write);
                }
                // Where it puts them is its own affair.
                writes.push(Write { path: "/etc/apt/sources.list".to_owned(), ..write });
                return;
            }
            "sed" => {
                self.replaced(command, line, writes);
                return;
            }
            _ => return,
        }
        if write.text.is_empty() {
            return;
        }
        for path in self.destinations(command, line) {
            let mut recent = writes.iter_mut().skip(first).rev().take(MAX_FILES);
            let known = recent.find(|other| other.path == path && !other.is_part);
            if let Some(known) = known {
                let at = known.text.len() + 1;
                known.push("\n", Span::empty(write.pieces.first().map_or(0, |piece| piece.span.start)));
                known.text.push_str(&write.text);
                known
                    .pieces
                    .extend(write.pieces.iter().map(|piece| Piece { start: piece.start + at, ..piece.clone() }));
            } else {
                writes.push(Write { path, ..write.clone() });
            }
        }
    }

    /// The text of a word, with a stand-in for what cannot be known.
    fn push_word(&self, command: &Command<'_>, word: &Word, escapes: bool, write: &mut Write) {
        for part in &word.parts {
            match &part.kind {
                PartKind::Literal(text) if escapes => write.push_escaped(text, part.span),
                PartKind::Literal(text) => write.push(text, part.span),
                PartKind::Parameter(_) => {
                    let quoted = Part { quoting: Quoting::Double, ..part.clone() };
                    let alone = Word { parts: vec![quoted], span: part.span, quoted: true };
                    match self.only_word(command, &alone) {
                        Some(text) => write.push(&text, part.span),
                        None => write.push(UNKNOWN.encode_utf8(&mut [0; 4]), part.span),
                    }
                }
                _ => write.push(UNKNOWN.encode_utf8(&mut [0; 4]), part.span),
            }
        }
    }

    /// What `printf` prints: its format once for every set of operands.
    fn push_format(&self, command: &Command<'_>, line: &CommandLine<'_>, write: &mut Write) {
        let Some((format, operands)) = line.operands.split_first() else { return };
        let mut operands = operands.iter();
        for _ in 0..MAX_ROUNDS {
            for part in &format.parts {
                let PartKind::Literal(text) = &part.kind else {
                    write.push(UNKNOWN.encode_utf8(&mut [0; 4]), part.span);
                    continue;
                };
                let exact = part.span.len() as usize == text.len();
                let mut at = 0;
                for (index, piece) in text.split('%').enumerate() {
                    let mut piece = piece;
                    if index > 0 {
                        at += 1;
                        let verb = piece.find(|c: char| !c.is_ascii_digit() && !matches!(c, '-' | '.' | '+' | '#'));
                        let skipped = verb.and_then(|verb| Some(verb + piece.get(verb..)?.chars().next()?.len_utf8()));
                        match operands.next() {
                            Some(operand) => self.push_word(command, operand, true, write),
                            None => write.push(UNKNOWN.encode_utf8(&mut [0; 4]), part.span),
                        }
                        let skipped = skipped.unwrap_or_default();
                        at += skipped;
                        piece = piece.get(skipped..).unwrap_or_default();
                    }
                    let start = part.span.start + at as u32;
                    let span = if exact { Span::new(start, start + piece.len() as u32) } else { part.span };
                    write.push_escaped(piece, span);
                    at += piece.len();
                }
            }
            if operands.len() == 0 || !format.parts.iter().any(has_verb) {
                break;
            }
        }
    }

    /// The replacements of `sed -i s/.../.../` and the lines of its `a`, `i` and `c`.
    fn replaced(&self, command: &Command<'_>, line: &CommandLine<'_>, writes: &mut Vec<Write>) {
        let scripts: Vec<&Word> = line.values_of("-e").map(|value| value.word).collect();
        let from = usize::from(scripts.is_empty());
        let scripts = if scripts.is_empty() { line.operands.iter().copied().take(1).collect() } else { scripts };
        let files = line.operands.get(from..).unwrap_or_default();
        for script in scripts {
            let mut whole = Write::default();
            self.push_word(command, script, false, &mut whole);
            for range in replacements(&whole.text) {
                let span = whole.span(self.source, range.clone());
                for path in files.iter().map(|file| self.shown(command, file)) {
                    let mut write = Write { step: command.step, path, is_part: true, ..Write::default() };
                    write.push(whole.text.get(range.clone()).unwrap_or_default(), span);
                    writes.push(write);
                }
            }
        }
    }

    /// A word as text, with a stand-in for what cannot be known.
    pub fn shown(&self, command: &Command<'_>, word: &Word) -> String {
        let mut write = Write::default();
        self.push_word(command, word, false, &mut write);
        write.text
    }

    /// The files that the output of a command goes to.
    fn destinations(&self, command: &Command<'_>, line: &CommandLine<'_>) -> Vec<String> {
        if line.is("tee") {
            return line.operands.iter().map(|word| self.shown(command, word)).collect();
        }
        if let Some(target) = redirected(command.invocation.statement) {
            return vec![self.shown(command, target)];
        }
        for frame in command.invocation.frames.iter().rev() {
            match frame {
                Frame::Substitution(_) | Frame::Function(_) => return Vec::new(),
                Frame::Pipeline { stages, index } => {
                    let Some(next) = stages.get(index + 1) else { continue };
                    let ast::Command::Simple(simple) = &next.command else { return Vec::new() };
                    let Some(next_line) = read(simple) else { return Vec::new() };
                    return match next_line.name.as_str() {
                        "tee" => next_line.operands.iter().map(|word| self.shown(command, word)).collect(),
                        "cat" if next_line.operands.is_empty() => {
                            redirected(next).map(|target| self.shown(command, target)).into_iter().collect()
                        }
                        _ => Vec::new(),
                    };
                }
                _ => {}
            }
            if let Some(target) = frame.statement().and_then(redirected) {
                return vec![self.shown(command, target)];
            }
        }
        Vec::new()
    }
}

/// The file that the output of a statement goes to.
fn redirected(statement: &Statement) -> Option<&Word> {
    let mut redirects = statement.redirects.iter().rev();
    let to_file = |redirect: &&ast::Redirect| {
        matches!(redirect.kind, RedirectKind::Output | RedirectKind::Append | RedirectKind::OutputAndError)
            && redirect.fd.is_none_or(|fd| fd == 1)
    };
    redirects.find(to_file).map(|redirect| &redirect.target)
}

fn is_escape(text: &str) -> bool {
    text.starts_with("\\n") || text.starts_with("\\t")
}

fn has_verb(part: &Part) -> bool {
    matches!(&part.kind, PartKind::Literal(text) if text.contains('%'))
}

/// Where new text stands in a script of sed: `s/.../TEXT/`, `a TEXT`, with addresses before it and other commands around it.
fn replacements(script: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some((text, end)) = sed_command(script, at) {
        found.extend(text);
        at = end;
    }
    found
}

/// The new text of the first command of sed behind an offset, and where the command ends.
fn sed_command(script: &str, from: usize) -> Option<(Option<Range<usize>>, usize)> {
    let mut at = from;
    // Addresses: `1,3`, `$`, `/re/`, `\,re,`.
    let name = loop {
        let c = script.get(at..)?.chars().next()?;
        at += c.len_utf8();
        let border = match c {
            '/' => '/',
            '\\' => {
                let border = script.get(at..)?.chars().next()?;
                at += border.len_utf8();
                border
            }
            c if c.is_ascii_digit() || matches!(c, '$' | ',' | ' ' | ';' | '\n' | '{' | '}' | '!') || c == UNKNOWN => {
                continue;
            }
            c => break c,
        };
        at = unescaped(script, at, border).next()? + border.len_utf8();
    };
    let command_end = |from: usize| {
        let rest = script.get(from..).unwrap_or_default();
        from + rest.find([';', '\n', '}']).unwrap_or(rest.len())
    };
    match name {
        's' | 'y' => {
            let border = script.get(at..)?.chars().next()?;
            let mut borders = unescaped(script, at + border.len_utf8(), border);
            let open = borders.next()? + border.len_utf8();
            let close = borders.next()?;
            Some(((name == 's').then_some(open..close), command_end(close + border.len_utf8())))
        }
        'a' | 'i' | 'c' => {
            let skipped = script.get(at..)?.find(|c: char| !matches!(c, '\\' | ' ' | '\n'))?;
            Some((Some(at + skipped..script.len()), script.len()))
        }
        _ => Some((None, command_end(at))),
    }
}

/// The places of a character behind an offset, those after a backslash left out.
fn unescaped(text: &str, from: usize, wanted: char) -> impl Iterator<Item = usize> {
    let mut escaped = false;
    text.char_indices().filter(move |&(at, _)| at >= from).filter_map(move |(at, c)| {
        let is_plain = !std::mem::take(&mut escaped);
        escaped = is_plain && c == '\\';
        (is_plain && c == wanted).then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use crate::dockerfile::parse;
    use crate::model::{Bodies, Model};
    use crate::source::Source;

    #[test]
    fn texts_and_their_files() {
        for (run, expected) in [
            ("RUN echo a b > /f", "/f: a b"),
            ("RUN echo 'a\\nb' | sudo tee -a /f", "/f: a|b"),
            ("RUN { echo a; echo \"b$(c)\"; } > /f", "/f: a|b\u{fffd}"),
            ("RUN printf '%s\\n' a b > /f", "/f: a|b|"),
            ("RUN printf 'x %s\\n' \"$Y\" | cat > /f", "/f: x \u{fffd}|"),
            ("RUN sh -c 'echo a > /f'; echo b >> /g", "/f: a /g: b"),
            ("RUN cat <<X > /f\na\nX", "/f: a|"),
            ("COPY <<X /d/\na\nX", "/d/X: a|"),
            ("RUN sed -i 's#a#b#g' /f; sed -i '$a c' /f", "/f: b /f: c"),
            ("RUN sed -i '/a/d; \\,a/b,s/^/#/;s/a/b/' /f", "/f: # /f: b"),
            ("RUN x=$(echo a); echo b | grep c > /f; echo d >&2", ""),
        ] {
            let source = Source::new(format!("FROM a\n{run}\n").into_bytes()).unwrap();
            let file = parse(&source);
            let bodies = Bodies::of(&file);
            let model = Model::new(&source, &file, &bodies);
            let shown: Vec<String> = model
                .writes()
                .iter()
                .map(|write| format!("{}: {}", write.path, write.text.replace('\n', "|")))
                .collect();
            assert_eq!(shown.join(" "), expected, "{run}");
        }
    }
}
