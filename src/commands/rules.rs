//! `oi-lint rules`: the list of rules.

use std::io::Write;

use serde::Serialize;

use super::{CommandError, Exit, book};
use crate::cli::{ListFormat, RulesArgs};
use crate::diagnostic::{Applicability, Severity};
use crate::report::{Style, Terminal, count, printable_line};
use crate::rulebook::{Rule, Rulebook};

/// Prints the list.
pub fn run(args: &RulesArgs, out: &mut dyn Write) -> Result<Exit, CommandError> {
    let book = book(&args.rules)?;
    match args.format {
        ListFormat::Table => {
            let terminal = Terminal::stdout(args.color.choice());
            out.write_all(table(&book, &terminal).as_bytes())?;
        }
        ListFormat::Json => {
            let rules: Vec<Listed<'_>> = book.rules().map(listed).collect();
            let list = List { version: 1, rules };
            writeln!(out, "{}", serde_json::to_string_pretty(&list).map_err(std::io::Error::from)?)?;
        }
    }
    Ok(Exit::Clean)
}

/// The document for programs, version 1; keys are only ever added.
#[derive(Serialize)]
struct List<'a> {
    version: u32,
    rules: Vec<Listed<'a>>,
}

#[derive(Serialize)]
struct Listed<'a> {
    name: &'a str,
    category: &'a str,
    severity: Severities,
    summary: &'a str,
    fix: Option<Applicability>,
    aliases: &'a [std::borrow::Cow<'static, str>],
    guideline: Guideline,
}

#[derive(Serialize)]
struct Severities {
    default: Option<Severity>,
    official: Option<Severity>,
    hadolint: Option<Severity>,
    buildkit: Option<Severity>,
}

#[derive(Serialize)]
struct Guideline {
    title: &'static str,
    url: String,
}

fn listed(rule: &Rule) -> Listed<'_> {
    Listed {
        name: &rule.name,
        category: &rule.category,
        severity: Severities {
            default: rule.severity.default,
            official: rule.severity.official,
            hadolint: rule.severity.hadolint,
            buildkit: rule.severity.buildkit,
        },
        summary: &rule.summary,
        fix: rule.fix.as_ref().map(|fix| fix.applicability),
        aliases: &rule.aliases,
        guideline: Guideline { title: rule.guideline.title(), url: rule.guideline.url() },
    }
}

/// A line a rule; the summary is cut where the width is known, and stands below where little of it would be left.
fn table(book: &Rulebook, terminal: &Terminal) -> String {
    let wide = |column: fn(&Rule) -> &str, heading: &str| {
        book.rules().map(|rule| textwrap::core::display_width(column(rule))).chain([heading.len()]).max().unwrap_or(0)
    };
    let name_width = wide(|rule| &rule.name, "NAME");
    let category_width = wide(|rule| &rule.category, "CATEGORY");
    let room = terminal.columns.map(|columns| columns.saturating_sub(name_width + category_width + 31));
    let is_narrow = room.is_some_and(|room| room < 30);
    let heading = if is_narrow {
        format!("{:name_width$}  DEFAULT  OFFICIAL", "NAME")
    } else {
        format!("{:name_width$}  DEFAULT  OFFICIAL  {:6}  {:category_width$}  SUMMARY", "NAME", "FIX", "CATEGORY")
    };
    let mut out = terminal.paint(Style::Bold, &heading) + "\n";
    for rule in book.rules() {
        let name = terminal.paint(Style::Bold, &format!("{:name_width$}", rule.name));
        let default = severity(rule.severity.default, 7, terminal);
        let official = severity(rule.severity.official, 8, terminal);
        let summary = printable_line(&rule.summary);
        let line = if is_narrow {
            let room = terminal.columns.map(|columns| columns.saturating_sub(2));
            format!("{name}  {default}  {official}\n  {}\n", cut(&summary, room, terminal))
        } else {
            let fix = rule.fix.as_ref().map_or("-", |fix| applicability(fix.applicability));
            let category = printable_line(&rule.category);
            let summary = cut(&summary, room, terminal);
            format!("{name}  {default}  {official}  {fix:6}  {category:category_width$}  {summary}\n")
        };
        out += &line;
    }
    out + &format!("{}; `oi-lint explain RULE` says more.\n", count(book.rules().len(), "rule"))
}

/// The severity in its colour, padded.
fn severity(severity: Option<Severity>, width: usize, terminal: &Terminal) -> String {
    match severity {
        Some(severity) => terminal.paint(super::explain::style_of(severity), &format!("{:width$}", severity.as_str())),
        None => terminal.paint(Style::Dim, &format!("{:width$}", "off")),
    }
}

/// The word for an applicability.
pub(super) const fn applicability(applicability: Applicability) -> &'static str {
    match applicability {
        Applicability::Safe => "safe",
        Applicability::Unsafe => "unsafe",
    }
}

/// The beginning of a summary that does not fit.
fn cut(summary: &str, room: Option<usize>, terminal: &Terminal) -> String {
    let sign = if terminal.unicode { "…" } else { "..." };
    match room {
        Some(room) if summary.chars().count() > room => {
            let kept: String = summary.chars().take(room.saturating_sub(sign.chars().count())).collect();
            kept.trim_end().to_owned() + sign
        }
        _ => summary.to_owned(),
    }
}
