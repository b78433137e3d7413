//! The rules that ShellCheck's findings are: one run over each shell text of a file, for all of them.

use std::collections::BTreeMap;

use super::{Linter, Scene};
use crate::checks::{Context, Finding};
use crate::diagnostic::Diagnostic;
use crate::model::ShellText;
use crate::rulebook::{Rule, Subject};
use crate::shell::lint::{Code, ShellFinding, ShellLinter};

/// The shell rules that are on.
#[derive(Debug)]
pub(super) struct ShellRules {
    linter: ShellLinter,
    /// The place in the linter's active rules, by code.
    active: BTreeMap<Code, usize>,
}

impl ShellRules {
    /// Of the codes with their places; none where no rule is on.
    pub(super) fn of(active: BTreeMap<Code, usize>) -> Option<Self> {
        let codes: Vec<Code> = active.keys().copied().collect();
        (!codes.is_empty()).then(|| Self { linter: ShellLinter::new(&codes), active })
    }
}

/// The code that a rule stands for: 2086 for `shell/SC2086`.
pub(super) fn code(rule: &Rule) -> Option<Code> {
    rule.name.rsplit_once("/SC")?.1.parse().ok()
}

impl Linter {
    /// Lints the shell texts of a file.
    pub(super) fn lint_shell(&self, scene: &Scene<'_, '_>, out: &mut Vec<Diagnostic>) {
        let Some(rules) = &self.shell else { return };
        if let Some(script) = scene.script {
            if let Some(text) = ShellText::of_script(scene.model, script) {
                self.lint_text(rules, &text, scene, out);
            }
        } else if scene.subject == Subject::Dockerfile {
            for text in scene.model.steps.iter().filter_map(|step| ShellText::of_step(scene.model, step)) {
                self.lint_text(rules, &text, scene, out);
            }
        }
    }

    fn lint_text(&self, rules: &ShellRules, text: &ShellText, scene: &Scene<'_, '_>, out: &mut Vec<Diagnostic>) {
        for found in rules.linter.lint(&text.script) {
            let active = rules.active.get(&found.code).and_then(|&index| self.active.get(index));
            let Some((active, rule)) = active.and_then(|active| Some((active, self.rule(active)?))) else { continue };
            let Some(span) = text.span(&found.range) else { continue };
            let severity = (active.severity, self.profile);
            let mut context = Context::new((scene.model, scene.surroundings), rule, severity, out);
            let finding = mended(Finding::at(span), &found, text, scene.subject);
            context.report(finding.with("message", found.message));
        }
    }
}

/// Adds the fix, where each of its edits lies in one piece of the file.
fn mended<'t>(mut finding: Finding<'t>, found: &ShellFinding, text: &ShellText, subject: Subject) -> Finding<'t> {
    let Some(fix) = &found.fix else { return finding };
    for (range, new) in &fix.edits {
        let Some(span) = text.editable(range) else { return finding.fix_if(false) };
        // A new line of a script is none of an instruction.
        if subject == Subject::Dockerfile && new.contains('\n') {
            return finding.fix_if(false);
        }
        finding = finding.edit(span, new.as_str());
    }
    finding.unsafe_if(!fix.is_safe)
}
