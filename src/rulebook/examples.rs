//! Runs the examples of rules: `cargo test` for the built-in ones, `oi-lint test` for a user's.
//!
//! A line of an example that holds carets alone, after an optional `#`, is taken out before the example is linted. Each group
//! of carets asserts that a finding covers, on the line above, the characters above them, tabs counted as on a terminal; of
//! a finding over several lines, the part on its first line. The `#` of `#^^^` stands above the first character too: nothing else could be drawn
//! below column 1. A bad example gives as many findings as it has such groups, or one where it has none.

use std::fmt;

use super::{Example, Profile, Rule};
use crate::diagnostic::{Applicability, Diagnostic, Fix};
use crate::source::{Source, Span};

/// Lints a text under a profile with one rule alone.
pub type Lint<'a> = dyn Fn(Profile, &Source, &Example) -> Vec<Diagnostic> + 'a;
/// The text after the fixes of findings.
pub type ApplyFixes<'a> = dyn Fn(&Source, &[Diagnostic]) -> String + 'a;

/// What examples are held against; the engine stands above the rulebook, so it is handed in.
pub struct Bench<'a> {
    /// Lints with the rule in question alone.
    pub lint: &'a Lint<'a>,
    /// Applies fixes.
    pub fix: &'a ApplyFixes<'a>,
}

/// An example that does not do what it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The rule.
    pub rule: String,
    /// Which example: `bad example 2`.
    pub example: String,
    /// The profile that it was linted under.
    pub profile: Profile,
    /// What should be.
    pub expected: String,
    /// What is.
    pub found: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {} (profile {})", self.rule, self.example, self.profile.as_str())?;
        for (title, text) in [("expected", &self.expected), ("found", &self.found)] {
            let mut lines = text.trim_end().lines();
            writeln!(f, "  {title:8}  {}", lines.next().unwrap_or_default())?;
            for line in lines {
                writeln!(f, "            {line}")?;
            }
        }
        Ok(())
    }
}

/// The part of a finding on its first line, as carets draw it; everything counts from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Carets {
    line: u32,
    column: u32,
    length: u32,
}

impl fmt::Display for Carets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let noun = if self.length == 1 { "character" } else { "characters" };
        write!(f, "line {} column {}, {} {noun}", self.line, self.column, self.length)
    }
}

/// Whether no profile has the rule on: it is selected by its name.
fn is_off(rule: &Rule) -> bool {
    Profile::ALL.into_iter().all(|profile| rule.severity.under(profile).is_none())
}

/// The profiles that an example of a rule is linted under.
pub fn profiles(rule: &Rule, example: &Example) -> Vec<Profile> {
    match example.profile {
        Some(profile) => vec![profile],
        None if is_off(rule) => vec![Profile::Default],
        None => Profile::ALL.into_iter().filter(|&profile| rule.severity.under(profile).is_some()).collect(),
    }
}

/// The text that is linted: an example's without its lines of carets.
pub fn plain(text: &str) -> String {
    take_out_carets(text).0
}

/// Runs the examples of a rule.
pub fn run(rule: &Rule, bench: &Bench<'_>) -> Vec<Failure> {
    let mut failures = Vec::new();
    let examples = rule.examples.read();
    for (kind, examples) in [("bad", &examples.bad), ("good", &examples.good)] {
        for (index, example) in examples.iter().enumerate() {
            let name = format!("{kind} example {}", index + 1);
            for profile in profiles(rule, example) {
                let found = if rule.severity.under(profile).is_none() && !is_off(rule) {
                    Err(("a profile that has the rule on".into(), "the rule is off in it".into()))
                } else {
                    run_one(rule, example, kind == "bad", profile, bench)
                };
                if let Err((expected, found)) = found {
                    let (rule, example) = (rule.name.to_string(), name.clone());
                    failures.push(Failure { rule, example, profile, expected, found });
                }
            }
        }
    }
    failures
}

