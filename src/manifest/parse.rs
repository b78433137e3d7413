//! Lines into paragraphs of fields (pkg/stripper/comments.go of bashbrew, and control/parse.go of pault.ag/go/debian).

use super::{
    Field, Item, Line, LineKind, Manifest, ManifestError, ManifestErrorKind, Paragraph, is_field, is_list,
    nearest_field, recover,
};
use crate::source::{Source, Span};

/// Reads a manifest; any text gives one.
pub fn parse(source: &Source) -> Manifest {
    let lines = lines(source);
    let mut reader = Reader { source, manifest: Manifest::default(), open: Open::default() };
    for (line, below) in lines.iter().zip(below(source, &lines)) {
        reader.read(*line, below);
    }
    reader.end();
    let mut manifest = reader.manifest;
    if manifest.paragraphs.is_empty() && manifest.errors.is_empty() {
        manifest.errors.push(ManifestError { kind: ManifestErrorKind::Empty, span: Span::empty(0) });
    }
    recover::recover(&mut manifest);
    manifest.errors.sort_by_key(|error| error.span.start);
    manifest.lines = lines;
    manifest
}

fn lines(source: &Source) -> Vec<Line> {
    let spans = (1..=source.line_count()).map(|line| source.line_span(line)).filter(|span| !span.is_empty());
    spans.map(|span| Line { kind: kind_of(source.slice(behind_mark(source, span))), span }).collect()
}

fn kind_of(text: &str) -> LineKind {
    // The last line may lack its newline.
    if matches!(text, "" | "\n" | "\r\n" | "\r") {
        LineKind::Blank
    } else if text.trim().is_empty() {
        LineKind::Blanks
    } else if text.trim_start().starts_with('#') {
        LineKind::Comment
    } else if text.starts_with([' ', '\t']) {
        LineKind::Continuation
    } else if text.contains(':') {
        LineKind::Field
    } else {
        LineKind::Broken
    }
}

/// What stands below a line.
#[derive(Clone, Copy, Default)]
struct Below {
    /// The next line that is no comment.
    next: Option<LineKind>,
    /// Whether there are tags up to the next line without text.
    has_tags: bool,
}

fn below(source: &Source, lines: &[Line]) -> Vec<Below> {
    let mut below = Below::default();
    let from_below = lines.iter().rev().map(|line| {
        let of_line = below;
        match line.kind {
            LineKind::Comment => {}
            LineKind::Blank | LineKind::Blanks => below = Below { next: Some(line.kind), has_tags: false },
            kind => {
                let has_tags = kind == LineKind::Field && field_name(source.slice(line.span)) == Some("Tags");
                below = Below { next: Some(kind), has_tags: has_tags || below.has_tags };
            }
        }
        of_line
    });
    let mut found: Vec<Below> = from_below.collect();
    found.reverse();
    found
}

struct Reader<'s> {
    source: &'s Source,
    manifest: Manifest,
    open: Open,
}

/// The paragraph that is being read.
#[derive(Default)]
struct Open {
    paragraph: Paragraph,
    /// Lines that go on with what is wrong already are passed over.
    is_told: bool,
}

