//! Applies the fixes of findings until none is left, and takes back what does harm.
//!
//! A pass applies all fixes that do not overlap, in the order of the file. Then the file is parsed and linted again: what no
//! edit touched has to be the same instructions, there may be no new syntax error, no new finding that is as bad as one that was
//! fixed (but for what the fix uncovers), and no finding that was fixed may be there again. Else the pass is taken back, and the fixes that do it alone are told as
//! mistakes of their rules.

use std::collections::BTreeMap;

use super::Linter;
use crate::diagnostic::{Applicability, Diagnostic, Edit, Fix, Severity};
use crate::dockerfile::{self, ast::Dockerfile};
use crate::fix::{self, Applied};
use crate::model::{Bodies, Body, Model, Surroundings};
use crate::rulebook::Subject;
use crate::source::{Source, Span};

/// Rules about how a RUN is written. What a fix adds has to stand somewhere; that they have something to say of it then is no harm.
const STYLE: [&str; 2] = ["long-run-line", "partial-set-eux"];
/// Rules whose fixes let a part of the file be read that said nothing before. What is wrong with it was there all along.
const UNCOVERING: [&str; 2] = ["invalid-json-form", "library-unknown-field"];
/// One fix may make room for another; no honest file needs more passes than this.
const MAX_PASSES: usize = 64;

/// A file after its fixes.
#[derive(Debug, Clone)]
pub struct Mended {
    /// The file.
    pub source: Source,
    /// What is left to say.
    pub diagnostics: Vec<Diagnostic>,
    /// How many findings of each rule were fixed.
    pub fixed: BTreeMap<String, usize>,
    /// Fixes that were taken back.
    pub failures: Vec<FixFailure>,
}

/// A fix that would have done harm: a mistake of its rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the fix of {rule} is wrong here: {harm}")]
pub struct FixFailure {
    /// The rule.
    pub rule: String,
    /// What it would have done.
    pub harm: Harm,
}

/// What a fix must not do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Harm {
    /// The file could be read before.
    #[error("the file would not parse")]
    Syntax,
    /// An instruction that no edit touches would be another.
    #[error("an instruction that it does not touch would change")]
    Instructions,
    /// Something as bad as what it mends.
    #[error("{0} would be found")]
    Finding(String),
    /// The finding would still be there.
    #[error("the finding would stay")]
    NoEffect,
}

/// A finding with the fix that is to be applied.
type Candidate<'d> = (&'d Diagnostic, &'d Fix);

/// A file as it stands.
struct State {
    source: Source,
    file: Dockerfile,
    /// Syntax errors of the file and of its shell bodies.
    errors: usize,
    diagnostics: Vec<Diagnostic>,
}

impl Linter {
    /// Applies the fixes of the findings that are at most of an applicability.
    pub fn mend(&self, subject: Subject, source: Source, surroundings: &Surroundings, most: Applicability) -> Mended {
        let mut state = self.state(subject, source, surroundings);
        let mut fixed: BTreeMap<String, usize> = BTreeMap::new();
        let mut failures: Vec<FixFailure> = Vec::new();
        for _ in 0..MAX_PASSES {
            let candidates: Vec<Candidate<'_>> = state
                .diagnostics
                .iter()
                .filter_map(|found| Some((found, found.fix.as_ref().filter(|fix| fix.applicability <= most)?)))
                .collect();
            failures.clear();
            if candidates.is_empty() {
                break;
            }
            let attempt = |chosen: &[Candidate<'_>]| {
                let applied = fix::apply(&state.source, chosen.iter().map(|(_, fix)| *fix));
                let mended: Vec<&Diagnostic> =
                    applied.taken.iter().filter_map(|&index| Some(chosen.get(index)?.0)).collect();
                let after = self.state(subject, Source::new(applied.bytes.clone()).ok()?, surroundings);
                let harm = harm(&state, &after, &applied, &mended);
                let rules: Vec<String> = mended.iter().map(|found| found.rule.clone()).collect();
                (!rules.is_empty()).then_some((after, rules, harm))
            };
            let good = largest_harmless(candidates, &mut failures, attempt);
            let Some((after, rules)) = good else { break };
            for rule in rules {
                *fixed.entry(rule).or_default() += 1;
            }
            state = after;
        }
        Mended { source: state.source, diagnostics: state.diagnostics, fixed, failures }
    }