/// The error is what was expected and what was found.
fn run_one(
    rule: &Rule,
    example: &Example,
    is_bad: bool,
    profile: Profile,
    bench: &Bench<'_>,
) -> Result<(), (String, String)> {
    let (text, mut expected) = take_out_carets(&example.dockerfile);
    let source = source(&text)?;
    let own = |found: &Diagnostic| found.rule == rule.name;
    let found: Vec<Diagnostic> = (bench.lint)(profile, &source, example).into_iter().filter(own).collect();
    if !is_bad {
        return if found.is_empty() { Ok(()) } else { Err(("no finding".into(), list(&source, &found))) };
    }
    if expected.is_empty() && found.len() != 1 {
        return Err(("one finding".into(), list(&source, &found)));
    }
    let mut drawn: Vec<Carets> = found.iter().map(|found| carets_of(&source, found.span)).collect();
    drawn.sort_unstable();
    expected.sort_unstable();
    if !expected.is_empty() && drawn != expected {
        let expected: Vec<String> = expected.iter().map(ToString::to_string).collect();
        return Err((expected.join("\n"), list(&source, &found)));
    }
    if let Some((finding, name)) = found.iter().find_map(|found| Some((found, unfilled(rule, found)?))) {
        return Err((format!("the placeholder {name} is filled in"), words(finding).join("\n")));
    }
    if let Some(fixed) = &example.fixed {
        let (fixed, _) = take_out_carets(fixed);
        let stated = example.applicability.or(rule.fix.as_ref().map(|fix| fix.applicability));
        let is_other = |fix: &&Fix| stated.is_some_and(|stated| stated != fix.applicability);
        if let Some(other) = found.iter().filter_map(|found| found.fix.as_ref()).find(is_other) {
            let shown = |fix| if fix == Applicability::Safe { "a safe fix" } else { "an unsafe fix" }.to_owned();
            return Err((shown(stated.unwrap_or(other.applicability)), shown(other.applicability)));
        }
        let after = (bench.fix)(&source, &found);
        if after != fixed {
            return Err((format!("the file after its fixes:\n{fixed}"), after));
        }
        let again = self::source(&after)?;
        let left: Vec<Diagnostic> = (bench.lint)(profile, &again, example)
            .into_iter()
            .filter(|found| own(found) && found.fix.is_some())
            .collect();
        if !left.is_empty() {
            return Err(("nothing left to fix after the fixes".into(), list(&again, &left)));
        }
    }
    Ok(())
}

fn source(text: &str) -> Result<Source, (String, String)> {
    Source::new(text.as_bytes().to_vec()).map_err(|error| ("a file that can be linted".into(), error.to_string()))
}

/// The example without its lines of carets, and what they assert.
fn take_out_carets(text: &str) -> (String, Vec<Carets>) {
    let mut kept = String::with_capacity(text.len());
    let mut expected = Vec::new();
    let mut line_number = 0;
    let mut above = "";
    for line in text.split_inclusive('\n') {
        let groups = if line_number > 0 { carets(line) } else { Vec::new() };
        for (cell, length) in &groups {
            let column = above.char_indices().take_while(|&(at, _)| cells(above.get(..at)) < *cell).count() as u32 + 1;
            expected.push(Carets { line: line_number, column, length: *length });
        }
        if groups.is_empty() {
            kept.push_str(line);
            line_number += 1;
            above = line;
        }
    }
    (kept, expected)
}

/// The cells of a terminal that a text takes, with a tab stop every eight.
fn cells(text: Option<&str>) -> u32 {
    text.unwrap_or_default().chars().fold(0, |cells, char| if char == '\t' { (cells / 8 + 1) * 8 } else { cells + 1 })
}

