//! The program that the image is for, in whatever version its repository has today.

use crate::checks::prelude::*;

/// Where the definitions of package repositories are.
const REPOSITORIES: [&str; 3] = ["/etc/apt/sources.list.d/", "/etc/yum.repos.d/", "/etc/zypp/repos.d/"];
/// Where apt is told which versions to choose.
const PREFERENCES: &str = "/etc/apt/preferences";
/// The list of apk's repositories.
const APK: &str = "/etc/apk/repositories";
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
/// Repositories of distributions, and collections for them: no program is named like them.
const OWN: [&str; 13] = [
    "backports",
    "contrib",
    "debian",
    "epel",
    "fedora",
    "mirror",
    "mirrors",
    "remi",
    "rpmfusion",
    "sources",
    "testing",
    "ubuntu",
    "unstable",
];
/// Hosts that have the packages of a distribution.
const DISTRIBUTIONS: [&str; 4] = [".debian.org", ".ubuntu.com", "//mirror", "//ftp."];
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

/// A file with what only the program's makers have, and the first command after it was written.
struct Written {
    step: usize,
    next: usize,
    path: String,
}

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        let mut repositories: Vec<(usize, String)> = Vec::new();
        let mut written: Vec<Written> = Vec::new();
        for event in model.files() {
            let step = event.step;
            match &event.action {
                Action::Made { path, origin: Origin::Command } if !is_distribution(cx, step, path) => {
                    let is_one = REPOSITORIES.iter().any(|directory| path.as_str().starts_with(directory));
                    if let Some(command) = event.command.filter(|_| is_one) {
                        written.push(Written { step, next: command + 1, path: path.as_str().to_owned() });
                    }
                    repositories.extend(repository(path).map(|name| (step, name)));
                }
                // What a file of the build context says cannot be known, but for its name.
                Action::Made { path, origin: Origin::Context } => {
                    repositories.extend(repository(path).map(|name| (step, name)));
                }
                Action::Fetched(fetch) if fetch.target == Target::Installed => {
                    repositories.extend(fetch.urls.iter().filter_map(released).map(|name| (step, name)));
                }
                // Then the image may be for what is fetched.
                Action::Fetched(fetch) if brings_program(fetch) => return,
                Action::Fetched(fetch) => {
                    repositories.extend(fetch.files().iter().filter_map(repository).map(|name| (step, name)));
                }
                _ => {}
            }
            if matches!(&event.action, Action::Made { path, .. } if may_pin(cx, step, path)) {
                return;
            }
        }
        if model.writes().iter().any(pins) {
            return;
        }
        add_written(cx, &mut repositories, &mut written);
        repositories.extend(model.commands().iter().filter_map(|command| Some((command.step, added(command, cx)?))));
        repositories.sort();
        repositories.dedup_by(|one, other| one.1 == other.1);
        // With several repositories, which program the image is for cannot be known.
        written.sort_by(|one, other| (&one.path, one.next).cmp(&(&other.path, other.next)));
        written.dedup_by(|one, other| one.path == other.path);
        let alone = || match written.as_slice() {
            [one] if !one.path.contains("backports") => only_package(cx, one),
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

/// Whether a text that the file puts into apt's preferences chooses a version.
fn pins(write: &written::Write) -> bool {
    let chooses = |(_, line): (usize, &str)| {
        let line = line.to_ascii_lowercase();
        line.strip_prefix("pin:").is_some_and(|pin| pin.trim_start().starts_with("version"))
    };
    write.path.starts_with(PREFERENCES) && write.lines().any(chooses)
}

/// Whether a file chooses versions as apt's preferences, or may: what it says is not known.
fn may_pin(cx: &Context<'_, '_>, step: usize, path: &FilePath) -> bool {
    let is_known = |write: &written::Write| write.step == step && write.path == path.as_str();
    path.as_str().starts_with(PREFERENCES) && !cx.model.writes().iter().any(is_known)
}

/// The definitions of repositories that the file writes out, with redirections around several commands too.
fn add_written(cx: &Context<'_, '_>, repositories: &mut Vec<(usize, String)>, written: &mut Vec<Written>) {
    let model = cx.model;
    for write in model.writes().iter().filter(|write| !write.is_part) {
        let step = write.step;
        if write.path == APK {
            let words = write.text.split_whitespace();
            repositories.extend(words.filter_map(apk_repository).map(|name| (step, name)));
            continue;
        }
        let path = FilePath::absolute(&write.path);
        let is_one = REPOSITORIES.iter().any(|directory| write.path.starts_with(directory));
        if !is_one || is_distribution(cx, step, &path) {
            continue;
        }
        let end = write.span(model.source, 0..write.text.len()).end;
        let is_before = |command: &Command<'_>| (command.step, command.invocation.simple.span.start) < (step, end);
        let next = model.commands().iter().rposition(is_before).map_or(0, |last| last + 1);
        written.push(Written { step, next, path: write.path.clone() });
        repositories.extend(repository(&path).map(|name| (step, name)));
    }
}

/// The name of a repository of apk that is none of Alpine's.
fn apk_repository(url: &str) -> Option<String> {
    let is_own = ["alpinelinux.org", "mirror", "/edge/", "/testing"].iter().any(|part| url.contains(part));
    apt_source::keyring_name(url).filter(|_| !is_own).and_then(name_of)
}

fn report(package: Package, cx: &mut Context<'_, '_>) {
    let pin = if package.manager.starts_with("ap") { "=" } else { "-" };
    cx.report(Finding::at(package.span).with("package", package.name).with("pin", pin));
}

/// Whether a download is something else than a key or the definition of a repository.
fn brings_program(fetch: &Fetch) -> bool {
    matches!(fetch.target, Target::File(_) | Target::Unnamed | Target::Unknown)
        && !fetch.urls.iter().any(urls::is_key_or_repository)
        && !fetch.files().iter().any(|file| repository(file).is_some() || file.as_str().contains("keyring"))
}

/// Whether a file lists what the distribution itself has: another part of it, a mirror.
fn is_distribution(cx: &Context<'_, '_>, step: usize, path: &FilePath) -> bool {
    let mut writes = cx.model.writes().iter().filter(|write| write.step == step && write.path == path.as_str());
    writes.any(|write| {
        let sources = apt_source::sources(&write.text);
        sources.iter().any(|source| DISTRIBUTIONS.iter().any(|host| source.uri.contains(host)))
    })
}

/// The repository that a command adds without naming its file.
fn added(command: &Command<'_>, cx: &Context<'_, '_>) -> Option<String> {
    let line = command.line.as_ref()?;
    if line.is("apk") {
        let mut urls = line.values_of("-X").filter_map(|value| cx.model.only_word(command, value.word));
        return urls.find_map(|url| apk_repository(&url));
    }
    let is_adder = line.is_any(&["add-apt-repository", "apt-add-repository", "yum-config-manager"])
        || line.is_any(&RPM) && line.words.iter().any(|word| word.is("config-manager"));
    let mut words = line.words.iter().filter(|_| is_adder).filter_map(|word| cx.model.only_word(command, word));
    words.find_map(|word| {
        // `ppa:OWNER/NAME`, where the name is often `ppa` or `stable`.
        let text = word.strip_prefix("ppa:").and_then(|path| path.split('/').next()).or_else(|| {
            word.contains("://").then(|| word.rsplit('/').next().and_then(|name| name.strip_suffix(".repo"))).flatten()
        })?;
        name_of(text)
    })
}

/// The repository that a package defines, as `exampled-release-latest.rpm` does.
fn released(url: &PartialText) -> Option<String> {
    let file = files::file_name(url);
    let (name, _) = file.as_str().split_once("release")?;
    // The number is that of the series.
    let name = name.split('-').next().unwrap_or_default().trim_end_matches(|c: char| c.is_ascii_digit());
    name_of(name)
}

/// The package that is installed from the repository: the only one, and none that distributions have. In the RUN that adds it,
/// else in those that follow.
fn only_package(cx: &Context<'_, '_>, written: &Written) -> Option<Package> {
    let commands = cx.model.commands().iter().skip(written.next);
    let shipped = |command: &&Command<'_>| {
        cx.model.step(command.step).is_some_and(|step| step.trigger_of.is_none() && cx.model.is_shipped(step))
    };
    let installs = commands.filter(shipped).filter(|command| {
        let line = command.line.as_ref();
        line.is_some_and(|line| line.verb() == Some(Verb::Install) && (apt::is_apt(line) || line.is_any(&RPM)))
    });
    let installs: Vec<_> = installs.collect();
    let here: Vec<_> = installs.iter().filter(|command| command.step == written.step).collect();
    let install = match (here.as_slice(), installs.as_slice()) {
        ([install], _) => **install,
        ([], [install]) => *install,
        _ => return None,
    };
    let line = install.line.as_ref()?;
    let names: Option<Vec<_>> = line.packages().iter().map(|word| cx.model.only_word(install, word)).collect();
    let names = names?;
    let mut main = line.packages().iter().zip(names).filter(|(_, name)| !COMMON.contains(&name.as_str()));
    let ((word, name), None) = (main.next()?, main.next()) else { return None };
    let is_helper =
        ["-dev", "-devel", "-keyring", "-release", "-tools", "-utils"].iter().any(|end| name.ends_with(end))
            || name.starts_with("lib");
    let has_version = name.contains(|c: char| c.is_ascii_digit() || matches!(c, '=' | '/' | '*' | '~' | ':'));
    (!is_helper && !has_version).then(|| Package { name, span: word.span, manager: line.name.clone() })
}

/// The packages of an install that are named like a repository; none where one of them has a version, or may have.
fn of_command(cx: &Context<'_, '_>, command: &Command<'_>, repository: &str) -> Option<Vec<Package>> {
    let Some(line) = command.line.as_ref().filter(|line| line.verb() == Some(Verb::Install)) else {
        return Some(Vec::new());
    };
    if !apt::is_apt(line) && !line.is_any(&RPM) && !line.is("apk") {
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
    name_of(REPOSITORIES.iter().find_map(|directory| text.strip_prefix(directory))?)
}

/// The first part of a repository's name, in which programs are named.
fn name_of(text: &str) -> Option<String> {
    let first = text.split(['.', '_', '-']).next()?.to_ascii_lowercase();
    (first.len() >= MIN_NAME && !OWN.contains(&first.as_str())).then_some(first)
}

fn is_written_like(package: &str, repository: &str) -> bool {
    let package = package.trim_matches(['"', '\'']).to_ascii_lowercase();
    let name = package.split(['-', '=', ':', '_']).next().unwrap_or_default();
    name.starts_with(repository) || name.len() >= MIN_NAME && repository.starts_with(name)
}
