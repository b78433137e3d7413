//! The document for programs, version 1. Keys are only ever added; their order is that of the structs here.
//!
//! Every file linted is in it, each on a line of its own, also those without findings. Lines and columns count from 1,
//! columns in characters; offsets count bytes from 0. Text of the file that is no UTF-8 stands as U+001A, a byte each;
//! a path that is none has U+FFFD in it. The profile is null where the files have several.

use std::io::{self, Write};

use serde::Serialize;

use super::{FileReport, Summary};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Reference, Severity};
use crate::rulebook::Profile;
use crate::source::{Position, Source, Span};

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
    profile: Option<Profile>,
}

#[derive(Serialize)]
struct File<'a> {
    path: &'a str,
    diagnostics: Vec<Finding<'a>>,
}

#[derive(Serialize)]
struct Finding<'a> {
    rule: &'a str,
    severity: Severity,
    message: &'a str,
    help: Option<&'a str>,
    url: &'a str,
    guideline: &'a Reference,
    start: Position,
    end: Position,
    related: Vec<Related<'a>>,
    fix: Option<FixOut<'a>>,
}

#[derive(Serialize)]
struct Related<'a> {
    message: &'a str,
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct FixOut<'a> {
    applicability: Applicability,
    title: &'a str,
    edits: Vec<EditOut<'a>>,
}

#[derive(Serialize)]
struct EditOut<'a> {
    start: u32,
    end: u32,
    text: &'a str,
}

/// Opens the document.
pub(super) fn begin(profile: Option<Profile>, out: &mut dyn Write) -> io::Result<()> {
    let tool = Tool { name: "oi-lint", version: env!("CARGO_PKG_VERSION"), profile };
    write!(out, "{{\"version\":1,\"tool\":{},\"files\":[", serde_json::to_string(&tool)?)
}

/// The object of one file.
pub(super) fn render(report: &FileReport) -> String {
    let diagnostics = report.diagnostics.iter().map(|found| finding(found, &report.source)).collect();
    // Nothing in these structs can fail to serialize: no maps, no writer.
    serde_json::to_string(&File { path: &report.path, diagnostics }).unwrap_or_default()
}

/// Closes the document.
pub(super) fn end(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n],\"summary\":{}}}", serde_json::to_string(summary)?)
}

fn finding<'a>(found: &'a Diagnostic, source: &Source) -> Finding<'a> {
    let (start, end) = positions(found.span, source);
    let related = found.related.iter().map(|label| {
        let (start, end) = positions(label.span, source);
        Related { message: &label.message, start, end }
    });
    Finding {
        rule: &found.rule,
        severity: found.severity,
        message: &found.message,
        help: found.help.as_deref(),
        url: &found.url,
        guideline: &found.guideline,
        start,
        end,
        related: related.collect(),
        fix: found.fix.as_ref().map(fix),
    }
}

fn positions(span: Span, source: &Source) -> (Position, Position) {
    (source.position(span.start), source.position(span.end))
}

fn fix(fix: &Fix) -> FixOut<'_> {
    let edits = fix.edits.iter().map(|edit| EditOut { start: edit.span.start, end: edit.span.end, text: &edit.text });
    FixOut { applicability: fix.applicability, title: &fix.title, edits: edits.collect() }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn the_document_is_stable() {
        let report = sample::report();
        let mut out = Vec::new();
        begin(Some(Profile::Official), &mut out).unwrap();
        out.extend(render(&report).into_bytes());
        end(&Summary::of(&report.diagnostics), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        serde_json::from_str::<serde_json::Value>(&text).unwrap();
        let text = text.replace(env!("CARGO_PKG_VERSION"), "VERSION").replace("\n]", "]");
        let lines = ["{\"rule\"", "\"start\":{\"line\":2", "\"start\":{\"line\":4", "\"fix\"", "],\"summary\""];
        let text = lines.iter().fold(text, |text, start| text.replace(start, &format!("\n{start}")));
        insta::assert_snapshot!(text, @r#"
        {"version":1,"tool":{"name":"oi-lint","version":"VERSION","profile":"official"},"files":[{"path":"Dockerfile","diagnostics":[
        {"rule":"healthcheck","severity":"error","message":"an official image carries no HEALTHCHECK","help":"delete it and document a health check that users can add","url":"https://oi-lint.example/rules/healthcheck.html","guideline":{"title":"Official Images: FAQ","url":"https://github.com/docker-library/faq#healthcheck"},
        "start":{"line":2,"column":1,"offset":24},"end":{"line":2,"column":12,"offset":35},"related":[],
        "fix":{"applicability":"safe","title":"delete the HEALTHCHECK","edits":[{"start":24,"end":45,"text":""}]}},
        {"rule":"split-update","severity":"warning","message":"the package lists come from another layer","help":null,"url":"https://docs.docker.com/build/building/best-practices/#apt-get","guideline":{"title":"Docker: Building best practices","url":"https://docs.docker.com/build/building/best-practices/#apt-get"},
        "start":{"line":4,"column":5,"offset":68},"end":{"line":4,"column":20,"offset":83},"related":[{"message":"fetched here","start":{"line":3,"column":5,"offset":49},"end":{"line":3,"column":19,"offset":63}}],
        "fix":null}]}
        ],"summary":{"files":1,"errors":1,"warnings":1,"infos":0,"fixable":1,"fixed":0,"known":0}}
        "#);
    }

    #[test]
    fn hostile_bytes_stay_valid() {
        let mut report = sample::report();
        report.source = Source::new(b"FROM a\xff\x1b\n".to_vec()).unwrap();
        report.diagnostics[0].message = report.source.text().to_owned();
        report.diagnostics[0].span = Span::new(6, 900);
        let value: serde_json::Value = serde_json::from_str(&render(&report)).unwrap();
        assert_eq!(value["diagnostics"][0]["message"], "FROM a\u{1a}\u{1b}\n");
        assert_eq!(value["diagnostics"][0]["end"]["offset"], 9);
    }
}
