//! The reports in XML: Checkstyle's and JUnit's.

use std::fmt::Write as _;

use super::printable::steers;
use super::{FileReport, addresses, place};

pub(super) const CHECKSTYLE: (&str, &str) =
    ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">\n", "</checkstyle>\n");
pub(super) const JUNIT: (&str, &str) =
    ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"oi-lint\">\n", "</testsuites>\n");

/// The element of one file, also of one without findings.
pub(super) fn checkstyle(report: &FileReport) -> String {
    let mut out = format!("<file name=\"{}\">\n", escape(&report.relative));
    for found in &report.diagnostics {
        let at = report.source.position(found.span.start);
        let (message, rule) = (escape(&found.message), escape(&found.rule));
        let _ = writeln!(
            out,
            "<error line=\"{}\" column=\"{}\" severity=\"{}\" message=\"{message}\" source=\"oi-lint.{rule}\"/>",
            at.line, at.column, found.severity
        );
    }
    out + "</file>\n"
}

/// The suite of one file: a failure for each finding, and a test that passes where there is none.
pub(super) fn junit(report: &FileReport) -> String {
    let (path, findings) = (escape(&report.relative), report.diagnostics.len());
    let tests = findings.max(1);
    let mut out = format!(
        "<testsuite name=\"{path}\" tests=\"{tests}\" failures=\"{findings}\" errors=\"0\" skipped=\"0\" time=\"0\">\n"
    );
    for found in &report.diagnostics {
        let (start, _) = place::range(&report.source, found.span);
        let (rule, message) = (escape(&found.rule), escape(&found.message));
        let place = format!("{path}:{}:{}", start.line, start.column);
        let help = found.help.as_deref().map_or_else(String::new, |help| format!("\n{}", escape(help)));
        let _ = writeln!(
            out,
            "<testcase name=\"{rule}:{}:{}\" classname=\"{path}\" time=\"0\">\
             <failure type=\"{}\" message=\"{message}\">{place}{help}\n{}</failure></testcase>",
            start.line,
            start.column,
            found.severity,
            escape(&addresses(found)).replace("&#10;", "\n")
        );
    }
    if findings == 0 {
        let _ = writeln!(out, "<testcase name=\"oi-lint\" classname=\"{path}\" time=\"0\"/>");
    }
    out + "</testsuite>\n"
}

/// Text fit for an element or an attribute; what XML forbids becomes U+FFFD.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push_str(&format!("&#{};", u32::from(char))),
            '\0'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            _ if steers(char) => out.push_str(&format!("&#{};", u32::from(char))),
            _ => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes() {
        assert_eq!(
            escape("<a b=\"c\">&\n\u{1a}\u{0}\u{ffff}ż\u{9b}\u{202e}"),
            "&lt;a b=&quot;c&quot;&gt;&amp;&#10;\u{fffd}\u{fffd}\u{fffd}ż&#155;&#8238;"
        );
    }
}
