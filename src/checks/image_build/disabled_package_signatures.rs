//! Packages that are installed without a look at their signatures.

use crate::checks::prelude::*;

/// Options that turn the verification off, by command.
const OPTIONS: &[(&[&str], &[&str])] = &[
    (
        &["apt-get", "apt", "aptitude"],
        &[
            "--allow-unauthenticated",
            "--force-yes",
            "--allow-insecure-repositories",
            "--allow-untrusted",
            "--allow-weak-repositories",
        ],
    ),
    (&["yum", "dnf", "dnf5", "microdnf", "tdnf"], &["--nogpgcheck", "--nogpg"]),
    (&["yum-builddep", "yumdownloader", "rpm-ostree", "mock"], &["--nogpgcheck"]),
    (&["rpm"], &["--nosignature"]),
    (
        &["zypper"],
        &[
            "--no-gpg-checks",
            "--no-gpgcheck",
            "-G",
            "--gpgcheck-allow-unsigned",
            "--gpgcheck-allow-unsigned-repo",
            "--gpgcheck-allow-unsigned-package",
            "--allow-unsigned-rpm",
        ],
    ),
    (&["debootstrap", "cdebootstrap", "qemu-debootstrap"], &["--no-check-gpg", "--allow-unauthenticated"]),
];
/// Settings of package managers, by the last part of their names, that turn the verification off by saying no...
const OFF: [&str; 2] = ["gpgcheck", "pkggpgcheck"];
/// ... and those that do by saying yes.
const ON: [&str; 4] = [
    "allowunauthenticated",
    "allowinsecurerepositories",
    "allowdowngradetoinsecurerepositories",
    "allowweakrepositories",
];
/// Commands that take such settings in their arguments.
const CONFIGURED: [&str; 10] =
    ["apt-get", "apt", "aptitude", "yum", "dnf", "dnf5", "microdnf", "tdnf", "yum-config-manager", "zypper"];
/// Where package managers have their settings.
const FILES: [&str; 7] =
    ["/etc/apt/", "/etc/yum", "/etc/dnf", "/etc/zypp", "/etc/pacman", "/etc/tdnf", "/usr/share/dnf"];

#[derive(Default)]
pub struct Rule {
    /// Where variables were found that hold such an option, each once however often it is used.
    seen: Vec<Span>,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        let names = OPTIONS.iter().flat_map(|(names, _)| names.iter()).chain(&CONFIGURED);
        let mut names: Vec<&str> = names.copied().chain(["apk"]).collect();
        names.sort_unstable();
        names.dedup();
        names.into_iter().map(Visit::Command).collect()
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let Some(line) = &command.line else { return };
        let verb = line.subcommand.and_then(sh::Word::literal).unwrap_or_default();
        let name = format!("{} {verb}", line.name);
        let finding =
            |span: Span, what: String| Finding::at(span).with("what", what).with("command", name.trim_end().to_owned());
        if line.is("apk") {
            let installs = matches!(line.verb(), Some(Verb::Install | Verb::Upgrade));
            let option = line.option_span("--allow-untrusted").filter(|_| installs);
            if let Some(span) = option.filter(|_| !is_own_package(command, line, cx)) {
                cx.report(finding(span, "--allow-untrusted".to_owned()).variant("apk"));
            }
            return;
        }
        let options = OPTIONS.iter().filter(|(names, _)| names.contains(&line.name.as_str()));
        let options: Vec<&'static str> = options.flat_map(|(_, options)| options.iter().copied()).collect();
        let given = options.iter().find_map(|option| line.options_named(option).next());
        if let Some(option) = given {
            cx.report(finding(option.span, option.spelling.clone()));
            return;
        }
        if let Some((origin, _)) = cx.model.options_in_variables(command, line, &options).into_iter().next() {
            if !self.seen.contains(&origin.span) {
                self.seen.push(origin.span);
                cx.report(finding(origin.span, origin.text));
            }
            return;
        }
        let bad = cx.model.settings(command).into_iter().find(disables);
        if let Some(setting) = bad.filter(|_| CONFIGURED.contains(&line.name.as_str())) {
            cx.report(finding(setting.span, cx.text(setting.span).replace(['"', '\''], "")));
        }
    }

    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let is_ours = |path: &str| FILES.iter().any(|directory| path.contains(directory)) || path.contains(".repo");
        let model = cx.model;
        let mut spans: Vec<(Span, String)> = Vec::new();
        for (path, setting) in model.written_settings() {
            let is_stanza = path.contains("sources.list.d/") && setting.name() == "trusted" && setting.is_on();
            if is_ours(path) && (disables(&setting) || is_stanza) {
                spans.push((setting.span, format!("{}={}", setting.key, setting.value)));
            }
        }
        for write in model.writes().iter().filter(|write| apt_source::is_list(&write.path)) {
            for (at, option) in apt_source::unchecked_options(&write.text, write.is_part) {
                spans.push((write.span(model.source, at..at + option.len()), option.to_owned()));
            }
        }
        spans.sort();
        // One replacement of sed may go to several files.
        spans.dedup_by_key(|found| found.0);
        for (span, what) in spans {
            cx.report(Finding::at(span).variant("setting").with("what", what));
        }
    }
}

