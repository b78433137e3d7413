//! sudo: called, installed, set up.

use crate::checks::prelude::*;

const NAMES: [&str; 2] = ["sudo", "doas"];
/// The package managers that have it as a package.
const MANAGERS: [&str; 11] =
    ["apt-get", "apt", "aptitude", "apk", "yum", "dnf", "dnf5", "microdnf", "tdnf", "zypper", "pacman"];
/// Where it is told who may do what.
const SETTINGS: [&str; 4] = ["/etc/sudoers", "/etc/sudoers.d", "/etc/doas.conf", "/etc/doas.d"];

#[derive(Default)]
pub struct Rule {
    /// Whether the file calls or installs it: its settings are part of the same mistake.
    found: bool,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::EveryCommand]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let Some(line) = &command.line else { return };
        if cx.model.step(command.step).is_none_or(|step| step.keyword() != Keyword::Run) {
            return;
        }
        let name_of =
            |word: &sh::Word| word.literal().map(|text| text.rsplit('/').next().unwrap_or_default().to_owned());
        let executed = line.executed();
        let lines = || std::iter::once(line).chain(&executed);
        let mut called = lines().flat_map(|line| line.wrappers.iter().chain([&line.name_word]));
        let called = called.find(|word| name_of(word).is_some_and(|name| NAMES.contains(&name.as_str())));
        let installs = line.verb() == Some(Verb::Install) && MANAGERS.iter().any(|name| line.is(name));
        let package_in = |word: &&sh::Word| {
            let words = cx.model.possible_words(command, word).unwrap_or_default();
            let bare = |text: &String| text.split(['=', '~', ':', '<', '>']).next().unwrap_or_default().to_owned();
            let name = words.iter().map(bare).find(|name| NAMES.contains(&name.as_str()))?;
            Some(Finding::at(word.span).with("word", name).variant("package"))
        };
        let package = line.packages().iter().find_map(package_in).filter(|_| installs);
        self.found |= called.is_some() || package.is_some();
        let call = called.map(|word| Finding::at(word.span).with("word", cx.text(word.span).to_owned()));
        let findings = [call, package];
        findings.into_iter().flatten().for_each(|finding| cx.report(finding));
    }

    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        if self.found {
            return;
        }
        let is_settings = |path: &&FilePath| SETTINGS.iter().any(|settings| path.is_below(settings));
        let written = cx.model.files().iter().find_map(|event| match &event.action {
            Action::Made { path, .. } | Action::Moved { to: path, .. } => {
                Some((event.span, path.as_str())).filter(|_| is_settings(&path))
            }
            _ => None,
        });
        if let Some((span, path)) = written {
            let finding = Finding::at(span).variant("settings").with("path", path.to_owned());
            cx.report(finding);
        }
    }
}
