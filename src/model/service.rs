//! What CMD and ENTRYPOINT start, and what is known of who it runs as.

use crate::dockerfile::ast::Keyword;
use crate::dockerfile::views::CommandForm;
use crate::shell::{self, ast::List};

use super::{Model, ShellKind, Stage, Step, body};

/// What CMD or ENTRYPOINT runs, as shell commands; none for another shell, for nothing, and for what does not parse.
pub fn started(step: &Step<'_>) -> Option<List> {
    let list = match CommandForm::of(step.instruction)? {
        CommandForm::Exec(words) => {
            let words = words.iter().map(|word| (word.text.clone(), word.span)).collect();
            shell::exec_form(words, step.instruction.span)
        }
        CommandForm::Shell(_) if step.shell == ShellKind::Other => return None,
        CommandForm::Shell(_) => shell::parse(&body::shell_text(step.instruction)).ok()?,
        CommandForm::Empty => return None,
    };
    (!list.statements.is_empty()).then_some(list)
}

impl<'a> Model<'a> {
    /// The steps of a stage and of those that it is built on, the nearest stage first; triggers left out.
    pub fn steps_of(&self, stage: &Stage<'_>) -> impl Iterator<Item = &Step<'a>> {
        let stages = self.stages_below(stage.index);
        let steps = stages.filter_map(|stage| self.steps.get(stage.steps.clone()));
        steps.flatten().filter(|step| step.trigger_of.is_none())
    }

    /// The instruction of this kind that holds at the end of a stage: its last one, or the last of the stages below.
    pub fn last_of(&self, stage: &Stage<'_>, keyword: Keyword) -> Option<&Step<'a>> {
        let is_one = |step: &&Step<'a>| step.keyword() == keyword && step.trigger_of.is_none();
        let mut stages = self.stages_below(stage.index);
        stages.find_map(|stage| self.steps.get(stage.steps.clone())?.iter().rev().find(is_one))
    }
}

/// Whether a USER names root, or the administrator of Windows.
pub fn is_root(user: &str) -> bool {
    let name = user.split(':').next().unwrap_or_default();
    name == "0" || name == "root" || name.eq_ignore_ascii_case("ContainerAdministrator")
}
