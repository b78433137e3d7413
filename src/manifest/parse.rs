//! Lines into paragraphs of fields (pkg/stripper/comments.go of bashbrew, and control/parse.go of pault.ag/go/debian).

use std::collections::HashMap;

use super::{Field, Item, Line, LineKind, Manifest, ManifestError, ManifestErrorKind, Paragraph, is_list};
use crate::source::{Source, Span};

/// Reads a manifest; any text gives one.
pub fn parse(source: &Source) -> Manifest {
    let mark = source.text().starts_with(BYTE_ORDER_MARK).then(|| Span::new(0, BYTE_ORDER_MARK.len_utf8() as u32));
    let lines = lines(source, mark.map_or(0, |mark| mark.end));
    let mut reader = Reader { source, manifest: Manifest::default(), open: Open::default() };
    if let Some(mark) = mark {
        reader.error(ManifestErrorKind::ByteOrderMark, mark);
    }
    for (index, line) in lines.iter().enumerate() {
        let behind = lines.get(index + 1..).unwrap_or_default();
        reader.read(*line, behind.iter().map(|line| line.kind).find(|kind| *kind != LineKind::Comment));
    }
    reader.end();
    let mut manifest = reader.manifest;
    if manifest.paragraphs.is_empty() && manifest.errors.is_empty() {
        manifest.errors.push(ManifestError { kind: ManifestErrorKind::Empty, span: Span::empty(0) });
    }
    manifest.lines = lines;
    manifest
}

fn lines(source: &Source, start: u32) -> Vec<Line> {
    let spans = (1..=source.line_count()).map(|line| source.line_span(line));
    let spans = spans.map(|span| Span::new(span.start.max(start), span.end)).filter(|span| !span.is_empty());
    spans.map(|span| Line { kind: kind_of(source.slice(span)), span }).collect()
}

fn kind_of(text: &str) -> LineKind {
    if matches!(text, "\n" | "\r\n") {
        LineKind::Blank
    } else if text.trim_start().starts_with('#') {
        LineKind::Comment
    } else if text.starts_with([' ', '\t']) {
        if text.trim().is_empty() { LineKind::Blanks } else { LineKind::Continuation }
    } else if text.contains(':') {
        LineKind::Field
    } else {
        LineKind::Broken
    }
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
    names: HashMap<String, Span>,
    /// A continuation belongs to a broken line.
    after_broken: bool,
}

impl Reader<'_> {
    fn read(&mut self, line: Line, next: Option<LineKind>) {
        let span = trimmed(self.source, line.span);
        match line.kind {
            LineKind::Comment => {}
            LineKind::Blank => self.end(),
            LineKind::Blanks => self.blanks(line.span, next),
            LineKind::Field => self.field(span),
            LineKind::Continuation => match self.open.paragraph.fields.last_mut() {
                _ if self.open.after_broken => {}
                Some(field) => {
                    if !is_list(&field.name.text) {
                        let kind = ManifestErrorKind::Continued(field.name.span);
                        self.manifest.errors.push(ManifestError { kind, span });
                    }
                    field.pieces.push(right_trimmed(self.source, line.span));
                }
                None => self.error(ManifestErrorKind::NothingToContinue, span),
            },
            LineKind::Broken => {
                self.open.after_broken = true;
                self.open.paragraph.broken.push(span);
                self.error(ManifestErrorKind::NoColon, span);
            }
        }
    }

    /// For bashbrew the line goes on with the field above it, whatever stands below. Whoever wrote it meant to end the entry.
    fn blanks(&mut self, line: Span, next: Option<LineKind>) {
        let Some(last) = self.open.paragraph.fields.last() else { return };
        let ends = matches!(next, Some(LineKind::Field | LineKind::Broken));
        if ends || (next != Some(LineKind::Continuation) && !is_list(&last.name.text)) {
            let text = self.source.slice(line);
            let length = text.trim_end_matches(['\r', '\n']).len();
            self.error(ManifestErrorKind::Blanks, Span::new(line.start, line.start + length as u32));
        }
        if ends {
            self.end();
        }
    }

    fn field(&mut self, line: Span) {
        self.open.after_broken = false;
        let text = self.source.slice(line);
        let colon = line.start + text.find(':').unwrap_or(text.len()) as u32;
        let name = trimmed(self.source, Span::new(line.start, colon));
        let name = Item { text: self.source.slice(name).to_owned(), span: name };
        if let Some(first) = self.open.names.get(&name.text) {
            self.error(ManifestErrorKind::Duplicate(*first), name.span);
        } else {
            self.open.names.insert(name.text.clone(), name.span);
        }
        let value = trimmed(self.source, Span::new((colon + 1).min(line.end), line.end));
        self.open.paragraph.fields.push(Field { name, pieces: vec![value] });
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

const BYTE_ORDER_MARK: char = '\u{feff}';

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
            (": x\n", "(=x)", vec![]),
            ("A: b", "(A=b)", vec![]),
            ("A: b\r\n\r\nB:\r\n", "(A=b)(B=)", vec![]),
            ("A: b\n\n\n#c\n\nB: c", "(A=b)(B=c)", vec![]),
            // Blanks are no blank line.
            ("A: b\n \t\nB: c", "(A=b)(B=c)", vec!["Blanks  \t"]),
            ("Tags: b\n  \n#\nB: c", "(Tags=b)(B=c)", vec!["Blanks   "]),
            ("Tags: b,\n  \n  c\nB: c", "(Tags=b,|  c B=c)", vec![]),
            ("Tags: b\n  \n\nB: c", "(Tags=b)(B=c)", vec![]),
            ("File: b\n  \n\nB: c", "(File=b)(B=c)", vec!["Blanks   "]),
            ("File: b\n  ", "(File=b)", vec!["Blanks   "]),
            ("  \nA: b\n", "(A=b)", vec![]),
            ("A: b\n\u{a0}\nB: c", "(A=b B=c)", vec!["NoColon "]),
            // One line, or a list.
            ("GitCommit:\n  a\n", "(GitCommit=|  a)", vec!["Continued a"]),
            ("s390x-File: a\n\tb", "(s390x-File=a|\tb)", vec!["Continued b"]),
            ("Constraints:\n a\n", "(Constraints=| a)", vec![]),
            ("Tags 1\n  2\nA: b\n", "(A=b)", vec!["NoColon Tags 1"]),
            ("Maintainers Ann\n\nTags: 1\n", "()(Tags=1)", vec!["NoColon Maintainers Ann"]),
            ("A: b\nA: c\nA: d\n", "(A=b A=c A=d)", vec!["Duplicate A", "Duplicate A"]),
            ("\u{feff}A: b\n", "(A=b)", vec!["ByteOrderMark \u{feff}"]),
            ("\u{feff}#c\n\nA: b\n", "(A=b)", vec!["ByteOrderMark \u{feff}"]),
            ("\u{feff}\nA: b\n", "(A=b)", vec!["ByteOrderMark \u{feff}"]),
            ("A: b\n\u{feff}B: c\n", "(A=b \u{feff}B=c)", vec![]),
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
            let kind = |error: &ManifestError| format!("{:?}", error.kind).split('(').next().unwrap().to_owned();
            let found: Vec<String> =
                manifest.errors.iter().map(|error| format!("{} {}", kind(error), source.slice(error.span))).collect();
            assert_eq!(found, errors, "{text:?}");
            let whole: String = manifest.lines.iter().map(|line| source.slice(line.span)).collect();
            assert_eq!(whole, source.text(), "{text:?}");
        }
    }
}
