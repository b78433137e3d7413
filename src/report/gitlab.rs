//! GitLab's code quality report.

use serde_json::json;

use super::{FileReport, place};
use crate::diagnostic::Severity;

/// The issues of one file.
pub(super) fn render(report: &FileReport) -> String {
    let one = |(found, fingerprint): (&crate::diagnostic::Diagnostic, u64)| {
        let severity = match found.severity {
            Severity::Error => "major",
            Severity::Warning => "minor",
            Severity::Info => "info",
        };
        let (start, end) = place::range(&report.source, found.span);
        // GitLab tells issues apart by this alone.
        let fingerprint = place::hash([&*report.relative, "\0", &format!("{fingerprint:x}")]);
        let issue = json!({
            "description": found.message,
            "check_name": found.rule,
            "fingerprint": format!("{fingerprint:016x}"),
            "severity": severity,
            "location": { "path": report.relative, "lines": { "begin": start.line, "end": end.line } },
        });
        issue.to_string()
    };
    report.diagnostics.iter().zip(place::fingerprints(report)).map(one).collect::<Vec<_>>().join(",\n")
}
