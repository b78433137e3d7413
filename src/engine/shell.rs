//! The rules that ShellCheck's findings are: one run over each shell text of a file, for all of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Active, Linter, Scene};
use crate::checks::{Context, Finding};
use crate::diagnostic::Diagnostic;
use crate::dockerfile;
use crate::model::base::Family;
use crate::model::{BinSh, Bodies, Model, Script, ShellText, beside};
use crate::rulebook::{Profile, Rule, Subject};
use crate::shell::builtin::ShellLinter;
use crate::shell::lint::{Code, ShellFinding, ShellScript, UNREADABLE};
use crate::shell::program::{ProgramError, ShellcheckProgram};
use crate::shell::{Dialect, ShellReader};
use crate::source::{Source, Span};

/// The rule about what bash alone can do, in scripts.
const BASHISMS: &str = "entrypoint-bashism";

/// The shell rules that are on.
#[derive(Debug)]
pub(super) struct ShellRules {
    linter: ShellLinter,
    /// ShellCheck itself, where it is asked instead.
    program: Option<ShellcheckProgram>,
    /// The place in the linter's active rules, by code.
    active: BTreeMap<Code, usize>,
}

impl ShellRules {
    /// Of the codes with their places; none where no rule is on.
    pub(super) fn of(active: BTreeMap<Code, usize>) -> Option<Self> {
        let codes: Vec<Code> = active.keys().copied().collect();
        (!codes.is_empty()).then(|| Self { linter: ShellLinter::new(&codes), program: None, active })
    }

    fn found(&self, script: &ShellScript) -> Arc<[ShellFinding]> {
        match &self.program {
            // Where it fails the run has said so already.
            Some(program) => program.answer(script).unwrap_or_default(),
            None => self.linter.lint(script),
        }
    }
}

fn scripts(subject: Subject, source: &Source, profile: Profile, reader: &Arc<ShellReader>) -> Vec<ShellScript> {
    let of = |model: &Model<'_>, script: Option<&Script>| {
        texts(model, script, subject, profile).into_iter().map(|text| text.script).collect()
    };
    match subject {
        Subject::Dockerfile if source.no_text().is_none() => {
            let file = dockerfile::parse(source);
            let bodies = Bodies::of(&file).read_by(reader);
            of(&Model::new(source, &file, &bodies), None)
        }
        Subject::EntrypointScript if source.no_text().is_none() => {
            let script = Script::read(source, reader);
            let (file, bodies) = script.parts();
            of(&Model::new(source, file, bodies), Some(&script))
        }
        _ => Vec::new(),
    }
}

/// The code that a rule stands for: 2086 for `shell/SC2086`.
pub(super) fn code(rule: &Rule) -> Option<Code> {
    rule.name.rsplit_once("/SC")?.1.parse().ok()
}

/// The shell texts of a file.
fn texts(model: &Model<'_>, script: Option<&Script>, subject: Subject, profile: Profile) -> Vec<ShellText> {
    match (script, subject) {
        (Some(script), _) => ShellText::of_script(model, script).into_iter().collect(),
        (None, Subject::Dockerfile) => {
            let shell = if profile.is_of_another_linter() { BinSh::Any } else { BinSh::OfImage };
            model.steps.iter().filter_map(|step| ShellText::of_step(model, step, shell)).collect()
        }
        (None, _) => Vec::new(),
    }
}

impl Linter {
    /// Whether a rule is on that is ShellCheck's.
    pub fn has_shell_rules(&self) -> bool {
        self.shell.is_some()
    }

    /// Has ShellCheck itself find what it finds, instead of the linter that is built in.
    #[must_use]
    pub fn with_shellcheck(mut self, program: ShellcheckProgram) -> Self {
        if let Some(rules) = &mut self.shell {
            rules.program = Some(program);
        }
        self
    }

