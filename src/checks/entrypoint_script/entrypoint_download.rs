//! Packages and files that each start of the container fetches.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn script(&mut self, _script: &Script, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        let executions = model.executions(0);
        let mut told = Vec::new();
        for execution in &executions {
            let Some(line) = &execution.command.line else { continue };
            if told.contains(&execution.index) || !fetches(execution, line, cx) {
                continue;
            }
            let same = || executions.iter().filter(|other| other.index == execution.index);
            // `check || install` fetches what somebody added.
            let is_amends = execution.command.invocation.and_or().is_some_and(|(steps, index)| {
                steps.get(index).is_some_and(|step| step.operator == Some(sh::Operator::Or))
            });
            if is_amends {
                continue;
            }
            // Somebody asked for it by setting a variable.
            if same().any(|it| is_opted_in(&model.conditions(it))) {
                continue;
            }
            told.push(execution.index);
            let subcommand = line.subcommand.or_else(|| line.operands.first().copied().filter(|_| line.spec.is_none()));
            let subcommand = subcommand.filter(|_| !line.is_any(&["curl", "wget"]));
            let end = subcommand.unwrap_or(line.name_word).span;
            let span =
                if end.start >= line.name_word.span.start { line.name_word.span.to(end) } else { line.name_word.span };
            cx.report(Finding::at(span).with("command", cx.text(span).to_owned()));
        }
    }
}

fn is_opted_in(conditions: &[&sh::Word]) -> bool {
    entrypoint::variables(conditions).any(|name| {
        name.len() > 2
            && !matches!(name, "PWD" | "HOME" | "PATH" | "UID" | "EUID" | "BASH_SOURCE")
            && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    })
}

fn fetches(execution: &Execution<'_, '_>, line: &shell::CommandLine<'_>, cx: &Context<'_, '_>) -> bool {
    if ["--help", "--version"].iter().any(|option| line.has(option)) {
        return false;
    }
    let invocation = &execution.command.invocation;
    if line.is_any(&["curl", "wget"]) {
        let is_null = |word: &sh::Word| word.literal().is_some_and(|text| text.starts_with("/dev/") || text == "-");
        let redirect = invocation.statement.redirects.iter().find(|it| {
            matches!(it.kind, sh::RedirectKind::Output | sh::RedirectKind::Append) && it.fd.is_none_or(|fd| fd == 1)
        });
        let redirected = redirect.is_some_and(|it| !is_null(&it.target));
        // `sh -c "$(curl ...)"`, `. <(curl ...)`
        let is_read = invocation.substitution().is_some_and(|place| {
            let first = place.command.and_then(|command| command.words.first());
            first.is_some_and(|word| ["sh", "bash", ".", "source", "eval"].iter().any(|name| word.is(name)))
        });
        let feeds = is_read
            || invocation.pipeline().is_some_and(|(stages, index)| {
                stages.get(index + 1).is_some_and(|next| match &next.command {
                    sh::Command::Simple(simple) => simple
                        .words
                        .first()
                        .is_some_and(|word| ["sh", "bash", "tar", "unzip", "bsdtar"].iter().any(|name| word.is(name))),
                    _ => false,
                })
            });
        let output = if line.is("curl") { line.value_of("-o") } else { line.value_of("-O") };
        let writes = match output {
            Some(value) => !is_null(value.word) && value.text.as_deref() != Some("-"),
            None if line.is("curl") => line.has("-O"),
            None => {
                !line.has("--spider")
                    && redirect.is_none()
                    && invocation.substitution().is_none()
                    && !feeds
                    && !invocation.in_condition()
            }
        };
        return (writes || redirected || feeds) && line.operands.iter().any(|word| is_remote(execution, word, cx));
    }
    if line.is("git") && line.subcommand_is(&["clone"]) {
        return line
            .operands
            .iter()
            .any(|word| is_remote(execution, word, cx) || word.literal().is_some_and(|it| it.starts_with("git@")));
    }
    if line.is("git") {
        return line.subcommand_is(&["pull", "fetch"])
            || line.subcommand_is(&["submodule"]) && line.operands.first().is_some_and(|word| word.is("update"));
    }
    let by_runner = line.is("npx") && (line.has("-y") || line.has("--yes"));
    let by_uv = line.is("uv") && line.verb() == Some(Verb::Install);
    // npm and the like answer from what is there, or install what the user brings along.
    let is_manager = building::installs(line) || apt::is_apt(line) && (apt::installs(line) || apt::refreshes(line));
    let reads_manifest = line.is_any(&["bundle", "composer", "npm", "pnpm", "yarn"])
        && line.words.get(1).is_some_and(|word| ["ci", "install"].iter().any(|name| word.is(name)));
    let upgrades = line.verb() == Some(Verb::Upgrade) && !apt::simulates(line);
    is_manager
        || by_runner
        || by_uv
        || upgrades
        || reads_manifest
        || line.verb() == Some(Verb::Install) && cx.model.install_need(execution.command).is_some()
        || matches!(line.name.as_str(), "apk") && line.subcommand_is(&["add", "update"])
}

/// Whether a word is the address of a host that is written out, and not one of the container's own network.
fn is_remote(execution: &Execution<'_, '_>, word: &sh::Word, cx: &Context<'_, '_>) -> bool {
    cx.model.partial_words(execution, word).iter().any(|url| {
        urls::scheme(url).is_some()
            && urls::host(url).is_some_and(|host| {
                let is_named = host.known_str().is_some_and(|name| name.contains('.') && !name.starts_with("169.254."));
                is_named && !urls::is_local(&host)
            })
    })
}
