//! `|| true` behind a command whose failure matters.

use crate::checks::prelude::*;

/// Commands behind `||` that do nothing about a failure.
const SILENCERS: &[&str] = &["true", ":", "echo", "printf", "cat", "tail"];
/// Commands that leave a loop or a script: what stands before them is one attempt of several.
const LEAVERS: &[&str] = &["break", "continue", "exit", "return"];

#[derive(Default)]
pub struct Rule;

/// A failure that nobody sees.
struct Swallowed {
    /// What swallows it.
    at: Span,
    handler: String,
    purpose: Purpose,
    command: String,
    is_switched_off: bool,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Run)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let mut found: Vec<Swallowed> = Vec::new();
        let commands = cx.model.commands_of(step.index);
        let mut made_up = None;
        for command in commands {
            // What a command is there for takes longer to find out.
            if silencer(&command.invocation, true).is_none() && switched_off(&command.invocation).is_none() {
                continue;
            }
            let Some((purpose, name)) = purpose(command).filter(|_| !is_attempt(command)) else { continue };
            let is_dpkg = command.line.as_ref().is_some_and(|line| line.is("dpkg"));
            if is_dpkg && *made_up.get_or_insert_with(|| makes_up(commands)) {
                continue;
            }
            let swallowed = match silencer(&command.invocation, purpose == Purpose::Verify) {
                Some(swallowing)
                    if purpose == Purpose::Download
                        && (is_asked_for(command, swallowing) || is_only_searched(command, cx)) =>
                {
                    continue;
                }
                Some(step) => Swallowed {
                    at: step.operator_span.unwrap_or(step.statement.span).to(step.statement.span),
                    handler: format!("|| {}", shown(&step.statement)),
                    purpose,
                    command: name,
                    is_switched_off: false,
                },
                None => {
                    let Some(at) = switched_off(&command.invocation) else { continue };
                    let handler = cx.text(at).to_owned();
                    Swallowed { at, handler, purpose, command: name, is_switched_off: true }
                }
            };
            // One finding for one `|| true`: the worst that it swallows.
            match found.iter_mut().rev().take(8).find(|other| other.at == swallowed.at) {
                Some(other) if other.purpose >= swallowed.purpose => {}
                Some(other) => *other = swallowed,
                None => found.push(swallowed),
            }
        }
        for swallowed in found {
            let variant = match (swallowed.is_switched_off, swallowed.purpose) {
                (false, Purpose::Verify) => "verification",
                (false, Purpose::Download) => "download",
                (false, _) => "optional",
                (true, Purpose::Verify | Purpose::Download) => "switched-off",
                (true, _) => "switched-off-optional",
            };
            let finding = Finding::at(swallowed.at).variant(variant).with("command", swallowed.command);
            cx.report(finding.with("handler", swallowed.handler));
        }
    }
}

/// The step behind `||` that swallows a failure without doing anything about it.
fn silencer<'a>(invocation: &Invocation<'a>, compares: bool) -> Option<&'a sh::Step> {
    let is_substituted = |outer: &[Frame<'_>]| outer.iter().any(|frame| matches!(frame, Frame::Substitution(_)));
    if invocation.statement.negated {
        return None;
    }
    for (depth, frame) in invocation.frames.iter().enumerate().rev() {
        match *frame {
            Frame::IfCondition { .. } | Frame::WhileCondition(_) | Frame::Function(_) => return None,
            Frame::Substitution(place) => {
                let words = place.command.is_none_or(|command| command.declaration || !command.words.is_empty());
                // `[ "$(sha256sum file)" = ... ]` is the check.
                let name = place.command.and_then(|command| command.words.first());
                if compares && name.is_some_and(|name| name.is("[") || name.is("test")) {
                    continue;
                }
                if place.process || place.assignment.is_none() || words {
                    return None;
                }
            }
            Frame::AndOr { steps, index } => {
                let behind = steps.get(index + 1..).unwrap_or_default();
                let mut or = behind.iter().enumerate().filter(|(_, step)| step.operator == Some(sh::Operator::Or));
                let Some((at, step)) = or.find(|(_, step)| !leaves(&step.statement)) else { continue };
                let outer = invocation.frames.get(..depth).unwrap_or_default();
                let leaves_early = behind.iter().take(at).any(|step| names(&step.statement, LEAVERS));
                let is_silent = silences(&step.statement, is_substituted(outer)) && !leaves_early;
                return is_silent.then_some(step);
            }
            _ => {}
        }
        if frame.statement().is_some_and(|one| one.negated || one.separator == sh::Separator::Background) {
            return None;
        }
    }
    None
}