impl Reader<'_> {
    fn read(&mut self, line: Line, below: Below) {
        let whole = behind_mark(self.source, line.span);
        if whole != line.span {
            self.error(ManifestErrorKind::ByteOrderMark, Span::new(line.span.start, whole.start));
        }
        let span = trimmed(self.source, whole);
        match line.kind {
            LineKind::Comment => {}
            LineKind::Blank => self.end(),
            LineKind::Blanks => self.blanks(whole, below),
            LineKind::Field | LineKind::Broken if self.is_unindented(span) => self.unindented(span),
            LineKind::Field if begins_with_field(self.source.slice(span)) => self.broken(span),
            LineKind::Field => self.field(span),
            LineKind::Continuation => self.continuation(whole),
            LineKind::Broken => self.broken(span),
        }
    }

    fn broken(&mut self, line: Span) {
        self.open.is_told = true;
        self.open.paragraph.broken.push(line);
        self.error(ManifestErrorKind::NoColon, line);
    }

    /// For bashbrew the line goes on with the field above it, whatever stands below. Where tags do, whoever wrote it meant to
    /// end the entry.
    fn blanks(&mut self, line: Span, below: Below) {
        let text = self.source.slice(line);
        let blanks = text.strip_suffix('\n').unwrap_or(text);
        let blanks = blanks.strip_suffix('\r').unwrap_or(blanks);
        let span = Span::new(line.start, line.start + blanks.len() as u32);
        let is_odd = !text.starts_with([' ', '\t']);
        let open = &self.open.paragraph;
        let is_whole = self.manifest.paragraphs.is_empty() || open.field("Tags").is_some();
        let ends = is_whole && below.has_tags && !open.fields.is_empty();
        if ends || is_odd {
            self.error(ManifestErrorKind::Blanks { ends, is_odd }, span);
        } else if let Some(last) = open.fields.last()
            && !is_list(&last.name.text)
            && below.next != Some(LineKind::Continuation)
        {
            self.error(ManifestErrorKind::BlanksInValue(last.name.span), span);
        }
        if ends {
            self.end();
        }
    }

    fn field(&mut self, line: Span) {
        self.open.is_told = false;
        let text = self.source.slice(line);
        let colon = line.start + text.find(':').unwrap_or(text.len()) as u32;
        let behind = (colon + 1).min(line.end);
        let name = trimmed(self.source, Span::new(line.start, colon));
        let text = self.source.slice(name).to_owned();
        let span = if name.is_empty() { Span::new(colon, behind) } else { name };
        let value = trimmed(self.source, Span::new(behind, line.end));
        self.open.paragraph.fields.push(Field { name: Item { text, span }, pieces: vec![value] });
    }

    fn continuation(&mut self, line: Span) {
        let span = trimmed(self.source, line);
        if field_name(self.source.slice(span)).is_some_and(is_field) {
            self.field(span);
            let name = self.open.paragraph.fields.last().map_or(span, |field| field.name.span);
            self.error(ManifestErrorKind::Indented(Span::new(line.start, span.start)), name);
            return;
        }
        if self.open.is_told {
            return;
        }
        // A list that a blank line tore.
        if self.open.paragraph == Paragraph::default()
            && let Some(above) = self.manifest.paragraphs.pop_if(|above| ends_open(self.source, above))
        {
            self.open.paragraph = above;
            self.error(ManifestErrorKind::BehindBlankLine, span);
        }
        let piece = right_trimmed(self.source, line);
        let Some(field) = self.open.paragraph.fields.last_mut() else {
            self.open.is_told = true;
            self.error(ManifestErrorKind::NothingToContinue, span);
            return;
        };
        if is_list(&field.name.text) {
            // A dot stands for an empty line.
            if self.source.slice(piece).get(1..) != Some(".") {
                field.pieces.push(piece);
            }
            return;
        }
        // The value is what was meant: its first line that has something.
        if field.pieces.iter().all(|piece| piece.is_empty()) {
            field.pieces.push(piece);
        }
        let kind = ManifestErrorKind::Continued(field.name.span);
        self.open.is_told = true;
        self.error(kind, span);
    }

    /// Whether a line is the next part of the list above it, without the blank that it has to begin with.
    fn is_unindented(&self, line: Span) -> bool {
        let text = self.source.slice(line);
        !self.open.is_told
            && ends_open(self.source, &self.open.paragraph)
            && text.split_once(':').is_none_or(|(name, _)| {
                let name = name.trim();
                name.contains([' ', '\t', '<']) && !is_field(name) && nearest_field(name).is_none()
            })
    }

    fn unindented(&mut self, line: Span) {
        if let Some(field) = self.open.paragraph.fields.last_mut() {
            field.pieces.push(line);
        }
        self.error(ManifestErrorKind::Unindented, line);
    }

    fn error(&mut self, kind: ManifestErrorKind, span: Span) {
        self.manifest.errors.push(ManifestError { kind, span });
    }

    fn end(&mut self) {
        let Open { paragraph, .. } = std::mem::take(&mut self.open);
        if !paragraph.fields.is_empty() || !paragraph.broken.is_empty() {
            self.manifest.paragraphs.push(paragraph);
        }
    }
}

