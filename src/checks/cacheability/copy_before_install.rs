//! Files of the build context that are copied before an install that does not need them.

use crate::checks::prelude::*;
use installs::{Before, Need};

#[derive(Default)]
pub struct Rule {
    /// What the stage has copied so far that nothing has used.
    copies: Vec<copies::Copied>,
    /// Whose dependencies are installed already.
    installed: Vec<&'static str>,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        [Keyword::From, Keyword::Copy, Keyword::Add, Keyword::Run].map(Visit::Instruction).into()
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        match step.keyword() {
            Keyword::From => *self = Self::default(),
            _ if step.trigger_of.is_some() => {}
            Keyword::Run => self.run(step, cx),
            _ => self.copies.extend(copies::copied(cx.model, step)),
        }
    }
}

impl Rule {
    fn run(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let text = cx.text(cx.model.lines_of(step));
        self.copies.retain(|copy| !copy.names.iter().any(|name| text.contains(name.as_str())));
        let commands = cx.model.commands_of(step.index);
        let found = cx.model.first_install(step);
        let Some((command, need, before)) = found else {
            // What a RUN that cannot be seen through does with the context, an install may need.
            if cx.model.body(step).list().is_none() || commands.iter().any(installs::runs_script) {
                self.copies.retain(|copy| !copy.whole && !copy.in_place);
            }
            return;
        };
        let only_installs = commands.iter().all(|command| is_about_packages(command, cx));
        let is_early = |copy: &copies::Copied| match (&need, copy.whole) {
            (Need::Manifest { family, .. }, true) => !self.installed.contains(family) && before < Before::Unseen,
            (Need::Manifest { .. }, false) => !copy.in_place,
            (Need::Nothing, true) => before == Before::Neutral,
            (Need::Nothing, false) => !copy.in_place || only_installs,
        };
        let early: Vec<&copies::Copied> = self.copies.iter().filter(|copy| is_early(copy)).collect();
        if let (Some(first), Some(line)) = (early.first(), &command.line) {
            let installs = line.name_word.span.to(line.subcommand.unwrap_or(line.name_word).span);
            let mut finding = Finding::at(first.source)
                .label(installs, "install")
                .with("source", cx.text(first.source))
                .with("keyword", first.keyword)
                .with("command", cx.text(installs));
            if let (Need::Manifest { files, .. }, true) = (&need, first.whole) {
                finding = finding.variant("manifest").with("files", files.clone());
            }
            // The rest of the RUN may well be what the files are for.
            if need == Need::Nothing && first.whole && !only_installs {
                finding = finding.variant("split");
            }
            for copy in early.iter().skip(1) {
                finding = finding.label(copy.source, "also");
            }
            cx.report(finding);
            self.copies.clear();
        }
        if let Need::Manifest { family, .. } = need {
            self.installed.push(family);
        }
    }
}

/// Whether a command is part of an install alone, or does what reads no file that was copied.
fn is_about_packages(command: &Command<'_>, cx: &Context<'_, '_>) -> bool {
    let Some(line) = &command.line else { return command.invocation.simple.words.is_empty() };
    apt::is_apt(line)
        || building::installs(line)
        || matches!(line.verb(), Some(Verb::Clean | Verb::Update | Verb::Upgrade | Verb::Remove))
        || line.is_any(&["set", "echo", "rm", "true", "mkdir", "apt-mark", "export"])
        || cx.model.install_need(command) == Some(Need::Nothing)
}
