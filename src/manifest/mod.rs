//! Manifests of the programme, `library/<image>` files of docker-library/official-images: entries in the dialect of RFC 2822
//! that bashbrew reads (github.com/docker-library/bashbrew, manifest/rfc2822.go), with spans.
//!
//! Paragraphs of fields are separated by blank lines. A line that begins with a blank goes on with the field above it, and
//! a line whose first character is `#` is no line at all, also between the lines of a field (pkg/stripper). The first
//! paragraph holds what all entries have unless they say otherwise.

use crate::source::{Source, Span};

mod entries;
mod parse;
mod values;
mod vocabulary;

pub use entries::Build;
pub use parse::parse;
pub use values::{MaintainerFlaw, clean_path, is_commit, is_ref, is_repository, is_tag, maintainer_flaw};
pub use vocabulary::{
    ARCHITECTURES, BUILDERS, FIELDS, FIELDS_BY_ARCHITECTURE, is_field, is_list, nearest_architecture, nearest_builder,
    nearest_field, of_architecture,
};

/// A parsed manifest.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Manifest {
    /// Every line, in order: their spans add up to the file.
    pub lines: Vec<Line>,
    /// The paragraphs that have fields, the global one first.
    pub paragraphs: Vec<Paragraph>,
    /// What bashbrew refuses to read, or reads as something else than it looks like.
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
    /// Nothing.
    Blank,
    /// Blanks alone, which do not end a paragraph.
    Blanks,
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
    /// Lines that are no fields, blanks at both ends left out.
    pub broken: Vec<Span>,
}

/// A field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: Item,
    /// What stands behind the colon, and each line that goes on with it; blanks at the end left out.
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

/// What bashbrew refuses to read, or reads as something else than it looks like.
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
    /// A line that goes on with a field that is no list, and so puts a line ending into its value; the field's name.
    Continued(Span),
    /// Blanks where a blank line is meant: they go on with the field above.
    Blanks,
    /// The file begins with one.
    ByteOrderMark,
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

impl Manifest {
    /// The first paragraph, which holds what all entries have.
    pub fn global(&self) -> Option<&Paragraph> {
        self.paragraphs.first()
    }

    /// The entries in order.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let global = self.paragraphs.first();
        self.paragraphs.iter().skip(1).filter_map(move |own| Some(Entry { own, global: global? }))
    }

    /// The fields of this name, and those of it for one architecture, whose value holds for an entry: those of the entries,
    /// and of the first paragraph's those that some entry does not replace.
    pub fn in_force<'m>(&'m self, name: &str) -> Vec<&'m Field> {
        let of_architectures = ARCHITECTURES.iter().map(|architecture| format!("{architecture}-{name}"));
        let mut fields = Vec::new();
        for name in of_architectures.chain([name.to_owned()]) {
            let own: Vec<Option<&Field>> = self.entries().map(|entry| entry.own.field(&name)).collect();
            if own.is_empty() || own.contains(&None) {
                fields.extend(self.global().and_then(|global| global.field(&name)));
            }
            fields.extend(own.into_iter().flatten());
        }
        fields
    }
}

impl Paragraph {
    /// The field of this name, in this very case; of several the last, which is the one that counts.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().rfind(|field| field.name.text == name)
    }

    /// Whether a field of this name is meant, though misspelled or on a line that cannot be read: other errors than that it
    /// is missing.
    pub fn is_attempted(&self, name: &str, source: &Source) -> bool {
        let begins_so =
            |line: &Span| source.slice(*line).get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
        let misspelled = |field: &Field| {
            !is_field(&field.name.text) && nearest_field(&field.name.text).is_some_and(|nearest| nearest == name)
        };
        self.broken.iter().any(begins_so) || self.fields.iter().any(misspelled)
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
        let lines: Vec<&str> = self.pieces.iter().map(|piece| source.slice(*piece).trim()).collect();
        let spans = self.pieces.iter().map(|piece| stripped(source, *piece)).filter(|piece| !piece.is_empty());
        Item { text: lines.join("\n").trim().to_owned(), span: spans.reduce(Span::to).unwrap_or(self.name.span) }
    }

    /// The parts of a list, between commas. Where nothing stands between two the part is empty and its span is a comma beside
    /// it; a field without a value has one empty part, whose span is the field's name.
    pub fn items(&self, source: &Source) -> Vec<Item> {
        let mut items = Vec::new();
        let mut separator = self.name.span;
        let mut text = String::new();
        let mut at: Option<Span> = None;
        let mut push = |text: &mut String, at: &mut Option<Span>, separator: Span| {
            let text = std::mem::take(text).trim_matches(BLANKS).to_owned();
            items.push(Item { text, span: at.take().unwrap_or(separator) });
        };
        for piece in &self.pieces {
            text.push('\n');
            let mut offset = piece.start;
            for part in source.slice(*piece).split_inclusive(',') {
                let body = part.strip_suffix(',').unwrap_or(part);
                let own = stripped(source, Span::new(offset, offset + body.len() as u32));
                if !own.is_empty() {
                    at = Some(at.map_or(own, |before| before.to(own)));
                }
                text.push_str(body);
                offset += part.len() as u32;
                if part.ends_with(',') {
                    separator = Span::new(offset - 1, offset);
                    push(&mut text, &mut at, separator);
                }
            }
        }
        push(&mut text, &mut at, separator);
        items
    }
}

/// What bashbrew strips from the parts of a list (rfc2822.go, `strip`); other blanks stay in them.
const BLANKS: [char; 4] = ['\n', '\r', '\t', ' '];

fn stripped(source: &Source, span: Span) -> Span {
    let text = source.slice(span);
    let blanks = text.len() - text.trim_start_matches(BLANKS).len();
    let start = span.start + blanks as u32;
    Span::new(start, start + text.trim_matches(BLANKS).len() as u32)
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
    fn lists() {
        for (text, expected) in [
            ("Tags: a,, b,\n", vec![("a", "a"), ("", ","), ("b", "b"), ("", ",")]),
            ("Tags:\n", vec![("", "Tags")]),
            ("Tags:\n  a,\n \n  b\n", vec![("a", "a"), ("b", "b")]),
            ("Tags: ,\n", vec![("", ","), ("", ",")]),
            ("Tags: a,\u{a0}b\n", vec![("a", "a"), ("\u{a0}b", "\u{a0}b")]),
            ("Tags: a\n b\n", vec![("a\n b", "a\n b")]),
        ] {
            let (source, manifest) = read(text);
            let items = manifest.paragraphs[0].fields[0].items(&source);
            let found: Vec<_> = items.iter().map(|item| (item.text.as_str(), source.slice(item.span))).collect();
            assert_eq!(found, expected, "{text:?}");
        }
    }

    #[test]
    fn what_holds() {
        let text = "Constraints: a\nFile: x\nSharedTags: s\n\nTags: 1\nConstraints: b\nFile: y\nFile: z\n";
        let (source, manifest) = read(text);
        let entry = manifest.entries().next().unwrap();
        let texts = |items: Vec<Item>| items.into_iter().map(|item| item.text).collect::<Vec<_>>();
        assert_eq!(texts(entry.constraints(&source)), ["a", "b"]);
        assert_eq!(texts(entry.shared_tags(&source)), ["s"]);
        assert_eq!(entry.field("File").unwrap().value(&source).text, "z");
    }
}
