//! Checksums that overlook lines they cannot read.

use crate::checks::prelude::*;

const SUMS: [&str; 5] = ["sha256sum", "sha512sum", "sha384sum", "sha224sum", "sha1sum"];

#[derive(Default)]
pub struct Rule {
    /// The last stage in which apt installs something: the distribution is one of Debian's.
    has_apt: Option<usize>,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        SUMS.into_iter().chain(["apt-get", "apt"]).map(Visit::Command).collect()
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let (Some(line), Some(step)) = (&command.line, cx.model.step(command.step)) else { return };
        if apt::installs(line) && !command.invocation.is_conditional() {
            self.has_apt = step.stage;
        }
        let option = line.options_named("-c").next().filter(|_| !apt::is_apt(line));
        let Some(option) = option else { return };
        let is_busybox = line.wrappers.iter().any(|word| word.is("busybox"));
        if cx.model.may_give(command, line, "--strict") || is_busybox || !self.has_coreutils(command, step, cx) {
            return;
        }
        let finding = Finding::at(option.span)
            .with("command", line.name.clone())
            .with("option", option.spelling.clone())
            .edit(Span::empty(line.name_word.span.end), " --strict")
            // A single line that cannot be read fails already.
            .fix_if(reads_one_line(command) && matches!(cx.model.body(step), Body::Shell(_)));
        cx.report(finding);
    }
}

impl Rule {
    /// Whether the command surely is the one of GNU: Debian, Ubuntu and Red Hat's kin have no other, Alpine has it where it is installed.
    fn has_coreutils(&self, command: &Command<'_>, step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
        let image = cx.model.stage_of(step).and_then(|stage| cx.model.root_image(stage));
        match image.and_then(base::family) {
            Some(base::Family::Debian | base::Family::Ubuntu) => true,
            Some(base::Family::Alpine) => {
                let start = command.invocation.simple.span.start;
                let mut here = cx.model.commands_of(step.index).iter();
                here.any(|other| other.invocation.simple.span.start < start && brings_coreutils(other))
            }
            // Photon's is Toybox's.
            Some(base::Family::Rpm) => image.is_none_or(|image| image.familiar() != "photon"),
            Some(_) => false,
            None => self.has_apt.is_some() && self.has_apt == step.stage,
        }
    }
}

fn brings_coreutils(command: &Command<'_>) -> bool {
    let Some(line) = command.line.as_ref().filter(|line| line.is("apk") && line.verb() == Some(Verb::Install)) else {
        return false;
    };
    let is_it =
        |word: &&sh::Word| word.literal().is_some_and(|text| text.split(['=', '~']).next() == Some("coreutils"));
    line.packages().iter().any(is_it)
}

/// Whether what it checks is one line, by `echo`.
fn reads_one_line(command: &Command<'_>) -> bool {
    let Some((stages, index)) = command.invocation.pipeline() else { return false };
    let Some(before) = index.checked_sub(1).filter(|&at| at == 0).and_then(|at| stages.get(at)) else { return false };
    let sh::Command::Simple(simple) = &before.command else { return false };
    let is_plain = |word: &sh::Word| {
        word.parts.iter().all(|part| match &part.kind {
            sh::PartKind::Literal(text) => !text.contains(['\n', '\\']),
            sh::PartKind::Parameter(_) => true,
            _ => false,
        })
    };
    shell::read(simple).is_some_and(|line| {
        // A variable alone may hold a whole list.
        let names_file = |word: &sh::Word| {
            word.parts.iter().any(|part| matches!(&part.kind, sh::PartKind::Literal(text) if text.contains(' ')))
        };
        line.is("echo")
            && line.operands.len() == 1
            && line.operands.iter().all(|word| is_plain(word) && names_file(word))
    })
}