/// The first cell, from 0, and the number of the carets of each group on a line that holds nothing else but blanks and one `#`
/// before them.
fn carets(line: &str) -> Vec<(u32, u32)> {
    let text = line.trim_end();
    let Some((before, marks)) = text.find('^').and_then(|first| text.split_at_checked(first)) else {
        return Vec::new();
    };
    let blanks = before.strip_suffix('#').unwrap_or(before);
    let is_attached = blanks.len() < before.len();
    let is_blank = |text: &str| text.chars().all(|char| char == ' ' || char == '\t');
    let is_comment = blanks.trim_start_matches([' ', '\t']).strip_prefix('#').is_some_and(is_blank) && !is_attached;
    if !marks.bytes().all(|byte| matches!(byte, b'^' | b' ' | b'\t')) || !(is_blank(blanks) || is_comment) {
        return Vec::new();
    }
    let starts = text.match_indices('^').filter(|&(at, _)| !text.get(..at).is_some_and(|before| before.ends_with('^')));
    let groups = starts.map(|(at, _)| {
        let length = text.bytes().skip(at).take_while(|&byte| byte == b'^').count() as u32;
        (cells(text.get(..at)), length)
    });
    // A mark in the first column has no room for the `#` but its own place.
    groups
        .enumerate()
        .map(|(index, (cell, length))| if index == 0 && is_attached { (cell - 1, length + 1) } else { (cell, length) })
        .collect()
}

/// The carets that draw a finding.
fn carets_of(source: &Source, span: Span) -> Carets {
    let start = source.position(span.start);
    let line = source.line_span(start.line);
    let end = span.end.min(line.end).max(span.start);
    let length = source.slice(Span::new(span.start, end)).trim_end_matches(['\n', '\r']).chars().count() as u32;
    Carets { line: start.line, column: start.column, length }
}

fn list(source: &Source, found: &[Diagnostic]) -> String {
    if found.is_empty() {
        return "no finding".into();
    }
    let lines: Vec<String> =
        found.iter().map(|found| format!("{}: {}", carets_of(source, found.span), found.message)).collect();
    lines.join("\n")
}

/// The texts of a finding that come from templates.
fn words(found: &Diagnostic) -> Vec<&str> {
    let labels = found.related.iter().map(|label| &*label.message);
    let title = found.fix.as_ref().map(|fix| &*fix.title);
    [&*found.message].into_iter().chain(found.help.as_deref()).chain(title).chain(labels).collect()
}

/// A placeholder of the rule's templates that stands in the finding as it was written.
fn unfilled(rule: &Rule, found: &Diagnostic) -> Option<String> {
    let variants = rule.variants.iter().flat_map(|variant| [&variant.message, &variant.help]).flatten();
    let labels = rule.labels.iter().map(|(_, label)| label);
    let title = rule.fix.iter().map(|fix| &fix.title);
    let templates = [&rule.message, &rule.help].into_iter().chain(variants).chain(labels).chain(title);
    let texts = words(found);
    templates
        .flat_map(|template| placeholders(template))
        .find(|name| texts.iter().any(|text| placeholders(text).any(|known| known == *name)))
        .map(str::to_owned)
}

