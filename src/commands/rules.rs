//! `oi-lint rules`: the list of rules.

use std::io::Write;

use serde::Serialize;

use super::{CommandError, Exit, book};
use crate::cli::{ListFormat, RulesArgs};
use crate::diagnostic::{Applicability, Reference, Severity};
use crate::report::{Style, Terminal, count, printable_json, printable_line};
use crate::rulebook::{Profile, Rule, Rulebook};

/// Prints the list.
pub fn run(args: &RulesArgs, out: &mut dyn Write) -> Result<Exit, CommandError> {
    let book = book(&args.rules)?;
    match args.format {
        ListFormat::Table => {
            let terminal = Terminal::stdout(args.color.choice());
            out.write_all(table(&book, args.profile.map(Into::into), &terminal).as_bytes())?;
        }
        ListFormat::Json => {
            let profile = args.profile.map(Profile::from);
            let is_wanted = |rule: &&Rule| profile.is_none_or(|profile| rule.severity.under(profile).is_some());
            let rules: Vec<Listed<'_>> = book.rules().filter(is_wanted).map(listed).collect();
            let list = List { version: 1, rules };
            let text = serde_json::to_string_pretty(&list).map_err(std::io::Error::from)?;
            writeln!(out, "{}", printable_json(&text))?;
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
    url: String,
    fix: Option<Applicability>,
    aliases: &'a [std::borrow::Cow<'static, str>],
    guideline: Reference,
}

#[derive(Serialize)]
struct Severities {
    default: Option<Severity>,
    official: Option<Severity>,
    hadolint: Option<Severity>,
    buildkit: Option<Severity>,
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
        url: rule.url(),
        fix: rule.fix.as_ref().map(|fix| fix.applicability),
        aliases: &rule.aliases,
        guideline: rule.guideline.reference(),
    }
}

/// A line a rule; the summary is cut where the width is known, and stands below where little of it would be left. Without a
/// profile the rules of other linters are left out.
fn table(book: &Rulebook, profile: Option<Profile>, terminal: &Terminal) -> String {
    let profiles = profile.map_or_else(|| vec![Profile::Default, Profile::Official], |profile| vec![profile]);
    let is_shown = |rule: &&Rule| profiles.iter().any(|&profile| rule.severity.under(profile).is_some());
    let rules: Vec<&Rule> = book.rules().filter(is_shown).collect();
    let wide = |column: fn(&Rule) -> &str, heading: &str| {
        rules.iter().map(|rule| textwrap::core::display_width(column(rule))).chain([heading.len()]).max().unwrap_or(0)
    };
    let name_width = wide(|rule| &rule.name, "NAME");
    let category_width = wide(|rule| &rule.category, "CATEGORY");
    let widths: Vec<usize> = profiles.iter().map(|profile| profile.as_str().len().max(7)).collect();
    let severities_width: usize = widths.iter().map(|width| width + 2).sum();
    let room =
        terminal.columns.map(|columns| columns.saturating_sub(name_width + category_width + severities_width + 12));
    let is_narrow = room.is_some_and(|room| room < 30);
    let mut heading = format!("{:name_width$}", "NAME");
    for (profile, width) in profiles.iter().zip(&widths) {
        heading += &format!("  {:width$}", profile.as_str().to_uppercase());
    }
    if !is_narrow {
        heading += &format!("  {:6}  {:category_width$}  SUMMARY", "FIX", "CATEGORY");
    }
    let mut out = terminal.paint(Style::Bold, heading.trim_end()) + "\n";
    for rule in &rules {
        out += &terminal.paint(Style::Bold, &format!("{:name_width$}", rule.name));
        for (&profile, &width) in profiles.iter().zip(&widths) {
            out += &format!("  {}", severity(rule.severity.under(profile), width, terminal));
        }
        let summary = printable_line(&rule.summary);
        if is_narrow {
            let room = terminal.columns.map(|columns| columns.saturating_sub(2));
            out = format!("{}\n  {}\n", out.trim_end(), terminal.cut(&summary, room));
        } else {
            let fix = rule.fix.as_ref().map_or("-", |fix| applicability(fix.applicability));
            let category = printable_line(&rule.category);
            out += &format!("  {fix:6}  {category:category_width$}  {}\n", terminal.cut(&summary, room));
        }
    }
    out += &format!("{}; `oi-lint explain RULE` says more.\n", count(rules.len(), "rule"));
    if profile.is_none() {
        out += "More: `--profile hadolint`, `--profile buildkit`.\n";
    }
    out
}

/// The severity in its colour, padded.
fn severity(severity: Option<Severity>, width: usize, terminal: &Terminal) -> String {
    match severity {
        Some(severity) => terminal.paint(Style::of(severity), &format!("{:width$}", severity.as_str())),
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
