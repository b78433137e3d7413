//! Comments that silence findings: oi-lint's own, hadolint's, ShellCheck's and BuildKit's.
//!
//! ```text
//! # oi-lint ignore=rule,rule -- reason     above an instruction, or above a line of a continued RUN or a here-document
//! # oi-lint global ignore=rule -- reason   anywhere
//! # hadolint ignore=DL3008 # reason        above an instruction; and `# hadolint global ignore=`
//! # shellcheck disable=SC2086,SC3000-SC4000 where oi-lint's own may stand; and `disable=all`
//! # check=skip=Rule,Rule;error=true        BuildKit's directive; above an instruction for that one alone
//! ```
//!
//! BuildKit's is read as BuildKit does it, names in their case and nothing behind a blank. The rules that are its checks ask for it
//! themselves.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::checks::{Context, Finding};
use crate::diagnostic::{Diagnostic, Severity};
use crate::dockerfile::ast::Comment;
use crate::dockerfile::check_options;
use crate::model::build_checks::{CHECKS, EXPERIMENTAL};
use crate::model::{Model, Step, Surroundings, hadolint};
use crate::rulebook::{Profile, Rule, Rulebook, Variant};
use crate::source::{Source, Span};

use super::Linter;

/// Whose comment it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Dialect {
    OiLint,
    Hadolint,
    Shellcheck,
}

/// A name in a suppression.
#[derive(Debug)]
struct Suppression {
    name: String,
    /// Where the name stands.
    span: Span,
    /// What it silences, as a range of the file.
    scope: Span,
    /// The comment's line, with its ending.
    line: Span,
    /// Whether the comment has other names.
    has_others: bool,
    dialect: Dialect,
}

impl Suppression {
    /// The rules that the name stands for.
    fn rules<'b>(&self, book: &'b Rulebook) -> Vec<&'b Rule> {
        if self.dialect == Dialect::Shellcheck && (self.name == "all" || self.name.contains('-')) {
            return book.rules().filter(|rule| is_shellcheck_range(&self.name, rule)).collect();
        }
        book.find(&self.name)
    }
}

/// What `# shellcheck disable=` means besides single codes.
fn is_shellcheck_range(range: &str, rule: &Rule) -> bool {
    let number = |code: &str| code.strip_prefix("SC").unwrap_or(code).parse::<u32>().ok();
    let Some(code) = rule.name.strip_prefix("shell/").and_then(number) else { return false };
    let bounds = range.split_once('-').and_then(|(first, last)| Some((number(first)?, number(last)?)));
    range == "all" || bounds.is_some_and(|(first, last)| (first..=last).contains(&code))
}

/// Whether a rule is one of BuildKit's checks, or finds what one finds.
fn build_checks(rule: &Rule) -> impl Iterator<Item = &str> {
    rule.aliases.iter().map(AsRef::as_ref).filter(|alias| CHECKS.contains(alias) || EXPERIMENTAL.contains(alias))
}

/// Takes out what `# check=skip=` silences, and makes the rest of BuildKit's checks errors where `error=true` asks for it.
fn apply_check_options(model: &Model<'_>, diagnostics: &mut Vec<Diagnostic>, linter: &Linter) {
    let mentions = |comment: &Comment| comment.text.to_ascii_lowercase().contains("check");
    if check_options::directive(model.source).is_none() && !model.file.comments.iter().any(mentions) {
        return;
    }
    diagnostics.retain(|diagnostic| {
        let rule = linter.book.get(&diagnostic.rule).filter(|rule| rule.category != "buildkit");
        let has = |variant: &Variant, check: &str| variant.aliases.iter().any(|alias| alias == check);
        let is_meant = |rule: &Rule, check: &str| {
            let mut owners = rule.variants.iter().filter(|variant| has(variant, check)).peekable();
            owners.peek().is_none() || owners.any(|variant| diagnostic.variant == Some(&*variant.name))
        };
        let line = model.source.line_of(diagnostic.span.start);
        let below = model.steps.partition_point(|step| step.instruction.start_line <= line);
        let step = below.checked_sub(1).and_then(|at| model.step(at)).filter(|step| line <= step.instruction.end_line);
        // What a trigger is told stands above its ONBUILD.
        let step = step.and_then(|step| step.trigger_of.map_or(Some(step), |onbuild| model.step(onbuild)));
        rule.is_none_or(|rule| {
            build_checks(rule).filter(|check| is_meant(rule, check)).all(|check| model.runs_check(check, step))
        })
    });
    if linter.profile == Profile::Buildkit && model.check_options().is_ok_and(|options| options.is_error) {
        for diagnostic in diagnostics {
            if linter.book.get(&diagnostic.rule).is_some_and(|rule| build_checks(rule).next().is_some()) {
                diagnostic.severity = Severity::Error;
            }
        }
    }
}

