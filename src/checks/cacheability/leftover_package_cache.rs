//! What package managers keep of their downloads, left in a layer.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule {
    /// Whether something installs from the cache.
    is_needed: Option<bool>,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Run)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        let commands = model.commands_of(step.index);
        let is_used = |manager: &&caches::Manager| commands.iter().any(|it| manager.fills(it, model));
        for manager in caches::MANAGERS.iter().filter(is_used).filter(|_| model.is_shipped(step)) {
            if !manager.has_no_cache(step, model) {
                let is_needed = *self.is_needed.get_or_insert_with(|| needs_cache(cx));
                report(manager, step, is_needed, cx);
            }
        }
    }
}

fn report(manager: &caches::Manager, step: &Step<'_>, is_needed: bool, cx: &mut Context<'_, '_>) {
    let model = cx.model;
    let filling: Vec<_> = model.commands_of(step.index).iter().filter(|it| manager.fills(it, model)).collect();
    let Some(line) = filling.first().and_then(|command| command.line.as_ref()) else { return };
    let first = caches::subcommand(line).unwrap_or(line.name_word);
    let prefix = line.wrappers.first().filter(|word| word.is("sudo")).map_or(String::new(), |_| "sudo ".to_owned());
    let cleanup = format!("{prefix}{}", manager.cleanup.replace("{}", &line.name));
    // The JSON form has its words in quotes.
    let written = cx.text(line.name_word.span.to(first.span));
    let mut finding = Finding::at(line.name_word.span.to(first.span))
        .variant(match (manager.option, manager.minor) {
            (Some(_), _) => "option",
            (None, true) => "minor",
            (None, false) => "cleanup",
        })
        .with("command", written.split(['"', ',', ' ']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "))
        .with("cleanup", cleanup.clone())
        .fix_if(manager.mends && matches!(model.body(step), Body::Shell(_)) && !is_needed);
    if let Some(option) = manager.option {
        let subcommands = filling.iter().filter_map(|command| caches::subcommand(command.line.as_ref()?));
        for subcommand in subcommands {
            finding = finding.edit(Span::empty(subcommand.span.end), format!(" {option}"));
        }
        finding = finding.title(format!("add `{option}`")).fix_if(!has_old_pip(step, cx));
    } else {
        // At the end of the RUN the package manager may be gone.
        let early = filling.last().filter(|last| manager.is_removed_behind(last, model));
        let edit = match early {
            Some(last) => model.behind(last, &cleanup),
            None => model.step(step.index).and_then(|step| model.append(step, &cleanup)),
        };
        if early.is_some() {
            let variant = if manager.minor { "minor" } else { "early" };
            finding = finding.variant(variant).title(format!("run `{cleanup}` before that"));
        }
        // Behind a condition the package manager may not be there, or its failure may be expected.
        let is_sure = |it: &&Command<'_>| !it.invocation.is_conditional() && !it.invocation.failure_is_ignored();
        if let Some(edit) = edit {
            finding = finding.edit(edit.span, edit.text).fix_if(filling.iter().any(is_sure));
        }
    }
    cx.report(finding);
}

/// Whether a command of the file installs from what is in the cache.
fn needs_cache(cx: &Context<'_, '_>) -> bool {
    let mut lines = cx.model.commands().iter().filter_map(|command| command.line.as_ref());
    lines.any(|line| line.has("--cacheonly") || line.has("--no-refresh"))
}

/// Whether the pip of the image may be older than its option, which came with pip 6 in December 2014.
fn has_old_pip(step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    let suite = cx.model.stage_of(step).and_then(|stage| cx.model.root_image(stage)).and_then(base::suite);
    suite.is_some_and(|suite| suite.apt < (1, 1, 0))
}
