//! The report for people, and errors in files of YAML. `miette` draws; it is named in this file alone.

use std::error::Error as StdError;
use std::fmt::{self, Display, Write as _};

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan,
    SpanContents,
};

use super::frame::{Frame, Mark};
use super::{FileReport, Style, Summary, Terminal, count, printable, printable_line};
use crate::diagnostic::{Diagnostic, Label, Reference, Severity};
use crate::rulebook::Profile;
use crate::source::Span;
use crate::yaml::BadFile;

/// More related places than this are counted, not shown.
const MOST_RELATED: usize = 6;
/// Characters of what is said of an error in a file.
const LONGEST_ERROR: usize = 1000;
/// Columns of the line number, the gutter and the arrow of a mark over several lines.
const MARGIN: usize = 12;

/// The findings of one file, a blank line after each.
pub fn render(report: &FileReport, terminal: &Terminal) -> String {
    let mut out = String::new();
    for found in &report.diagnostics {
        let drawing = Drawing::of(found, report, terminal);
        out.push_str(&draw(&drawing, terminal));
        out.push_str(&guideline(&found.guideline, terminal));
        out.push('\n');
    }
    out
}

/// The last line of a run.
pub fn summary(summary: &Summary, profile: Option<Profile>, terminal: &Terminal) -> String {
    let files = count(summary.files, "file");
    let profile = profile.map_or_else(String::new, |profile| format!(" (profile {})", profile.as_str()));
    let fixed = match summary.fixed {
        0 => String::new(),
        number => terminal.paint(Style::Green, &format!("{} fixed.", count(number, "finding"))) + " ",
    };
    if summary.findings() == 0 {
        let text = match known(summary) {
            None => format!("No findings in {files}{profile}."),
            Some(known) => format!("No new findings in {files}{profile}; {known}."),
        };
        return format!("{fixed}{}\n", terminal.paint(Style::Green, &text));
    }
    let counts = [
        (summary.errors, "error", Style::Red),
        (summary.warnings, "warning", Style::Yellow),
        (summary.infos, "info", Style::Cyan),
    ];
    let counts: Vec<String> = counts
        .into_iter()
        .filter(|(number, ..)| *number > 0)
        .map(|(number, noun, style)| terminal.paint(style, &count(number, noun)))
        .collect();
    let place = if summary.files_with_findings == summary.files {
        format!("in {files}")
    } else {
        format!("in {} of {files}", summary.files_with_findings)
    };
    let safe = summary.fixable_safely;
    let fixable = match (safe, summary.fixable - safe) {
        (0, 0) => String::new(),
        (safe, 0) => format!("; --fix mends {safe}"),
        (0, more) => format!("; --fix --unsafe-fixes mends {more}"),
        (safe, more) => format!("; --fix mends {safe}, and {more} more with --unsafe-fixes"),
    };
    let known = known(summary).map_or_else(String::new, |known| format!("; {known}"));
    format!("{fixed}{} {place}{profile}{fixable}{known}.\n", counts.join(", "))
}

/// What a baseline hides.
pub(super) fn known(summary: &Summary) -> Option<String> {
    match summary.known {
        0 => None,
        1 => Some("1 known finding is hidden by the baseline".to_owned()),
        known => Some(format!("{known} known findings are hidden by the baseline")),
    }
}

/// Draws an error in a rule's file or a configuration, which may quote a text of any length.
pub fn render_error(error: &BadFile, terminal: &Terminal) -> String {
    let frame =
        Frame::new(&error.source, &[error.span], terminal.code_width.saturating_sub(MARGIN), ellipsis(terminal));
    let drawing = Drawing {
        heading: "error:".to_owned(),
        severity: Severity::Error,
        message: terminal.cut(&printable(&error.message), Some(LONGEST_ERROR)),
        help: error.help.as_deref().map(|help| terminal.cut(&printable(help), Some(LONGEST_ERROR))),
        labels: labels(&frame, &[]),
        code: Code { path: printable_line(&error.path.to_string_lossy()).into_owned(), frame },
    };
    draw(&drawing, terminal)
}

