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
        // `curl ... > file | sh` leaves nothing for the shell.
        let is_redirected = |redirect: &sh::Redirect| match redirect.kind {
            sh::RedirectKind::Output | sh::RedirectKind::Append => redirect.fd.is_none_or(|fd| fd == 1),
            kind => kind == sh::RedirectKind::OutputAndError,
        };
        if command.invocation.statement.redirects.iter().any(is_redirected) {
            return;
        }
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
    for frame in fetch.invocation.frames.iter().rev() {
        match frame {
            Frame::Pipeline { stages, index } => {
                if let Some(span) = piped_into(fetch, stages, *index, cx) {
                    return Some(span);
                }
            }
            Frame::Substitution(substitution) => {
                if let Some(assignment) = substitution.assignment.filter(|_| is_whole(substitution.word)) {
                    return runs_variable(&assignment.name, fetch, cx);
                }
                let simple = substitution.command.filter(|_| substitution.assignment.is_none())?;
                let line = shell::read(simple)?;
                let is_script = match substitution.redirect {
                    Some(_) => reads_script_from_stdin(&line) || reads_stdin_as_file(&line),
                    None => is_script_word(substitution.word, substitution.process, &line),
                };
                if is_script && is_whole(substitution.word) {
                    return Some(line.name_word.span);
                }
                // What is printed may be piped on; any other command takes it as data.
                if !line.is_any(&["echo", "printf"]) {
                    return None;
                }
            }
            _ => {}
        }
    }
    // What a function prints is read where it is called.
    stdin_interpreter(fetch, cx)
}

/// The interpreter that reads a script from what a command prints.
fn stdin_interpreter(command: &Command<'_>, cx: &Context<'_, '_>) -> Option<Span> {
    let readers = cx.model.piped_into(command).into_iter().filter_map(|reader| reader.line.as_ref());
    readers.filter(|line| reads_script_from_stdin(line)).map(|line| line.name_word.span).next()
}

/// Where an interpreter is given a variable, which nothing else assigns, for a script.
fn runs_variable(name: &str, fetch: &Command<'_>, cx: &Context<'_, '_>) -> Option<Span> {
    let commands = cx.model.commands_of(fetch.step);
    let assigned = commands.iter().flat_map(|command| &command.invocation.simple.assignments);
    if assigned.filter(|assignment| assignment.name == name).count() != 1 {
        return None;
    }
    let is_it = |word: &&sh::Word| {
        is_whole(word)
            && word.parts.iter().any(|part| matches!(&part.kind, sh::PartKind::Parameter(it) if it.name == name && it.operation == sh::Operation::Plain))
    };
    commands.iter().find_map(|command| {
        let line = command.line.as_ref()?;
        let word = line.words.iter().find(is_it)?;
        if line.is_any(&["echo", "printf"]) {
            return stdin_interpreter(command, cx);
        }
        is_script_word(word, false, line).then_some(line.name_word.span)
    })
}

/// Whether a word is the substitution and nothing else: of `"install $(curl ...)"` the download is a part.
fn is_whole(word: &sh::Word) -> bool {
    let is_blank = |part: &&sh::Part| !matches!(&part.kind, sh::PartKind::Literal(text) if text.trim().is_empty());
    word.parts.iter().filter(is_blank).count() == 1
}

/// Whether a word is what an interpreter runs: the text behind `-c` or `-e`, or its first operand where that is a file.
fn is_script_word(word: &sh::Word, is_file: bool, line: &CommandLine<'_>) -> bool {
    let is_first = line.operands.first().is_some_and(|first| std::ptr::eq(*first, word));
    if is_file {
        let runs_file = is_shell(line) || interpreter(line).is_some() || line.is("source") || line.name == ".";
        return is_first && runs_file && !line.has("-c");
    }
    if line.is("eval") {
        return true;
    }
    let is_value = |option: &str| line.value_of(option).is_some_and(|value| std::ptr::eq(value.word, word));
    if is_shell(line) {
        return is_value("-c") || (line.has("-c") && line.value_of("-c").is_none() && is_first);
    }
    let takes = |option: &&str| is_value(option) || (line.has(option) && line.value_of(option).is_none() && is_first);
    interpreter(line).is_some() && ["-c", "-e", "-r"].iter().any(takes)
}

/// `source /dev/stdin`
fn reads_stdin_as_file(line: &CommandLine<'_>) -> bool {
    (line.is("source") || line.name == ".") && line.operands.first().is_some_and(|operand| operand.is("/dev/stdin"))
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
