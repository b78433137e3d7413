//! SARIF 2.1.0, for code scanning. The rules that are on come first, so that results are written as they come.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Value, json};

use super::{FileReport, Reporter, place, printable_json};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::rulebook::{Example, Rule, Subject};
use crate::source::{Position, Span};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

impl From<(Position, Position)> for Region {
    fn from((start, end): (Position, Position)) -> Self {
        Self { start_line: start.line, start_column: start.column, end_line: end.line, end_column: end.column }
    }
}

/// Opens the document.
pub(super) fn begin(reporter: &Reporter<'_>, out: &mut dyn Write) -> io::Result<()> {
    let rules: Vec<Value> = reporter.rules.iter().map(|(rule, severity)| descriptor(rule, *severity)).collect();
    let version = env!("CARGO_PKG_VERSION");
    let mut driver = json!({ "name": "oi-lint", "version": version, "semanticVersion": version, "rules": rules });
    let pages = [env!("CARGO_PKG_HOMEPAGE"), env!("CARGO_PKG_REPOSITORY")];
    if let Some(page) = pages.into_iter().find(|page| !page.is_empty()) {
        driver["informationUri"] = page.into();
    }
    let driver = driver.to_string();
    let driver = printable_json(&driver);
    write!(
        out,
        "{{\"$schema\":\"{SCHEMA}\",\"version\":\"2.1.0\",\"runs\":[{{\"tool\":{{\"driver\":{driver}}},\
         \"columnKind\":\"unicodeCodePoints\",\"properties\":{},\"results\":[",
        json!({ "profile": reporter.profile })
    )
}

/// The results of one file.
pub(super) fn render(report: &FileReport, reporter: &Reporter<'_>) -> String {
    let fingerprints = place::fingerprints(report);
    let results = report.diagnostics.iter().zip(fingerprints);
    let results = results.map(|(found, fingerprint)| result(found, fingerprint, report, reporter).to_string());
    results.collect::<Vec<_>>().join(",\n")
}

/// Closes the document.
pub(super) fn end(out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"\n]}]}\n")
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn descriptor(rule: &Rule, severity: Severity) -> Value {
    let tags: Vec<&str> = std::iter::once(&rule.category).chain(rule.aliases.iter()).map(|tag| &**tag).collect();
    let mut descriptor = json!({
        "id": rule.name,
        "shortDescription": { "text": rule.summary },
        "fullDescription": { "text": rule.why.trim_end() },
        "help": { "text": rule.why.trim_end(), "markdown": markdown(rule) },
        "defaultConfiguration": { "level": level(severity) },
        "properties": { "tags": tags },
    });
    let url = rule.url();
    // A rule of the user's own may name what is no address.
    if url.contains("://") && !url.contains(char::is_whitespace) {
        descriptor["helpUri"] = url.into();
    }
    descriptor
}

fn markdown(rule: &Rule) -> String {
    let page = rule.page().map_or_else(|| rule.name.to_string(), |page| format!("[{}]({page})", rule.name));
    let (title, url) = (rule.guideline.title(), rule.guideline.url());
    let mut out = format!("{}\n\n{page} enforces [{title}]({url}).", rule.why.trim_end());
    let examples = rule.examples.read();
    for (examples, title) in [(&examples.bad, "Bad"), (&examples.good, "Good")] {
        if let Some(example) = examples.first() {
            out += &format!("\n\n{title}:\n\n{}", code(example, rule.subject_of(&example.dockerfile)));
        }
    }
    out
}

fn code(example: &Example, subject: Subject) -> String {
    let text = example.dockerfile.trim_end();
    let fence = if text.contains("```") { "````" } else { "```" };
    let language = match subject {
        Subject::Dockerfile => "dockerfile",
        Subject::EntrypointScript => "sh",
        Subject::LibraryManifest => "",
    };
    format!("{fence}{language}\n{text}\n{fence}")
}

fn result(found: &Diagnostic, fingerprint: u64, report: &FileReport, reporter: &Reporter<'_>) -> Value {
    let message = match &found.help {
        Some(help) => format!("{}\n{help}", found.message),
        None => found.message.clone(),
    };
    let mut result = json!({
        "ruleId": found.rule,
        "level": level(found.severity),
        "message": { "text": message },
        "locations": [{ "physicalLocation": physical(found.span, report) }],
        "partialFingerprints": { "ruleAndLine/v1": format!("{fingerprint:016x}") },
    });
    if let Some(index) = reporter.rule_index(&found.rule) {
        result["ruleIndex"] = index.into();
    }
    let related = found.related.iter().enumerate().map(|(index, label)| {
        json!({ "id": index, "physicalLocation": physical(label.span, report), "message": { "text": label.message } })
    });
    let related: Vec<Value> = related.collect();
    if !related.is_empty() {
        result["relatedLocations"] = related.into();
    }
    if let Some(fix) = &found.fix {
        result["fixes"] = json!([fix_of(fix, report)]);
    }
    result
}

fn physical(span: Span, report: &FileReport) -> Value {
    json!({ "artifactLocation": artifact(report), "region": Region::from(place::range(&report.source, span)) })
}

fn artifact(report: &FileReport) -> Value {
    if report.uri.starts_with("file:") {
        return json!({ "uri": report.uri });
    }
    json!({ "uri": report.uri, "uriBaseId": "%SRCROOT%" })
}

fn fix_of(fix: &Fix, report: &FileReport) -> Value {
    let replacements = fix.edits.iter().map(|edit| {
        let span = (report.source.position(edit.span.start), report.source.position(edit.span.end));
        json!({ "deletedRegion": Region::from(span), "insertedContent": { "text": edit.text } })
    });
    let replacements: Vec<Value> = replacements.collect();
    json!({
        "description": { "text": fix.title },
        "artifactChanges": [{ "artifactLocation": artifact(report), "replacements": replacements }],
        "properties": { "applicability": fix.applicability },
    })
}
