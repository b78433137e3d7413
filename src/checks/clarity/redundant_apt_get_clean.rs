//! `apt-get clean` in images that do so by themselves.

use crate::checks::prelude::*;

const ARCHIVES: &str = "/var/cache/apt/archives";

#[derive(Default)]
pub struct Rule {
    /// The steps that change how apt keeps packages; worked out once, when it is first asked.
    reconfiguring: Option<Vec<usize>>,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("apt-get"), Visit::Command("apt"), Visit::Command("aptitude")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let (Some(line), Some(step)) = (&command.line, cx.model.step(command.step)) else { return };
        let is_clean = line.subcommand_is(&["clean", "autoclean", "auto-clean"]);
        let is_plain = line.options.iter().all(|option| option.name != "-o" && option.name != "-c");
        let in_other_root = line.wrappers.iter().any(|wrapper| wrapper.is("chroot"));
        if !is_clean || !is_plain || in_other_root || !is_self_cleaning(step, cx) {
            return;
        }
        let reconfiguring = self.reconfiguring.get_or_insert_with(|| reconfiguring(cx));
        if keeps_archives(step, reconfiguring, cx) {
            return;
        }
        let finding = Finding::at(line.head()).with("command", line.head_text());
        cx.report(match cx.model.remove(command) {
            Some(edit) => finding.edit(edit.span, edit.text),
            None => finding,
        });
    }
}

/// Whether the image is known to delete packages once they are installed: those of Debian and Ubuntu on Docker Hub, and
/// official images that have apt, which are built on them.
fn is_self_cleaning(step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    let image = cx.model.stage_of(step).and_then(|stage| cx.model.root_image(stage));
    image.is_some_and(|image| {
        image.is_official() || matches!(base::family(image), Some(base::Family::Debian | base::Family::Ubuntu))
    })
}

/// Whether packages may stay: the image's configuration was changed, they were only downloaded, or they are in a mount.
fn keeps_archives(step: &Step<'_>, reconfiguring: &[usize], cx: &Context<'_, '_>) -> bool {
    let is_changed = |index: usize| reconfiguring.binary_search(&index).is_ok();
    cx.model.is_mounted(step, ARCHIVES)
        || cx.model.commands_of(step.index).iter().any(downloads)
        || !reconfiguring.is_empty()
            && (is_changed(step.index) || cx.model.steps_below(step).any(|below| is_changed(below.index)))
}

fn reconfiguring(cx: &Context<'_, '_>) -> Vec<usize> {
    let mut steps: Vec<usize> =
        cx.model.commands().iter().filter(|command| reconfigures(command)).map(|command| command.step).collect();
    steps.dedup();
    steps
}

fn downloads(command: &Command<'_>) -> bool {
    command.line.as_ref().is_some_and(|line| apt::is_apt(line) && line.has("-d"))
}

fn reconfigures(command: &Command<'_>) -> bool {
    let statement = command.invocation.statement;
    let words = command.invocation.simple.words.iter().chain(statement.redirects.iter().map(|it| &it.target));
    let mut texts = words.flat_map(|word| &word.parts).filter_map(|part| match &part.kind {
        sh::PartKind::Literal(text) => Some(text),
        _ => None,
    });
    texts.any(|text| ["docker-clean", "Keep-Downloaded-Packages", "docker-*"].iter().any(|name| text.contains(name)))
}