/// Title and address of a guideline, below the help.
fn guideline(guideline: &Reference, terminal: &Terminal) -> String {
    let (title, url) = (guideline.title, printable_line(&guideline.url));
    let see = terminal.paint(Style::Cyan, "   see:");
    if url.is_empty() {
        return String::new();
    }
    if terminal.links {
        return format!("{see} {}\n", link(title, &url));
    }
    let joint = if title.len() + url.len() + 11 <= terminal.text_width { ", " } else { "\n        " };
    format!("{see} {title}{joint}{url}\n")
}

/// An OSC 8 hyperlink.
fn link(text: &str, url: &str) -> String {
    format!("\u{1b}]8;;{url}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\")
}

fn ellipsis(terminal: &Terminal) -> &'static str {
    if terminal.unicode { "…" } else { "..." }
}

/// A finding in the terms of the library.
#[derive(Debug)]
struct Drawing {
    /// Stands before the message, in the colour of the severity.
    heading: String,
    severity: Severity,
    message: String,
    help: Option<String>,
    labels: Vec<LabeledSpan>,
    code: Code,
}

impl Drawing {
    fn of(found: &Diagnostic, report: &FileReport, terminal: &Terminal) -> Self {
        let related: Vec<&Label> = found.related.iter().take(MOST_RELATED).collect();
        let spans: Vec<Span> = std::iter::once(found.span).chain(related.iter().map(|label| label.span)).collect();
        let width = terminal.code_width.saturating_sub(MARGIN);
        let frame = Frame::new(&report.source, &spans, width, ellipsis(terminal));
        let messages: Vec<String> = related.iter().map(|label| printable_line(&label.message).into_owned()).collect();
        let mut message = printable(&found.message).into_owned();
        match found.related.len().saturating_sub(related.len()) {
            0 => {}
            more => {
                let _ = write!(message, " (and {} not shown)", count(more, "related place"));
            }
        }
        let rule = printable_line(&found.rule);
        let rule = if terminal.links { link(&rule, &printable_line(&found.url)) } else { rule.into_owned() };
        Self {
            heading: format!("{}[{rule}]", found.severity),
            severity: found.severity,
            message,
            help: found.help.as_deref().map(|help| printable(help).into_owned()),
            labels: labels(&frame, &messages),
            code: Code { path: printable_line(&report.path).into_owned(), frame },
        }
    }
}

/// The first mark is the primary one; `messages` belong to those after it.
fn labels(frame: &Frame, messages: &[String]) -> Vec<LabeledSpan> {
    let texts = std::iter::once(None).chain(messages.iter().map(Some));
    frame
        .marks
        .iter()
        .zip(texts)
        .enumerate()
        .map(|(index, (mark, text))| {
            let text = match (text, mark.cut_at) {
                (text, None) => text.cloned(),
                (None, Some(line)) => Some(format!("up to line {line}")),
                (Some(text), Some(line)) => Some(format!("{text}, up to line {line}")),
            };
            let span = SourceSpan::from((mark.start, mark.end - mark.start));
            if index == 0 {
                LabeledSpan::new_primary_with_span(text, span)
            } else {
                LabeledSpan::new_with_span(text, span)
            }
        })
        .collect()
}