fn disables(setting: &Setting) -> bool {
    let name = setting.name();
    let name = name.as_str();
    OFF.contains(&name) && setting.is_off()
        || ON.contains(&name) && setting.is_on()
        || name == "siglevel" && ["Never", "TrustAll"].iter().any(|level| setting.value.contains(level))
}

/// Whether `apk` is given files that are no downloads, or that the RUN has verified: a package that was just built has no
/// signature that anybody would know.
fn is_own_package(command: &Command<'_>, line: &CommandLine<'_>, cx: &Context<'_, '_>) -> bool {
    let is_file = |word: &&sh::Word| {
        let text = cx.model.shown(command, word);
        !text.contains("://")
            && (text.contains(".apk") || text.starts_with(['/', '.']) || text.contains(written::is_unknown))
    };
    let mut repositories = line.values_of("-X").map(|value| cx.model.shown(command, value.word));
    let has_files = line.operands.iter().any(is_file);
    if repositories.any(|text| text.contains("://")) || !(has_files || line.operands.is_empty()) {
        return false;
    }
    let others = || cx.model.commands_of(command.step).iter().filter_map(|other| other.line.as_ref());
    let verifies = |other: &CommandLine<'_>| {
        other.name.ends_with("sum") && other.has("-c") || other.is("gpg") && other.has("--verify") || other.is("abuild")
    };
    let downloads = || others().any(|other| other.is_any(&["curl", "wget", "fetch", "aria2c"]));
    // Where a file that nothing brings comes from, only the base image knows.
    let brings = |step: &Step<'_>| {
        matches!(step.keyword(), Keyword::Copy | Keyword::Add | Keyword::Run)
            && (step.keyword() != Keyword::Run || builds(step, cx))
    };
    let is_brought =
        || cx.model.step(command.step).is_some_and(|step| mounts_files(step) || cx.model.steps_below(step).any(brings));
    others().any(verifies) || !downloads() && is_brought()
}

/// Whether a RUN gets files of the build context or of another image.
fn mounts_files(step: &Step<'_>) -> bool {
    let is_empty = |mount: &mounts::Mount| {
        mount.kind.as_ref().is_some_and(|kind| ["tmpfs", "secret", "ssh"].contains(&kind.text.as_str()))
    };
    views::Run::of(step.instruction).is_some_and(|run| !run.mounts.iter().all(is_empty))
}

/// Whether a RUN may build packages: it does more than to install them.
fn builds(step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    let mut lines = cx.model.commands_of(step.index).iter().map(|command| command.line.as_ref());
    lines.any(|line| line.is_none_or(|line| line.is_any(&["abuild", "make", "sh", "git"]) || line.spec.is_none()))
}
