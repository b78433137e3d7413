//! Downloads that an interpreter runs as they come.

use crate::checks::prelude::*;

const FETCHERS: [&str; 3] = ["curl", "wget", "fetch"];
const SHELLS: [&str; 7] = ["sh", "bash", "dash", "ash", "zsh", "ksh", "mksh"];
/// Interpreters, with the options that give them a script elsewhere than on standard input.
const INTERPRETERS: [(&str, &[&str]); 7] = [
    ("python", &["-c", "-m"]),
    ("perl", &["-e", "-E", "-n", "-p"]),
    ("ruby", &["-e", "-n", "-p"]),
    ("node", &["-e", "--eval", "-p", "--print"]),
    ("nodejs", &["-e", "--eval", "-p", "--print"]),
    ("php", &["-r", "-f", "-R"]),
    ("lua", &["-e"]),
];

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        FETCHERS.into_iter().map(Visit::Command).collect()
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let Some(fetch) = command.line.as_ref().filter(|line| writes_to_stdout(line)) else { return };
        let Some(interpreter) = interpreter_of(command, cx) else { return };
        let url = url(command, fetch, cx).map_or_else(|| "it".to_owned(), |url| format!("`{url}`"));
        let finding = Finding::at(interpreter)
            .with("interpreter", cx.text(interpreter))
            .with("fetch", fetch.name.clone())
            .with("url", url)
            .label(fetch.name_word.span, "fetch");
        cx.report(finding);
    }
}

fn writes_to_stdout(line: &CommandLine<'_>) -> bool {
    let is_stdout = |value: Option<&str>| matches!(value, Some("-" | "/dev/stdout"));
    let output = if line.is("wget") { "-O" } else { "-o" };
    match line.value_of(output) {
        Some(value) => is_stdout(value.text.as_deref()),
        None => line.is("curl") && !line.has("-O") && !line.has("--remote-name-all"),
    }
}

/// Where the interpreter stands that the output of a command reaches.
fn interpreter_of(fetch: &Command<'_>, cx: &Context<'_, '_>) -> Option<Span> {
    fetch.invocation.frames.iter().rev().find_map(|frame| match frame {
        Frame::Pipeline { stages, index } => piped_into(fetch, stages, *index, cx),
        Frame::Substitution(substitution) => {
            let line = shell::read(substitution.command?)?;
            // Of a word like `"install $(curl ...)"` the download is a part, not the script.
            let is_whole = matches!(substitution.word.parts.as_slice(), [_]) && substitution.assignment.is_none();
            let runs = if substitution.redirect.is_some() {
                reads_script_from_stdin(&line)
            } else if substitution.process {
                line.is("source") || line.name == "." || is_shell(&line) || interpreter(&line).is_some()
            } else {
                line.is("eval") || (is_shell(&line) && line.has("-c"))
            };
            (is_whole && runs).then_some(line.name_word.span)
        }
        _ => None,
    })
}

/// The interpreter in a later stage of the same pipeline.
fn piped_into(fetch: &Command<'_>, stages: &[sh::Statement], stage: usize, cx: &Context<'_, '_>) -> Option<Span> {
    let is_later = |frame: &Frame<'_>| matches!(frame, Frame::Pipeline { stages: others, index } if std::ptr::eq(*others, stages) && *index > stage);
    let mut commands = cx.model.commands_of(fetch.step).iter();
    commands.find_map(|other| {
        let line = other.line.as_ref()?;
        let is_in = other.invocation.frames.iter().any(is_later) && other.invocation.substitution().is_none();
        (is_in && reads_script_from_stdin(line)).then_some(line.name_word.span)
    })
}

fn is_shell(line: &CommandLine<'_>) -> bool {
    line.is_any(&SHELLS)
}

fn interpreter(line: &CommandLine<'_>) -> Option<&'static [&'static str]> {
    INTERPRETERS.iter().find(|(name, _)| line.is(name)).map(|&(_, options)| options)
}

fn reads_script_from_stdin(line: &CommandLine<'_>) -> bool {
    let names_stdin = line.operands.first().is_none_or(|operand| operand.is("-") || operand.is("/dev/stdin"));
    if is_shell(line) {
        return !line.has("-c") && (line.has("-s") || names_stdin);
    }
    // `php -- --option`: what follows goes to the script on standard input.
    let only_arguments = line.words.get(1).is_some_and(|word| word.is("--"));
    interpreter(line).is_some_and(|elsewhere| {
        (names_stdin || only_arguments) && !elsewhere.iter().any(|option| line.has(option)) && !is_query(line)
    })
}

/// `python --version` and the like read nothing.
fn is_query(line: &CommandLine<'_>) -> bool {
    ["--version", "-V", "-v", "--help", "-h"].iter().any(|option| line.has(option))
}

fn url(command: &Command<'_>, line: &CommandLine<'_>, cx: &Context<'_, '_>) -> Option<String> {
    let named = line.value_of("--url").map(|value| value.word);
    let words: Vec<&sh::Word> = named.into_iter().chain(line.operands.iter().copied()).collect();
    words.iter().find_map(|word| match cx.model.only_word(command, word) {
        Some(text) => text.contains("://").then_some(text),
        None => Some(cx.text(word.span).trim_matches('"').to_owned()).filter(|text| text.contains("://")),
    })
}
