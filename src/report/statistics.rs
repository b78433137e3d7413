//! `--statistics`: how often each rule found something, instead of where.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Style, Terminal, is_safe, printable_line};
use crate::diagnostic::{Diagnostic, Severity};
use crate::rulebook::Rulebook;

/// The counts of a run, by rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statistics {
    rules: BTreeMap<String, Counted>,
}

/// What one rule found.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Counted {
    findings: usize,
    fixable: usize,
    fixable_safely: usize,
    /// The worst one.
    severity: Severity,
    summary: String,
}

/// An object of the array for programs; keys are only ever added.
#[derive(Serialize)]
struct Row<'a> {
    rule: &'a str,
    count: usize,
    severity: Severity,
    fixable: usize,
    fixable_safely: usize,
    summary: &'a str,
}

impl Statistics {
    /// The counts of one file.
    pub fn of(diagnostics: &[Diagnostic], book: &Rulebook) -> Self {
        let mut statistics = Self::default();
        for found in diagnostics {
            statistics.count(&found.rule, || Counted {
                findings: 1,
                fixable: usize::from(found.fix.is_some()),
                fixable_safely: usize::from(is_safe(found)),
                severity: found.severity,
                summary: book.get(&found.rule).map_or_else(String::new, |rule| rule.summary.to_string()),
            });
        }
        statistics
    }

    /// Adds the counts of another file.
    pub fn add(&mut self, other: Self) {
        for (rule, counted) in other.rules {
            self.count(&rule, || counted);
        }
    }

    fn count(&mut self, rule: &str, more: impl FnOnce() -> Counted) {
        let more = more();
        match self.rules.get_mut(rule) {
            Some(counted) => {
                counted.findings += more.findings;
                counted.fixable += more.fixable;
                counted.fixable_safely += more.fixable_safely;
                counted.severity = counted.severity.max(more.severity);
            }
            None => {
                self.rules.insert(rule.to_owned(), more);
            }
        }
    }

    /// The most frequent first.
    fn sorted(&self) -> Vec<(&str, &Counted)> {
        let mut rows: Vec<(&str, &Counted)> = self.rules.iter().map(|(rule, counted)| (&**rule, counted)).collect();
        rows.sort_by_key(|(_, counted)| std::cmp::Reverse(counted.findings));
        rows
    }

    /// A line a rule: how often, how bad, `[*]` where --fix mends all of it and `[-]` where it mends some, which, and what it asks.
    pub(super) fn table(&self, terminal: &Terminal) -> String {
        let rows = self.sorted();
        let count_width = rows.first().map_or(0, |(_, counted)| counted.findings.to_string().len());
        let name_width = rows.iter().map(|(rule, _)| textwrap::core::display_width(rule)).max().unwrap_or(0);
        let mut out = String::new();
        for (rule, counted) in rows {
            let mark = match counted.fixable_safely {
                0 => "   ",
                safe if safe == counted.findings => "[*]",
                _ => "[-]",
            };
            let severity = terminal.paint(Style::of(counted.severity), &format!("{:7}", counted.severity.as_str()));
            let rule = format!("{:name_width$}", printable_line(rule));
            let line = format!("{:count_width$}  {severity}  {mark}  ", counted.findings);
            let used = count_width + name_width + 18;
            let summary = printable_line(&counted.summary);
            let room = terminal.columns.map(|columns| columns.saturating_sub(used));
            let summary = terminal.cut(&summary, room);
            let row = format!("{line}{}  {summary}", terminal.paint(Style::Bold, &rule));
            out += row.trim_end();
            out.push('\n');
        }
        out
    }

    /// The same for programs.
    pub(super) fn json(&self) -> String {
        let row = |(rule, counted): (&str, &Counted)| {
            let Counted { findings, fixable, fixable_safely, severity, ref summary } = *counted;
            let row = Row { rule, count: findings, severity, fixable, fixable_safely, summary };
            format!("\n{}", serde_json::to_string(&row).unwrap_or_default())
        };
        let rows: Vec<String> = self.sorted().into_iter().map(row).collect();
        let end = if rows.is_empty() { "" } else { "\n" };
        format!("[{}{end}]\n", rows.join(","))
    }
}
