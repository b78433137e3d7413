//! Package lists that are removed by hand where apt can do it.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("rm")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let (Some(line), Some(step)) = (&command.line, cx.model.step(command.step)) else { return };
        let holds_lists = |word: &sh::Word| {
            let words = cx.model.possible_words(command, word);
            words.is_some_and(|words| words.iter().all(|path| is_lists(path)) && !words.is_empty())
                && !word.has_quoted_glob()
        };
        let Some(operand) = line.operands.iter().find(|operand| holds_lists(operand)) else { return };
        let Some(image) = cx.model.stage_of(step).and_then(|stage| cx.model.root_image(stage)) else { return };
        let has_dist_clean = base::suite(image).is_some_and(base::Suite::has_dist_clean);
        let in_other_root = line.wrappers.iter().any(|wrapper| wrapper.is("chroot"));
        if !has_dist_clean || in_other_root || cx.model.is_mounted(step, apt::LISTS) || !is_cleanup(command, cx) {
            return;
        }
        let finding = match line.operands.as_slice() {
            [_] => {
                let is_shell = matches!(cx.model.body(step), Body::Shell(_));
                let is_known = image.is_official() && command.invocation.script().is_none();
                Finding::at(line.span()).edit(line.span(), "apt-get dist-clean").fix_if(is_shell && is_known)
            }
            _ => Finding::at(operand.span).variant("among-others"),
        };
        cx.report(finding.with("path", cx.text(operand.span)));
    }
}

/// `/var/lib/apt/lists`, or all that is in it.
fn is_lists(path: &str) -> bool {
    let path = path.trim_start_matches('/').trim_end_matches(['*', '.', '_']).trim_end_matches('/');
    apt::LISTS.trim_start_matches('/') == path
}

/// Whether the lists are fetched before it, and not again after it, when it would make room for them.
fn is_cleanup(command: &Command<'_>, cx: &Context<'_, '_>) -> bool {
    let at = command.invocation.simple.span.start;
    let commands = cx.model.commands_of(command.step).iter();
    let refreshes = commands.filter(|other| other.line.as_ref().is_some_and(apt::refreshes));
    let last = refreshes.map(|other| other.invocation.simple.span.start).max();
    last.is_some_and(|last| last < at)
}
