//! The main package pinned to a pattern.

use crate::checks::prelude::*;

/// Where package managers look for the repositories.
const REPOSITORIES: &[&str] =
    &["/etc/apt/sources.list", "/etc/yum.repos.d", "/etc/zypp/repos.d", "/etc/apk/repositories"];

#[derive(Default)]
pub struct Rule {
    /// Whether a stage adds a repository; worked out once a stage.
    adds: Vec<(Option<usize>, bool)>,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::EveryCommand]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let (Some(line), Some(step)) = (&command.line, cx.model.step(command.step)) else { return };
        let Some(split) = splitter(line).filter(|_| line.verb() == Some(Verb::Install)) else { return };
        for &word in line.packages() {
            let shown = shown(word);
            let Some((name, version)) = split(&shown).filter(|(_, version)| is_pattern(version)) else { continue };
            // A version in a variable is one that somebody follows.
            let is_followed = word.parts.iter().any(|part| matches!(part.kind, sh::PartKind::Parameter(_)));
            if is_followed || self.adds_repository(step, cx) {
                let finding = Finding::at(word.span).with("name", name.to_owned());
                cx.report(finding.with("version", version.to_owned()));
            }
        }
    }
}

impl Rule {
    fn adds_repository(&mut self, step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
        if let Some(&(_, adds)) = self.adds.iter().find(|(stage, _)| *stage == step.stage) {
            return adds;
        }
        let Some(stage) = cx.model.stage_of(step) else { return false };
        let adds = cx.model.steps_of(stage).any(|step| {
            let copied = match (views::Copy::of(step.instruction), views::Add::of(step.instruction)) {
                (Some(copy), _) => copy.transfer.destination,
                (_, Some(add)) => add.transfer.destination,
                _ => None,
            };
            copied.is_some_and(|path| is_list(&path.text)) || cx.model.commands_of(step.index).iter().any(adds)
        });
        self.adds.push((step.stage, adds));
        adds
    }
}

fn is_list(path: &str) -> bool {
    REPOSITORIES.iter().any(|list| path.starts_with(list))
}

fn adds(command: &Command<'_>) -> bool {
    let to_list = |word: &sh::Word| {
        let first = word.parts.first().map(|part| &part.kind);
        matches!(first, Some(sh::PartKind::Literal(path)) if is_list(path))
    };
    let around = command.invocation.frames.iter().filter_map(Frame::statement).chain([command.invocation.statement]);
    let mut redirects = around.flat_map(|statement| &statement.redirects);
    let writes = |redirect: &sh::Redirect| {
        matches!(redirect.kind, sh::RedirectKind::Output | sh::RedirectKind::Append) && to_list(&redirect.target)
    };
    if redirects.any(writes) {
        return true;
    }
    let Some(line) = &command.line else { return false };
    let fetches = line.is_any(&["curl", "wget", "tee", "cp", "mv", "install", "ln"]);
    let into = line.operands.iter().any(|word| to_list(word))
        || line.options.iter().filter_map(|option| option.value.as_ref()).any(|value| to_list(value.word));
    line.is_any(&["add-apt-repository", "apt-add-repository", "yum-config-manager"])
        || line.subcommand_is(&["config-manager", "addrepo", "ar"])
        || line.is("apk") && line.has("-X")
        || fetches && into
}

/// A package's name, and its version with the sign before it.
type Split = fn(&str) -> Option<(&str, &str)>;

/// How a package manager tells a package from its version, with the sign between.
fn splitter(line: &CommandLine<'_>) -> Option<Split> {
    let at_sign: Split = |text| text.find(['=', '~', '<', '>']).map(|at| text.split_at(at));
    if apt::is_apt(line) {
        return Some(|text| text.find('=').map(|at| text.split_at(at)));
    }
    if line.is_any(&["apk", "zypper"]) {
        return Some(at_sign);
    }
    // `app-1.2.*`, also `app-$VERSION*`.
    line.is_any(&["dnf", "dnf5", "yum", "microdnf", "tdnf"]).then_some(|text| {
        let mut dashes = text.match_indices('-').map(|(at, _)| at);
        let is_version = |at: &usize| {
            let rest = text.get(at + 1..).unwrap_or_default();
            rest.starts_with(|c: char| c.is_ascii_digit() || c == '$')
        };
        dashes.find(is_version).or_else(|| text.find(['<', '>'])).map(|at| text.split_at(at))
    })
}

/// Whether a version, with the sign before it, fits several. Any build of a whole version (`1.2.3-*`) is as good as one.
fn is_pattern(version: &str) -> bool {
    let sign = version.trim_start_matches('-');
    if sign.trim_start_matches('=').starts_with(['~', '<', '>']) || sign.contains("=~") {
        return true;
    }
    sign.strip_suffix("-*").unwrap_or(sign).contains('*')
}

/// The text of a word with its variables left out but for their names: what is done to their values is no pattern.
fn shown(word: &sh::Word) -> String {
    let parts = word.parts.iter().map(|part| match &part.kind {
        sh::PartKind::Literal(text) => text.clone(),
        sh::PartKind::Parameter(parameter) => format!("${}", parameter.name),
        _ => "$".to_owned(),
    });
    parts.collect()
}
