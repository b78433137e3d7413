//! Manifests of the programme, `library/<image>` files of docker-library/official-images: entries in the dialect of RFC 2822
//! that bashbrew reads (github.com/docker-library/bashbrew, manifest/rfc2822.go), with spans.
//!
//! Paragraphs of fields are separated by blank lines. A line that begins with a blank goes on with the field above it, and
//! a line whose first character is `#` is no line at all, also between the lines of a field (pkg/stripper). The first
//! paragraph holds what all entries have unless they say otherwise.

use crate::source::{Source, Span};

mod entries;
mod vocabulary;

pub use vocabulary::{
    ARCHITECTURES, BUILDERS, FIELDS, FIELDS_BY_ARCHITECTURE, is_field, is_tag, nearest_architecture, nearest_field,
    of_architecture,
};

/// A parsed manifest.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Manifest {
    /// Every line, in order: their spans add up to the file.
    pub lines: Vec<Line>,
    /// The paragraphs that have fields, the global one first.
    pub paragraphs: Vec<Paragraph>,
    /// What bashbrew refuses to read.
    pub errors: Vec<ManifestError>,
}

/// A line with its ending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// What it is.
    pub kind: LineKind,
    /// The whole line.
    pub span: Span,
}

/// The kinds of line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// Blanks alone.
    Blank,
    /// Its first character is `#`.
    Comment,
    /// `Name: value`
    Field,
    /// It goes on with the field above.
    Continuation,
    /// None of these.
    Broken,
}

/// Fields up to a blank line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Paragraph {
    /// The fields, in order; the second of a name too.
    pub fields: Vec<Field>,
}

/// A field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: Item,
    /// What stands behind the colon and on each line that goes on with it, blanks at both ends left out.
    pub pieces: Vec<Span>,
}

/// A text in a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The text.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// What bashbrew refuses to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestError {
    /// What it is.
    pub kind: ManifestErrorKind,
    /// Where.
    pub span: Span,
}

/// What can be wrong with the lines of a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ManifestErrorKind {
    /// A line without a colon that begins no field.
    NoColon,
    /// A line that goes on with a field, before any.
    NothingToContinue,
    /// A second field of the same name in a paragraph; the span of the first.
    Duplicate(Span),
    /// There is no field at all.
    Empty,
}

/// An entry: a paragraph behind the first, with what the first has for all.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'m> {
    /// Its own fields.
    pub own: &'m Paragraph,
    /// Those of the first paragraph.
    pub global: &'m Paragraph,
}

/// Reads a manifest; any text gives one.
pub fn parse(source: &Source) -> Manifest {
    let mut manifest = Manifest::default();
    let mut paragraph = Paragraph::default();
    // After a broken line a continuation belongs to it.
    let mut after_broken = false;
    for line in 1..=source.line_count() {
        let span = source.line_span(line);
        let text = source.slice(span);
        let kind = kind_of(text.strip_prefix('\u{feff}').filter(|_| line == 1).unwrap_or(text));
        let trimmed = trimmed(source, span);
        match kind {
            LineKind::Comment => {}
            LineKind::Blank => {
                manifest.end(&mut paragraph);
                after_broken = false;
            }
            LineKind::Field => {
                after_broken = false;
                manifest.field(&mut paragraph, source, trimmed);
            }
            LineKind::Continuation => match paragraph.fields.last_mut().filter(|_| !after_broken) {
                Some(field) => field.pieces.push(trimmed),
                None if after_broken => {}
                None => {
                    manifest.errors.push(ManifestError { kind: ManifestErrorKind::NothingToContinue, span: trimmed });
                }
            },
            LineKind::Broken => {
                after_broken = true;
                manifest.errors.push(ManifestError { kind: ManifestErrorKind::NoColon, span: trimmed });
            }
        }
        if !span.is_empty() {
            manifest.lines.push(Line { kind, span });
        }
    }
    manifest.end(&mut paragraph);
    if manifest.paragraphs.is_empty() && manifest.errors.is_empty() {
        manifest.errors.push(ManifestError { kind: ManifestErrorKind::Empty, span: Span::empty(0) });
    }
    manifest
}