    fn state(&self, subject: Subject, source: Source, surroundings: &Surroundings) -> State {
        let diagnostics = self.lint_as(subject, &source, surroundings);
        let (file, errors) = match subject {
            Subject::Dockerfile => {
                let file = dockerfile::parse(&source);
                let bodies = Bodies::of(&file).read_by(&self.reader);
                let model = Model::new(&source, &file, &bodies);
                let is_broken = |body: &Body| matches!(body, Body::Broken(_));
                let broken = model.steps.iter().filter(|step| is_broken(model.body(step))).count();
                let errors = file.errors.len() + broken;
                (file, errors)
            }
            Subject::EntrypointScript => {
                let script = crate::model::Script::read(&source, &self.reader);
                let (file, bodies) = script.parts();
                let model = Model::new(&source, file, bodies);
                let is_broken = |body: &Body| matches!(body, Body::Broken(_));
                (Dockerfile::default(), model.steps.iter().filter(|step| is_broken(model.body(step))).count())
            }
            Subject::LibraryManifest => (Dockerfile::default(), crate::manifest::parse(&source).errors.len()),
        };
        State { source, file, errors, diagnostics }
    }
}

/// What comes of all fixes, or where they do harm together of the first half, of the half of it, and so on; what follows is for the
/// next pass. A fix that does harm alone is told, once a rule, and left out.
fn largest_harmless(
    mut candidates: Vec<Candidate<'_>>,
    failures: &mut Vec<FixFailure>,
    attempt: impl Fn(&[Candidate<'_>]) -> Option<(State, Vec<String>, Option<Harm>)>,
) -> Option<(State, Vec<String>)> {
    let mut count = candidates.len();
    while let Some(chosen) = candidates.get(..count).filter(|chosen| !chosen.is_empty()) {
        let harm = match attempt(chosen) {
            Some((after, rules, None)) => return Some((after, rules)),
            outcome => outcome.and_then(|(.., harm)| harm),
        };
        if count > 1 {
            count /= 2;
            continue;
        }
        let (found, _) = candidates.remove(0);
        count = candidates.len();
        if let Some(harm) = harm.filter(|_| !failures.iter().any(|failure| failure.rule == found.rule)) {
            failures.push(FixFailure { rule: found.rule.clone(), harm });
        }
    }
    None
}

/// What fixes did that they must not do.
fn harm(before: &State, after: &State, applied: &Applied, mended: &[&Diagnostic]) -> Option<Harm> {
    if after.errors > before.errors {
        return Some(Harm::Syntax);
    }
    if !keeps_instructions(before, after, &applied.edits) {
        return Some(Harm::Instructions);
    }
    let least = mended.iter().map(|found| found.severity).min()?;
    let uncovers = mended.iter().any(|found| UNCOVERING.contains(&found.rule.as_str()));
    let (old, new) = (counts(&before.diagnostics), counts(&after.diagnostics));
    // A finding that is less bad than it was is no new one.
    let as_bad = |counts: &Counts<'_>, name: &str, severity: Severity| -> usize {
        counts.iter().filter(|((rule, found), _)| *rule == name && *found >= severity).map(|(_, number)| number).sum()
    };
    for (rule, severity) in new.keys().filter(|(rule, severity)| *severity >= least && !STYLE.contains(rule)) {
        let is_uncovered = uncovers && !UNCOVERING.contains(rule);
        if !is_uncovered && as_bad(&new, rule, *severity) > as_bad(&old, rule, *severity) {
            return Some(Harm::Finding((*rule).to_owned()));
        }
    }
    let stays = mended.iter().any(|found| {
        let of_rule = |counts| as_bad(counts, &found.rule, found.severity);
        of_rule(&new) >= of_rule(&old)
    });
    stays.then_some(Harm::NoEffect)
}

/// Findings by rule and severity.
type Counts<'d> = BTreeMap<(&'d str, Severity), usize>;

fn counts(diagnostics: &[Diagnostic]) -> Counts<'_> {
    let mut counts = BTreeMap::new();
    for found in diagnostics {
        *counts.entry((found.rule.as_str(), found.severity)).or_default() += 1;
    }
    counts
}

/// Whether the instructions that no edit touches are there again with the same bytes, in the same order, and nothing new
/// stands where no edit is.
fn keeps_instructions(before: &State, after: &State, edits: &[Edit]) -> bool {
    // Where edits leave their text in the file after them.
    let (mut removed, mut added) = (0, 0);
    let mut written: Vec<Span> = Vec::new();
    for edit in edits {
        let start = edit.span.start - removed + added;
        written.push(Span::new(start, start + edit.text.len() as u32));
        removed += edit.span.len();
        added += edit.text.len() as u32;
    }
    let is_touched = |instruction: Span, places: &[Span]| {
        let from = places.partition_point(|place| place.end < instruction.start);
        places.get(from).is_some_and(|place| place.start <= instruction.end)
    };
    let replaced: Vec<Span> = edits.iter().map(|edit| edit.span).collect();
    let untouched = |state: &State, places: &[Span]| {
        let spans = state.file.instructions.iter().map(|instruction| instruction.span);
        let kept = spans.filter(|instruction| !is_touched(*instruction, places));
        kept.map(|instruction| state.source.slice(instruction).to_owned()).collect::<Vec<_>>()
    };
    untouched(before, &replaced) == untouched(after, &written)
}
