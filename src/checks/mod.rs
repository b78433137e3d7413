//! The Rust behind rules that a pattern cannot say: one file a rule, in the folders of `rules/`.
//!
//! A check names [`prelude`] and nothing else of the crate. Its texts and its severity stand in the rule's YAML; it says
//! where, which wording, and the file's own words to fill in.

use std::borrow::Cow;

use crate::diagnostic::{Applicability, Diagnostic, Edit, Fix, Label, Severity};
use crate::dockerfile::ast::Keyword;
use crate::manifest::Manifest;
use crate::model::build_checks::{CHECKS, EXPERIMENTAL};
use crate::model::{Command, Model, Script, Step, Surroundings};
use crate::rulebook::{MatchEdit, Options, Profile, Rule, Variant};
use crate::source::Span;

pub mod prelude;

#[allow(missing_docs)]
pub mod best_practices;
#[allow(missing_docs)]
pub mod buildkit;
#[allow(missing_docs)]
pub mod cacheability;
#[allow(missing_docs)]
pub mod clarity;
#[allow(missing_docs)]
pub mod consistency;
#[allow(missing_docs)]
pub mod entrypoint_script;
#[allow(missing_docs)]
pub mod hadolint;
#[allow(missing_docs)]
pub mod image_build;
#[allow(missing_docs)]
pub mod init;
#[allow(missing_docs)]
pub mod library_manifest;
#[allow(missing_docs)]
pub mod multi_arch;
#[allow(missing_docs)]
pub mod repeatability;
#[allow(missing_docs)]
pub mod runtime;
#[allow(missing_docs)]
pub mod shell;

/// What a check wants to be shown. The engine sorts checks into buckets by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visit<'n> {
    /// Instructions with this keyword, also as ONBUILD triggers.
    Instruction(Keyword),
    /// Every instruction.
    EveryInstruction,
    /// Commands of this name in the body of a RUN.
    Command(&'n str),
    /// Every command in the body of a RUN.
    EveryCommand,
}

/// A rule's check, made anew for each file.
pub trait Check {
    /// What it wants to be shown; none for a check that only looks at the whole file when it is done.
    fn visits(&self) -> Vec<Visit<'_>> {
        Vec::new()
    }

    /// Shown an instruction.
    fn instruction(&mut self, _step: &Step<'_>, _cx: &mut Context<'_, '_>) {}

    /// Shown a command.
    fn command(&mut self, _command: &Command<'_>, _cx: &mut Context<'_, '_>) {}

    /// Shown the entrypoint script that is linted; its commands are those of the model.
    fn script(&mut self, _script: &Script, _cx: &mut Context<'_, '_>) {}

    /// Shown the manifest that is linted.
    fn manifest(&mut self, _manifest: &Manifest, _cx: &mut Context<'_, '_>) {}

    /// The walk is over.
    fn finish(&mut self, _cx: &mut Context<'_, '_>) {}
}

/// A place at fault, with what fills in the rule's wording.
#[derive(Debug, Clone)]
pub struct Finding<'t> {
    span: Span,
    variant: Option<&'static str>,
    values: Vec<(&'static str, Cow<'t, str>)>,
    labels: Vec<(Span, &'static str)>,
    title: Option<String>,
    edits: Vec<Edit>,
    applicable: bool,
    risky: bool,
}

impl<'t> Finding<'t> {
    /// A finding at the word at fault.
    pub fn at(span: Span) -> Self {
        Self {
            span,
            variant: None,
            values: Vec::new(),
            labels: Vec::new(),
            title: None,
            edits: Vec::new(),
            applicable: true,
            risky: false,
        }
    }

    /// Uses the wording and severity of a variant.
    #[must_use]
    pub fn variant(mut self, name: &'static str) -> Self {
        self.variant = Some(name);
        self
    }

    /// Fills in a placeholder of the message, the help and the title of the fix.
    #[must_use]
    pub fn with(mut self, placeholder: &'static str, value: impl Into<Cow<'t, str>>) -> Self {
        self.values.push((placeholder, value.into()));
        self
    }

    /// Points at a related place; `label` names its text in the rule.
    #[must_use]
    pub fn label(mut self, span: Span, label: &'static str) -> Self {
        self.labels.push((span, label));
        self
    }

    /// Mends it by replacing what stands at `span`; several edits of one finding are applied together.
    #[must_use]
    pub fn edit(mut self, span: Span, text: impl Into<String>) -> Self {
        self.edits.push(Edit { span, text: text.into() });
        self
    }

    /// Gives the fix a title of its own.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// Drops the edits again where `applicable` is false: no edit is better than one that may be wrong.
    #[must_use]
    pub fn fix_if(mut self, applicable: bool) -> Self {
        self.applicable &= applicable;
        self
    }

    /// Makes the edits unsafe where a rule's fixes are safe but for a case like this one.
    #[must_use]
    pub fn unsafe_if(mut self, risky: bool) -> Self {
        self.risky |= risky;
        self
    }
}

/// How severe a rule's findings are in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Weight {
    /// The severity.
    pub severity: Severity,
    /// Whether the user has set it; then it is that of every variant which the profile has on.
    pub is_set: bool,
}

