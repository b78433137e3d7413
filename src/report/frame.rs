//! The lines of a file that a finding needs, cut to what a terminal shows.
//!
//! A frame is a small text of its own, made of whole lines, with a table that leads back to the lines of the file. It
//! costs what it shows, however long the file or its lines are.

use super::printable::printable;
use crate::source::{Position, Source, Span};

/// A mark over more lines than this is drawn on its first line alone.
const MOST_LINES: u32 = 5;
/// Lines above and below a mark.
const CONTEXT: u32 = 1;

/// Some lines of a file.
#[derive(Debug)]
pub(super) struct Frame {
    /// The lines, each ending in a line feed, printable.
    pub(super) text: String,
    /// Where they come from, in order.
    pub(super) lines: Vec<Line>,
    /// The marks in the order asked for.
    pub(super) marks: Vec<Mark>,
}

/// A line of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line {
    /// Its number in the file, from 1.
    pub(super) number: u32,
    /// Where it starts in the frame's text.
    pub(super) start: usize,
    /// Length of the sign that its beginning is left out.
    lead: usize,
    /// The part of the file that is shown.
    shown: Span,
}

/// A place in a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    /// Offset of the first byte in the frame's text.
    pub(super) start: usize,
    /// Offset after the last.
    pub(super) end: usize,
    /// Where the place starts in the file.
    pub(super) position: Position,
    /// The last line of the place, where the mark covers only the first.
    pub(super) cut_at: Option<u32>,
}

/// A span fit to be marked.
#[derive(Debug, Clone, Copy)]
struct Place {
    span: Span,
    first: u32,
    last: u32,
    cut_at: Option<u32>,
}

impl Frame {
    /// The lines around `spans`, each cut to `width` columns; `ellipsis` stands where a line is cut.
    pub(super) fn new(source: &Source, spans: &[Span], width: usize, ellipsis: &str) -> Self {
        let places: Vec<Place> = spans.iter().map(|&span| place(source, span)).collect();
        let mut frame = Self { text: String::new(), lines: Vec::new(), marks: Vec::new() };
        for number in wanted(&places, source.line_count().max(1)) {
            frame.push_line(source, number, &places, width, ellipsis);
        }
        frame.marks = places
            .iter()
            .map(|place| Mark {
                start: frame.local(place.first, place.span.start),
                end: frame.local(place.last, place.span.end),
                position: source.position(place.span.start),
                cut_at: place.cut_at,
            })
            .collect();
        frame
    }

    /// The index of the line that holds an offset of the frame's text.
    pub(super) fn line_at(&self, offset: usize) -> usize {
        self.lines.partition_point(|line| line.start <= offset).saturating_sub(1)
    }

    fn push_line(&mut self, source: &Source, number: u32, places: &[Place], width: usize, ellipsis: &str) {
        let line = content(source, number);
        // The leftmost mark decides what is shown of a line that is too long.
        let start_of = |place: &Place| if place.first == number { place.span.start } else { line.start };
        let marked = places.iter().filter(|place| place.first <= number && number <= place.last).map(start_of).min();
        let shown = window(source, line, marked.unwrap_or(line.start), width, ellipsis.chars().count());
        let start = self.text.len();
        let lead = if shown.start > line.start { ellipsis } else { "" };
        self.text.push_str(lead);
        self.text.push_str(&printable(source.slice(shown)));
        if shown.end < line.end {
            self.text.push_str(ellipsis);
        }
        self.text.push('\n');
        self.lines.push(Line { number, start, lead: lead.len(), shown });
    }

    /// The offset in the frame's text of an offset in a line of the file; what is cut off falls on the edge.
    fn local(&self, number: u32, offset: u32) -> usize {
        let at = self.lines.partition_point(|line| line.number < number);
        self.lines.get(at).map_or(0, |line| {
            let offset = offset.clamp(line.shown.start, line.shown.end);
            line.start + line.lead + (offset - line.shown.start) as usize
        })
    }
}

/// The span of a line without its line ending.
fn content(source: &Source, number: u32) -> Span {
    let line = source.line_span(number);
    let text = source.slice(line);
    let text = text.strip_suffix('\n').map_or(text, |text| text.strip_suffix('\r').unwrap_or(text));
    Span::new(line.start, line.start + text.len() as u32)
}

