//! An ENTRYPOINT that is the program itself, so that `docker run image bash` starts no shell.

use crate::checks::prelude::*;
use start::Program;

/// Parts of image names that say that there is no shell to be had.
const WITHOUT_SHELL: &[&str] = &["distroless", "chainguard", "cgr.dev", "chiseled", "scratch", "static", "nanoserver"];

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let start = cx.model.start();
        let Some(step) = start.entrypoint.filter(|step| step.shell != ShellKind::Other) else { return };
        let (words, is_array) = match views::CommandForm::of(step.instruction) {
            Some(views::CommandForm::Exec(words)) => (words.to_vec(), true),
            // The shell form takes no arguments at all.
            Some(views::CommandForm::Shell(_)) => (lone_command(step).unwrap_or_default(), false),
            Some(views::CommandForm::Empty) | None => return,
        };
        let Program::Other(at) = start::program(&words) else { return };
        let (Some(program), true) = (words.get(at).filter(|word| !word.text.is_empty()), has_shell(cx)) else { return };
        // What starts a service in the background has a rule of its own.
        let is_other = ["service", "systemctl", "tail", "sleep"].contains(&start::file_name(&program.text));
        if is_other || start::is_supervisor(&program.text) || cx.model.may_be_script(&program.text) {
            return;
        }
        let arguments = start.command.and_then(|step| views::CommandForm::of(step.instruction));
        let arguments = match arguments {
            Some(views::CommandForm::Exec(arguments)) => arguments,
            _ => &[],
        };
        let behind = words.get(at..).unwrap_or_default();
        let array = views::to_json(behind.iter().chain(arguments).map(|word| word.text.as_str()));
        let finding = Finding::at(program.span)
            .with("program", start::file_name(&program.text).to_owned())
            .with("array", array.clone());
        let lines = start.command.map(|command| cx.model.removal(command));
        let command_is_here = start.command.is_none_or(|command| {
            command.stage == step.stage
                && command.instruction.is_json()
                && cx.model.stage_of(command).is_some_and(|stage| count(cx, stage, Keyword::Cmd) == 1)
        });
        let is_lone = cx.model.stage_of(step).is_some_and(|it| it.is_final && count(cx, it, Keyword::Entrypoint) == 1);
        let can_move = at == 0
            && is_array
            && is_lone
            && command_is_here
            && cx.model.starts_bare()
            && cx.model.stage_of(step).is_some_and(|stage| matches!(stage.base, Base::Image(_)));
        let name = if step.instruction.name.text == "entrypoint" { "cmd" } else { "CMD" };
        let mut finding = finding.edit(step.instruction.name.span, name).fix_if(can_move);
        if let (Some(last), false) = (words.last(), arguments.is_empty()) {
            let strings = views::to_json(arguments.iter().map(|word| word.text.as_str()));
            let strings = strings.trim_start_matches('[').trim_end_matches(']');
            finding = finding.edit(Span::empty(last.span.end), format!(", {strings}"));
        }
        cx.report(lines.into_iter().fold(finding, |finding, lines| finding.edit(lines, "")));
    }
}

/// The words of a shell form that is one command and needs no shell.
fn lone_command(step: &Step<'_>) -> Option<Vec<Word>> {
    let list = shell::parse(&body::shell_text(step.instruction)).ok()?;
    let [statement] = list.statements.as_slice() else { return None };
    let sh::Command::Simple(simple) = &statement.command else { return None };
    if !simple.assignments.is_empty() || simple.words.first().is_some_and(|word| word.is("exec")) {
        return None;
    }
    let word = |word: &sh::Word| Some(Word { text: word.literal()?.into_owned(), span: word.span });
    simple.words.iter().map(word).collect()
}

fn count(cx: &Context<'_, '_>, stage: &Stage<'_>, keyword: Keyword) -> usize {
    let steps = cx.model.steps.get(stage.steps.clone()).unwrap_or_default();
    steps.iter().filter(|step| step.trigger_of.is_none() && step.keyword() == keyword).count()
}

/// Whether the last stage stands on an image that is known, and that a shell is to be expected in.
fn has_shell(cx: &Context<'_, '_>) -> bool {
    let image = cx.model.stages.last().and_then(|stage| cx.model.root_image(stage));
    image.is_some_and(|image| !WITHOUT_SHELL.iter().any(|part| image.text.contains(part)))
}