/// What a check sees besides what it is shown, and where it reports.
#[derive(Debug)]
pub struct Context<'m, 'a> {
    /// The model of the file.
    pub model: &'m Model<'a>,
    /// What is known of the file besides its text.
    pub surroundings: &'m Surroundings,
    rule: &'m Rule,
    weight: Weight,
    profile: Profile,
    options: &'m Options,
    out: &'m mut Vec<Diagnostic>,
}

impl<'m, 'a> Context<'m, 'a> {
    pub(crate) fn new(
        (model, surroundings): (&'m Model<'a>, &'m Surroundings),
        rule: &'m Rule,
        (weight, profile): (Weight, Profile),
        options: &'m Options,
        out: &'m mut Vec<Diagnostic>,
    ) -> Self {
        Self { model, surroundings, rule, weight, profile, options, out }
    }

    /// Whether BuildKit would run the build check that the rule stands for: `# check=` may skip it for the whole file, or above an
    /// instruction. Some checks do not look at comments; they pass no step.
    pub fn runs_build_check(&self, step: Option<&Step<'_>>) -> bool {
        let is_check = |alias: &&str| CHECKS.contains(alias) || EXPERIMENTAL.contains(alias);
        let check = self.rule.aliases.iter().map(AsRef::as_ref).find(is_check);
        check.is_none_or(|check| self.model.runs_check(check, step))
    }

    /// What the rule's `match:` edits.
    pub(crate) fn match_edit(&self) -> &'m MatchEdit {
        self.rule.fix.as_ref().map_or(&MatchEdit::None, |fix| &fix.edit)
    }

    /// What the user has set for rules that ask for something.
    pub fn options(&self) -> &'m Options {
        self.options
    }

    /// The text of the file under a span.
    pub fn text(&self, span: Span) -> &'a str {
        self.model.source.slice(span)
    }

    /// Reports a finding.
    pub fn report(&mut self, finding: Finding<'_>) {
        let rule = self.rule;
        let variant = finding.variant.and_then(|name| rule.variants.iter().find(|variant| variant.name == name));
        debug_assert!(finding.variant.is_none() || variant.is_some(), "{}: {:?}", rule.name, finding.variant);
        let severity = match variant.and_then(|variant| variant.severity) {
            Some(by_profile) if self.profile == Profile::Hadolint => {
                by_profile.under(self.profile).or(Some(self.weight.severity))
            }
            Some(by_profile) => by_profile.under(self.profile),
            None => Some(self.weight.severity),
        };
        let Some(severity) = severity else { return };
        let severity = if self.weight.is_set { self.weight.severity } else { severity };
        let wording = |of_variant: fn(&Variant) -> Option<&str>, of_rule: &'m str| {
            fill(variant.and_then(of_variant).unwrap_or(of_rule), &finding.values)
        };
        let help = wording(|variant| variant.help.as_deref(), &rule.help);
        let fix = rule.fix.as_ref().filter(|_| finding.applicable && !finding.edits.is_empty()).map(|note| Fix {
            applicability: if finding.risky { Applicability::Unsafe } else { note.applicability },
            title: finding.title.unwrap_or_else(|| fill(&note.title, &finding.values)),
            edits: sorted(finding.edits),
        });
        let mut related: Vec<Label> = finding
            .labels
            .iter()
            .map(|&(span, label)| {
                let text = rule.labels.iter().find(|(name, _)| name == label).map_or(label, |(_, text)| text);
                Label { span, message: fill(text, &finding.values) }
            })
            .collect();
        related.sort_by_key(|label| label.span);
        self.out.push(Diagnostic {
            rule: rule.name.clone().into_owned(),
            variant: finding.variant,
            severity,
            message: wording(|variant| variant.message.as_deref(), &rule.message),
            help: (!help.is_empty()).then_some(help),
            url: rule.url(),
            guideline: rule.guideline.reference(),
            span: finding.span,
            related,
            fix,
        });
    }
}

fn sorted(mut edits: Vec<Edit>) -> Vec<Edit> {
    edits.sort();
    edits
}

/// Puts values where `{placeholders}` stand, each once: a brace in a value stays a brace.
fn fill(template: &str, values: &[(&'static str, Cow<'_, str>)]) -> String {
    let mut filled = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let (before, from_open) = rest.split_at(open);
        filled.push_str(before);
        let name = from_open.get(1..).and_then(|inner| inner.split_once('}')).map(|(name, _)| name);
        match name.and_then(|name| values.iter().find(|(placeholder, _)| *placeholder == name)) {
            Some((placeholder, value)) => {
                filled.push_str(value);
                rest = from_open.get(placeholder.len() + 2..).unwrap_or_default();
            }
            None => {
                filled.push('{');
                rest = from_open.get(1..).unwrap_or_default();
            }
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders() {
        let values = [("a", "{b}".into()), ("b", "x".into())];
        assert_eq!(fill("<{a}> {b}{c} ${b} {", &values), "<{b}> x{c} $x {");
    }
}
