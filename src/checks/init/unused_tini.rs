//! An init that is installed and that nothing starts.

use crate::checks::prelude::*;
use start::Program;

const INITS: &[&str] = &["tini", "tini-static", "dumb-init", "catatonit"];

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let start = cx.model.start();
        let at_start: Vec<_> = start.entrypoint.into_iter().chain(start.command).collect();
        // Without either it is a base for others.
        if at_start.is_empty() || at_start.iter().any(|step| may_hand_over(step, cx)) {
            return;
        }
        let Some((span, init)) = installed(cx) else { return };
        let stem = init.split('-').next().unwrap_or(init);
        if at_start.iter().any(|step| cx.text(step.instruction.span).contains(stem)) || is_used_otherwise(stem, cx) {
            return;
        }
        let words = at_start.first().and_then(|step| views::CommandForm::of(step.instruction));
        let words = match words {
            Some(views::CommandForm::Exec(words)) if start.entrypoint.is_some() => words,
            _ => &[],
        };
        let behind = words.iter().map(|word| word.text.as_str());
        let array = views::to_json([init, "--"].into_iter().chain(behind));
        cx.report(Finding::at(span).with("init", init).with("array", array));
    }
}

/// Whether a script that may start anything is among what is started.
fn may_hand_over(step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    let Some(views::CommandForm::Exec(words)) = views::CommandForm::of(step.instruction) else {
        let text = cx.text(step.instruction.span);
        return text.contains(".sh") || text.contains('$');
    };
    match start::program(words) {
        Program::Script(_) => true,
        Program::Other(at) => words.get(at).is_some_and(|word| cx.model.may_be_script(&word.text)),
        _ => false,
    }
}

/// Where an init gets into the image: a package, a download, a file that is copied.
fn installed(cx: &Context<'_, '_>) -> Option<(Span, &'static str)> {
    cx.model.steps.iter().filter(|step| step.trigger_of.is_none() && cx.model.is_shipped(step)).find_map(|step| {
        let transfer = views::Copy::of(step.instruction).map(|copy| copy.transfer);
        let transfer = transfer.or_else(|| views::Add::of(step.instruction).map(|add| add.transfer));
        let mut files = transfer.iter().flat_map(|it| it.sources.iter().copied().chain(it.destination));
        files
            .find_map(|word| Some((word.span, init_file(&word.text)?)))
            .or_else(|| cx.model.commands_of(step.index).iter().find_map(|command| of_command(command, cx)))
    })
}

fn of_command(command: &Command<'_>, cx: &Context<'_, '_>) -> Option<(Span, &'static str)> {
    let line = command.line.as_ref()?;
    if line.verb() == Some(Verb::Install) {
        let mut installed = cx.model.installed_packages(command).into_iter();
        return installed.find_map(|(word, name)| Some((word.span, INITS.iter().copied().find(|init| *init == name)?)));
    }
    let fetches = line.is_any(&["curl", "wget"]);
    line.operands.iter().filter(|_| fetches).find_map(|word| {
        let is_of = |project: &str| {
            word.parts.iter().any(|part| matches!(&part.kind, sh::PartKind::Literal(text) if text.contains(project)))
        };
        let init = if is_of("krallin/tini") { Some("tini") } else { is_of("Yelp/dumb-init").then_some("dumb-init") };
        Some((word.span, init?))
    })
}

/// `/tini`, `tini-amd64`, `dumb-init_1.2.5_x86_64`
fn init_file(path: &str) -> Option<&'static str> {
    let name = start::file_name(path);
    let names = |init: &&&str| {
        name.strip_prefix(**init)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['_', '-']) && !rest.contains(".sh"))
    };
    INITS.iter().filter(names).copied().next()
}

/// Whether a RUN writes its name into a script, or gives it another one.
fn is_used_otherwise(stem: &str, cx: &Context<'_, '_>) -> bool {
    let names = |word: &sh::Word| word.literal().is_some_and(|text| text.contains(stem));
    let shipped = || cx.model.steps.iter().filter(|step| cx.model.is_shipped(step));
    let in_file =
        shipped().flat_map(|step| step.heredocs).any(|heredoc| heredoc.content.contains(&format!("exec {stem}")));
    in_file
        || shipped().flat_map(|step| cx.model.commands_of(step.index)).any(|command| {
            let line = command.line.as_ref();
            line.is_some_and(|it| it.is_any(&["echo", "printf", "ln"]) && it.operands.iter().any(|word| names(word)))
        })
}
