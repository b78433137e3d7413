//! The program that the image is for, in whatever version its repository has today.

use crate::checks::prelude::*;

/// Where the definitions of package repositories are.
const REPOSITORIES: [&str; 3] = ["/etc/apt/sources.list.d/", "/etc/yum.repos.d/", "/etc/zypp/repos.d/"];
/// The package managers of rpm.
const RPM: [&str; 6] = ["yum", "dnf", "dnf5", "microdnf", "tdnf", "zypper"];
/// Packages that every distribution has, which no image is for.
const COMMON: [&str; 18] = [
    "ca-certificates",
    "curl",
    "wget",
    "gnupg",
    "git",
    "make",
    "gcc",
    "bash",
    "unzip",
    "tar",
    "xz-utils",
    "sudo",
    "vim",
    "less",
    "procps",
    "build-essential",
    "locales",
    "openssl",
];
/// Names shorter than this are shared by chance.
const MIN_NAME: usize = 4;

#[derive(Default)]
pub struct Rule;

/// A package that is named like a repository that the file adds.
struct Package {
    name: String,
    span: Span,
    manager: String,
}

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        let mut repositories: Vec<(usize, String)> = Vec::new();
        let mut written: Vec<(usize, &FilePath)> = Vec::new();
        for event in model.files() {
            let step = event.step;
            match &event.action {
                Action::Made { path, origin: Origin::Command } => {
                    let is_one = REPOSITORIES.iter().any(|directory| path.as_str().starts_with(directory));
                    written.extend(is_one.then_some((step, path)));
                    repositories.extend(repository(path).map(|name| (step, name)));
                }
                // Then the image may be for what is fetched.
                Action::Fetched(fetch) if brings_program(fetch) => return,
                Action::Fetched(fetch) => {
                    repositories.extend(fetch.files().iter().filter_map(repository).map(|name| (step, name)));
                }
                _ => {}
            }
            // Versions may be chosen by preferences.
            if matches!(&event.action, Action::Made { path, .. } if path.as_str().starts_with("/etc/apt/preferences")) {
                return;
            }
        }
        repositories.dedup_by(|one, other| one.1 == other.1);
        // With several repositories, which program the image is for cannot be known.
        written.dedup_by(|one, other| one.1 == other.1);
        let alone = || match written.as_slice() {
            [(step, path)] if !path.as_str().contains("backports") => only_package(cx, *step),
            _ => None,
        };
        let [(added, repository)] = repositories.as_slice() else {
            if let Some(package) = alone().filter(|_| repositories.is_empty()) {
                report(package, cx);
            }
            return;
        };
        let mut found: Vec<Package> = Vec::new();
        for step in model.steps.iter().skip(*added).filter(|step| step.trigger_of.is_none() && model.is_shipped(step)) {
            for command in model.commands_of(step.index) {
                match of_command(cx, command, repository) {
                    Some(packages) => found.extend(packages),
                    None => return,
                }
            }
        }
        if let Some(package) = found.into_iter().next().or_else(alone) {
            report(package, cx);
        }
    }
}

fn report(package: Package, cx: &mut Context<'_, '_>) {
    let pin = if package.manager.starts_with("apt") { "=" } else { "-" };
    cx.report(Finding::at(package.span).with("package", package.name).with("pin", pin));
}

/// Whether a download is something else than a key or the definition of a repository.
fn brings_program(fetch: &Fetch) -> bool {
    matches!(fetch.target, Target::File(_) | Target::Unknown)
        && !fetch.urls.iter().any(urls::is_key_or_repository)
        && !fetch.files().iter().any(|file| repository(file).is_some() || file.as_str().contains("keyring"))
}

/// The package that the RUN which adds the repository installs from it: the only one, and none that distributions have.
fn only_package(cx: &Context<'_, '_>, step: usize) -> Option<Package> {
    let commands = cx.model.commands_of(step);
    let writes = |command: &Command<'_>| {
        let redirects = &command.invocation.statement.redirects;
        redirects.iter().any(|redirect| {
            let path = redirect.target.literal();
            path.is_some_and(|path| REPOSITORIES.iter().any(|directory| path.starts_with(directory)))
        })
    };
    let after = commands.iter().position(writes)?;
    let mut installs = commands.iter().skip(after).filter(|command| {
        command
            .line
            .as_ref()
            .is_some_and(|line| line.verb() == Some(Verb::Install) && (apt::is_apt(line) || line.is_any(&RPM)))
    });
    let (install, None) = (installs.next()?, installs.next()) else { return None };
    let line = install.line.as_ref()?;
    let [word] = line.packages() else { return None };
    let name = cx.model.only_word(install, word)?;
    let is_common = COMMON.contains(&name.as_str())
        || ["-dev", "-devel", "-keyring", "-release", "-tools", "-utils"].iter().any(|end| name.ends_with(end))
        || name.starts_with("lib");
    let has_version = name.contains(|c: char| c.is_ascii_digit() || matches!(c, '=' | '/' | '*' | '~' | ':'));
    (!is_common && !has_version).then(|| Package { name, span: word.span, manager: line.name.clone() })
}

/// The packages of an install that are named like a repository; none where one of them has a version, or may have.
fn of_command(cx: &Context<'_, '_>, command: &Command<'_>, repository: &str) -> Option<Vec<Package>> {
    let Some(line) = command.line.as_ref().filter(|line| line.verb() == Some(Verb::Install)) else {
        return Some(Vec::new());
    };
    if !apt::is_apt(line) && !line.is_any(&RPM) {
        return Some(Vec::new());
    }
    let mut found = Vec::new();
    for word in line.packages() {
        let names = cx.model.possible_words(command, word);
        let Some([name]) = names.as_deref() else {
            if is_written_like(cx.text(word.span), repository) {
                return None;
            }
            continue;
        };
        if !is_written_like(name, repository)
            || ["-dev", "-devel", "-keyring", "-release"].iter().any(|end| name.ends_with(end))
        {
            continue;
        }
        // A version, a series in the name, a file.
        if name.contains(|c: char| c.is_ascii_digit() || matches!(c, '=' | '/' | '*' | '~')) {
            return None;
        }
        found.push(Package { name: name.clone(), span: word.span, manager: line.name.clone() });
    }
    Some(found)
}

/// The name of the repository that a file defines.
fn repository(path: &FilePath) -> Option<String> {
    let text = path.known_str()?;
    let name = REPOSITORIES.iter().find_map(|directory| text.strip_prefix(directory))?;
    let stem = name.split(['.', '_']).next()?.to_ascii_lowercase();
    let first = stem.split('-').next()?.to_owned();
    (first.len() >= MIN_NAME && !matches!(first.as_str(), "backports" | "debian" | "ubuntu" | "testing" | "unstable"))
        .then_some(first)
}

fn is_written_like(package: &str, repository: &str) -> bool {
    let package = package.trim_matches(['"', '\'']).to_ascii_lowercase();
    let name = package.split(['-', '=', ':', '_']).next().unwrap_or_default();
    name.starts_with(repository) || name.len() >= MIN_NAME && repository.starts_with(name)
}
