//! Instructions that go to another place of their stage, with what belongs to them: comments, here-documents, blank lines.

use std::ops::Range;

use crate::diagnostic::Edit;
use crate::dockerfile::ast::{Args, Comment, Keyword};
use crate::source::Span;

use super::removal::{comments_above, silences};
use super::{Model, Step, definitions};

/// Words that comments share with any instruction.
const COMMON: [&str; 12] =
    ["add", "and", "arg", "copy", "env", "for", "from", "install", "run", "the", "version", "volume"];

/// Where instructions go: the index of a step that stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Above it, and above the comments on it.
    Before(usize),
    /// Below it.
    Behind(usize),
}

/// An instruction that goes, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The index of its step.
    pub step: usize,
    /// Which of the variables of ENV or ARG go; none for all of the instruction.
    pub variables: Option<Vec<usize>>,
}

impl Moved {
    /// All of an instruction.
    pub fn whole(step: usize) -> Self {
        Self { step, variables: None }
    }
}

/// What is taken out of the file, and what is put in for it.
struct Piece {
    edits: Vec<Edit>,
    /// Whole lines.
    text: String,
    /// Whether a blank line is below it.
    has_gap: bool,
}

impl Model<'_> {
    /// The edits that move instructions of one stage, given in their order, to one place. None where it cannot be told what
    /// the comments on them are about, or a part cannot be taken out of its instruction.
    pub fn move_steps(&self, moved: &[Moved], place: Place) -> Option<Vec<Edit>> {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut rest = moved;
        while let Some(first) = rest.first() {
            if let Some(variables) = &first.variables {
                pieces.push(self.variables_of(self.step(first.step)?, variables)?);
                rest = rest.get(1..)?;
                continue;
            }
            let goes_on = |(at, next): &(usize, &Moved)| next.step == first.step + at && next.variables.is_none();
            let count = rest.iter().enumerate().take_while(goes_on).count();
            pieces.push(self.group(first.step..first.step + count)?);
            rest = rest.get(count..)?;
        }
        let put = self.put(&pieces, place)?;
        let mut edits: Vec<Edit> = pieces.into_iter().flat_map(|piece| piece.edits).collect();
        edits.push(put);
        edits.sort();
        edits.windows(2).all(|pair| matches!(pair, [one, next] if one.span.end <= next.span.start)).then_some(edits)
    }

    /// The edit that takes out an instruction with the comments on it; none where it cannot be told what these are about.
    pub fn take_out(&self, step: &Step<'_>) -> Option<Edit> {
        self.group(step.index..step.index + 1)?.edits.pop()
    }

    /// Whether one of the steps defines a variable that another step reads.
    pub fn is_redefined(&self, step: &Step<'_>, between: Range<usize>) -> bool {
        let read = self.references(step);
        let between = self.steps.get(between).unwrap_or_default();
        let mut defined = between.iter().flat_map(definitions::defined);
        !read.is_empty() && defined.any(|(name, _)| read.iter().any(|reference| reference.name == name.text))
    }

    /// Whether another user, shell or directory is set, or a trigger, so that a RUN on one side of these steps is none on the
    /// other.
    pub fn changes_surroundings(&self, between: Range<usize>) -> bool {
        let between = self.steps.get(between).unwrap_or_default();
        between.iter().any(|step| {
            matches!(
                step.keyword(),
                Keyword::From | Keyword::User | Keyword::Shell | Keyword::Workdir | Keyword::Onbuild | Keyword::Unknown
            )
        })
    }

    /// Steps one below the other, with all lines of theirs.
    fn group(&self, steps: Range<usize>) -> Option<Piece> {
        let steps = self.steps.get(steps)?;
        let (first, last) = (steps.first()?, steps.last()?);
        let (top, bottom) = (first.instruction.start_line, last.instruction.end_line);
        let comments = comments_above(first.instruction);
        let lines = self.source.line_count();
        let mut above = steps.iter().flat_map(|step| comments_above(step.instruction));
        if self.has_comment_below(bottom) || above.any(|comment| is_ruler(self.source.slice(comment.span))) {
            return None;
        }
        let next = Span::new(self.source.line_span(bottom).end, self.source.line_span(bottom + 1).end);
        let next = self.source.slice(next).trim();
        let is_border = bottom >= lines || next.is_empty() || next.starts_with('#');
        let top = top
            - match comments.len() {
                0 => 0,
                all if is_border => all as u32,
                _ => {
                    let own = self.source.slice(first.instruction.span.to(last.instruction.span));
                    let next =
                        self.steps.get(last.index + 1).map_or("", |step| self.source.slice(step.instruction.span));
                    own_comments(&comments, own, next)? as u32
                }
            };
        let mut text = self.source.slice(self.source.line_span(top).to(self.source.line_span(bottom))).to_owned();
        if !text.ends_with('\n') {
            text.push_str(self.newline(first));
        }
        let edit = Edit { span: self.lines_with_gap(top, bottom), text: String::new() };
        let is_apart = next.starts_with('#') && top > 1 && self.is_blank(top - 1);
        Some(Piece { edits: vec![edit], text, has_gap: is_apart || bottom < lines && self.is_blank(bottom + 1) })
    }

    /// Some of the variables of ENV or ARG as an instruction of its own.
    fn variables_of(&self, step: &Step<'_>, variables: &[usize]) -> Option<Piece> {
        let instruction = step.instruction;
        let items: Vec<Span> = match &instruction.args {
            Args::Pairs(pairs) if pairs.iter().all(|pair| pair.equals) => {
                pairs.iter().map(|pair| pair.key.span.to(pair.value.span)).collect()
            }
            Args::Words(words) => words.iter().map(|word| word.span).collect(),
            _ => return None,
        };
        let is_commented = !instruction.inner_comments.is_empty() || self.has_comment_below(instruction.end_line);
        if is_commented || !instruction.empty_lines.is_empty() || variables.is_empty() {
            return None;
        }
        let goes = |at: usize| variables.contains(&at);
        let leading = (0..items.len()).take_while(|at| goes(*at)).count();
        let mut edits = Vec::new();
        let mut chosen = Vec::new();
        for (at, item) in items.iter().enumerate().filter(|(at, _)| goes(*at)) {
            let span = match at.checked_sub(1).filter(|_| at >= leading) {
                Some(before) => Span::new(items.get(before)?.end, item.end),
                None => Span::new(item.start, items.get(at + 1)?.start),
            };
            edits.push(Edit { span, text: String::new() });
            chosen.push(self.source.slice(*item));
        }
        let between = |from: u32, to: u32| self.source.slice(Span::new(from, to));
        let start = between(instruction.name.span.end, items.first()?.start);
        let start = if chosen.len() > 1 { start } else { " " };
        let separator = between(items.first()?.end, items.get(1)?.start);
        let text = format!("{}{start}{}{}", instruction.name.text, chosen.join(separator), self.newline(step));
        let bottom = instruction.end_line;
        Some(Piece { edits, text, has_gap: bottom < self.source.line_count() && self.is_blank(bottom + 1) })
    }

    /// Whether comments follow right below a line, and no instruction below them: they may be about what stands above.
    fn has_comment_below(&self, line: u32) -> bool {
        let text = |line: u32| self.source.slice(self.source.line_span(line)).trim();
        let mut below = (line + 1..=self.source.line_count()).map(text).skip_while(|text| text.starts_with('#'));
        text(line + 1).starts_with('#') && below.next().is_none_or(str::is_empty)
    }

    /// The edit that puts lines where they go, set off by blank lines as they were, and as what is there is.
    fn put(&self, pieces: &[Piece], place: Place) -> Option<Edit> {
        let (Place::Before(anchor) | Place::Behind(anchor)) = place;
        let anchor = self.step(anchor)?;
        let newline = self.newline(anchor);
        let lines = self.source.line_count();
        let comments = comments_above(anchor.instruction).len() as u32;
        let (above, bottom) = (anchor.instruction.start_line - comments, anchor.instruction.end_line);
        let is_apart = match place {
            Place::Before(at) => {
                let is_first =
                    at.checked_sub(1).and_then(|at| self.step(at)).is_some_and(|it| it.keyword() == Keyword::From);
                above > 1 && self.is_blank(above - 1) || is_first && bottom < lines && self.is_blank(bottom + 1)
            }
            Place::Behind(_) => bottom >= lines || self.is_blank(bottom + 1),
        };
        let mut text = String::new();
        for (at, piece) in pieces.iter().enumerate() {
            if at > 0 && is_apart && pieces.get(at - 1).is_some_and(|before| before.has_gap) {
                text.push_str(newline);
            }
            text.push_str(&piece.text);
        }
        let has_gap = is_apart && pieces.last()?.has_gap;
        if let Place::Before(_) = place {
            if has_gap || is_apart && comments > 0 {
                text.push_str(newline);
            }
            return Some(Edit { span: Span::empty(self.source.line_span(above).start), text });
        }
        if has_gap {
            text.insert_str(0, newline);
        }
        let at = Span::empty(self.source.line_span(bottom).end);
        if !self.source.slice(self.source.line_span(bottom)).ends_with('\n') {
            // The last line of a file without a line ending at its end has none again.
            text = format!("{newline}{}", text.trim_end_matches(['\r', '\n']));
        }
        Some(Edit { span: at, text })
    }
}

