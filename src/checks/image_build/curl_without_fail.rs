//! Downloads by curl that take an error page, or a redirection, for the file.

use crate::checks::prelude::*;

/// With one of these curl asks, sends or tells something, and its body is not what is wanted.
const OTHER_USES: [&str; 16] = [
    "-I",
    "-w",
    "-T",
    "-d",
    "--data-binary",
    "--data-raw",
    "--data-urlencode",
    "-F",
    "--form-string",
    "--json",
    "-K",
    "-V",
    "-h",
    "-M",
    "--unix-socket",
    "--abstract-unix-socket",
];
/// Letters of options that take no value, so that more letters fit beside them.
const SWITCHES: &str = "sSLfOJkgvNRj#46aZ01";

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("curl")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let (Some(line), Some(step)) = (&command.line, cx.model.step(command.step)) else { return };
        if !wants_body(command, line, cx) {
            return;
        }
        let fails =
            ["-f", "--fail-with-body"].iter().any(|option| line.has(option)) || may_switch(command, line, 'f', cx);
        let follows = ["-L", "--location-trusted", "--max-redirs"].iter().any(|option| line.has(option))
            || may_switch(command, line, 'L', cx);
        if fails && follows {
            return;
        }
        let (edits, written) = spell(line, !fails, !follows, cx);
        let finding = Finding::at(line.name_word.span)
            .with("written", format!("curl {written}"))
            .title(format!("write `curl {written}`"));
        let finding = edits
            .into_iter()
            .fold(finding, |finding, edit| finding.edit(edit.span, edit.text))
            .fix_if(matches!(cx.model.body(step), Body::Shell(_)));
        cx.report(match fails {
            true => finding.variant("redirection"),
            false if is_verified(command, cx) => finding.variant("verified"),
            false => finding,
        });
    }
}

/// Whether a later verification stops the build at an error page, in the file or in its signature.
fn is_verified(command: &Command<'_>, cx: &Context<'_, '_>) -> bool {
    let of_step = || cx.model.events_of(command.step).filter_map(|index| Some((index, cx.model.files().get(index)?)));
    let is_own = |event: &FileEvent| {
        let own = event.command.and_then(|index| cx.model.commands().get(index));
        own.is_some_and(|own| std::ptr::eq(own.invocation.simple, command.invocation.simple))
    };
    let compares = |event: &FileEvent| event.verification().is_some_and(|one| one.compares);
    let is_by_signature = |event: &FileEvent| event.verification().is_some_and(|one| one.means == Means::Signature);
    let stops = |index: usize, fetch: &Fetch| {
        let is_signature =
            !fetch.files().is_empty() && fetch.files().iter().all(|file| files::is_companion(&file.name()));
        let mut later = of_step().filter(|(at, _)| *at > index).map(|(_, event)| event);
        cx.model.history(index).verifications.iter().any(|event| compares(event))
            || is_signature && later.any(|event| compares(event) && is_by_signature(event))
    };
    let mut fetches = of_step()
        .filter(|(_, event)| is_own(event))
        .filter_map(|(index, event)| Some((index, event.fetch()?)))
        .peekable();
    fetches.peek().is_some() && fetches.all(|(index, fetch)| stops(index, fetch))
}

/// Whether a command downloads something that is then used.
fn wants_body(command: &Command<'_>, line: &CommandLine<'_>, cx: &Context<'_, '_>) -> bool {
    let method = line.value_of("-X").map(|value| cx.model.shown(command, value.word));
    let is_get = method.is_none_or(|method| method.trim_start_matches("-X").eq_ignore_ascii_case("get"));
    if OTHER_USES.iter().any(|option| line.has(option)) || !is_get {
        return false;
    }
    let redirects = command.invocation.statement.redirects.iter().map(|redirect| &redirect.target);
    let mut targets = line.values_of("-o").map(|value| value.word).chain(redirects.clone());
    let is_nowhere = |word: &sh::Word| cx.model.shown(command, word).ends_with("/dev/null");
    let to_file = line.has("-O") || line.has("--remote-name-all") || line.has("-o") || redirects.count() > 0;
    let errors_only = command.invocation.statement.redirects.iter().all(|redirect| redirect.fd == Some(2));
    if !errors_only && targets.any(is_nowhere) || command.invocation.in_condition() && !to_file {
        return false;
    }
    let named = line.values_of("--url").map(|value| value.word);
    let urls: Vec<String> =
        named.chain(line.operands.iter().copied()).map(|word| cx.model.shown(command, word)).collect();
    let is_wanted = |url: &String| {
        let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
        let is_local = ["localhost", "127.", "[::1]", "0.0.0.0"].iter().any(|host| rest.starts_with(host));
        !is_local && (scheme.starts_with("http") || scheme.contains(written::is_unknown))
    };
    if urls.is_empty() { line.wrappers.iter().any(|word| word.is("xargs")) } else { urls.iter().any(is_wanted) }
}

/// Whether a switch may be among the words that variables stand for.
fn may_switch(command: &Command<'_>, line: &CommandLine<'_>, letter: char, cx: &Context<'_, '_>) -> bool {
    let long = if letter == 'f' { "--fail" } else { "--location" };
    let is_it = |text: &String| {
        text.starts_with(long) || text.starts_with('-') && !text.starts_with("--") && text.contains(letter)
    };
    let mut expanded = line.words.iter().filter(|word| word.literal().is_none());
    cx.model.may_give(command, line, long)
        || expanded.any(|word| cx.model.possible_words(command, word).is_some_and(|words| words.iter().any(is_it)))
}

/// The edits that add the switches in the author's style, and how they are written then.
fn spell(line: &CommandLine<'_>, fail: bool, follow: bool, cx: &Context<'_, '_>) -> (Vec<Edit>, String) {
    let is_cluster = |word: &&sh::Word| {
        let letters = word.literal().and_then(|text| text.strip_prefix('-').map(str::to_owned)).unwrap_or_default();
        let is_option = line.options.iter().any(|option| word.span.contains(option.span));
        is_option && !letters.is_empty() && letters.chars().all(|c| SWITCHES.contains(c))
    };
    let cluster = line.words.iter().find(is_cluster).filter(|word| cx.text(word.span).starts_with('-'));
    let (fail, follow) = (if fail { "f" } else { "" }, if follow { "L" } else { "" });
    if let Some(word) = cluster {
        let text = cx.text(word.span).trim_start_matches('-');
        // `-O` stays last: what is behind it is the URL.
        let (letters, last) = text.strip_suffix('O').map_or((text, ""), |letters| (letters, "O"));
        let written = format!("-{fail}{letters}{follow}{last}");
        let insert = |at: u32, text: &str| Edit { span: Span::empty(at), text: text.to_owned() };
        let behind = word.span.end - last.len() as u32;
        let mut edits = vec![insert(word.span.start + 1, fail), insert(behind, follow)];
        edits.retain(|edit| !edit.text.is_empty());
        if edits.len() == 2 && edits.first().map(|edit| edit.span) == edits.last().map(|edit| edit.span) {
            edits = vec![insert(behind, "fL")];
        }
        return (edits, written);
    }
    let is_long = line.options.iter().any(|option| option.spelling.starts_with("--"))
        && line.options.iter().all(|option| option.spelling.starts_with("--"));
    let written = if is_long {
        let words = [("--fail", fail), ("--location", follow)];
        words.iter().filter(|(_, letter)| !letter.is_empty()).map(|&(word, _)| word).collect::<Vec<_>>().join(" ")
    } else {
        format!("-{fail}{follow}")
    };
    (vec![Edit { span: Span::empty(line.name_word.span.end), text: format!(" {written}") }], written)
}
