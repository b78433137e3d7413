//! Keys that `apt-key` trusts for every source.

use crate::checks::prelude::*;

/// Subcommands that change nothing.
const QUERIES: [&str; 6] = ["list", "finger", "export", "exportall", "help", "--help"];

/// The first apt that reads keys that are ASCII-armored, and the first that brings the folder for them.
const WITH_ARMOR: (u8, u8, u8) = (1, 4, 0);
const WITH_FOLDER: (u8, u8, u8) = (2, 4, 0);

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
        let edits = url.as_deref().and_then(|url| edits(command, url, cx)).unwrap_or_default();
        let finding = edits.into_iter().fold(finding, |finding, edit| finding.edit(edit.span, edit.text));
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

/// The edits that put a key, which a pipeline downloads and adds, into a file of its own, and have its owner's sources name that.
fn edits(command: &Command<'_>, url: &str, cx: &Context<'_, '_>) -> Option<Vec<Edit>> {
    let model = cx.model;
    let owner = apt_source::keyring_name(url)?;
    let keyring = format!("/etc/apt/keyrings/{owner}.asc");
    let (stages, index) = command.invocation.pipeline()?;
    let commands = model.commands_of(command.step);
    let stage = |at: usize| {
        let statement = stages.get(at)?;
        commands.iter().find(|other| std::ptr::eq(other.invocation.statement, statement))
    };
    let fetch = stage(0)?;
    let (line, added) = (fetch.line.as_ref()?, command.line.as_ref()?);
    // `gpg --dearmor` between the two takes the armour off that a file ending in `.asc` has.
    let is_dearmor = |line: &CommandLine<'_>| line.is("gpg") && line.has("--dearmor") && line.operands.is_empty();
    let is_direct = index == 1 || index == 2 && stage(1)?.line.as_ref().is_some_and(is_dearmor);
    let is_plain = added.options.is_empty() && added.wrappers.is_empty() && line.wrappers.is_empty();
    let is_last = index + 1 == stages.len() && std::ptr::eq(command.invocation.statement, stages.last()?);
    let owners: Option<Vec<String>> = model
        .commands_in_stage(command.step)
        .filter_map(|other| Some((other, other.line.as_ref().filter(|line| line.is("apt-key") && adds(line))?)))
        .map(|(other, line)| Some(apt_source::keyring_name(&self::url(other, line, cx)?)?.to_owned()))
        .collect();
    let owners = owners?;
    let is_taken = model.source.text().contains(&format!("/keyrings/{owner}."));
    if !is_direct || !is_plain || !is_last || is_taken || owners.iter().filter(|other| *other == owner).count() != 1 {
        return None;
    }
    let mut edits = model.sign_all_of(command.step, owner, &owners, &keyring)?;
    edits.push(output(line, &keyring, cx)?);
    let suite = model.step(command.step).and_then(|step| base::suite(model.root_image(model.stage_of(step)?)?));
    let folder = model.insert_before_pipeline(fetch, "mkdir -p /etc/apt/keyrings")?;
    edits.extend(Some(folder).filter(|_| suite.is_none_or(|suite| suite.apt < WITH_FOLDER)));
    let rest = Span::new(fetch.invocation.statement.span.end, command.invocation.statement.span.end);
    edits.push(Edit { span: rest, text: String::new() });
    let reads_armor = suite.is_none_or(|suite| suite.apt >= WITH_ARMOR);
    (reads_armor && !cx.text(rest).contains('#')).then_some(edits)
}

/// Whether it adds keys.
fn adds(line: &CommandLine<'_>) -> bool {
    line.subcommand_is(&["add", "adv"]) || line.has("--recv-keys") || line.has("--fetch-keys")
}

/// The edit that has a download written to a file.
fn output(line: &CommandLine<'_>, file: &str, cx: &Context<'_, '_>) -> Option<Edit> {
    let [url] = line.operands.as_slice() else { return None };
    if line.is("wget") {
        let value = line.value_of("-O").filter(|value| value.text.as_deref() == Some("-"))?;
        let before = cx.text(Span::new(value.span.start.saturating_sub(1), value.span.start));
        let gap = if before == "O" { " " } else { "" };
        return Some(Edit { span: value.span, text: format!("{gap}{file}") });
    }
    let is_free = line.is("curl") && !line.has("-o") && !line.has("-O");
    is_free.then(|| Edit { span: Span::empty(url.span.start), text: format!("-o {file} ") })
}