/// Takes the silenced findings out, and reports what silences nothing.
pub(super) fn apply(model: &Model<'_>, mut diagnostics: Vec<Diagnostic>, linter: &Linter) -> Vec<Diagnostic> {
    apply_check_options(model, &mut diagnostics, linter);
    let suppressions = collect(model);
    if suppressions.is_empty() {
        return diagnostics;
    }
    // Most comments of a file name the same few rules.
    let mut known: HashMap<(&str, Dialect), Vec<&Rule>> = HashMap::new();
    for suppression in &suppressions {
        known.entry((&suppression.name, suppression.dialect)).or_insert_with(|| suppression.rules(&linter.book));
    }
    let keys = suppressions.iter().map(|suppression| (suppression.name.as_str(), suppression.dialect));
    let answering: Vec<&[&Rule]> = keys.map(|key| known.get(&key).map(Vec::as_slice).unwrap_or_default()).collect();
    let mut scopes = Scopes::of(&suppressions, &answering);
    diagnostics.retain(|diagnostic| !scopes.silence(diagnostic, model.source));
    report_unused(model, &suppressions, &answering, &scopes.used(), (linter, &mut diagnostics));
    diagnostics
}

/// Suppressions by what they cover, so that a finding is compared with those around it alone.
struct Scopes<'b> {
    /// By start.
    scopes: Vec<Scope<'b>>,
    /// For each scope the furthest end of it and those before it.
    reach: Vec<u32>,
}

/// A range of the file, with the rules that are silent there.
struct Scope<'b> {
    span: Span,
    rules: SilentRules<'b>,
}

/// For each rule whether something was silenced, and by which suppressions.
type SilentRules<'b> = HashMap<&'b str, (bool, Vec<usize>)>;