fn draw(drawing: &Drawing, terminal: &Terminal) -> String {
    let mut theme = match (terminal.unicode, terminal.color) {
        (true, true) => GraphicalTheme::unicode(),
        (true, false) => GraphicalTheme::unicode_nocolor(),
        (false, true) => GraphicalTheme::ascii(),
        (false, false) => GraphicalTheme::none(),
    };
    let style = match drawing.severity {
        Severity::Error => theme.styles.error,
        Severity::Warning => theme.styles.warning,
        Severity::Info => theme.styles.advice,
    };
    // Marks are coloured in the order of the file: the primary one as its severity, the others as links.
    let mut order: Vec<&LabeledSpan> = drawing.labels.iter().collect();
    order.sort_by_key(|label| label.offset());
    theme.styles.highlights =
        order.iter().map(|label| if label.primary() { style } else { theme.styles.help }).collect();
    for icon in [&mut theme.characters.error, &mut theme.characters.warning, &mut theme.characters.advice] {
        icon.clone_from(&drawing.heading);
    }
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(terminal.text_width + 2)
        .with_word_separator(textwrap::WordSeparator::AsciiSpace)
        .with_word_splitter(textwrap::WordSplitter::NoHyphenation)
        .without_syntax_highlighting()
        .with_urls(false);
    let mut out = String::new();
    if handler.render_report(&mut out, drawing).is_err() {
        // Writing to a string does not fail; should the drawing fail, its words are still worth having.
        out.clear();
        let _ = writeln!(out, "  {} {}", drawing.heading, drawing.message);
    }
    out
}

impl Display for Drawing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for Drawing {}

impl miette::Diagnostic for Drawing {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.code)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

/// A frame and the path that stands above it.
#[derive(Debug)]
struct Code {
    path: String,
    frame: Frame,
}

impl SourceCode for Code {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        context_lines_before: usize,
        context_lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let Frame { text, lines, marks } = &self.frame;
        let (start, end) = (span.offset(), span.offset() + span.len());
        let mut first = self.frame.line_at(start);
        let mut last = self.frame.line_at(end.saturating_sub(1).max(start));
        let number = |index: usize| lines.get(index).map_or(0, |line| line.number);
        for _ in 0..context_lines_before {
            if first > 0 && number(first - 1) + 1 == number(first) {
                first -= 1;
            }
        }
        for _ in 0..context_lines_after {
            if last + 1 < lines.len() && number(last) + 1 == number(last + 1) {
                last += 1;
            }
        }
        let from = lines.get(first).map_or(0, |line| line.start);
        let to = lines.get(last + 1).map_or(text.len(), |line| line.start);
        let data = text.get(from..to).ok_or(MietteError::OutOfBounds)?;
        // Without context it is asked where a mark stands; the column in the file is not that in the frame.
        let at = |mark: &&Mark| mark.start == start && context_lines_before == 0;
        let column = marks.iter().find(at).map_or(0, |mark| mark.position.column.saturating_sub(1));
        Ok(Box::new(MietteSpanContents::new_named(
            self.path.clone(),
            data.as_bytes(),
            SourceSpan::from((from, to - from)),
            number(first).saturating_sub(1) as usize,
            column as usize,
            last + 1 - first,
        )))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::report::sample;
    use crate::source::Source;

    const NARROW: Terminal = Terminal { text_width: 60, code_width: 60, unicode: true, ..Terminal::PLAIN };

