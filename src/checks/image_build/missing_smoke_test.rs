//! Programs that are installed by hand and never run in the build.

use crate::checks::prelude::*;

/// What other rules tell about.
const OWN_RULES: [&str; 2] = ["gosu", "tini"];
/// Commands whose arguments say where sources come from, or where they are.
const SOURCES: [&str; 7] = ["cd", "make", "curl", "wget", "git", "tar", "unzip"];
/// Programs that only wait for a user: the image is for what is installed in it.
const SHELLS: [&str; 6] = ["sh", "bash", "ash", "dash", "zsh", "tail"];

/// So many RUNs behind an install are looked at; what more of them do is not known.
const MAX_LATER: usize = 256;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        let is_in_image = |step: &&Step<'_>| {
            matches!(step.keyword(), Keyword::Run | Keyword::Add)
                && step.trigger_of.is_none()
                && step.stage.is_some()
                && model.is_shipped(step)
        };
        let Some(started) = started(cx) else { return };
        let untried = model.steps.iter().filter(is_in_image).find_map(|step| {
            let installs = model.installs_by_hand(step);
            // One that works tells enough of the others of its RUN.
            if installs.iter().any(|install| is_tried(install, step, cx)) {
                return None;
            }
            installs.into_iter().find(|install| is_main(install, step, &started, cx))
        });
        let Some(install) = untried else { return };
        let finding = Finding::at(install.span);
        cx.report(match (install.program, started.first()) {
            (Some(program), _) => finding.with("program", program),
            (None, Some(program)) => finding.variant("unnamed").with("example", program.clone()),
            (None, None) => finding.variant("unnamed").with("example", "app"),
        });
    }
}

/// The programs that the image starts, shells left out; none where a script does, so that it cannot be known.
fn started(cx: &Context<'_, '_>) -> Option<Vec<String>> {
    let last = cx.model.stages.last()?;
    let mut names: Vec<String> = Vec::new();
    let mut by_script = false;
    for list in [Keyword::Entrypoint, Keyword::Cmd].iter().filter_map(|it| start::started(cx.model.last_of(last, *it)?))
    {
        for line in shell::invocations(&list).iter().filter_map(|invocation| shell::read(invocation.simple)) {
            let is_script =
                line.name.contains("entry") || line.name.rsplit_once('.').is_some_and(|(_, end)| end == "sh");
            by_script |= is_script;
            if !is_script && !line.name.starts_with('-') && !SHELLS.contains(&line.name.as_str()) {
                names.push(line.name.to_ascii_lowercase());
            }
        }
    }
    (!names.is_empty() || !by_script).then_some(names)
}

/// Whether it is what the image is for: what it starts, or anything where it starts a shell.
fn is_main(install: &by_hand::Install, step: &Step<'_>, started: &[String], cx: &Context<'_, '_>) -> bool {
    if let Some(program) = &install.program {
        let is_own = OWN_RULES.iter().any(|own| program.starts_with(own));
        return !is_own && (started.is_empty() || started.contains(&program.to_ascii_lowercase()));
    }
    let commands = cx.model.commands_of(step.index);
    let lines = || commands.iter().filter_map(|command| command.line.as_ref());
    let mut sources = Vec::new();
    for line in lines().filter(|line| line.is_any(&SOURCES)) {
        let words = line.words.iter().skip(1).map(|word| cx.text(word.span).trim_matches(['"', '\'']));
        sources.extend(words.filter(|text| !text.starts_with('-')).map(str::to_ascii_lowercase));
    }
    let is_library = |text: &String| text.split('/').any(|part| part.starts_with("lib") && part.len() > 5);
    let speaks = |name: &String| name.len() > 2 && sources.iter().any(|source| source.contains(name.as_str()));
    !lines().any(|line| line.is("ldconfig"))
        && !sources.iter().any(is_library)
        && (started.is_empty() || started.iter().any(speaks))
}

/// Whether anything runs what is installed, or may, after it is.
fn is_tried(install: &by_hand::Install, step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    let model = cx.model;
    let program = install.program.as_deref();
    let run = model.executions(step.index);
    let here = run.iter().rposition(|one| one.index == install.at);
    // A function that nothing calls installs nothing.
    if here.is_none() && step.keyword() == Keyword::Run {
        return true;
    }
    let rest = || run.iter().skip(here.map_or(0, |at| at + 1)).map(|one| one.command);
    let is_later =
        |other: &&Step<'_>| other.keyword() == Keyword::Run && other.trigger_of.is_none() && model.is_shipped(other);
    let later = model.steps.iter().skip(step.index + 1).filter(is_later).enumerate();
    let is_unseen = |other: &Step<'_>| matches!(model.body(other), Body::Foreign | Body::Broken(_));
    program.is_none() && run.iter().any(|one| tools::tests(one.command))
        || rest().any(|command| tools::tries(command, program) || tools::tries_any(command))
        || later.take(MAX_LATER + 1).any(|(at, other)| {
            let mut commands = model.commands_of(other.index).iter();
            at == MAX_LATER || is_unseen(other) || commands.any(|command| tools::tries(command, program))
        })
}
