//! Arguments that a script splits, joins, or reads as a script once more.

use crate::checks::prelude::*;
use entrypoint::Expansion;

/// Commands that make no more of their words than text.
const LOGGING: &[&str] = &["echo", "printf", "[", "test", "log", "warn", "error", "info", "logger"];

#[derive(Default)]
pub struct Rule {
    /// Words of loops that are told.
    told: Vec<Span>,
    /// Whether the Dockerfile beside the script counts on the splitting; worked out when it is first asked.
    counts_on_it: Option<bool>,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::EveryCommand]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let words = &command.invocation.simple.words;
        let name = words.first().and_then(sh::Word::literal);
        let name = name.as_deref().map_or("", start::file_name);
        // In a function they are those of its call.
        if command.invocation.function().is_some_and(|it| !is_given_all(it, cx)) {
            return;
        }
        for frame in command.invocation.scope() {
            if let Frame::ForBody(sh::For { words: Some(words), .. }) = frame {
                self.split_words(words, cx);
            }
        }
        for assignment in &command.invocation.simple.assignments {
            if let sh::AssignedValue::Array(words) = &assignment.value {
                self.split_words(words, cx);
            }
        }
        if LOGGING.contains(&name) {
            return;
        }
        let shell =
            command.line.as_ref().filter(|line| line.is_any(&["sh", "bash", "su", "runuser"]) && line.has("-c"));
        let is_shell = shell.is_some();
        let is_option = |word: &sh::Word| {
            word.literal().is_some_and(|text| text.starts_with('-') && !text.starts_with("--") && text.ends_with('c'))
        };
        for (index, word) in words.iter().enumerate() {
            let runs = index == 0 || index == 1 && name == "exec";
            let starts = runs || name == "exec";
            if starts && entrypoint::split_variable(word).is_some_and(|name| holds_arguments(name, cx)) {
                cx.report(Finding::at(word.span).with("written", cx.text(word.span)).with("instead", "\"$@\""));
                continue;
            }
            if let Some(instead) = unquoted_array(word, starts, cx) {
                let finding = Finding::at(word.span).with("written", cx.text(word.span)).with("instead", &*instead);
                cx.report(finding.edit(word.span, &*instead).unsafe_if(self.is_split(cx)));
                continue;
            }
            let Some((part, expansion)) = word.parts.iter().find_map(|it| Some((it, expansion(it, cx)?))) else {
                // `CMD="app $*"; eval "$CMD"`
                let is_script = name == "eval" || is_shell && words[..index].last().is_some_and(is_option);
                if index > 0 && is_script && word.parts.iter().any(|part| is_text_of_arguments(part, cx)) {
                    let variant = if name == "eval" { "eval" } else { "joined" };
                    let finding = Finding::at(word.span).with("written", cx.text(word.span)).variant(variant);
                    cx.report(finding.with("instead", "\"$@\""));
                }
                continue;
            };
            let is_whole = word.parts.len() == 1 && is_plain(part);
            let variant = match expansion {
                _ if name == "eval" => Some("eval"),
                Expansion::Words if is_shell && is_whole && words[..index].last().is_some_and(is_option) => {
                    Some("first")
                }
                Expansion::Split => None,
                Expansion::Words if is_shell && !is_whole => Some("joined"),
                Expansion::Joined if is_shell || runs => Some("joined"),
                _ => continue,
            };
            let finding = Finding::at(if is_whole { word.span } else { part.span }).with("written", cx.text(word.span));
            let finding = finding.with("instead", quoted(part, cx));
            let certain = is_whole && variant.is_none_or(|name| name == "joined" && runs);
            let finding = quote(finding, word.span, cx).fix_if(certain && !is_shell).unsafe_if(self.is_split(cx));
            cx.report(match variant {
                Some(name) => finding.variant(name),
                None => finding,
            });
        }
    }
}

impl Rule {
    fn is_split(&mut self, cx: &Context<'_, '_>) -> bool {
        let context = cx.surroundings.context.as_ref();
        *self.counts_on_it.get_or_insert_with(|| context.is_some_and(beside::has_joined_command))
    }