/// Whether the last field of a paragraph is a list that ends in a comma.
fn ends_open(source: &Source, paragraph: &Paragraph) -> bool {
    paragraph.fields.last().is_some_and(|field| {
        let last = field.pieces.iter().rfind(|piece| !piece.is_empty());
        is_field(&field.name.text)
            && is_list(&field.name.text)
            && last.is_some_and(|piece| source.slice(*piece).ends_with(','))
    })
}

/// Whether the first colon of a line is one of the value: `GitRepo https://example.org`.
fn begins_with_field(line: &str) -> bool {
    let name = field_name(line).unwrap_or_default();
    !is_field(name) && name.split_once([' ', '\t', '=']).is_some_and(|(first, _)| is_field(first))
}

/// What stands before the colon.
fn field_name(line: &str) -> Option<&str> {
    line.split_once(':').map(|(name, _)| name.trim())
}

const BYTE_ORDER_MARK: char = '\u{feff}';

/// A line of the file without a byte order mark.
fn behind_mark(source: &Source, line: Span) -> Span {
    let has_mark = line.start == 0 && source.slice(line).starts_with(BYTE_ORDER_MARK);
    if has_mark { Span::new(BYTE_ORDER_MARK.len_utf8() as u32, line.end) } else { line }
}

/// A span without the blanks at its ends, those of Unicode too, as Go's `TrimSpace` has it.
fn trimmed(source: &Source, span: Span) -> Span {
    let text = source.slice(span);
    let blanks = text.len() - text.trim_start().len();
    let start = span.start + blanks as u32;
    Span::new(start, start + text.trim().len() as u32)
}

