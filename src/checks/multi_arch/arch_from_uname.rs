//! The architecture asked from the kernel.

use crate::checks::prelude::*;

/// Images of distributions with neither dpkg nor apk nor rpm, and with no builds for 32 bits on 64-bit kernels.
const OTHERS: &[&str] = &["archlinux", "gentoo/stage3", "nixos/nix", "voidlinux/voidlinux", "clearlinux"];

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("uname"), Visit::Command("arch")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let (Some(line), Some(step)) = (&command.line, cx.model.step(command.step)) else { return };
        // `arch` of its own asks; with operands it is another program. `uname -a` is for logs.
        let asks = match line.name.as_str() {
            "arch" => line.operands.is_empty() && line.options.is_empty(),
            _ => ["-m", "-p", "-i"].iter().any(|option| line.has(option)),
        };
        // A function of that name is something else.
        let is_function = cx
            .model
            .commands_of(step.index)
            .iter()
            .any(|other| other.invocation.function().is_some_and(|function| function.name == line.name));
        if !asks || is_function {
            return;
        }
        let words: Vec<_> = line.words.iter().map(|word| word.literal().unwrap_or_default()).collect();
        let finding = Finding::at(line.span()).with("command", words.join(" "));
        let image = cx.model.stage_of(step).and_then(|stage| cx.model.root_image(stage));
        let family = image.and_then(base::family);
        let finding = match family.map(architecture::question) {
            Some(Some((instead, answers))) => finding.with("instead", instead).with("answers", answers),
            // None of the package managers is there to ask.
            Some(None) => return,
            None if image.is_some_and(|image| OTHERS.contains(&image.familiar())) => return,
            None => return cx.report(finding.variant("unknown-family")),
        };
        // Images that take the kernel's word on Red Hat's kin have been accepted: it has no 32-bit builds on 64-bit kernels.
        cx.report(if family == Some(base::Family::Rpm) { finding.variant("rpm") } else { finding });
    }
}
