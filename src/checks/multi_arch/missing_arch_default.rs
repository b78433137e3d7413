//! A `case` on the architecture that passes over those that it does not name.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Run)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let Some(step) = cx.model.step(step.index) else { return };
        for case in cx.model.cases(step.index) {
            let Some(&(_, first)) = case.commands.first() else { continue };
            let default =
                case.case.arms.iter().position(|arm| arm.patterns.iter().any(|it| it.trim_matches('*').is_empty()));
            let is_settled = default.is_some_and(|index| decides(&case, index));
            if is_settled || !cx.model.tells_architecture(first, &case.case.subject) || !matters(&case, step, cx) {
                continue;
            }
            let subject = cx.text(case.case.subject.span).trim_matches('"');
            let finding = Finding::at(case.case.subject.span).with("subject", subject);
            if default.is_some() {
                cx.report(finding.variant("does-nothing"));
                continue;
            }
            let named = if subject.contains('"') { String::new() } else { format!(" '{subject}'") };
            let arm = format!("*) echo >&2 \"error: unsupported architecture{named}\"; exit 1 ;;");
            let finding = finding.with("arm", arm.clone());
            let finding = if stops_at_unset(&case, step, cx) { finding.variant("unclear") } else { finding };
            cx.report(match cx.model.add_arm(step, &case, &arm) {
                Some(edit) => finding.edit(edit.span, edit.text),
                None => finding,
            });
        }
    }
}

/// Whether the arm for all other architectures does something about them, rather than to say that they are there.
fn decides(case: &CaseUse<'_, '_>, arm: usize) -> bool {
    let in_value = printed_into(case).is_some();
    let mut commands = case.commands.iter().filter(|(index, _)| *index == arm);
    commands.any(|(_, command)| match &command.line {
        Some(line) if line.is_any(&["echo", "printf"]) => in_value && !writes_to_stderr(command),
        Some(line) => !line.is_any(&["true", ":"]),
        None => true,
    })
}

fn writes_to_stderr(command: &Command<'_>) -> bool {
    command.invocation.statement.redirects.iter().any(|redirect| redirect.kind == sh::RedirectKind::DuplicateOutput)
}

/// The variable that takes what the arms print: `name="$(case ... esac)"`.
fn printed_into<'a>(case: &CaseUse<'_, 'a>) -> Option<&'a str> {
    case.frames.iter().rev().find_map(|frame| match frame {
        Frame::Substitution(place) => place.assignment.map(|assignment| assignment.name.as_str()),
        _ => None,
    })
}

/// Whether an architecture without an arm is left without what is downloaded, or with what is not verified: the arms
/// download, or set addresses, checksums and what those are made of. Those that only tweak flags are left alone.
fn matters(case: &CaseUse<'_, '_>, step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    let mut names: Vec<&str> = Vec::new();
    let mut assigned: Vec<&str> = Vec::new();
    let mut tells = false;
    for (_, command) in &case.commands {
        tells |= command.line.as_ref().is_some_and(is_fetch);
        for assignment in command.invocation.simple.assignments.iter().filter(|assignment| !assignment.append) {
            let sh::AssignedValue::Scalar(value) = &assignment.value else { continue };
            let text = cx.text(value.span).trim_matches(['"', '\'']);
            assigned.push(&assignment.name);
            let is_empty = text.is_empty() || is_set_before(&assignment.name, case, step, cx);
            if !is_empty {
                tells |= text.contains("://") || text.len() >= 32 && text.chars().all(|c| c.is_ascii_hexdigit());
                names.push(&assignment.name);
            }
        }
    }
    names.extend(printed_into(case));
    assigned.extend(printed_into(case));
    let later = || {
        let commands = cx.model.commands_of(step.index).iter();
        commands.filter(|command| command.invocation.simple.span.start > case.statement.span.end)
    };
    let reads = |command: &Command<'_>, names: &[&str]| {
        let span = command.invocation.statement.span;
        let text = cx.text(span);
        names.iter().any(|name| text.contains(&format!("${name}")) || text.contains(&format!("${{{name}")))
    };
    // What is tested, or read as `${name:?}`, is taken care of.
    let is_test = |command: &Command<'_>| command.line.as_ref().is_some_and(|line| line.is_any(&["test", "["]));
    let requires = |command: &Command<'_>| cx.text(command.invocation.statement.span).contains(":?");
    if later().any(|command| (is_test(command) || requires(command)) && reads(command, &assigned)) {
        return false;
    }
    tells || later().any(|command| (uses_for_download(command) || has_address(command, cx)) && reads(command, &names))
}

/// Whether a variable has a value before the `case`; an empty one is none.
fn is_set_before(name: &str, case: &CaseUse<'_, '_>, step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    let mut values = assigned_before(case, step, cx).filter(|assignment| assignment.name == name);
    let is_empty = |assignment: &sh::Assignment| match &assignment.value {
        sh::AssignedValue::Scalar(word) => word.literal().is_some_and(|text| text.is_empty()),
        _ => false,
    };
    values.any(|assignment| !is_empty(assignment))
        || cx.model.environment().definition(step.stage, step.index, name).is_some()
}

fn assigned_before<'m>(
    case: &CaseUse<'_, '_>,
    step: &Step<'_>,
    cx: &Context<'m, '_>,
) -> impl Iterator<Item = &'m sh::Assignment> {
    let start = case.statement.span.start;
    let before = cx.model.commands_of(step.index).iter();
    before
        .take_while(move |command| command.invocation.simple.span.start < start)
        .flat_map(|command| &command.invocation.simple.assignments)
}

fn is_fetch(line: &CommandLine<'_>) -> bool {
    line.is_any(&["curl", "wget", "aria2c", "fetch", "git"])
}

fn is_check(line: &CommandLine<'_>) -> bool {
    line.name.ends_with("sum") || line.is_any(&["gpg", "openssl"])
}

fn uses_for_download(command: &Command<'_>) -> bool {
    let checks = |statement: &sh::Statement| match &statement.command {
        sh::Command::Simple(simple) => shell::read(simple).is_some_and(|line| is_check(&line)),
        _ => false,
    };
    command.line.as_ref().is_some_and(|line| is_fetch(line) || is_check(line))
        || command.invocation.pipeline().is_some_and(|(stages, _)| stages.iter().any(checks))
}

fn has_address(command: &Command<'_>, cx: &Context<'_, '_>) -> bool {
    cx.text(command.invocation.simple.span).contains("://")
}

/// Whether the build stops at the variable that no arm has set, though it does not say why.
fn stops_at_unset(case: &CaseUse<'_, '_>, step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    let sets = |command: &Command<'_>| {
        command.line.as_ref().is_some_and(|line| {
            line.is("set") && (line.has("-u") || line.values_of("-o").any(|name| name.word.is("nounset")))
        })
    };
    let fetches = case.commands.iter().any(|(_, command)| command.line.as_ref().is_some_and(is_fetch));
    let mut names = case.commands.iter().flat_map(|(_, command)| &command.invocation.simple.assignments);
    let is_set = names.any(|set| assigned_before(case, step, cx).any(|before| before.name == set.name));
    printed_into(case).is_none() && !fetches && !is_set && cx.model.commands_of(step.index).iter().any(sets)
}