fn kind_of(text: &str) -> LineKind {
    let body = text.trim();
    if body.is_empty() {
        LineKind::Blank
    } else if body.starts_with('#') {
        LineKind::Comment
    } else if text.starts_with([' ', '\t']) {
        LineKind::Continuation
    } else if body.find(':').is_some_and(|colon| colon > 0) {
        LineKind::Field
    } else {
        LineKind::Broken
    }
}

/// What of a span is no blank at its ends, nor a byte order mark.
fn trimmed(source: &Source, span: Span) -> Span {
    let text = source.slice(span);
    let start = text.len() - text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}').len();
    let length = text.get(start..).unwrap_or_default().trim_end().len();
    Span::new(span.start + start as u32, span.start + (start + length) as u32)
}

impl Manifest {
    fn end(&mut self, paragraph: &mut Paragraph) {
        if !paragraph.fields.is_empty() {
            self.paragraphs.push(std::mem::take(paragraph));
        }
    }

    fn field(&mut self, paragraph: &mut Paragraph, source: &Source, line: Span) {
        let text = source.slice(line);
        let colon = text.find(':').unwrap_or(text.len());
        let name_span = trimmed(source, Span::new(line.start, line.start + colon as u32));
        let name = Item { text: source.slice(name_span).to_owned(), span: name_span };
        if let Some(first) = paragraph.field(&name.text) {
            let kind = ManifestErrorKind::Duplicate(first.name.span);
            self.errors.push(ManifestError { kind, span: name_span });
        }
        let behind = Span::new((line.start + colon as u32 + 1).min(line.end), line.end);
        paragraph.fields.push(Field { name, pieces: vec![trimmed(source, behind)] });
    }

    /// The first paragraph, which holds what all entries have.
    pub fn global(&self) -> Option<&Paragraph> {
        self.paragraphs.first()
    }

    /// The entries in order.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let global = self.paragraphs.first();
        self.paragraphs.iter().skip(1).filter_map(move |own| Some(Entry { own, global: global? }))
    }
}

impl Paragraph {
    /// The first field of this name, in this very case.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name.text == name)
    }
}

impl<'m> Entry<'m> {
    /// The field that holds for the entry: its own, else that of the first paragraph.
    pub fn field(&self, name: &str) -> Option<&'m Field> {
        self.own.field(name).or_else(|| self.global.field(name))
    }

    /// The architectures that the entry is built for; `amd64` where it names none (rfc2822.go, `DefaultManifestEntry`).
    pub fn architectures(&self, source: &Source) -> Vec<String> {
        match self.field("Architectures") {
            Some(field) => field.items(source).into_iter().map(|item| item.text).collect(),
            None => vec!["amd64".to_owned()],
        }
    }
}

impl Field {
    /// The value, its lines put together with line endings.
    pub fn value(&self, source: &Source) -> Item {
        let lines: Vec<&str> = self.pieces.iter().map(|piece| source.slice(*piece)).collect();
        let span = self.pieces.iter().copied().filter(|piece| !piece.is_empty()).reduce(Span::to);
        Item { text: lines.join("\n").trim().to_owned(), span: span.unwrap_or(self.name.span) }
    }

