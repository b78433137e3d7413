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
        // `arch` of its own asks; with operands it is another program. `uname -a` is for logs, but for the word that is taken out.
        let asks = match line.name.as_str() {
            "arch" => line.operands.is_empty() && line.options.is_empty(),
            _ if line.has("-a") => picks_architecture(command, cx),
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
        let edits = family.and_then(|family| edits(command, family, cx)).unwrap_or_default();
        let finding = edits.into_iter().fold(finding, |finding, edit| finding.edit(edit.span, edit.text));
        // Images that take the kernel's word on Red Hat's kin have been accepted: it has no 32-bit builds on 64-bit kernels.
        cx.report(if family == Some(base::Family::Rpm) { finding.variant("rpm") } else { finding });
    }
}

/// Whether something looks for the architecture in what a command tells: the next one of a pipeline, or a `case`.
fn picks_architecture(command: &Command<'_>, cx: &Context<'_, '_>) -> bool {
    let names = |text: &str| !architecture::mentions(text).is_empty();
    match Output::of(&command.invocation) {
        Output::Piped(stages, index) => {
            let Some(sh::Command::Simple(next)) = stages.get(index + 1).map(|stage| &stage.command) else {
                return false;
            };
            let words: Vec<_> = next.words.iter().filter_map(sh::Word::literal).collect();
            words.iter().any(|word| names(word))
                // The last word but one.
                || next.words.first().is_some_and(|word| word.is("awk")) && words.iter().any(|word| word.contains("NF-1"))
        }
        Output::Captured(place) => place.assignment.is_some_and(|assignment| {
            cx.model.cases(command.step).iter().any(|case| {
                let mut parts = case.case.subject.parts.iter();
                let mut patterns = case.case.arms.iter().flat_map(|arm| &arm.patterns);
                parts.any(|part| matches!(&part.kind, sh::PartKind::Parameter(it) if it.name == assignment.name))
                    && patterns.any(|pattern| names(pattern))
            })
        }),
        _ => false,
    }
}

/// How a family calls what the kernel calls so; none where that is not one name.
fn own_name(family: base::Family, kernel: &str) -> Option<&str> {
    let is_debian = matches!(family, base::Family::Debian | base::Family::Ubuntu);
    let is_alpine = family == base::Family::Alpine;
    match kernel {
        "x86_64" if is_debian => Some("amd64"),
        "aarch64" if is_debian => Some("arm64"),
        "ppc64le" if is_debian => Some("ppc64el"),
        "armv7l" if is_debian => Some("armhf"),
        "i486" | "i586" | "i686" if is_debian => Some("i386"),
        "armv7l" if is_alpine => Some("armv7"),
        "armv6l" if is_alpine => Some("armhf"),
        "i386" | "i486" | "i586" | "i686" if is_alpine => Some("x86"),
        // Names of others that the kernel never gives stay beside those that it does.
        "*" | "x86_64" | "aarch64" | "ppc64le" | "s390x" | "riscv64" | "amd64" | "arm64" => Some(kernel),
        "armhf" | "ppc64el" | "i386" if is_debian => Some(kernel),
        _ => None,
    }
}

/// Whether a command names an architecture of 32 bits, or may: those have other names in Alpine.
fn names_32_bits(command: &Command<'_>) -> bool {
    let invocation = &command.invocation;
    let words = invocation.simple.words.iter().filter_map(sh::Word::literal);
    // A `case` that asks by itself is translated by itself.
    let asks =
        |case: &sh::Case| case.subject.parts.iter().any(|part| matches!(part.kind, sh::PartKind::Substitution(_)));
    let patterns = invocation.arms().filter(|(case, _)| !asks(case));
    let patterns = patterns.flat_map(|(_, arm)| arm.patterns.iter().map(Into::into));
    words.chain(patterns).any(|text| {
        let before = |at: usize| text.get(..at).and_then(|before| before.chars().next_back());
        let is_arm = |at: usize| {
            !before(at).is_some_and(char::is_alphanumeric)
                && !text
                    .get(at + 3..)
                    .is_some_and(|rest| rest.starts_with(char::is_alphabetic) && !rest.starts_with(['v', 'h', 'e']))
                && !text.get(at + 3..).is_some_and(|rest| rest.starts_with("64"))
        };
        text.match_indices("arm").any(|(at, _)| is_arm(at))
            // `i686`, `i?86`, `i.86`
            || text.match_indices("86").any(|(at, _)| at > 0 && before(at) != Some('x'))
    })
}