/// `{name}`, but not the shell's `${name}`.
fn placeholders(template: &str) -> impl Iterator<Item = &str> {
    template.match_indices('{').filter_map(|(at, _)| {
        let rest = template.get(at..)?;
        let end = rest.find('}')?;
        let name = rest.get(1..end)?;
        let is_name = name.starts_with(|char: char| char.is_ascii_lowercase())
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || b"_-".contains(&byte));
        let is_shell = template.get(..at).is_some_and(|before| before.ends_with('$'));
        if is_name && !is_shell { rest.get(..=end) } else { None }
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::diagnostic::{Edit, Severity};
    use crate::rulebook::Rulebook;
    use crate::rulebook::{ExampleLists, Examples};

    #[test]
    fn caret_lines() {
        for (line, expected) in [
            ("^^\n", vec![(0, 2)]),
            ("  ^", vec![(2, 1)]),
            ("# ^^^  \n", vec![(2, 3)]),
            ("#\t^\n", vec![(8, 1)]),
            ("#^^\n", vec![(0, 3)]),
            ("  #^\r\n", vec![(2, 2)]),
            ("# ^ ^^\n", vec![(2, 1), (4, 2)]),
            ("#^ ^\n", vec![(0, 2), (3, 1)]),
            ("# see ^^\n", vec![]),
            ("# ^ see\n", vec![]),
            ("##^\n", vec![]),
            ("#\n", vec![]),
        ] {
            assert_eq!(carets(line), expected, "{line:?}");
        }
        let (text, expected) = take_out_carets("FROM a\n#^^^\nUSER b\n     ^\n#    ^\n");
        assert_eq!(text, "FROM a\nUSER b\n");
        assert_eq!(expected.iter().map(|carets| carets.line).collect::<Vec<_>>(), [1, 2, 2]);
    }

    /// Finds every `X`; its fix writes `Y`.
    fn lint(source: &Source) -> Vec<Diagnostic> {
        let spans = source.text().match_indices('X').map(|(at, _)| Span::new(at as u32, at as u32 + 1));
        let finding = |span| Diagnostic {
            rule: "x".into(),
            variant: None,
            severity: Severity::Error,
            message: "an X in {file}".into(),
            help: None,
            url: String::new(),
            guideline: crate::diagnostic::Reference { title: "", url: String::new() },
            span,
            related: vec![],
            fix: Some(Fix {
                applicability: Applicability::Safe,
                title: String::new(),
                edits: vec![Edit { span, text: "Y".into() }],
            }),
        };
        spans.map(finding).collect()
    }

    fn failures(kind: &str, dockerfile: &'static str, fixed: Option<&'static str>, message: &'static str) -> String {
        let mut rule = Rulebook::builtin().get("healthcheck").unwrap().clone();
        let example = Example {
            dockerfile: dockerfile.into(),
            profile: None,
            fixed: fixed.map(Into::into),
            applicability: None,
            name: None,
            mode: None,
            files: crate::rulebook::Items::Borrowed(&[]),
            trusted_registries: crate::rulebook::Items::Borrowed(&[]),
            label_schema: crate::rulebook::Items::Borrowed(&[]),
            strict_labels: false,
        };
        let examples = vec![example];
        let lists = match kind {
            "bad" => ExampleLists { bad: examples, good: vec![] },
            _ => ExampleLists { bad: vec![], good: examples },
        };
        (rule.name, rule.message, rule.examples) = ("x".into(), message.into(), Examples::Read(lists));
        let bench = Bench {
            lint: &|_, source, _| lint(source),
            fix: &|source, found| {
                let of_findings = found.iter().filter_map(|found| found.fix.as_ref());
                String::from_utf8(crate::fix::apply(source, of_findings).bytes).unwrap()
            },
        };
        run(&rule, &bench).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn examples_that_hold() {
        assert_eq!(failures("bad", "a X\n", None, "m"), "");
        assert_eq!(failures("bad", "a X\n# ^\nX\n^\n", Some("a Y\nY\n"), "m"), "");
        assert_eq!(failures("good", "a\n", None, "m"), "");
    }

    #[test]
    fn examples_that_do_not() {
        let cases = [
            failures("bad", "a\n", None, "m"),
            failures("bad", "XX\n", None, "m"),
            failures("bad", "aX\n^\n", None, "m"),
            failures("good", "X\n", None, "m"),
            failures("bad", "X\n", Some("Z\n"), "m"),
            failures("bad", "X\n", None, "an X in {file}"),
        ];
        insta::assert_snapshot!(cases.join("\n"), @r"
        x: bad example 1 (profile official)
          expected  one finding
          found     no finding

        x: bad example 1 (profile official)
          expected  one finding
          found     line 1 column 1, 1 character: an X in {file}
                    line 1 column 2, 1 character: an X in {file}

        x: bad example 1 (profile official)
          expected  line 1 column 1, 1 character
          found     line 1 column 2, 1 character: an X in {file}

        x: good example 1 (profile official)
          expected  no finding
          found     line 1 column 1, 1 character: an X in {file}

        x: bad example 1 (profile official)
          expected  the file after its fixes:
                    Z
          found     Y

        x: bad example 1 (profile official)
          expected  the placeholder {file} is filled in
          found     an X in {file}
        ");
    }
}
