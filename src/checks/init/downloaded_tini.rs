//! tini from its releases where the distribution has a package.

use crate::checks::prelude::*;

const PROJECT: &str = "github.com/krallin/tini/";

#[derive(Default)]
pub struct Rule {
    /// The stages that were told: the program, its checksum and its signature are one download.
    told: Vec<Option<usize>>,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("curl"), Visit::Command("wget"), Visit::Command("aria2c"), Visit::Instruction(Keyword::Add)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let Some(add) = views::Add::of(step.instruction) else { return };
        let found = add.transfer.sources.iter().find(|word| {
            let url = cx.model.fold(step, &word.text).known();
            is_release(url.as_deref().unwrap_or(&word.text))
        });
        if let Some(word) = found {
            self.report(word.span, step, cx);
        }
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let (Some(line), Some(step)) = (&command.line, cx.model.step(command.step)) else { return };
        let found = line.words.iter().skip(1).find(|word| match cx.model.possible_words(command, word) {
            Some(words) => words.iter().any(|url| is_release(url)),
            None => is_release(cx.text(word.span)),
        });
        if let Some(word) = found {
            self.report(word.span, step, cx);
        }
    }
}

impl Rule {
    fn report(&mut self, span: Span, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        if self.told.contains(&step.stage) || !cx.model.is_shipped(step) {
            return;
        }
        let Some(install) = install(step, cx) else { return };
        self.told.push(step.stage);
        cx.report(Finding::at(span).with("install", install));
    }
}

fn is_release(url: &str) -> bool {
    url.contains(PROJECT)
}

/// How the package is installed; none where there is none, or the distribution is not known.
fn install(step: &Step<'_>, cx: &Context<'_, '_>) -> Option<&'static str> {
    const APT: &str = "apt-get install -y --no-install-recommends tini";
    let stage = cx.model.stage_of(step)?;
    let image = cx.model.root_image(stage)?;
    let tag = image.tag.as_deref().unwrap_or_default();
    // Debian has it since buster, Ubuntu since bionic.
    let is_old = ["stretch", "jessie", "wheezy", "xenial", "trusty", "14.04", "16.04"];
    if tag.split(['-', '_']).any(|part| is_old.contains(&part)) {
        return None;
    }
    match base::family(image) {
        Some(base::Family::Alpine) => Some("apk add --no-cache tini"),
        Some(base::Family::Debian | base::Family::Ubuntu) => Some(APT),
        Some(base::Family::Rpm) => (image.unnamespaced() == Some("fedora")).then_some("dnf install -y tini"),
        Some(_) => None,
        None => {
            let uses = |name| {
                let mut commands = cx.model.steps_of(stage).flat_map(|step| cx.model.commands_of(step.index));
                commands.any(|command| command.line.as_ref().is_some_and(|line| line.is(name)))
            };
            // The package manager says what the image does not.
            if uses("apt-get") { Some(APT) } else { uses("apk").then_some("apk add --no-cache tini") }
        }
    }
}
