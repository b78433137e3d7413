//! sudo: called, installed, set up.

use crate::checks::prelude::*;

const NAMES: [&str; 2] = ["sudo", "doas"];
/// Where it is told who may do what.
const SETTINGS: [&str; 4] = ["/etc/sudoers", "/etc/sudoers.d", "/etc/doas.conf", "/etc/doas.d"];

#[derive(Default)]
pub struct Rule {
    /// Whether the file calls or installs it: its settings are part of the same mistake.
    found: bool,
    /// Where settings are edited in place.
    edited: Option<(Span, String)>,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::EveryCommand, Visit::Instruction(Keyword::Cmd), Visit::Instruction(Keyword::Entrypoint)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let Some(list) = start::started(step) else { return };
        for invocation in shell::invocations(&list) {
            self.start(&invocation, cx);
        }
    }

    fn script(&mut self, _script: &Script, cx: &mut Context<'_, '_>) {
        for command in cx.model.commands_of(0) {
            self.start(&command.invocation, cx);
        }
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let Some(line) = &command.line else { return };
        let is_run = cx.model.step(command.step).is_some_and(|step| step.keyword() == Keyword::Run);
        if !is_run || cx.model.is_script() {
            return;
        }
        let executed = line.executed();
        let called = std::iter::once(line).chain(&executed).find_map(called);
        if line.is("sed") && line.has("-i") {
            let is_settings = |path: &str| SETTINGS.iter().any(|it| paths::lies_in(path, it));
            let mut files = line.operands.iter().filter_map(|word| Some((word.span, word.literal()?.into_owned())));
            self.edited = self.edited.take().or_else(|| files.find(|(_, path)| is_settings(path)));
        }
        let package = if line.is_any(&packages::MANAGERS) {
            let mut installed = cx.model.installed_packages(command).into_iter();
            let found = installed.find(|(_, name)| NAMES.contains(&name.as_str()));
            found.map(|(word, name)| Finding::at(word.span).with("word", name).variant("package"))
        } else {
            None
        };
        self.found |= called.is_some() || package.is_some();
        let call = called.map(|word| Finding::at(word.span).with("word", cx.text(word.span).to_owned()));
        let findings = [call, package];
        findings.into_iter().flatten().for_each(|finding| cx.report(finding));
    }

    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        if self.found || cx.model.is_script() {
            return;
        }
        let is_settings = |path: &&FilePath| SETTINGS.iter().any(|settings| path.is_below(settings));
        let written = cx.model.files().iter().find_map(|event| match &event.action {
            Action::Made { path, .. } | Action::Moved { to: path, .. } => {
                Some((event.span, path.as_str())).filter(|_| is_settings(&path))
            }
            _ => None,
        });
        let written = written.map(|(span, path)| (span, path.to_owned())).or_else(|| self.edited.take());
        if let Some((span, path)) = written {
            cx.report(Finding::at(span).variant("settings").with("path", path));
        }
    }
}

impl Rule {
    /// Looks at what a container starts. A step down by `sudo -u` is su-instead-of-gosu's.
    fn start(&mut self, invocation: &Invocation<'_>, cx: &mut Context<'_, '_>) {
        let Some(line) = shell::read_outside(invocation.simple) else { return };
        let Some(word) = called(&line) else { return };
        self.found = true;
        let own = invocation.simple.words.iter().skip_while(|it| !std::ptr::eq(*it, word)).skip(1);
        let options = own.take_while(|it| !std::ptr::eq(*it, line.name_word));
        let is_user = |text: &str| text.starts_with("-u") || text.starts_with("--user");
        if !word.is("sudo") || !options.filter_map(sh::Word::literal).any(|text| is_user(&text)) {
            cx.report(Finding::at(word.span).with("word", cx.text(word.span).to_owned()));
        }
    }
}

/// The word that calls sudo or its like.
fn called<'a>(line: &CommandLine<'a>) -> Option<&'a sh::Word> {
    let mut words = line.wrappers.iter().copied().chain([line.name_word]);
    words.find(|word| word.literal().is_some_and(|text| NAMES.contains(&start::file_name(&text))))
}
