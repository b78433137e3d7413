//! Keys that `apt-key` trusts for every source.

use crate::checks::prelude::*;

/// Subcommands that change nothing.
const QUERIES: [&str; 6] = ["list", "finger", "export", "exportall", "help", "--help"];

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("apt-key")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let Some(line) = &command.line else { return };
        let span = line.subcommand.map_or(line.name_word.span, |word| line.name_word.span.to(word.span));
        let subcommand = line.subcommand.and_then(sh::Word::literal).unwrap_or_default();
        let name = format!("apt-key {subcommand}");
        let url = url(command, line, cx);
        let keyring = url.as_deref().and_then(apt_source::keyring_name).unwrap_or("NAME").to_owned();
        let finding = Finding::at(span).with("command", name.trim_end().to_owned()).with("keyring", keyring);
        let key = line.options_named("--recv-keys").next().and(line.operands.first());
        let is_query = QUERIES.contains(&&*subcommand) || line.subcommand.is_none() && !line.has("--recv-keys");
        cx.report(match (url, key) {
            _ if is_query => finding.variant("query"),
            _ if line.subcommand_is(&["del", "rm", "remove"]) => finding.variant("removal"),
            (Some(url), _) => finding.variant("url").with("url", url),
            (None, Some(key)) => finding.variant("server").with("key", cx.text(key.span)),
            _ => finding,
        });
    }
}

/// Where the key comes from: `--fetch-keys`, or the download in the same pipeline.
fn url(command: &Command<'_>, line: &CommandLine<'_>, cx: &Context<'_, '_>) -> Option<String> {
    if line.has("--fetch-keys") {
        let mut operands = line.operands.iter().map(|word| cx.model.shown(command, word));
        return operands.find(|text| text.contains("://") && !text.contains(written::is_unknown));
    }
    let (stages, _) = command.invocation.pipeline()?;
    let commands = cx.model.commands_of(command.step).iter();
    let piped =
        commands.filter(|other| other.invocation.pipeline().is_some_and(|(others, _)| std::ptr::eq(others, stages)));
    let fetches = piped.filter_map(|other| Some((other, other.line.as_ref()?)));
    let mut fetches = fetches.filter(|(_, other)| other.is_any(&["curl", "wget"]) && line.subcommand_is(&["add"]));
    fetches.find_map(|(other, fetch)| {
        fetch
            .operands
            .iter()
            .map(|word| cx.model.shown(other, word))
            .find(|text| text.contains("://") && !text.contains(written::is_unknown))
    })
}