    /// The parts of a list, between commas. One where nothing stands between two is empty, and its span is a comma beside it.
    pub fn items(&self, source: &Source) -> Vec<Item> {
        let mut items = Vec::new();
        let mut comma = Span::empty(self.pieces.first().map_or(self.name.span.end, |piece| piece.start));
        let mut text = String::new();
        let mut at: Option<Span> = None;
        let mut push = |text: &mut String, at: &mut Option<Span>, comma: Span| {
            items.push(Item { text: std::mem::take(text).trim().to_owned(), span: at.take().unwrap_or(comma) });
        };
        for piece in &self.pieces {
            text.push('\n');
            let mut offset = piece.start;
            for part in source.slice(*piece).split_inclusive(',') {
                let body = part.strip_suffix(',').unwrap_or(part);
                let own = trimmed(source, Span::new(offset, offset + body.len() as u32));
                if !own.is_empty() {
                    at = Some(at.map_or(own, |before| before.to(own)));
                }
                text.push_str(body);
                offset += part.len() as u32;
                if part.ends_with(',') {
                    comma = Span::new(offset - 1, offset);
                    push(&mut text, &mut at, comma);
                }
            }
        }
        push(&mut text, &mut at, comma);
        // A field without a value has no items.
        if let [only] = items.as_slice()
            && only.text.is_empty()
        {
            items.clear();
        }
        items
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = "\
# generated
Maintainers: Ann Lee <ann@example.org> (@ann),
             Bo Ray (@bo)
GitRepo: https://github.com/example/image.git

Tags: 2.1, 2,
# between
\t2-trixie, latest
Architectures: amd64, arm64v8
GitCommit: 0123456789abcdef0123456789abcdef01234567
arm64v8-Directory: arm

Tags 1.0
  1.1
Tags: 1.0
Tags: 1
";

    fn read(text: &str) -> (Source, Manifest) {
        let source = Source::new(text.as_bytes().to_vec()).unwrap();
        let manifest = parse(&source);
        (source, manifest)
    }

    #[test]
    fn fields_and_entries() {
        let (source, manifest) = read(SAMPLE);
        assert_eq!(manifest.paragraphs.len(), 3);
        let entries: Vec<Entry<'_>> = manifest.entries().collect();
        let list = |field: &Field| field.items(&source).into_iter().map(|item| item.text).collect::<Vec<_>>();
        let first = entries[0];
        assert_eq!(list(first.field("Tags").unwrap()), ["2.1", "2", "2-trixie", "latest"]);
        assert_eq!(list(first.field("Maintainers").unwrap()), ["Ann Lee <ann@example.org> (@ann)", "Bo Ray (@bo)"]);
        assert_eq!(first.field("GitRepo").unwrap().value(&source).text, "https://github.com/example/image.git");
        assert_eq!(first.architectures(&source), ["amd64", "arm64v8"]);
        assert_eq!(entries[1].architectures(&source), ["amd64"]);
        for item in first.field("Tags").unwrap().items(&source) {
            assert_eq!(source.slice(item.span), item.text);
        }
        let kinds: Vec<ManifestErrorKind> = manifest.errors.iter().map(|error| error.kind).collect();
        assert!(matches!(kinds.as_slice(), [ManifestErrorKind::NoColon, ManifestErrorKind::Duplicate(_)]), "{kinds:?}");
    }

    #[test]
    fn odd_texts() {
        for (text, paragraphs, errors) in [
            ("", 0, 1),
            ("\n\n# only\n", 0, 1),
            ("  x\n", 0, 1),
            (": x\n", 0, 1),
            ("\u{feff}A: b\r\n  c\r\n\r\nB:\r\n", 2, 0),
            ("A: b", 1, 0),
            ("A: b\n \t\nB: c", 2, 0),
            ("A: ,\n", 1, 0),
        ] {
            let (source, manifest) = read(text);
            assert_eq!((manifest.paragraphs.len(), manifest.errors.len()), (paragraphs, errors), "{text:?}");
            let whole: String = manifest.lines.iter().map(|line| source.slice(line.span)).collect();
            assert_eq!(whole, source.text(), "{text:?}");
        }
        let (source, manifest) = read("Tags: a,, b,\n");
        let items = manifest.paragraphs[0].fields[0].items(&source);
        assert_eq!(items.iter().map(|item| item.text.as_str()).collect::<Vec<_>>(), ["a", "", "b", ""]);
        assert_eq!(items.iter().map(|item| source.slice(item.span)).collect::<Vec<_>>(), ["a", ",", "b", ","]);
    }
}
