//! Clones of whatever a branch is today.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let events = cx.model.files();
        let mut reported: Vec<Span> = Vec::new();
        for (index, event) in events.iter().enumerate() {
            let Action::Made { path, origin: Origin::Repository } = &event.action else { continue };
            let Some(command) = event.command.and_then(|command| cx.model.commands().get(command)) else { continue };
            let Some(line) = command.line.as_ref().filter(|line| !is_excepted(cx, command, line)) else { continue };
            let is_replaced = |event: &&FileEvent| matches!(&event.action, Action::Made { path: other, origin: Origin::Repository } if other == path);
            let later = events.iter().skip(index + 1).take_while(|event| !is_replaced(event));
            let mut branch: Option<(Span, &str, &FileEvent)> = None;
            let mut pin: Option<&FileEvent> = None;
            for other in later {
                let Action::CheckedOut { path: at, revision } = &other.action else { continue };
                if other.excludes(event) || !at.may_lie_in(path) {
                    continue;
                }
                match revision.known_str() {
                    // What these are, another command says.
                    Some(text) if text.starts_with(['@', '.', '-']) || text.ends_with("HEAD") || text.is_empty() => {}
                    Some(text) if versions::is_branch(text) || !text.contains(|c: char| c.is_ascii_digit()) => {
                        branch = Some((other.span, text, other));
                        let leaves_pin = at == path && versions::is_branch(text) && moves_tree(other, cx);
                        pin = pin.filter(|pin| !leaves_pin || pin.excludes(other));
                    }
                    // A tag has a digit. What the file does not tell is taken for a tag or a commit.
                    _ => pin = Some(other),
                }
            }
            if pin.is_some() {
                continue;
            }
            let clone = line.head();
            let url = line.operands.first().map(|word| cx.text(word.span).trim_matches(['"', '\'']));
            let finding = match branch {
                Some((span, name, event)) => {
                    let place = cx.model.place_of(event, span, name).unwrap_or(span);
                    let variant = if versions::is_branch(name) { "branch" } else { "likely" };
                    Finding::at(place).variant(variant).with("branch", name)
                }
                None => Finding::at(clone).with("url", url.unwrap_or_default()),
            };
            let place = branch.map_or(clone, |(span, ..)| span);
            if !reported.contains(&place) {
                reported.push(place);
                cx.report(finding);
            }
        }
        for (event, name) in fetched_branches(cx) {
            let place = cx.model.place_of(event, event.span, name).unwrap_or(event.span);
            cx.report(Finding::at(place).variant("branch").with("branch", name));
        }
        for line in cx.model.commands().iter().filter_map(|command| command.line.as_ref()) {
            let updates = line.is("git") && line.subcommand_is(&["submodule"]);
            if let Some(span) = line.option_span("--remote").filter(|_| updates) {
                cx.report(Finding::at(span).variant("submodules"));
            }
        }
    }
}

/// Whether a command of git brings the whole working tree to a revision.
fn moves_tree(event: &FileEvent, cx: &Context<'_, '_>) -> bool {
    let line = event.command.and_then(|index| cx.model.commands().get(index)?.line.as_ref());
    line.is_some_and(|line| {
        line.subcommand_is(&["pull"])
            || line.subcommand_is(&["checkout", "switch", "reset"]) && line.operands.len() == 1
    })
}

/// Branches that are fetched into a repository that was not cloned, and checked out.
fn fetched_branches<'m>(cx: &Context<'m, '_>) -> Vec<(&'m FileEvent, &'m str)> {
    let events = cx.model.files();
    let line = |event: &FileEvent| event.command.and_then(|index| cx.model.commands().get(index)?.line.as_ref());
    let is_cloned = |path: &FilePath| {
        let mut clones = events.iter().filter_map(|event| match &event.action {
            Action::Made { path, origin: Origin::Repository } => Some(path),
            _ => None,
        });
        clones.any(|clone| path.may_lie_in(clone))
    };
    let mut found = Vec::new();
    for (index, event) in events.iter().enumerate() {
        let Action::CheckedOut { path, revision } = &event.action else { continue };
        let is_pull = line(event).is_some_and(|line| line.subcommand_is(&["pull"]));
        let is_fetch = is_pull || line(event).is_some_and(|line| line.subcommand_is(&["fetch"]));
        let Some(name) = revision.known_str().filter(|name| is_fetch && versions::is_branch(name)) else { continue };
        let later = events.iter().skip(index + 1).filter_map(|other| match &other.action {
            Action::CheckedOut { path: at, revision } if at == path => Some(revision.as_str()),
            _ => None,
        });
        let later: Vec<&str> = later.collect();
        let ends_on_it = later.iter().all(|revision| *revision == "FETCH_HEAD");
        if ends_on_it && (is_pull || !later.is_empty()) && !is_cloned(path) {
            found.push((event, name));
        }
    }
    found
}

/// Clones of directories, bare ones whose use is not seen, and those that may be given a branch by a variable.
fn is_excepted(cx: &Context<'_, '_>, command: &Command<'_>, line: &CommandLine<'_>) -> bool {
    let is_local = |url: &str| url.starts_with(['/', '.']) || url.starts_with("file:");
    let url = line.operands.first().and_then(|word| cx.model.possible_words(command, word));
    let holds_options = line.words.iter().any(|word| {
        let mut names = Vec::new();
        parameters::each_parameter_of(word, &mut |parameter, _| names.push(parameter.name.to_ascii_lowercase()));
        names.iter().any(|name| {
            ["branch", "tag", "opt", "arg", "flag", "version", "commit"].iter().any(|part| name.contains(part))
        })
    });
    url.is_some_and(|urls| urls.iter().any(|url| is_local(url)))
        || line.has("--bare")
        || line.has("--mirror")
        || line.has("-n") && line.has("--sparse")
        || line.value_of("-b").is_none() && holds_options
}
