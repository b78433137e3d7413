//! SonarQube's import of generic issues: the rules that are on, then the issues.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{FileReport, Reporter, place, printable_json};
use crate::diagnostic::Severity;
use crate::rulebook::Rule;
use crate::source::{Position, Source, Span};

/// Opens the document.
pub(super) fn begin(reporter: &Reporter<'_>, out: &mut dyn Write) -> io::Result<()> {
    let rules: Vec<Value> = reporter.rules.iter().map(|(rule, severity)| rule_of(rule, *severity)).collect();
    write!(out, "{{\"rules\":{},\"issues\":[", printable_json(&Value::from(rules).to_string()))
}

/// The issues of one file.
pub(super) fn render(report: &FileReport) -> String {
    let location = |message: &str, span| json!({ "message": message, "filePath": report.relative, "textRange": range(&report.source, span) });
    let one = |found: &crate::diagnostic::Diagnostic| {
        let secondary: Vec<Value> = found.related.iter().map(|label| location(&label.message, label.span)).collect();
        let primary = location(&found.message, found.span);
        json!({ "ruleId": found.rule, "primaryLocation": primary, "secondaryLocations": secondary }).to_string()
    };
    report.diagnostics.iter().map(one).collect::<Vec<_>>().join(",\n")
}

/// Closes the document.
pub(super) fn end(out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"\n]}\n")
}

/// With type and severity beside the impacts, as a server asks for those or for these, by its mode.
fn rule_of(rule: &Rule, severity: Severity) -> Value {
    // An error breaks the build, or a review would refuse it.
    let (kind, quality, attribute) = match severity {
        Severity::Error => ("BUG", "RELIABILITY", "LOGICAL"),
        Severity::Warning | Severity::Info => ("CODE_SMELL", "MAINTAINABILITY", "CONVENTIONAL"),
    };
    let (severity, impact) = match severity {
        Severity::Error => ("CRITICAL", "HIGH"),
        Severity::Warning => ("MAJOR", "MEDIUM"),
        Severity::Info => ("MINOR", "LOW"),
    };
    let page = rule.page().map_or_else(String::new, |page| format!("{page}\n"));
    json!({
        "id": rule.name,
        "name": rule.summary,
        "description": format!("{}\n\n{page}{}", rule.why.trim_end(), rule.guideline.url()),
        "engineId": "oi-lint",
        "cleanCodeAttribute": attribute,
        "type": kind,
        "severity": severity,
        "impacts": [{ "softwareQuality": quality, "severity": impact }],
    })
}

/// Columns count UTF-16 units from 0. A range of nothing is refused, so that the line alone stands for it.
fn range(source: &Source, span: Span) -> Value {
    let (start, end) = place::range(source, span);
    let (from, to) = (column(source, start), column(source, end));
    if start.offset >= end.offset {
        return json!({ "startLine": start.line.min(source.line_count().max(1)) });
    }
    json!({ "startLine": start.line, "endLine": end.line, "startColumn": from, "endColumn": to })
}

fn column(source: &Source, at: Position) -> usize {
    let line = source.line_span(at.line);
    source.slice(Span::new(line.start, at.offset.max(line.start))).encode_utf16().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_utf16() {
        let source = Source::new("FROM a\n# \u{1f40b}\u{17c} x\n".into()).unwrap();
        let at = source.text().find('x').unwrap() as u32;
        assert_eq!(
            range(&source, Span::new(at, at + 2)),
            json!({ "startLine": 2, "endLine": 2, "startColumn": 6, "endColumn": 7 })
        );
        assert_eq!(range(&source, Span::empty(source.text().len() as u32)), json!({ "startLine": 2 }));
    }
}
