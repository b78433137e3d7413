//! Several sources for a destination that may be a file.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Copy), Visit::Instruction(Keyword::Add)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let (copy, add) = (views::Copy::of(step.instruction), views::Add::of(step.instruction));
        let Some(transfer) = copy.map(|copy| copy.transfer).or_else(|| add.map(|add| add.transfer)) else { return };
        let count = transfer.sources.len() + transfer.heredocs.len();
        let Some(destination) = transfer.destination.filter(|_| count > 1) else { return };
        let Folded::Known(path) = cx.model.fold(step, &destination.text) else { return };
        // An array that is no JSON is a finding of its own.
        let is_array = path.ends_with(']') && transfer.sources.first().is_some_and(|word| word.text.starts_with('['));
        if path.is_empty() || path.ends_with(['/', '\\']) || is_array {
            return;
        }
        let written = cx.text(destination.span);
        let at = destination.span.end - u32::from(written.ends_with(['"', '\'']));
        let is_file = transfer.sources.iter().any(|source| is_named_alike(&source.text, &path));
        let is_directory = is_dots(&path) || is_working_directory(&path, step, cx);
        let finding = Finding::at(destination.span)
            .with("count", count.to_string())
            .with("destination", path)
            .with("keyword", step.keyword().as_str())
            .edit(Span::empty(at), "/")
            // A backslash would need its own, and a file may be meant, of which the last one is to win.
            .fix_if(!written.contains('\\') && !is_file);
        cx.report(if is_directory { finding.variant("directory") } else { finding });
    }
}

/// Whether both names have the same ending, as files of a kind have.
fn is_named_alike(source: &str, path: &str) -> bool {
    let ending = |text: &str| {
        let name = text.trim_end_matches(['"', '\'', '*', ']']).rsplit('/').next().unwrap_or_default().to_owned();
        name.rsplit_once('.').map(|(_, ending)| ending.replace('[', "")).filter(|ending| !ending.is_empty())
    };
    ending(path).is_some_and(|own| ending(source) == Some(own))
}

fn is_dots(path: &str) -> bool {
    matches!(path.rsplit('/').next(), Some("." | ".."))
}

/// Whether a WORKDIR before it made the destination.
fn is_working_directory(path: &str, step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    let mut directories = cx.model.steps_below(step).filter_map(|below| {
        let word = views::workdir(below.instruction)?;
        cx.model.fold(below, &word.text).known()
    });
    directories.any(|directory| directory.trim_end_matches('/') == path)
}
