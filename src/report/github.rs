//! Commands that a GitHub workflow turns into annotations, and the summary of a job.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::{FileReport, Summary, addresses, count, place, pretty, printable, printable_line};
use crate::diagnostic::Severity;

/// A command for each finding of one file.
pub(super) fn render(report: &FileReport) -> String {
    let mut out = String::new();
    for found in &report.diagnostics {
        let command = match found.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        let (start, end) = place::range(&report.source, found.span);
        let file = property(&report.relative);
        let _ = write!(out, "::{command} file={file},line={},endLine={}", start.line, end.line);
        // GitHub takes columns within one line only.
        if start.line == end.line {
            let _ = write!(out, ",col={},endColumn={}", start.column, end.column);
        }
        let help = found.help.as_deref().map_or_else(String::new, |help| format!("{help}\n"));
        let text = format!("{}\n{help}{}", found.message, addresses(found));
        let title = property(&format!("oi-lint ({})", found.rule));
        let _ = writeln!(out, ",title={title}::{}", data(text.trim_end()));
    }
    out
}

fn data(text: &str) -> String {
    // A log shows what stands behind the command as it is.
    printable(&text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")).into_owned()
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Opens the summary of a job.
pub(super) fn begin_summary(out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"## oi-lint\n\n")
}

/// The rows of one file, as a table of its own: where room ends, what was written before is whole.
pub(super) fn render_summary(report: &FileReport) -> String {
    if report.diagnostics.is_empty() {
        return String::new();
    }
    let mut out =
        format!("### {}\n\n| line | | finding | rule | enforces |\n|---:|---|---|---|---|\n", escape(&report.relative));
    for found in &report.diagnostics {
        let line = report.source.position(found.span.start).line;
        let rule = link(&found.rule, &found.url);
        let guideline = link(found.guideline.title, &found.guideline.url);
        let _ = writeln!(out, "| {line} | {} | {} | {rule} | {guideline} |", found.severity, prose(&found.message));
    }
    out.push('\n');
    out
}

/// Closes the summary of a job.
pub(super) fn end_summary(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let files = count(summary.files, "file");
    let known = pretty::known(summary).map_or_else(String::new, |known| format!("; {known}"));
    if summary.findings() == 0 {
        let new = if known.is_empty() { "" } else { "new " };
        return writeln!(out, "No {new}findings in {files}{known}.\n");
    }
    let (errors, warnings) = (count(summary.errors, "error"), count(summary.warnings, "warning"));
    writeln!(out, "{errors}, {warnings}, {} in {files}{known}.\n", count(summary.infos, "info"))
}

/// Markdown for a message: what stands in backticks stays code.
fn prose(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return escape(text);
    }
    let part = |(index, part): (usize, &&str)| match index % 2 {
        0 => escape(part),
        _ => format!("`{}`", printable_line(&part.replace('|', "\\|").replace('\r', " "))),
    };
    parts.iter().enumerate().map(part).collect()
}

/// A link in Markdown.
fn link(text: &str, url: &str) -> String {
    format!("[{}](<{}>)", escape(text), printable_line(&url.replace(['<', '>', '\n', '|'], "")))
}

fn escape(text: &str) -> String {
    let mut out = String::new();
    for char in printable_line(&text.replace('\r', " ")).chars() {
        match char {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // A mention would call somebody.
            '@' => out.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '!' => out.extend(['\\', char]),
            _ => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;
    use crate::source::Span;

    #[test]
    fn commands_are_escaped() {
        let mut report = sample::report();
        report.relative = "a,b:c%\nd".into();
        report.diagnostics.truncate(1);
        report.diagnostics[0].message = "100%\r\n::set-output name=x::y".into();
        report.diagnostics[0].span = Span::new(0, 30);
        insta::assert_snapshot!(render(&report), @r"::error file=a%2Cb%3Ac%25%0Ad,line=1,endLine=2,title=oi-lint (healthcheck)::100%25%0D%0A::set-output name=x::y%0Adelete it and document a health check that users can add%0Ahttps://oi-lint.example/rules/healthcheck.html%0Ahttps://github.com/docker-library/faq#healthcheck");
    }

    #[test]
    fn summaries_are_escaped() {
        assert_eq!(prose("`a|b` <c> @d | [e]"), "`a\\|b` &lt;c&gt; &#64;d \\| \\[e\\]");
        assert_eq!(prose("one ` alone"), "one \\` alone");
    }
}