/// Clamps a span to the file and its characters, drops the line ending after it, and limits its lines.
fn place(source: &Source, span: Span) -> Place {
    let text = source.text();
    let mut start = (span.start as usize).min(text.len());
    let mut end = (span.end as usize).clamp(start, text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    while !text.is_char_boundary(end) {
        end += 1;
    }
    let kept = text.get(start..end).unwrap_or_default().trim_end_matches(['\n', '\r']).len();
    let span = Span::new(start as u32, (start + kept) as u32);
    // The end of a file that ends in a line feed belongs to its last line.
    let line_of = |offset| source.line_of(offset).clamp(1, source.line_count().max(1));
    let first = line_of(span.start);
    let last = line_of(span.end.saturating_sub(1).max(span.start));
    if last - first < MOST_LINES {
        return Place { span, first, last, cut_at: None };
    }
    let end = content(source, first).end.max(span.start);
    Place { span: Span::new(span.start, end), first, last: first, cut_at: Some(last) }
}

/// The numbers of the lines to show, ascending.
fn wanted(places: &[Place], line_count: u32) -> Vec<u32> {
    let mut numbers: Vec<u32> = places
        .iter()
        .flat_map(|place| place.first.saturating_sub(CONTEXT).max(1)..=(place.last + CONTEXT).min(line_count))
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// The part of a line to show so that `from` is in sight, with room for the signs where it is cut.
fn window(source: &Source, line: Span, from: u32, width: usize, ellipsis: usize) -> Span {
    let text = source.slice(line);
    if text.len() <= width || text.chars().nth(width).is_none() {
        return line;
    }
    let room = width.saturating_sub(2 * ellipsis).max(1);
    let at = (from.clamp(line.start, line.end) - line.start) as usize;
    let (before, after) = text.split_at_checked(at).unwrap_or(("", text));
    // A third of the room goes to what stands before; all of it where that is enough.
    let fits = before.chars().nth(room / 3).is_none();
    let back = if fits { before.len() } else { last_chars(before, room / 3) };
    let start = at - back;
    let used = text.get(start..at).unwrap_or_default().chars().count();
    let forward = after.char_indices().nth(room - used.min(room)).map_or(after.len(), |(index, _)| index);
    Span::new(line.start + start as u32, line.start + (at + forward) as u32)
}

/// The length in bytes of the last `count` characters.
fn last_chars(text: &str, count: usize) -> usize {
    text.chars().rev().take(count).map(char::len_utf8).sum()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn frame(text: &str, spans: &[(u32, u32)], width: usize) -> (String, Vec<(u32, String)>) {
        let source = Source::new(text.as_bytes().to_vec()).unwrap();
        let spans: Vec<Span> = spans.iter().map(|&(start, end)| Span::new(start, end)).collect();
        let frame = Frame::new(&source, &spans, width, "…");
        let marks = frame.marks.iter().map(|mark| (mark.position.line, frame.text[mark.start..mark.end].to_owned()));
        let numbers: Vec<String> = frame.lines.iter().map(|line| line.number.to_string()).collect();
        (format!("{}:{}", numbers.join(","), frame.text), marks.collect())
    }

    #[test]
    fn shows_the_lines_around_marks() {
        let text = "one\ntwo\nthree\nfour\nfive\nsix\n";
        let shown = |spans, width| frame(text, spans, width);
        assert_eq!(shown(&[(4, 7)], 80), ("1,2,3:one\ntwo\nthree\n".into(), vec![(2, "two".into())]));
        assert_eq!(shown(&[(4, 8)], 80).1, [(2, "two".into())]);
        assert_eq!(shown(&[(0, 3), (24, 27)], 80).0, "1,2,5,6:one\ntwo\nfive\nsix\n");
        assert_eq!(shown(&[(0, 28)], 80).1, [(1, "one".into())]);
        assert_eq!(shown(&[(99, 120)], 80), ("5,6:five\nsix\n".into(), vec![(7, String::new())]));
    }

    #[test]
    fn cuts_long_lines_around_the_mark() {
        let text = format!("{}MARK{}", "a".repeat(100), "z".repeat(100));
        assert_eq!(frame(&text, &[(100, 104)], 14), ("1:…aaaaMARKzzzz…\n".into(), vec![(1, "MARK".into())]));
        assert_eq!(frame(&text, &[(0, 204)], 10), ("1:aaaaaaaa…\n".into(), vec![(1, "aaaaaaaa".into())]));
        assert_eq!(frame(&text, &[(100, 104), (203, 204)], 14).1, [(1, "MARK".into()), (1, String::new())]);
    }

    #[test]
    fn survives_any_span() {
        for text in ["", "\n", "\r\n", "a", "ż\r\n\u{1b}x", "\n\n\n\n\n\n\n\nz"] {
            for start in 0..12 {
                for end in 0..12 {
                    let (_, marks) = frame(text, &[(start, end)], 3);
                    assert_eq!(marks.len(), 1);
                }
            }
        }
    }
}
