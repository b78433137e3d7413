//! Builds that need more than a builder gives: entitlements, devices, the kernel, a Docker daemon.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

/// Commands that change the kernel's state or its network, whatever their arguments.
const OF_KERNEL: &[&str] = &[
    "mount",
    "swapon",
    "swapoff",
    "losetup",
    "modprobe",
    "insmod",
    "rmmod",
    "iptables",
    "ip6tables",
    "iptables-legacy",
    "iptables-nft",
    "iptables-restore",
    "ip6tables-restore",
    "ipset",
    "nsenter",
];
/// With one of these they only tell something.
const ASKS: &[&str] = &["-h", "--help", "-V", "--version", "-l", "-L", "-S", "--list", "--show", "-n", "--dry-run"];
const DAEMONS: &[&str] = &["dockerd", "containerd", "dockerd-entrypoint.sh", "dind"];
const OF_DAEMON: &[&str] = &["build", "run", "pull", "push", "load", "save", "exec", "create", "start"];
const SOCKETS: &[&str] = &["/docker.sock", "/containerd.sock", "/podman.sock"];
/// Trees of the kernel that a build may only read.
const KERNEL_FILES: &[&str] = &["/proc/sys/", "/sys/"];

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Run), Visit::EveryCommand]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let Some(run) = views::Run::of(step.instruction) else { return };
        if let Some(span) = entitlement(step, cx) {
            let flag = cx.text(span).to_owned();
            cx.report(Finding::at(span).with("word", flag));
        }
        for mount in &run.mounts {
            let paths = [&mount.source, &mount.target];
            let socket = paths.into_iter().flatten().find(|path| SOCKETS.iter().any(|it| path.text.ends_with(it)));
            if let Some(socket) = socket {
                cx.report(Finding::at(socket.span).variant("daemon").with("word", socket.text.clone()));
            }
        }
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let (Some((variant, span, word)), Some(step)) = (privileged(command), cx.model.step(command.step)) else {
            return;
        };
        // What may fail, or may not be run at all, breaks no build; what an entitlement allows is told at its flag.
        let invocation = &command.invocation;
        if !invocation.is_conditional() && !invocation.failure_is_ignored() && entitlement(step, cx).is_none() {
            cx.report(Finding::at(span).variant(variant).with("word", word));
        }
    }
}

/// What a command needs that a build has not: which wording, the word at fault and its text.
fn privileged(command: &Command<'_>) -> Option<(&'static str, Span, String)> {
    let written = command.invocation.statement.redirects.iter().find_map(|redirect| {
        let writes = !matches!(redirect.kind, sh::RedirectKind::Input | sh::RedirectKind::HereDoc);
        writes.then(|| kernel_file(&redirect.target)).flatten()
    });
    let line = command.line.as_ref();
    let teed = || line.filter(|line| line.is("tee"))?.operands.iter().find_map(|word| kernel_file(word));
    if let Some((span, path)) = written.or_else(teed) {
        return Some(("kernel", span, path));
    }
    let line = line?;
    let variant = if needs_daemon(line) {
        "daemon"
    } else if changes_kernel(line) {
        "kernel"
    } else {
        return None;
    };
    Some((variant, line.name_word.span, line.name_word.literal()?.into_owned()))
}

/// The flag of a RUN that asks for what a builder has to be allowed first.
fn entitlement(step: &Step<'_>, cx: &Context<'_, '_>) -> Option<Span> {
    let value = |name| {
        let flag = step.instruction.flag(name)?;
        let value = cx.model.fold(step, &flag.value.as_ref()?.text).known()?;
        Some((flag.span, value.to_ascii_lowercase()))
    };
    let asks = |name, wanted| value(name).filter(|(_, value)| value == wanted).map(|(span, _)| span);
    asks("security", "insecure")
        .or_else(|| asks("network", "host"))
        .or_else(|| step.instruction.flag("device").map(|flag| flag.span))
}

fn kernel_file(word: &sh::Word) -> Option<(Span, String)> {
    let path = word.literal()?;
    KERNEL_FILES.iter().any(|tree| path.starts_with(tree)).then(|| (word.span, path.into_owned()))
}

fn needs_daemon(line: &CommandLine<'_>) -> bool {
    let asks = || ["--version", "-v", "--help", "-h", "--validate"].iter().any(|option| line.has(option));
    if DAEMONS.contains(&line.name.as_str()) {
        return !asks();
    }
    line.name == "docker" && !asks() && line.operands.first().is_some_and(|verb| OF_DAEMON.iter().any(|it| verb.is(it)))
}

fn changes_kernel(line: &CommandLine<'_>) -> bool {
    let arguments = line.words.len() > 1;
    if line.name == "sysctl" {
        let writes = line.has("-w") || line.has("--write") || line.has("-p") || line.has("--system");
        let assigns = line.operands.iter().any(|word| {
            word.parts.iter().any(|part| matches!(&part.kind, sh::PartKind::Literal(text) if text.contains('=')))
        });
        return writes || assigns;
    }
    OF_KERNEL.contains(&line.name.as_str()) && arguments && !ASKS.iter().any(|option| asks(line, option))
}

/// Whether an option is given by itself; the `-n` of `iptables -t nat` is none.
fn asks(line: &CommandLine<'_>, option: &str) -> bool {
    line.words.iter().skip(1).any(|word| word.is(option))
}