/// A place where the answer is compared.
enum Comparison<'t> {
    Case(&'t sh::Case),
    Text(&'t sh::Word),
}

/// The edits that ask the packages, and compare with their names what was compared with the kernel's.
fn edits(command: &Command<'_>, family: base::Family, cx: &Context<'_, '_>) -> Option<Vec<Edit>> {
    let line = command.line.as_ref()?;
    let step = cx.model.step(command.step)?;
    let Body::Shell(_) = cx.model.body(step) else { return None };
    let (instead, _) = architecture::question(family)?;
    let asks_alone = line.operands.is_empty()
        && line.wrappers.is_empty()
        && (line.name == "arch" || line.options.len() == 1 && line.has("-m"))
        && command.invocation.script().is_none();
    let mut edits = vec![Edit { span: line.span(), text: instead.to_owned() }];
    match comparisons(command, cx) {
        Some(found) => {
            for comparison in found {
                match comparison {
                    Comparison::Case(case) => edits.extend(renamed_arms(case, family, cx)?),
                    Comparison::Text(word) => {
                        let name = word.literal()?;
                        let own = own_name(family, &name)?;
                        let at = cx.text(word.span).find(&*name)? as u32 + word.span.start;
                        if own != name {
                            edits.push(Edit { span: Span::new(at, at + name.len() as u32), text: own.to_owned() });
                        }
                    }
                }
            }
        }
        // Debian has other names for most; Alpine and Red Hat have the kernel's for 64 bits.
        None if matches!(family, base::Family::Debian | base::Family::Ubuntu) => return None,
        None if cx.model.commands_of(command.step).iter().any(names_32_bits) => return None,
        None => {}
    }
    asks_alone.then_some(edits)
}

/// The places that compare the answer; none where something else reads it, or may.
fn comparisons<'m>(command: &Command<'_>, cx: &Context<'m, '_>) -> Option<Vec<Comparison<'m>>> {
    let model = cx.model;
    let [.., Frame::Substitution(place), Frame::List { list, .. }] = command.invocation.frames.as_slice() else {
        return None;
    };
    let is_whole = |word: &sh::Word| word.parts.len() == 1;
    if place.process || list.statements.len() != 1 || !is_whole(place.word) {
        return None;
    }
    let Some(assignment) = place.assignment else {
        return comparison(place.word.span, command.step, cx).map(|one| vec![one]);
    };
    let assigned = model.commands_of(command.step).iter().flat_map(|other| &other.invocation.simple.assignments);
    let is_alone = place.command.is_some_and(|command| command.words.is_empty() && !command.declaration)
        && assigned.filter(|other| other.name == assignment.name).count() == 1;
    let step = model.step(command.step)?;
    let uses = model.references(step).into_iter().filter(|reference| reference.name == assignment.name);
    let mut found = Vec::new();
    for read in uses {
        if is_told(read.span, command.step, cx) {
            continue;
        }
        // `${arch%l}` is another text.
        let is_plain = cx.text(read.span).trim_matches(['$', '{', '}']) == assignment.name;
        found.push(comparison(read.span, command.step, cx).filter(|_| is_plain)?);
    }
    is_alone.then_some(found)
}

/// What compares the word that is what stands at a place, quotes aside.
fn comparison<'m>(place: Span, step: usize, cx: &Context<'m, '_>) -> Option<Comparison<'m>> {
    let is_it = |word: &sh::Word| {
        let rest = cx.text(word.span).trim_matches('"').len() as u32;
        word.span.contains(place) && word.parts.len() == 1 && rest <= place.len() + 2
    };
    if let Some(case) = cx.model.cases(step).into_iter().find(|case| is_it(&case.case.subject)) {
        return Some(Comparison::Case(case.case));
    }
    cx.model.commands_of(step).iter().find_map(|command| {
        let words = &command.invocation.simple.words;
        let words = match words.as_slice() {
            [name, words @ .., end] if name.is("[") && end.is("]") => words,
            [name, words @ ..] if name.is("test") => words,
            _ => return None,
        };
        words.windows(3).find_map(|three| {
            let [left, sign, right] = three else { return None };
            let is_sign = ["=", "==", "!="].iter().any(|one| sign.is(one));
            let other = if is_it(left) { right } else { Some(left).filter(|_| is_it(right))? };
            (is_sign && other.literal().is_some()).then_some(Comparison::Text(other))
        })
    })
}

/// Whether a place is in what `echo` or `printf` tells whoever builds.
fn is_told(place: Span, step: usize, cx: &Context<'_, '_>) -> bool {
    cx.model.commands_of(step).iter().any(|command| {
        let line = command.line.as_ref();
        command.invocation.statement.span.contains(place)
            && line.is_some_and(|line| line.is_any(&["echo", "printf"]))
            && match Output::of(&command.invocation) {
                Output::Terminal => true,
                Output::File(redirect) => matches!(redirect.kind, sh::RedirectKind::DuplicateOutput),
                _ => false,
            }
    })
}

/// The edits that give the arms of a `case` a family's names; none where two would have the same.
fn renamed_arms(case: &sh::Case, family: base::Family, cx: &Context<'_, '_>) -> Option<Vec<Edit>> {
    let mut taken: Vec<&str> = Vec::new();
    let mut edits = Vec::new();
    for arm in &case.arms {
        let written = cx.text(arm.span);
        let plain: Vec<&str> = written.split('|').map(str::trim).collect();
        if plain.iter().ne(arm.patterns.iter()) {
            return None;
        }
        let mut names: Vec<&str> = Vec::new();
        for pattern in &plain {
            let name = own_name(family, pattern)?;
            if !names.contains(&name) {
                names.push(name);
            }
        }
        if names.iter().any(|name| taken.contains(name)) {
            return None;
        }
        if names != plain {
            let sign = if written.contains(" | ") { " | " } else { "|" };
            edits.push(Edit { span: arm.span, text: names.join(sign) });
        }
        taken.extend(names);
    }
    Some(edits)
}