/// How many of the comments above instructions are about these, and not about what follows them in the same paragraph. None
/// where that cannot be told.
fn own_comments(comments: &[&Comment], own: &str, next: &str) -> Option<usize> {
    let says = |comment: &Comment| {
        silences(&comment.text) || comment.text.starts_with("renovate:") || comment.text.contains("datasource=")
    };
    if comments.iter().all(|comment| says(comment)) {
        return Some(comments.len());
    }
    let text: Vec<String> = comments.iter().flat_map(|comment| tokens(&comment.text)).collect();
    let quotes = |instruction: &str| comments.iter().any(|it| it.text.len() > 2 && instruction.contains(&it.text));
    let is_about =
        |instruction: &str| tokens(instruction).iter().any(|token| text.contains(token)) || quotes(instruction);
    match (is_about(own), is_about(next)) {
        (true, false) => Some(comments.len()),
        (false, true) => Some(comments.iter().take_while(|comment| says(comment)).count()),
        _ => None,
    }
}

/// Whether a comment is a line that sets off a section.
fn is_ruler(comment: &str) -> bool {
    comment.trim().len() > 3 && !comment.chars().any(char::is_alphanumeric)
}

fn tokens(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).map(str::to_ascii_lowercase);
    words.filter(|word| word.len() > 2 && !COMMON.contains(&word.as_str())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dockerfile::parse;
    use crate::model::Bodies;
    use crate::source::Source;

    /// Moves the STOPSIGNAL `X` before or behind the instruction `CMD b`.
    fn moved(text: &str, is_before: bool) -> Option<String> {
        let mut written = text.replace('X', "STOPSIGNAL 9");
        let source = Source::new(written.clone().into_bytes()).unwrap();
        let file = parse(&source);
        let bodies = Bodies::of(&file);
        let model = Model::new(&source, &file, &bodies);
        let steps: Vec<Moved> = model
            .steps
            .iter()
            .filter(|step| step.keyword() == Keyword::Stopsignal)
            .map(|step| Moved::whole(step.index))
            .collect();
        let anchor = model.steps.iter().find(|step| step.keyword() == Keyword::Cmd).unwrap().index;
        let place = if is_before { Place::Before(anchor) } else { Place::Behind(anchor) };
        let edits = model.move_steps(&steps, place)?;
        for edit in edits.iter().rev() {
            written.replace_range(edit.span.range(), &edit.text);
        }
        Some(written.replace("STOPSIGNAL 9", "X"))
    }

    #[test]
    fn before_another() {
        for (text, expected) in [
            ("FROM a\nX\nRUN b\nCMD b\n", Some("FROM a\nRUN b\nX\nCMD b\n")),
            ("FROM a\n\nX\n\nRUN b\n\nCMD b\n", Some("FROM a\n\nRUN b\n\nX\n\nCMD b\n")),
            ("FROM a\n\nX\nRUN b\n\nCMD b\n", Some("FROM a\n\nRUN b\n\nX\nCMD b\n")),
            ("FROM a\r\n\r\nX\r\n\r\nRUN b\r\nCMD b", Some("FROM a\r\n\r\nRUN b\r\nX\r\nCMD b")),
            ("FROM a\nX\n\nRUN b\n\n# b\nCMD b\n", Some("FROM a\n\nRUN b\n\nX\n\n# b\nCMD b\n")),
            ("FROM a\nX\nRUN b\n\n# b\nCMD b\n", Some("FROM a\nRUN b\n\nX\n\n# b\nCMD b\n")),
            // What a comment is about.
            ("FROM a\n\n# x\n#y\nX\n\nRUN b\n\nCMD b\n", Some("FROM a\n\nRUN b\n\n# x\n#y\nX\n\nCMD b\n")),
            ("FROM a\n# x\nX\n# y\nRUN b\nCMD b\n", Some("FROM a\n# y\nRUN b\n# x\nX\nCMD b\n")),
            ("FROM a\n# both?\nX\nRUN b\nCMD b\n", None),
            ("FROM a\nX\n# x\n\nRUN b\nCMD b\n", None),
            ("FROM a\n\n####\n# x\n####\nX\n\nRUN b\nCMD b\n", None),
            ("FROM a\n# the stopsignal\nX\nRUN b\nCMD b\n", Some("FROM a\nRUN b\n# the stopsignal\nX\nCMD b\n")),
            ("FROM a\n# packages\nX\nRUN packages\nCMD b\n", Some("FROM a\n# packages\nRUN packages\nX\nCMD b\n")),
            (
                "FROM a\n# hadolint ignore=DL1\nX\nRUN b\nCMD b\n",
                Some("FROM a\nRUN b\n# hadolint ignore=DL1\nX\nCMD b\n"),
            ),
            // Several.
            ("FROM a\nX\nX\n\nRUN b\n\nCMD b\n", Some("FROM a\n\nRUN b\n\nX\nX\n\nCMD b\n")),
            ("FROM a\nX\nRUN b\nX\nRUN c\nCMD b\n", Some("FROM a\nRUN b\nRUN c\nX\nX\nCMD b\n")),
        ] {
            assert_eq!(moved(text, true).as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn behind_another() {
        for (text, expected) in [
            ("FROM a\nX\nCMD b\n", "FROM a\nCMD b\nX\n"),
            ("FROM a\nX\nCMD b\nRUN c\n", "FROM a\nCMD b\nX\nRUN c\n"),
            ("FROM a\nX\nCMD b", "FROM a\nCMD b\nX"),
            ("FROM a\r\n\r\nX\r\n\r\nCMD b\r\n\r\nRUN c\r\n", "FROM a\r\n\r\nCMD b\r\n\r\nX\r\n\r\nRUN c\r\n"),
            ("FROM a\n\nX\n\nCMD b\n", "FROM a\n\nCMD b\n\nX\n"),
            ("FROM a\n\nX\nCMD b\n\nRUN c\n", "FROM a\n\nCMD b\nX\n\nRUN c\n"),
        ] {
            assert_eq!(moved(text, false).as_deref(), Some(expected), "{text:?}");
        }
    }

    #[test]
    fn some_variables() {
        for (text, expected) in [
            ("ENV A=1 B=2 C=3", Some("ENV A=1 C=3\nRUN\nENV B=2\n")),
            ("ARG B=2 A", Some("ARG A\nRUN\nARG B=2\n")),
            ("env A=1 \\\n\tB=2 \\\n\tC=3", Some("env A=1 \\\n\tC=3\nRUN\nenv B=2\n")),
            ("ENV \\\n  B=2 \\\n  A='1 2'", Some("ENV \\\n  A='1 2'\nRUN\nENV B=2\n")),
            ("ENV B=1 B=2 A=1 B=3", Some("ENV A=1\nRUN\nENV B=1 B=2 B=3\n")),
            ("ENV A=1 \\\n# b\n B=2", None),
        ] {
            let mut written = format!("FROM a\n{text}\nRUN\nCMD b\n");
            let source = Source::new(written.clone().into_bytes()).unwrap();
            let file = parse(&source);
            let bodies = Bodies::of(&file);
            let model = Model::new(&source, &file, &bodies);
            let defined = definitions::defined(&model.steps[1]);
            let chosen = (0..defined.len()).filter(|at| defined[*at].0.text == "B").collect();
            let edits = model.move_steps(&[Moved { step: 1, variables: Some(chosen) }], Place::Before(3));
            let edited = edits.map(|edits| {
                for edit in edits.iter().rev() {
                    written.replace_range(edit.span.range(), &edit.text);
                }
                written.clone()
            });
            assert_eq!(edited, expected.map(|text| format!("FROM a\n{text}CMD b\n")), "{text:?}");
        }
    }
}
