//! Checksums that are computed and then not insisted on.

use crate::checks::prelude::*;

/// Commands at the end of a pipeline that fail if they do not find what they look for.
const INSISTING: [&str; 6] = ["grep", "egrep", "fgrep", "awk", "diff", "cmp"];

/// So many downloads of the same file are looked at, the nearest first: what becomes of each takes a walk.
const MAX_FETCHES: usize = 16;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let events = cx.model.files();
        let mut told = Vec::new();
        let mut told_files = Vec::new();
        for (index, event) in events.iter().enumerate() {
            let Some(verification) = event.verification() else { continue };
            let Some(command) = event.command.and_then(|index| cx.model.commands().get(index)) else { continue };
            if told.contains(&event.span) {
                continue;
            }
            let finding = Finding::at(event.span).with("program", cx.text(event.span));
            if verification.compares {
                if is_only_told(command) {
                    told.push(event.span);
                    cx.report(finding.variant("told"));
                    continue;
                }
                if let Some(last) = losing_stage(command, cx) {
                    told.push(event.span);
                    let finding = finding.variant("pipe").with("last", cx.text(last)).label(last, "last");
                    cx.report(match without_last(command, cx) {
                        Some(edit) => finding.edit(edit.span, edit.text),
                        None => finding,
                    });
                }
                continue;
            }
            let Some(file) = downloaded(verification, index, cx) else { continue };
            told.push(event.span);
            // `sha256sum -c` of a list that was made of the file is the same mistake.
            if told_files.contains(&(event.step, file.clone())) {
                continue;
            }
            told_files.push((event.step, file.clone()));
            cx.report(finding.with("file", file));
        }
    }
}

/// Whether a check is the condition of an `if` that does nothing but to say what came of it.
fn is_only_told(check: &Command<'_>) -> bool {
    for frame in check.invocation.frames.iter().rev() {
        match frame {
            Frame::IfCondition { command, branch: 0 } if command.branches.len() == 1 => {
                let bodies = command.branches.iter().map(|(_, body)| body).chain(&command.otherwise);
                return bodies.into_iter().all(only_tells);
            }
            // `[ "$(sha256sum file)" = ... ]`
            Frame::Substitution(place) => {
                let name = place.command.and_then(|command| command.words.first());
                if !name.is_some_and(|name| name.is("[") || name.is("test")) {
                    return false;
                }
            }
            Frame::List { list, .. } if list.statements.len() == 1 => {}
            Frame::Pipeline { .. } | Frame::Group => {}
            _ => return false,
        }
    }
    false
}

fn only_tells(list: &sh::List) -> bool {
    list.statements.iter().all(|statement| {
        let writes = statement.redirects.iter().any(|redirect| {
            redirect.kind != sh::RedirectKind::DuplicateOutput
                && redirect.target.literal().is_none_or(|file| !file.starts_with("/dev/"))
        });
        statement.is_any(&["echo", "printf", "cat", "true", ":"]) && !writes
    })
}

/// The downloaded file whose checksum is printed and that nothing else verifies.
fn downloaded(verification: &Verification, at: usize, cx: &Context<'_, '_>) -> Option<String> {
    let files = verification.files.as_ref()?;
    let before = cx.model.files().get(..at)?.iter().enumerate().rev();
    let fetched = before.filter_map(|(index, event)| Some((index, event.fetch()?)));
    let own = fetched.filter(|(_, fetch)| fetch.files().iter().any(|file| files.iter().any(|other| other == file)));
    let own = own.take(MAX_FETCHES);
    own.map(|(index, fetch)| (cx.model.history(index), fetch)).find_map(|(history, fetch)| {
        let is_held = history.verifications.iter().filter_map(|event| event.verification()).any(|other| other.compares);
        (!is_held).then(|| fetch.files().first().map(|file| file.written().to_owned()))?
    })
}

/// The last stage of the pipeline that a check is in, where that hides its failure.
fn losing_stage(check: &Command<'_>, cx: &Context<'_, '_>) -> Option<Span> {
    let step = cx.model.step(check.step)?;
    if !matches!(Output::of(&check.invocation), Output::Piped(..)) || check.invocation.substitution().is_some() {
        return None;
    }
    let has_pipefail = matches!(step.shell, ShellKind::Posix { pipefail: true, .. })
        || cx.model.commands_of(check.step).iter().filter_map(|command| command.line.as_ref()).any(|line| {
            line.is("set") && line.values_of("-o").any(|value| value.word.is("pipefail"))
                || line.is_any(&["sh"]) && line.values_of("-o").any(|value| value.word.is("pipefail"))
        });
    // `sha256sum file | grep $SUM` compares, `sha256sum -c | grep OK` insists.
    let readers = cx.model.piped_into(check);
    let insists =
        readers.iter().any(|reader| reader.line.as_ref().is_none_or(|line| line.is_any(&INSISTING) || line.has("-c")));
    let last = readers.last()?.line.as_ref()?.name_word.span;
    let checks = check.line.as_ref().is_some_and(|line| line.has("-c") || line.has("--verify"));
    (checks && !has_pipefail && !insists).then_some(last)
}

/// The edit that takes `cat` or `tee` off the end of the pipeline; what `tee` writes is then written by a redirection.
fn without_last(check: &Command<'_>, cx: &Context<'_, '_>) -> Option<Edit> {
    let Body::Shell(_) = cx.model.body(cx.model.step(check.step)?) else { return None };
    let Frame::Pipeline { stages, index } = *check.invocation.frames.last()? else { return None };
    let (own, last) = (stages.get(index)?, stages.last()?);
    let sh::Command::Simple(simple) = &last.command else { return None };
    let line = shell::read(simple)?;
    let text = match (line.name.as_str(), line.operands.as_slice()) {
        ("cat", []) if line.options.is_empty() => String::new(),
        ("tee", [file]) if own.redirects.is_empty() => {
            let appends = line.options.iter().any(|option| option.name == "-a");
            format!(" {} {}", if appends { ">>" } else { ">" }, cx.text(file.span))
        }
        _ => return None,
    };
    let is_break = |c: char| c.is_whitespace() || c == '|' || c == cx.model.file.escape;
    let is_plain = cx.text(Span::new(own.span.end, last.span.start)).chars().all(is_break);
    let is_next = index + 2 == stages.len() && last.redirects.is_empty() && line.wrappers.is_empty();
    let in_script = check.invocation.script().is_some();
    (is_plain && is_next && !in_script).then(|| Edit { span: Span::new(own.span.end, last.span.end), text })
}