    /// Has ShellCheck lint these files before their turn comes, in one process.
    pub fn ask_shellcheck(&self, sources: impl IntoIterator<Item = (Subject, Source)>) -> Result<(), ProgramError> {
        let Some(program) = self.shell.as_ref().and_then(|rules| rules.program.as_ref()) else { return Ok(()) };
        program.ask(
            sources
                .into_iter()
                .flat_map(|(subject, source)| scripts(subject, &source, self.profile, &self.reader))
                .collect(),
        )
    }

    /// Lints the shell texts of a file.
    pub(super) fn lint_shell(&self, scene: &Scene<'_, '_>, out: &mut Vec<Diagnostic>) {
        let Some(rules) = &self.shell else { return };
        for mut text in texts(scene.model, scene.script, scene.subject, self.profile) {
            // Where nothing says what runs a script it is held to what dash and BusyBox both know.
            if self.is_guess(&text) && scene.script.is_some() && rules.program.is_none() {
                let family = scene.surroundings.context.as_ref().and_then(beside::family_beside);
                text.script.dialect = match family {
                    Some(Family::Debian | Family::Ubuntu) => Some(Dialect::Dash),
                    Some(Family::Rpm) => text.script.dialect,
                    _ => Some(Dialect::Busybox),
                };
            }
            self.lint_text(rules, &text, scene, out);
        }
    }

    /// Whether nobody knows which shell reads a text, and so what that one can do.
    fn is_guess(&self, text: &ShellText) -> bool {
        !self.profile.is_of_another_linter() && text.script.dialect == Some(Dialect::Sh)
    }

    fn shell_rule(&self, rules: &ShellRules, code: Code) -> Option<(&Active, &Rule)> {
        let active = self.active.get(*rules.active.get(&code)?)?;
        Some((active, self.rule(active)?))
    }

    fn shell_context<'m, 'a>(
        &'m self,
        scene: &'m Scene<'_, 'a>,
        rule: &'m Rule,
        active: &Active,
        out: &'m mut Vec<Diagnostic>,
    ) -> Context<'m, 'a> {
        let weight = (active.weight, self.profile);
        Context::new((scene.model, scene.surroundings), rule, weight, &self.options, out)
    }

    fn lint_text(&self, rules: &ShellRules, text: &ShellText, scene: &Scene<'_, '_>, out: &mut Vec<Diagnostic>) {
        let is_guess = self.is_guess(text);
        // A rule of our own tells of most bashisms in scripts.
        let told: Vec<u32> = if scene.script.is_some() {
            out.iter()
                .filter(|found| found.rule == BASHISMS)
                .map(|found| scene.model.source.line_of(found.span.start))
                .collect()
        } else {
            Vec::new()
        };
        let found = rules.found(&text.script);
        if let Some(error) = &text.error
            && !found.iter().any(|found| found.code == UNREADABLE)
            && let Some((active, rule)) = self.shell_rule(rules, UNREADABLE)
        {
            let line = scene.model.source.slice(error.span).lines().next().unwrap_or_default().trim_end();
            let span = Span::new(error.span.start, error.span.start + line.len() as u32);
            let mut context = self.shell_context(scene, rule, active, out);
            context.report(Finding::at(span).with("message", error.message.as_str()));
        }
        for found in found.iter() {
            if is_guess && found.is_about_portability() || text.error.is_some() && !found.is_about_syntax() {
                continue;
            }
            let Some((active, rule)) = self.shell_rule(rules, found.code) else { continue };
            // The end of a here-document that has none stands nowhere.
            let is_inside = |span: &Span| scene.model.source.text().get(span.range()).is_some();
            let Some(span) = text.span(&found.range).filter(is_inside) else { continue };
            if found.is_about_portability() && told.contains(&scene.model.source.line_of(span.start)) {
                continue;
            }
            let mut context = self.shell_context(scene, rule, active, out);
            let finding = mended(Finding::at(span), found, text, scene.subject);
            context.report(finding.with("message", found.message.as_str()));
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