fn right_trimmed(source: &Source, span: Span) -> Span {
    Span::new(span.start, span.start + source.slice(span).trim_end().len() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Source, Manifest) {
        let source = Source::new(text.as_bytes().to_vec()).unwrap();
        let manifest = parse(&source);
        (source, manifest)
    }

    /// The paragraphs with their fields, and the errors with what they stand on.
    #[test]
    fn paragraphs_and_errors() {
        for (text, paragraphs, errors) in [
            ("", "", vec!["Empty "]),
            ("\n\n# only\n", "", vec!["Empty "]),
            ("  x\n", "", vec!["NothingToContinue x"]),
            ("  x\n  y\n", "", vec!["NothingToContinue x"]),
            (": x\n", "(=x)", vec![]),
            ("A: b\n\r", "(A=b)", vec![]),
            ("A: b", "(A=b)", vec![]),
            ("A: b\r\n\r\nB:\r\n", "(A=b)(B=)", vec![]),
            ("A: b\n\n\n#c\n\nB: c", "(A=b)(B=c)", vec![]),
            // Blanks are no blank line.
            ("File: b\n \t\nTags: c", "(File=b)(Tags=c)", vec!["Blanks  \t"]),
            ("Tags: b\n  \n#\nTags: c", "(Tags=b)(Tags=c)", vec!["Blanks   "]),
            ("Tags: b\n  \nFile: c", "(Tags=b File=c)", vec![]),
            ("Tags: b\n  \n\nTags: c", "(Tags=b)(Tags=c)", vec![]),
            ("Tags: b,\n  \n  c\nFile: c", "(Tags=b,|  c File=c)", vec![]),
            ("Tags: b\n\nFile: b\n  \nTags: c\n", "(Tags=b)(File=b Tags=c)", vec!["BlanksInValue   "]),
            ("File: b\n  \n\nTags: c", "(File=b)(Tags=c)", vec!["BlanksInValue   "]),
            ("File: b\n  \nDirectory: c", "(File=b Directory=c)", vec!["BlanksInValue   "]),
            ("File: b\n  ", "(File=b)", vec!["BlanksInValue   "]),
            ("  \nA: b\n", "(A=b)", vec![]),
            ("A: b\n\u{a0}\nB: c", "(A=b B=c)", vec!["Blanks \u{a0}"]),
            ("A: b\r\r\n\r\r\nTags: c", "(A=b)(Tags=c)", vec!["Blanks \r"]),
            ("A: b\n\x0b\r\nTags: c", "(A=b)(Tags=c)", vec!["Blanks \x0b"]),
            // One line, or a list.
            ("GitCommit:\n  a\n  b\n", "(GitCommit=|  a)", vec!["Continued a"]),
            ("s390x-File: a\n\tb", "(s390x-File=a)", vec!["Continued b"]),
            ("Constraints:\n a\n", "(Constraints=| a)", vec![]),
            ("Tags: a,\n .\n b\n", "(Tags=a,| b)", vec![]),
            ("Tags 1\n  2\nA: b\n", "(A=b)", vec!["NoColon Tags 1"]),
            ("GitRepo https://a\nTags : 1\n", "(Tags=1)", vec!["NoColon GitRepo https://a"]),
            ("Maintainers Ann\n\nTags: 1\n", "()(Tags=1)", vec!["NoColon Maintainers Ann"]),
            // Blanks too many or too few at the beginning of a line.
            ("Tags: 1\n File: a\nB: c\n", "(Tags=1 File=a B=c)", vec!["Indented File"]),
            (" Tags: 1\n", "(Tags=1)", vec!["Indented Tags"]),
            ("Tags: 1,\n2\nA: b\n", "(Tags=1,|2 A=b)", vec!["Unindented 2"]),
            ("Tags: 1,\nFile: b\n", "(Tags=1, File=b)", vec![]),
            (
                "Maintainers: A (@a),\nB <b:b> (@b)\n",
                "(Maintainers=A (@a),|B <b:b> (@b))",
                vec!["Unindented B <b:b> (@b)"],
            ),
            ("Maintainers: A (@a)\nB <b:b> (@b)\n", "(Maintainers=A (@a) B <b=b> (@b))", vec![]),
            ("Tags: 1,\n\n  2\nFile: b\n", "(Tags=1,|  2 File=b)", vec!["BehindBlankLine 2"]),
            ("A: b\nA: c\nA: d\n", "(A=b A=c A=d)", vec!["Duplicate A", "Duplicate A"]),
            ("\u{feff}A: b\n", "(A=b)", vec!["ByteOrderMark \u{feff}"]),
            ("\u{feff}# a: b\n\u{feff}B: c\n", "(\u{feff}B=c)", vec!["ByteOrderMark \u{feff}"]),
            ("\u{feff}\r\nA: b\n", "(A=b)", vec!["ByteOrderMark \u{feff}"]),
        ] {
            let (source, manifest) = read(text);
            let fields = |paragraph: &Paragraph| {
                let pieces =
                    |field: &Field| field.pieces.iter().map(|piece| source.slice(*piece)).collect::<Vec<_>>().join("|");
                let fields = paragraph.fields.iter().map(|field| format!("{}={}", field.name.text, pieces(field)));
                format!("({})", fields.collect::<Vec<_>>().join(" "))
            };
            let found: String = manifest.paragraphs.iter().map(fields).collect();
            assert_eq!(found, paragraphs, "{text:?}");
            let kind = |error: &ManifestError| format!("{:?}", error.kind).split(['(', ' ']).next().unwrap().to_owned();
            let found: Vec<String> =
                manifest.errors.iter().map(|error| format!("{} {}", kind(error), source.slice(error.span))).collect();
            assert_eq!(found, errors, "{text:?}");
            let whole: String = manifest.lines.iter().map(|line| source.slice(line.span)).collect();
            assert_eq!(whole, source.text(), "{text:?}");
        }
    }
}