    #[test]
    fn findings() {
        let report = sample::report();
        insta::assert_snapshot!(render(&report, &NARROW), @r"
         error[healthcheck] an official image carries no
         │ HEALTHCHECK
          ╭─[Dockerfile:2:1]
        1 │ FROM debian:trixie-slim
        2 │ HEALTHCHECK CMD true
          · ───────────
        3 │ RUN apt-get update
          ╰────
         help: delete it and document a health check that users can
               add
          see: Official Images: FAQ
               https://github.com/docker-library/faq#healthcheck

         warning[split-update] the package lists come from another
         │ layer
          ╭─[Dockerfile:4:5]
        2 │ HEALTHCHECK CMD true
        3 │ RUN apt-get update
          ·     ───────┬──────
          ·            ╰── fetched here
        4 │ RUN apt-get install -y curl
          ·     ───────────────
          ╰────
          see: Docker: Building best practices
               https://docs.docker.com/build/building/best-practices/#apt-get
        ");
        let counts = Summary::of(&report.diagnostics);
        let line = "1 error, 1 warning in 1 file (profile default); --fix mends 1.\n";
        assert_eq!(summary(&counts, Some(Profile::Default), &NARROW), line);
    }

    #[test]
    fn ascii() {
        let report = sample::report();
        insta::assert_snapshot!(render(&report, &Terminal::PLAIN), @r"
         error[healthcheck] an official image carries no HEALTHCHECK
          ,-[Dockerfile:2:1]
        1 | FROM debian:trixie-slim
        2 | HEALTHCHECK CMD true
          : ^^^^^^^^^^^
        3 | RUN apt-get update
          `----
         help: delete it and document a health check that users can add
          see: Official Images: FAQ, https://github.com/docker-library/faq#healthcheck

         warning[split-update] the package lists come from another layer
          ,-[Dockerfile:4:5]
        2 | HEALTHCHECK CMD true
        3 | RUN apt-get update
          :     ^^^^^^^|^^^^^^
          :            `-- fetched here
        4 | RUN apt-get install -y curl
          :     ^^^^^^^^^^^^^^^
          `----
          see: Docker: Building best practices
               https://docs.docker.com/build/building/best-practices/#apt-get
        ");
    }

    #[test]
    fn links() {
        let report = sample::report();
        let out = render(&report, &Terminal { links: true, ..NARROW });
        let [name, guideline] = [
            link("healthcheck", "https://oi-lint.example/rules/healthcheck.html"),
            link("Official Images: FAQ", "https://github.com/docker-library/faq#healthcheck"),
        ];
        let heading = format!("  error[{name}] an official image carries no\n  │ HEALTHCHECK\n");
        assert!(out.starts_with(&heading), "{out:?}");
        assert!(out.contains(&format!("see: {guideline}\n")), "{out:?}");
    }

    #[test]
    fn long_spans() {
        let mut report = sample::report();
        let text = "FROM a\nRUN one \\\n  two\n".to_owned() + "RUN x \\\n" + &" y \\\n".repeat(20) + " z\n";
        report.source = Source::new(text.clone().into_bytes()).unwrap();
        report.diagnostics[0].span = Span::new(7, 23);
        report.diagnostics[1].span = Span::new(23, text.len() as u32);
        report.diagnostics[1].related.clear();
        insta::assert_snapshot!(render(&report, &NARROW), @r"
         error[healthcheck] an official image carries no
         │ HEALTHCHECK
          ╭─[Dockerfile:2:1]
        1 │     FROM a
        2 │ ╭─▶ RUN one \
        3 │ ╰─▶   two
        4 │     RUN x \
          ╰────
         help: delete it and document a health check that users can
               add
          see: Official Images: FAQ
               https://github.com/docker-library/faq#healthcheck

         warning[split-update] the package lists come from another
         │ layer
          ╭─[Dockerfile:4:1]
        3 │   two
        4 │ RUN x \
          · ───┬───
          ·    ╰── up to line 25
        5 │  y \
          ╰────
          see: Docker: Building best practices
               https://docs.docker.com/build/building/best-practices/#apt-get
        ");
    }

    #[test]
    fn survives_any_span() {
        for text in
            ["", "\n", "\r\n\r", "a\tb\n", "żó\u{1b}\r\n漢字\u{202e}x", "\n\n\n\n\n\n\n\nz\n", "\u{feff}\u{85}a\u{300}"]
        {
            let source = Source::new(text.as_bytes().to_vec()).unwrap();
            let length = text.len() as u32 + 2;
            let spans: Vec<Span> =
                (0..length).flat_map(|start| (start..=length).map(move |end| Span::new(start, end))).collect();
            for (index, &span) in spans.iter().enumerate() {
                let mut report = sample::report();
                report.source = source.clone();
                report.diagnostics.truncate(1);
                let other = spans[(index * 7) % spans.len()];
                report.diagnostics[0].span = span;
                report.diagnostics[0].related = vec![Label { span: other, message: "a\nb".into() }; 2];
                let terminal = Terminal { code_width: 40 - index % 28, ..NARROW };
                let out = render(&report, &terminal);
                assert!(out.contains("─[Dockerfile:") && !out.contains("Failed"), "{text:?} {span:?} {other:?}\n{out}");
            }
        }
    }
}