impl<'b> Scopes<'b> {
    fn of(suppressions: &[Suppression], answering: &[&[&'b Rule]]) -> Self {
        let mut by_span: BTreeMap<(u32, u32), SilentRules<'b>> = BTreeMap::new();
        for (index, (suppression, rules)) in suppressions.iter().zip(answering).enumerate() {
            let silent = by_span.entry((suppression.scope.start, suppression.scope.end)).or_default();
            for rule in *rules {
                silent.entry(&*rule.name).or_default().1.push(index);
            }
        }
        let scopes: Vec<Scope<'b>> =
            by_span.into_iter().map(|((start, end), rules)| Scope { span: Span::new(start, end), rules }).collect();
        let ends = scopes.iter().map(|scope| scope.span.end);
        let reach = ends.scan(0, |furthest, end| {
            *furthest = end.max(*furthest);
            Some(*furthest)
        });
        Self { reach: reach.collect(), scopes }
    }

    /// Whether a finding is silenced; all suppressions that do so count as used.
    fn silence(&mut self, diagnostic: &Diagnostic, source: &Source) -> bool {
        let start = diagnostic.span.start;
        let behind = self.scopes.partition_point(|scope| scope.span.start <= start);
        let around = self.scopes.iter_mut().zip(&self.reach).take(behind).rev();
        let mut is_silent = false;
        for (scope, _) in around.take_while(|(_, reach)| **reach >= start) {
            let hit = scope.rules.get_mut(&*diagnostic.rule).filter(|_| covers(scope.span, start, source));
            if let Some((is_used, _)) = hit {
                *is_used = true;
                is_silent = true;
            }
        }
        is_silent
    }

    /// The suppressions that have silenced something.
    fn used(self) -> HashSet<usize> {
        let rules = self.scopes.into_iter().flat_map(|scope| scope.rules.into_values());
        rules.filter(|(is_used, _)| *is_used).flat_map(|(_, suppressions)| suppressions).collect()
    }
}

/// Whether a finding starts in a scope; one at the very end of the file counts to the scope that reaches there.
fn covers(scope: Span, start: u32, source: &Source) -> bool {
    let end = source.text().len() as u32;
    scope.start <= start && (start < scope.end || (start == end && scope.end == end))
}

fn report_unused(
    model: &Model<'_>,
    suppressions: &[Suppression],
    answering: &[&[&Rule]],
    used: &HashSet<usize>,
    (linter, out): (&Linter, &mut Vec<Diagnostic>),
) {
    let Some((rule, weight)) = linter.engine_rule("unused-suppression") else { return };
    if suppressions.iter().any(|suppression| suppression.name == rule.name) {
        return;
    }
    let surroundings = &Surroundings::default();
    let mut context = Context::new((model, surroundings), rule, (weight, linter.profile), &linter.options, out);
    let all = suppressions.iter().zip(answering).enumerate();
    let unused = all.filter(|(index, (own, _))| own.dialect == Dialect::OiLint && !used.contains(index));
    for (_, (suppression, rules)) in unused {
        let finding = Finding::at(suppression.span).with("name", suppression.name.as_str());
        if rules.is_empty() {
            context.report(match linter.book.nearest(&suppression.name) {
                Some(nearest) => finding.variant("misspelled").with("suggestion", nearest.to_owned()),
                None => finding.variant("unknown"),
            });
        } else if rules.iter().any(|rule| linter.is_active(&rule.name)) {
            context.report(if suppression.has_others { finding } else { finding.edit(suppression.line, "") });
        }
    }
}

fn collect(model: &Model<'_>) -> Vec<Suppression> {
    let mut found = Vec::new();
    let source = model.source;
    for comment in &model.file.comments {
        if !may_suppress(&comment.text) {
            continue;
        }
        let below = model.file.instructions.partition_point(|instruction| instruction.start_line < comment.line);
        let scope = model.file.instructions.get(below).map_or(Span::empty(comment.span.end), |instruction| {
            source.line_span(instruction.start_line).to(source.line_span(instruction.end_line))
        });
        read(comment.span, scope, source, &mut found);
    }
    for step in model.steps.iter().filter(|step| step.trigger_of.is_none()) {
        let heredoc_comments = || step.heredocs.iter().flat_map(|heredoc| comment_lines(heredoc.body, source));
        let inner = step.instruction.inner_comments.iter().map(|comment: &Comment| comment.span);
        let mut below = 0..0;
        for span in inner.chain(heredoc_comments()) {
            if may_suppress(source.slice(span)) {
                let line = source.line_of(span.start) + 1;
                // Comments in a row stand above the same line.
                if !(below.start..=below.end).contains(&line) {
                    below = line..line_below(source, line, step.instruction.end_line);
                }
                read(span, inner_scope(model, step, below.end), source, &mut found);
            }
        }
    }
    found
}

fn may_suppress(text: &str) -> bool {
    text.contains("ignore") || text.contains("disable=")
}

fn comment_lines(body: Span, source: &Source) -> impl Iterator<Item = Span> {
    let mut at = body.start;
    source.slice(body).split_inclusive('\n').filter_map(move |line| {
        let start = at + (line.len() - line.trim_start().len()) as u32;
        at += line.len() as u32;
        line.trim_start().starts_with('#').then(|| Span::new(start, start + line.trim().len() as u32))
    })
}

/// The first line from `line` on that is neither empty nor a comment, `last` at most.
fn line_below(source: &Source, line: u32, last: u32) -> u32 {
    let is_text = |line: &u32| {
        let text = source.slice(source.line_span(*line)).trim_start();
        !text.is_empty() && !text.starts_with('#')
    };
    (line..last).find(is_text).unwrap_or(line.max(last))
}

/// From a line to the end of the commands that start on it.
fn inner_scope(model: &Model<'_>, step: &Step<'_>, line: u32) -> Span {
    let source = model.source;
    let mut scope = source.line_span(line);
    scope.end = scope.end.saturating_sub(1).max(scope.start);
    let trigger = step.instruction.child().map_or(step.index, |_| step.index + 1);
    let commands = model.commands_of(trigger);
    let (start, end) = (scope.start, scope.end);
    let first = commands.partition_point(|command| command.invocation.simple.span.start < start);
    let spans = commands.iter().skip(first).map(|command| command.invocation.statement.span);
    spans.take_while(|span| span.start < end).filter(|span| span.start >= start).fold(scope, Span::to)
}

/// Reads one comment line.
fn read(comment: Span, scope: Span, source: &Source, out: &mut Vec<Suppression>) {
    let text = source.slice(comment).trim_end();
    let body = text.trim_start_matches('#').trim_start();
    let at = comment.start + (text.len() - body.len()) as u32;
    if let Some(directives) = body.strip_prefix("shellcheck ") {
        for word in directives.split_whitespace() {
            if let Some(names) = word.strip_prefix("disable=") {
                let names_at = at + (names.as_ptr() as usize - body.as_ptr() as usize) as u32;
                list(names, names_at, scope, Dialect::Shellcheck, source, out);
            }
        }
        return;
    }
    let (dialect, rest) = match (body.strip_prefix("oi-lint"), hadolint::pragma(text.strip_prefix('#').unwrap_or(text)))
    {
        (Some(rest), _) => (Dialect::OiLint, rest.strip_prefix(':').unwrap_or(rest).trim_start()),
        (None, Some(rest)) => (Dialect::Hadolint, rest),
        (None, None) => return,
    };
    let (rest, scope) = match rest.strip_prefix("global") {
        Some(rest) => (rest.trim_start(), Span::new(0, source.text().len() as u32)),
        None => (rest, scope),
    };
    let Some(names) = rest.strip_prefix("ignore").map(str::trim_start).and_then(|rest| rest.strip_prefix('=')) else {
        return;
    };
    let names_at = at + (body.len() - names.len()) as u32;
    let reason = if dialect == Dialect::Hadolint { "#" } else { " -- " };
    let names = names.split(reason).next().unwrap_or_default();
    list(names, names_at, scope, dialect, source, out);
}

/// Names between commas; what follows a name behind a blank is a reason, and the end of the list.
fn list(names: &str, at: u32, scope: Span, dialect: Dialect, source: &Source, out: &mut Vec<Suppression>) {
    let mut offset = at;
    let first = out.len();
    for entry in names.split(',') {
        let mut words = entry.split_whitespace();
        let name = words.next().unwrap_or_default();
        if !name.is_empty() && (dialect != Dialect::Hadolint || hadolint::is_code(name)) {
            let start = offset + (entry.len() - entry.trim_start().len()) as u32;
            out.push(Suppression {
                name: name.to_owned(),
                span: Span::new(start, start + name.len() as u32),
                scope,
                line: source.line_span(source.line_of(start)),
                has_others: false,
                dialect,
            });
        }
        offset += entry.len() as u32 + 1;
        if words.next().is_some() {
            break;
        }
    }
    let several = out.len() > first + 1;
    out.iter_mut().skip(first).for_each(|suppression| suppression.has_others = several);
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Diagnostic;
    use crate::engine::{Linter, Settings};
    use crate::rulebook::{Profile, Rulebook};
    use crate::source::Source;

    /// `line rule` of what is left under the default profile.
    fn left(text: &str) -> Vec<String> {
        let linter = Linter::new(Rulebook::builtin(), &Settings::default()).unwrap();
        let source = Source::new(text.as_bytes().to_vec()).unwrap();
        let diagnostics = linter.lint(&source);
        let shown = diagnostics.iter().map(|found| format!("{} {}", source.line_of(found.span.start), found.rule));
        let rules = [
            "untagged-base-image",
            "maintainer-instruction",
            "apt-instead-of-apt-get",
            "unused-suppression",
            "invalid-instruction",
        ];
        shown.filter(|line| rules.iter().any(|rule| line.ends_with(rule))).collect()
    }

    #[test]
    fn a_code_silences_every_rule_that_it_stands_for() {
        let text = "# hadolint global ignore=DL4000\nFROM debian:1\nMAINTAINER x\n";
        let all = "FROM debian:1\nMAINTAINER x\n";
        for profile in [Profile::Default, Profile::Official, Profile::Hadolint] {
            let linter = Linter::new(Rulebook::builtin(), &Settings { profile, ..Settings::default() }).unwrap();
            let found = |text: &str| linter.lint(&Source::new(text.as_bytes().to_vec()).unwrap());
            let has_alias = |rule: &str| linter.book().get(rule).unwrap().aliases.iter().any(|alias| alias == "DL4000");
            assert!(found(text).iter().all(|found| !has_alias(&found.rule)), "{profile:?}");
            assert_ne!(found(all).iter().filter(|found| has_alias(&found.rule)).count(), 0, "{profile:?}");
        }
    }

    #[test]
    fn dialects_and_scopes() {
        for (text, expected) in [
            ("FROM debian\n", &["1 untagged-base-image"] as &[&str]),
            ("# oi-lint ignore=untagged-base-image\nFROM debian\nFROM debian\n", &["3 untagged-base-image"]),
            ("# oi-lint: ignore = untagged-base-image -- a reason, with a comma\nFROM debian\n", &[]),
            ("# oi-lint ignore=DL3006,maintainer-instruction\n\nFROM debian\n", &["1 unused-suppression"]),
            ("# oi-lint global ignore=untagged-base-image\nFROM debian\nFROM debian\n", &[]),
            ("FROM debian\nFROM debian\n# oi-lint global ignore=DL3006 -- anywhere\n", &[]),
            ("# hadolint ignore=DL3006 why not\nFROM debian\n", &[]),
            ("# hadolint global ignore=DL3006,DL4000\nFROM debian\nMAINTAINER x\n", &[]),
            (
                "#hadolint\tignore = DL3000 , DL3006# why, DL4000\nFROM debian\nMAINTAINER x\n",
                &["3 maintainer-instruction"],
            ),
            ("# hadolint ignore=DL3000, DL3006 because DL4000, x\nFROM debian\n", &[]),
            ("# hadolint ignore=DL3000 since DL3006,DL3006 are one\nFROM debian\n", &["2 untagged-base-image"]),
            ("FROM a:1\n# hadolint ignore=DL4000\n# a comment\n# hadolint ignore=DL3000\nMAINTAINER x\n", &[]),
            (
                "FROM a:1\n# hadolint ignore=DL4000\n# oi-lint ignore=untagged-base-image\n\nMAINTAINER x\n",
                &["3 unused-suppression"],
            ),
            ("FROM a:1\n  # hadolint ignore=DL4000\nMAINTAINER x\nMAINTAINER y\n", &["4 maintainer-instruction"]),
            ("FROM debian\nMAINTAINER x\n# hadolint  global  ignore = DL3006,DL4000 # why\n", &[]),
            ("# Hadolint ignore=DL3006\nFROM debian\n", &["2 untagged-base-image"]),
            ("# hadolint IGNORE=DL3006\nFROM debian\n", &["2 untagged-base-image"]),
            ("# hadolint ignore=dl3006\nFROM debian\n", &["2 untagged-base-image"]),
            ("# hadolint: ignore=DL3006\nFROM debian\n", &["2 untagged-base-image"]),
            ("## hadolint ignore=DL3006\nFROM debian\n", &["2 untagged-base-image"]),
            ("# see hadolint ignore=DL3006\nFROM debian\n", &["2 untagged-base-image"]),
            ("# check=skip=MaintainerDeprecated;error=true\nFROM debian\nMAINTAINER x\n", &["2 untagged-base-image"]),
            ("# check=skip=all\nFROM debian\nMAINTAINER x\n", &["2 untagged-base-image"]),
            // What breaks the build is none of BuildKit's checks, though the rule finds some too.
            ("# check=skip=all\nFROM debian:1 as Base\nrnu x\n", &["3 invalid-instruction"]),
            ("FROM debian:1\n# check=skip=all // why\nMAINTAINER x\n", &[]),
            ("FROM debian:1\n# check=skip=maintainerdeprecated\nMAINTAINER x\n", &["3 maintainer-instruction"]),
            (
                "FROM debian:1\n# check=skip=JSONArgsRecommended, MaintainerDeprecated\nMAINTAINER x\n",
                &["3 maintainer-instruction"],
            ),
            ("FROM debian:1\n  # check=skip=MaintainerDeprecated\nMAINTAINER x\n", &["3 maintainer-instruction"]),
            ("FROM debian:1\n# check=skip=MaintainerDeprecated\n#\nMAINTAINER x\n", &["4 maintainer-instruction"]),
            (
                "FROM debian:1\n# check=skip=MaintainerDeprecated\nMAINTAINER x\nMAINTAINER y\n",
                &["4 maintainer-instruction"],
            ),
            (
                "FROM debian:1\nRUN a; \\\n# oi-lint ignore=apt-instead-of-apt-get\n\n  # more\n  apt update; \\\n  apt clean\n",
                &["7 apt-instead-of-apt-get"],
            ),
            (
                "FROM debian:1\nRUN <<EOF\n# oi-lint ignore=apt-instead-of-apt-get\napt \\\n  update\napt clean\nEOF\n",
                &["6 apt-instead-of-apt-get"],
            ),
            ("FROM debian:1\n# oi-lint ignore=apt-instead-of-apt-get\nRUN a; \\\n  apt update; \\\n  apt clean\n", &[]),
            ("FROM debian:1\n# oi-lint ignore=apt-instead-of-apt-get\nONBUILD RUN apt update\n", &[]),
            ("# oi-lint ignore=untagged-base-image,unused-suppression\nFROM debian:1\n", &[]),
            ("# oi-lint ignore=untaged-base-image\nFROM debian\n", &["1 unused-suppression", "2 untagged-base-image"]),
            ("# see oi-lint ignore=untagged-base-image\nFROM debian\n", &["2 untagged-base-image"]),
        ] {
            assert_eq!(left(text), expected, "{text}");
        }
    }

    /// `line severity rule` under the profile buildkit.
    fn of_buildkit(text: &str) -> Vec<String> {
        let settings = Settings { profile: Profile::Buildkit, ..Settings::default() };
        let linter = Linter::new(Rulebook::builtin(), &settings).unwrap();
        let source = Source::new(text.as_bytes().to_vec()).unwrap();
        let diagnostics = linter.lint(&source);
        let shown = |found: &Diagnostic| {
            format!("{} {} {}", source.line_of(found.span.start), found.severity.as_str(), found.rule)
        };
        diagnostics.iter().map(shown).collect()
    }

    #[test]
    fn options_of_buildkit() {
        let file = "FROM scratch as base\nMAINTAINER x\ncopy a /\n";
        for (head, expected) in [
            (
                "",
                &[
                    "1 warning from-as-casing",
                    "2 warning maintainer-instruction",
                    "3 warning consistent-instruction-casing",
                ] as &[&str],
            ),
            ("#check=skip=FromAsCasing,ConsistentInstructionCasing;error=1\n", &["3 error maintainer-instruction"]),
            ("# check=skip=all;error=true\n", &[]),
            ("#!/usr/bin/env docker\n# check=skip=all\n", &[]),
            ("# check=error=true\n# check=skip=all\n", &["2 error syntax-error"]),
        ] {
            let found = of_buildkit(&format!("{head}{file}"));
            let found: Vec<&str> = found.iter().map(String::as_str).take(expected.len().max(1)).collect();
            assert_eq!(found, expected, "{head}");
        }
    }
}
