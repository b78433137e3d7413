//! System accounts that take the next free id after packages have.

use std::collections::HashSet;

use crate::checks::prelude::*;

/// Packages that bring the commands that make accounts, and no accounts.
const TOOLS: [&str; 5] = ["shadow", "shadow-utils", "adduser", "passwd", "util-linux"];

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        let is_in_image = |step: &Step<'_>| step.trigger_of.is_none() && step.stage.is_some() && model.is_shipped(step);
        let steps = model.steps.iter().filter(|step| step.keyword() == Keyword::Run && is_in_image(step));
        let mut install: Option<(Span, &str)> = None;
        let mut packages: HashSet<String> = HashSet::new();
        for command in steps.flat_map(|step| model.commands_of(step.index)) {
            let Some(line) = &command.line else { continue };
            if building::installs(line) {
                let names: Vec<String> = line.packages().iter().map(|word| name_of(command, word, cx)).collect();
                if names.iter().any(|name| !TOOLS.contains(&name.as_str())) {
                    let subcommand = line.subcommand.unwrap_or(line.name_word);
                    let span = line.name_word.span.to(subcommand.span);
                    install.get_or_insert((span, cx.text(span)));
                }
                packages.extend(names);
                continue;
            }
            let Some(account) = model.account(command) else { continue };
            // The first account is what counts: those after it may be a matter of taste.
            let Some((span, text)) = install else { return };
            let name = name_of(command, account.name, cx);
            if account.id == AccountId::Next
                && account.is_system
                && !is_conditional(command)
                && !packages.contains(&name)
                && !is_renumbered(&name, cx)
            {
                let finding = Finding::at(account.line.name_word.span).with("name", name).with("install", text);
                cx.report(finding.label(span, "install"));
                return;
            }
        }
    }
}

/// Whether the account is only made where there is none yet, as by a package. A loop is no condition.
fn is_conditional(command: &Command<'_>) -> bool {
    command.invocation.frames.iter().any(|frame| match frame {
        Frame::IfBody { .. } | Frame::Arm { .. } => true,
        Frame::AndOr { steps, index } => {
            steps.iter().take(index + 1).any(|step| step.operator == Some(sh::Operator::Or))
        }
        _ => false,
    })
}

/// Whether a later command gives the account an id after all.
fn is_renumbered(name: &str, cx: &Context<'_, '_>) -> bool {
    cx.model.commands().iter().any(|command| {
        let Some(line) = &command.line else { return false };
        let renumbers = line.is("usermod") && line.has("-u") || line.is("groupmod") && line.has("-g");
        renumbers && line.operands.last().is_some_and(|word| name_of(command, word, cx) == name)
    })
}

fn name_of(command: &Command<'_>, word: &sh::Word, cx: &Context<'_, '_>) -> String {
    let written = || cx.text(word.span).trim_matches(['"', '\'']).to_owned();
    cx.model.only_word(command, word).unwrap_or_else(written)
}
