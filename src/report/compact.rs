//! One line a finding, as editors and `grep` want it: `path:line:column: severity[rule] message`.

use std::fmt::Write as _;

use super::{FileReport, printable_line};

/// The lines of one file.
pub(super) fn render(report: &FileReport) -> String {
    let mut out = String::new();
    let path = printable_line(&report.path);
    for found in &report.diagnostics {
        let at = report.source.position(found.span.start);
        let _ = writeln!(
            out,
            "{path}:{}:{}: {}[{}] {}",
            at.line,
            at.column,
            found.severity,
            printable_line(&found.rule),
            printable_line(&found.message)
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn a_line_for_each_finding() {
        let mut report = sample::report();
        report.path = "a\nb\u{1b}/Dockerfile".into();
        report.diagnostics[1].message = "two\nlines".into();
        insta::assert_snapshot!(render(&report), @r"
        a b?/Dockerfile:2:1: error[healthcheck] an official image carries no HEALTHCHECK
        a b?/Dockerfile:4:5: warning[split-update] two lines
        ");
    }
}
