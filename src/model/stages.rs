//! Which steps and stages a file has.

use std::collections::HashMap;

use super::{Base, Environment, ImageReference, ShellKind, Stage, Step, base, hadolint};
use crate::dockerfile::ast::{Dockerfile, Word};
use crate::dockerfile::expand::Folded;
use crate::dockerfile::views::{self, From};

/// The stages by their names in lower case, as BuildKit compares them; those of one name in order.
#[derive(Debug, Default)]
pub(super) struct StageNames(HashMap<String, Vec<usize>>);

impl StageNames {
    fn add(&mut self, name: &str, stage: usize) {
        self.0.entry(name.to_ascii_lowercase()).or_default().push(stage);
    }

    /// The last one of a name before a stage.
    pub(super) fn last_before(&self, name: &str, stage: usize) -> Option<usize> {
        let all = self.0.get(&name.to_ascii_lowercase())?;
        let before = all.partition_point(|index| *index < stage);
        all.get(before.checked_sub(1)?).copied()
    }

    /// The first one of a name.
    pub(super) fn first(&self, name: &str) -> Option<usize> {
        self.0.get(&name.to_ascii_lowercase())?.first().copied()
    }
}

/// Steps, stages, and the names of the stages.
pub(super) fn lay_out(file: &Dockerfile) -> (Vec<Step<'_>>, Vec<Stage<'_>>, StageNames) {
    let mut names = StageNames::default();
    let mut steps: Vec<Step<'_>> = Vec::with_capacity(file.instructions.len());
    let mut stages: Vec<Stage<'_>> = Vec::new();
    let mut shells: Vec<ShellKind> = Vec::new();
    let mut globals: Option<Environment> = None;
    let mut comments = file.comments.iter().peekable();
    for instruction in &file.instructions {
        let index = steps.len();
        // A comment may say what shell the image has; FROM brings one of its own.
        while let Some(comment) = comments.next_if(|comment| comment.line < instruction.start_line) {
            if let (Some(shell), Some(current)) = (hadolint::shell(&comment.text), shells.last_mut()) {
                *current = shell;
            }
        }
        if let Some(from) = From::of(instruction) {
            let globals = globals.get_or_insert_with(|| Environment::global(file, &steps));
            let base = match from.image {
                Some(image) => resolve_from(image, &names, globals),
                None => Base::Unknown,
            };
            shells.push(shell_of(&base, &shells, file.escape));
            if let Some(last) = stages.last_mut() {
                last.steps.end = index;
                last.is_final = false;
            }
            let (at, steps) = (stages.len(), index..index + 1);
            from.alias.into_iter().for_each(|alias| names.add(&alias.text, at));
            stages.push(Stage { index: at, from: index, name: from.alias, base, steps, is_final: true });
        }
        let stage = stages.len().checked_sub(1);
        let shell = shells.last().copied().unwrap_or(ShellKind::DEFAULT);
        steps.push(Step { index, instruction, heredocs: &instruction.heredocs, trigger_of: None, stage, shell });
        if let Some(child) = instruction.child() {
            let heredocs = &instruction.heredocs;
            steps.push(Step { index: index + 1, instruction: child, heredocs, trigger_of: Some(index), stage, shell });
        }
        if let (Some(declared), Some(current)) = (views::Shell::of(instruction), shells.last_mut()) {
            *current = ShellKind::of_words(declared.words.iter().map(|word| word.text.as_str()));
        }
        if let Some(last) = stages.last_mut() {
            last.steps.end = steps.len();
        }
    }
    (steps, stages, names)
}

fn resolve_from(image: &Word, names: &StageNames, globals: &Environment) -> Base {
    let Folded::Known(name) = globals.fold(None, usize::MAX, &image.text) else { return Base::Unknown };
    if let Some(stage) = names.last_before(&name, usize::MAX) {
        return Base::Stage(stage);
    }
    match ImageReference::parse(&name) {
        _ if name == "scratch" => Base::Scratch,
        image if image.is_valid() => Base::Image(image),
        // The placeholder of a template, or a name that BuildKit refuses.
        _ => Base::Unknown,
    }
}

/// A stage inherits the shell of the stage that it builds on; Windows images start with cmd, and a file that escapes with
/// backticks is for Windows unless its image says otherwise.
fn shell_of(base: &Base, shells: &[ShellKind], escape: char) -> ShellKind {
    match base {
        Base::Stage(stage) => shells.get(*stage).copied().unwrap_or(ShellKind::DEFAULT),
        Base::Image(image) => match base::family(image) {
            Some(base::Family::Windows) => ShellKind::Other,
            None if escape == '`' => ShellKind::Other,
            _ => ShellKind::DEFAULT,
        },
        Base::Unknown if escape == '`' => ShellKind::Other,
        _ => ShellKind::DEFAULT,
    }
}
