//! `apt-get dist-clean` where apt is too old for it.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("apt-get"), Visit::Command("apt")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let (Some(line), Some(step)) = (&command.line, cx.model.step(command.step)) else { return };
        let in_other_root = line.wrappers.iter().any(|wrapper| wrapper.is("chroot"));
        // A failure that is dealt with is no surprise: there may be another cleanup behind `||`.
        if !apt::removes_lists(line) || in_other_root || command.invocation.failure_is_ignored() {
            return;
        }
        let image = cx.model.stage_of(step).and_then(|stage| cx.model.root_image(stage));
        let Some(suite) = image.and_then(base::suite).filter(|suite| !suite.has_dist_clean()) else { return };
        if installs_apt(step, cx) {
            return;
        }
        let (major, minor, patch) = suite.apt;
        let finding = Finding::at(line.head())
            .with("command", line.head_text())
            .with("suite", suite.name)
            .with("apt", format!("{major}.{minor}.{patch}"))
            .edit(line.span(), format!("rm -rf {}/*", apt::LISTS))
            .fix_if(matches!(cx.model.body(step), Body::Shell(_)) && command.invocation.script().is_none());
        cx.report(finding);
    }
}

/// Whether apt itself is installed, perhaps in a newer version, by this RUN or one below.
fn installs_apt(step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    let installs = |command: &Command<'_>| {
        let name = |word: &sh::Word| word.literal().is_some_and(|text| text.split(['=', '/']).next() == Some("apt"));
        command.line.as_ref().is_some_and(|line| {
            apt::is_apt(line) && line.packages().iter().any(|word| name(word))
                || line.is("dpkg") && line.verb() == Some(Verb::Install)
        })
    };
    let mut steps = cx.model.steps_below(step).map(|below| below.index).chain([step.index]);
    steps.any(|index| cx.model.commands_of(index).iter().any(installs))
}