    /// Tells the words that are split, each once.
    fn split_words(&mut self, words: &[sh::Word], cx: &mut Context<'_, '_>) {
        for word in words {
            let is_split = word.parts.iter().any(|part| expansion(part, cx) == Some(Expansion::Split));
            if is_split && !self.told.contains(&word.span) {
                self.told.push(word.span);
                let part = word.parts.iter().find(|part| expansion(part, cx).is_some());
                let instead = part.map(|part| quoted(part, cx)).unwrap_or_default();
                let finding = Finding::at(word.span).with("written", cx.text(word.span)).with("instead", instead);
                let is_whole = matches!(word.parts.as_slice(), [part] if is_plain(part));
                cx.report(quote(finding, word.span, cx).fix_if(is_whole).unsafe_if(self.is_split(cx)));
            }
        }
    }
}

/// Writes `"$@"`; a comment that has ShellCheck overlook what was there goes with it.
fn quote<'t>(finding: Finding<'t>, span: Span, cx: &Context<'_, '_>) -> Finding<'t> {
    let line = cx.model.source.line_of(span.start);
    let above = cx.model.source.line_span(line.saturating_sub(1));
    let is_about_it = ["SC2048", "SC2068", "SC2086"].iter().any(|code| {
        let comment = cx.text(above).trim().strip_prefix('#').map(str::trim_start);
        comment.and_then(|text| text.strip_prefix("shellcheck disable=")) == Some(code)
    });
    let finding = finding.edit(span, "\"$@\"");
    let is_only = cx.text(cx.model.source.line_span(line)).matches('$').count() == 1;
    if is_about_it && is_only { finding.edit(above, "") } else { finding }
}

fn expansion(part: &sh::Part, cx: &Context<'_, '_>) -> Option<Expansion> {
    entrypoint::expansion(part, cx.text(part.span))
}

/// The same arguments, each as a word.
fn quoted(part: &sh::Part, cx: &Context<'_, '_>) -> String {
    let text = cx.text(part.span);
    let is_alternative = matches!(&part.kind, sh::PartKind::Parameter(parameter)
        if matches!(parameter.operation, sh::Operation::Alternative { .. }));
    if is_plain(part) || is_alternative { "\"$@\"".to_owned() } else { format!("\"{}\"", text.replacen('*', "@", 1)) }
}

/// What to write for an array of the arguments that is split, or joined where it is what is run.
fn unquoted_array(word: &sh::Word, is_run: bool, cx: &Context<'_, '_>) -> Option<String> {
    let [part] = word.parts.as_slice() else { return None };
    let (name, expansion) = entrypoint::array_expansion(part, cx.text(part.span))?;
    let is_wrong = expansion == Expansion::Split || expansion == Expansion::Joined && is_run;
    let mut assignments = cx.model.commands_of(0).iter().flat_map(|command| &command.invocation.simple.assignments);
    let holds = |value: &sh::AssignedValue| match value {
        sh::AssignedValue::Array(words) => words.iter().any(entrypoint::has_arguments),
        _ => false,
    };
    let is_one = is_wrong && assignments.any(|assignment| assignment.name == name && holds(&assignment.value));
    is_one.then(|| format!("\"${{{name}[@]}}\""))
}

fn is_plain(part: &sh::Part) -> bool {
    matches!(&part.kind, sh::PartKind::Parameter(parameter) if parameter.operation == sh::Operation::Plain)
}

/// Whether a variable is given all arguments as one text, and nothing else.
fn holds_arguments(name: &str, cx: &Context<'_, '_>) -> bool {
    let commands = cx.model.commands_of(0).iter();
    let assignments = commands.filter(|it| it.invocation.function().is_none());
    let assignments = assignments.flat_map(|command| &command.invocation.simple.assignments);
    let mut values = assignments.filter(|assignment| assignment.name == name).peekable();
    values.peek().is_some()
        && values.all(|assignment| match &assignment.value {
            sh::AssignedValue::Scalar(value) => value.parts.iter().any(|part| expansion(part, cx).is_some()),
            _ => false,
        })
}

/// Whether a part of a word is a variable that was given all arguments as one text.
fn is_text_of_arguments(part: &sh::Part, cx: &Context<'_, '_>) -> bool {
    matches!(&part.kind, sh::PartKind::Parameter(parameter) if is_plain(part) && holds_arguments(&parameter.name, cx))
}

/// Whether some call of a function hands it all arguments of the script.
fn is_given_all(function: &sh::Function, cx: &Context<'_, '_>) -> bool {
    cx.model.commands_of(0).iter().any(|command| {
        command.invocation.function().is_none()
            && command.line.as_ref().is_some_and(|line| line.name == function.name)
            && command.invocation.simple.words.iter().any(entrypoint::has_arguments)
    })
}