/// Whether the command behind `|| true` looks whether something came of a download: at the file, or at the variable.
fn is_asked_for(command: &Command<'_>, silencer: &sh::Step) -> bool {
    let frames = &command.invocation.frames;
    let holds = |frame: &Frame<'_>| matches!(frame, Frame::AndOr { steps, .. } if steps.iter().any(|step| std::ptr::eq(step, silencer)));
    let Some(outer) = frames.iter().position(holds).and_then(|at| frames.get(..at)) else { return false };
    let variable = outer.iter().rev().find_map(|frame| match frame {
        Frame::Substitution(place) => Some(place.assignment.map(|assignment| assignment.name.as_str())),
        _ => None,
    });
    let written = |word: &sh::Word| {
        let words = command.invocation.simple.words.iter().skip(1);
        let ends = |text: &str, name: &str| text == name || text.contains("://") && text.ends_with(&format!("/{name}"));
        words.clone().any(|own| {
            own.parts == word.parts || own.literal().zip(word.literal()).is_some_and(|(own, name)| ends(&own, &name))
        })
    };
    let is_asked: &dyn Fn(&sh::Word) -> bool = match variable {
        Some(Some(name)) => &move |word| parameters::expands(word, name),
        Some(None) => return false,
        None => &written,
    };
    // The list that the assignment stands in, or the command itself.
    let outer = match outer.iter().rposition(|frame| matches!(frame, Frame::Substitution(_))) {
        Some(at) => outer.get(..at).unwrap_or_default(),
        None => outer,
    };
    let next = match outer.last() {
        Some(Frame::List { list, index }) => list.statements.get(index + 1),
        Some(Frame::AndOr { steps, index }) => steps.get(index + 1).map(|step| &step.statement),
        _ => None,
    };
    next.is_some_and(|next| errexit::asks_about(next, is_asked))
}

/// Whether `grep` reads a download and decides how the pipeline ends: `|| true` is for what it does not find.
fn is_only_searched(command: &Command<'_>, cx: &Context<'_, '_>) -> bool {
    let Some(step) = cx.model.step(command.step) else { return false };
    let last = cx.model.piped_into(command).pop().and_then(|last| last.line.as_ref());
    let pipefail = matches!(cx.model.shell_of_body(step), ShellKind::Posix { pipefail: true, .. })
        || cx.model.option_changes(step, "pipefail").is_on_at(&command.invocation);
    last.is_some_and(|last| last.is_any(&["grep", "egrep", "fgrep"])) && !pipefail
}

/// Whether a statement behind `||` only says that something failed, or not even that. What it prints may be the value of a
/// substitution or the content of a file, and an answer to the failure then.
fn silences(statement: &sh::Statement, is_substituted: bool) -> bool {
    let writes = statement.redirects.iter().any(|redirect| {
        matches!(redirect.kind, sh::RedirectKind::Output | sh::RedirectKind::Append | sh::RedirectKind::OutputAndError)
            && redirect.target.literal().is_none_or(|file| !file.starts_with("/dev/"))
    });
    match &statement.command {
        sh::Command::Simple(simple) => {
            let is =
                |name: &str| simple.words.first().is_some_and(|word| word.is(name) || word.is(&format!("/bin/{name}")));
            let succeeds = simple.words.get(1).is_some_and(|status| status.is("0"));
            if is("true") || is(":") || (is("exit") || is("return")) && succeeds {
                return true;
            }
            SILENCERS.iter().any(|name| is(name)) && !writes && !is_substituted
        }
        sh::Command::Group(list) | sh::Command::Subshell(list) => {
            !writes && list.statements.iter().all(|statement| silences(statement, is_substituted))
        }
        _ => false,
    }
}

/// Whether a statement ends the script with a failure.
fn leaves(statement: &sh::Statement) -> bool {
    match &statement.command {
        sh::Command::Simple(simple) => {
            let succeeds = simple.words.get(1).is_some_and(|status| status.is("0"));
            names(statement, &["false", "exit", "return"]) && !succeeds
        }
        sh::Command::Group(list) | sh::Command::Subshell(list) => list.statements.last().is_some_and(leaves),
        sh::Command::AndOr(steps) => steps.last().is_some_and(|step| leaves(&step.statement)),
        _ => false,
    }
}

fn names(statement: &sh::Statement, names: &[&str]) -> bool {
    matches!(&statement.command, sh::Command::Simple(simple)
        if simple.words.first().is_some_and(|word| names.iter().any(|name| word.is(name))))
}

/// The `set +e` that a command is run under, where nobody asks for its status.
fn switched_off(invocation: &Invocation<'_>) -> Option<Span> {
    let [.., Frame::List { list, index }] = invocation.frames.as_slice() else { return None };
    let before = list.statements.get(..*index)?.iter().rev();
    let last = before.take(64).find_map(|statement| Some((statement, errexit::turns_errexit(statement)?)));
    let (set, _) = last.filter(|(_, on)| !on)?;
    let next = list.statements.get(index + 1)?;
    let is_unseen = !invocation.statement.negated
        && invocation.statement.separator != sh::Separator::Background
        && !errexit::asks_for_status(next)
        && !leaves(next);
    is_unseen.then_some(set.span)
}

/// Whether a command asks one key server out of a list.
fn is_attempt(command: &Command<'_>) -> bool {
    let server = command.line.as_ref().and_then(|line| line.value_of("--keyserver"));
    server.is_some_and(|server| {
        server.word.parts.iter().any(|part| match &part.kind {
            sh::PartKind::Parameter(parameter) => command.invocation.loop_words(&parameter.name).is_some(),
            _ => false,
        })
    })
}

/// Whether apt installs something in a RUN, and with it what dpkg found missing.
fn makes_up(commands: &[Command<'_>]) -> bool {
    let mut lines = commands.iter().filter_map(|command| command.line.as_ref());
    lines.any(|line| apt::is_apt(line) && (line.has("-f") || line.verb() == Some(Verb::Install)))
}

/// A statement as it is named in a message.
fn shown(statement: &sh::Statement) -> String {
    let sh::Command::Simple(simple) = &statement.command else { return "{ ... }".to_owned() };
    let mut words = simple.words.iter().filter_map(sh::Word::literal);
    let name = words.next().unwrap_or_default().into_owned();
    match words.next() {
        Some(status) if name == "exit" || name == "return" => format!("{name} {status}"),
        _ => name,
    }
}
