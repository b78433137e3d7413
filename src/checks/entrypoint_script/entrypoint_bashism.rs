//! What `/bin/sh` does not know.

use crate::checks::prelude::*;
use base::Family;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn script(&mut self, script: &Script, cx: &mut Context<'_, '_>) {
        let Some(shebang) =
            script.shebang.as_ref().filter(|it| matches!(it.interpreter.as_str(), "sh" | "dash" | "ash"))
        else {
            return;
        };
        let Some(list) = cx.model.script_list() else { return };
        // A script that finds bash runs itself by it.
        let changes = cx.model.commands_of(0).iter().any(|command| {
            let words = &command.invocation.simple.words;
            words.iter().any(entrypoint::is_script_itself)
                && words.iter().any(|word| word.literal().is_some_and(|it| start::file_name(&it) == "bash"))
        });
        if changes {
            return;
        }
        let family = cx.surroundings.context.as_ref().and_then(beside::family_beside);
        let dockerfile = cx.surroundings.context.as_ref().and_then(|context| context.read("Dockerfile"));
        let names_bash = dockerfile.is_some_and(|text| text.windows(4).any(|word| word == b"bash"));
        let lacks_bash = matches!(family, Some(Family::Alpine | Family::Busybox)) && !names_bash;
        // There sh is bash.
        if family == Some(Family::Rpm) {
            return;
        }
        let mut found = Vec::new();
        entrypoint::each_statement(list, &mut |statement| statement_uses(statement, cx, &mut found));
        for word in entrypoint::words_in(list) {
            found.extend(word.parts.iter().filter_map(|part| part_use(part, cx)));
            found.extend(
                cx.text(word.span).starts_with("$'").then(|| busybox(word.span, "$'...'", "\"$(printf '...')\"")),
            );
        }
        for command in cx.model.commands_of(0) {
            command_uses(command, cx, &mut found);
        }
        // What another shell is given is no part of this one.
        let commands = cx.model.commands_of(0).iter().map(|command| command.invocation.simple);
        let others: Vec<Span> = commands
            .filter(|simple| simple.script.is_some() && !simple.words.first().is_some_and(|word| word.is("eval")))
            .map(|simple| simple.span)
            .collect();
        found.retain(|it: &Use| !others.iter().any(|span| span.start < it.span.start && it.span.end <= span.end));
        found.sort_by_key(|it: &Use| (it.span.start, it.span.end));
        found.dedup_by_key(|it| it.span.start);
        let has_busybox = matches!(family, Some(Family::Alpine | Family::Busybox));
        found.retain(|it| !(it.busybox && has_busybox));
        // The edit is of the whole script; one finding carries it.
        let mut is_first = true;
        for it in found {
            let finding = Finding::at(it.span).with("construct", it.construct).with("instead", it.instead);
            // `env` would take options for a part of the name.
            let written = match shebang.options.join(" ") {
                none if none.is_empty() => "#!/usr/bin/env bash".to_owned(),
                options => format!("#!/bin/bash {options}"),
            };
            let is_usual =
                matches!(shebang.path.as_str(), "/bin/sh" | "/bin/dash" | "/bin/ash" | "/usr/bin/env" | "/usr/bin/sh");
            let finding = finding.edit(shebang.span, written).fix_if(is_first && is_usual && !lacks_bash);
            is_first = false;
            cx.report(if it.busybox && family.is_none() { finding.variant("busybox") } else { finding });
        }
    }
}

/// Commands of bash alone.
const BASH_COMMANDS: &[&str] = &["compgen", "declare", "mapfile", "readarray", "shopt", "typeset"];
/// Commands to which braces mean a repetition.
const PATTERNS: &[&str] = &["grep", "egrep", "sed", "awk", "expr", "find", "echo", "printf"];

struct Use {
    span: Span,
    construct: &'static str,
    instead: &'static str,
    /// Whether BusyBox knows it.
    busybox: bool,
}

const fn only_bash(span: Span, construct: &'static str, instead: &'static str) -> Use {
    Use { span, construct, instead, busybox: false }
}

const fn busybox(span: Span, construct: &'static str, instead: &'static str) -> Use {
    Use { span, construct, instead, busybox: true }
}

fn statement_uses(statement: &sh::Statement, cx: &Context<'_, '_>, found: &mut Vec<Use>) {
    let text = cx.text(statement.span);
    let head = |len: u32| Span::new(statement.span.start, statement.span.start + len);
    match &statement.command {
        sh::Command::Test(_) if text.starts_with("[[") => found.push(busybox(head(2), "[[ ... ]]", "[ ... ]")),
        sh::Command::Other(_) if text.starts_with("((") => {
            found.push(only_bash(head(2), "(( ... ))", "[ $((...)) -ne 0 ]"));
        }
        sh::Command::Other(_) if text.starts_with("for") => found.push(only_bash(head(3), "for (( ... ))", "while")),
        sh::Command::For(_) if text.starts_with("select") => found.push(only_bash(head(6), "select", "case")),
        sh::Command::Function(_) if text.starts_with("function ") => {
            found.push(busybox(head(8), "function", "name() { ...; }"));
        }
        sh::Command::Pipeline(stages) => {
            for pair in stages.windows(2) {
                let [left, right] = pair else { continue };
                let between = Span::new(left.span.end, right.span.start);
                let at = (between.start <= between.end).then(|| cx.text(between).find("|&")).flatten();
                found.extend(at.map(|at| {
                    let start = between.start + at as u32;
                    only_bash(Span::new(start, start + 2), "|&", "2>&1 |")
                }));
            }
        }
        _ => {}
    }
    for redirect in &statement.redirects {
        match redirect.kind {
            sh::RedirectKind::HereString => found.push(only_bash(redirect.span, "<<<", "printf '%s\\n' ... | ")),
            sh::RedirectKind::OutputAndError => found.push(busybox(redirect.span, "&>", "> file 2>&1")),
            _ => {}
        }
    }
}

fn part_use(part: &sh::Part, cx: &Context<'_, '_>) -> Option<Use> {
    let text = cx.text(part.span);
    match &part.kind {
        sh::PartKind::ProcessSubstitution { .. } => Some(only_bash(part.span, "<( ... )", "a temporary file")),
        sh::PartKind::Parameter(parameter) => match &parameter.operation {
            sh::Operation::Replace { .. } if text.starts_with("${") => {
                Some(busybox(part.span, "${name/pattern/text}", "sed"))
            }
            sh::Operation::Other => {
                let inside = text.strip_prefix("${")?.strip_suffix('}')?;
                if let Some(name) = inside.strip_prefix('!') {
                    return (!name.is_empty()).then(|| only_bash(part.span, "${!name}", "eval"));
                }
                let rest = inside.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '@');
                match rest.chars().next()? {
                    ',' | '^' => Some(only_bash(part.span, "${name,,}", "tr")),
                    '[' => Some(only_bash(part.span, "${name[...]}", "the positional parameters")),
                    ':' if !rest.starts_with([':', '-']) || rest.len() > 1 => {
                        let digit = rest.chars().nth(1).is_some_and(|c| c.is_ascii_digit() || c == ' ');
                        digit.then(|| busybox(part.span, "${name:offset}", "${name#pattern} or cut"))
                    }
                    _ => None,
                }
            }
            // Set by bash alone; `$UID` may be somebody's own variable.
            sh::Operation::Plain if parameter.name == "EUID" && !is_assigned("EUID", cx) => {
                Some(only_bash(part.span, "$EUID", "\"$(id -u)\""))
            }
            sh::Operation::Plain if parameter.name == "RANDOM" && !is_assigned("RANDOM", cx) => {
                Some(busybox(part.span, "$RANDOM", "od -An -N2 -tu2 /dev/urandom"))
            }
            // Empty there, so that nothing is run again.
            sh::Operation::Plain if matches!(parameter.name.as_str(), "BASH_SOURCE" | "FUNCNAME") => {
                Some(only_bash(part.span, "$BASH_SOURCE", "\"$0\""))
            }
            _ => None,
        },
        // `$(< file)` reads nothing there.
        sh::PartKind::Substitution(list) => {
            let [statement] = list.statements.as_slice() else { return None };
            let is_nothing = matches!(&statement.command, sh::Command::Simple(simple)
                if simple.words.is_empty() && simple.assignments.is_empty());
            let reads = statement.redirects.iter().all(|it| it.kind == sh::RedirectKind::Input);
            (is_nothing && reads && !statement.redirects.is_empty())
                .then(|| busybox(part.span, "$(< file)", "$(cat file)"))
        }
        sh::PartKind::Unknown if text.starts_with("$((") && steps(text) => {
            Some(busybox(part.span, "$((name++))", "name=$((name + 1))"))
        }
        _ => None,
    }
}

/// Whether a variable is counted up or down: `n++`, `--n`.
fn steps(text: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphabetic() || c == '_';
    ["++", "--"].iter().any(|sign| {
        text.match_indices(sign).any(|(at, _)| {
            let (before, after) = (text.get(..at).unwrap_or_default(), text.get(at + 2..).unwrap_or_default());
            let behind = before.trim_end().ends_with(|c: char| is_name(c) || c.is_ascii_digit());
            let is_operand = after.trim_start().starts_with(|c: char| is_name(c) || c.is_ascii_digit() || c == '$');
            // `a--b` is a difference.
            behind && !is_operand && !before.trim_end().ends_with(')') || !behind && after.starts_with(is_name)
        })
    })
}

fn is_assigned(name: &str, cx: &Context<'_, '_>) -> bool {
    let mut commands = cx.model.commands_of(0).iter();
    commands.any(|command| command.invocation.simple.assignments.iter().any(|assignment| assignment.name == name))
}

fn command_uses(command: &Command<'_>, cx: &Context<'_, '_>, found: &mut Vec<Use>) {
    let simple = command.invocation.simple;
    for assignment in &simple.assignments {
        let name = cx.text(assignment.span);
        let is_element = name.get(assignment.name.len()..).is_some_and(|rest| rest.starts_with('['));
        if matches!(assignment.value, sh::AssignedValue::Array(_)) || is_element {
            found.push(only_bash(assignment.span, "name=(...)", "the positional parameters"));
        } else if assignment.append {
            found.push(only_bash(assignment.span, "+=", "name=\"${name}...\""));
        }
    }
    let Some(first) = simple.words.first() else { return };
    let Some(name) = first.literal().or_else(|| simple.declaration.then(|| "".into())) else { return };
    found.extend(simple.words.iter().filter(|_| !PATTERNS.contains(&&*name)).filter_map(brace_use));
    let with = |text: &str| simple.words.iter().skip(1).find(|word| word.is(text));
    let second = |text: &str| simple.words.get(1).filter(|word| word.is(text));
    match &*name {
        "source" => found.push(busybox(first.span, "source", ".")),
        "let" => found.push(busybox(first.span, "let", "name=$((...))")),
        "printf" => {
            found.extend(second("-v").map(|word| only_bash(word.span, "printf -v", "name=\"$(printf ...)\"")));
            let format = simple.words.get(1).filter(|word| word.literal().is_some_and(|text| text.contains("%q")));
            found.extend(format.map(|word| busybox(word.span, "printf %q", "\"$@\"")));
        }
        "exec" => found.extend(second("-a").map(|word| busybox(word.span, "exec -a", "exec"))),
        "wait" => found.extend(second("-n").map(|word| busybox(word.span, "wait -n", "wait"))),
        "read" => found.extend(second("-a").map(|word| only_bash(word.span, "read -a", "the positional parameters"))),
        "export" => found.extend(second("-f").map(|word| only_bash(word.span, "export -f", "a script of its own"))),
        "trap" => found.extend(
            ["ERR", "DEBUG", "RETURN"]
                .into_iter()
                .find_map(with)
                .map(|word| only_bash(word.span, "trap ... ERR", "EXIT")),
        ),
        "pushd" | "popd" => found.push(only_bash(first.span, "pushd", "cd")),
        name if BASH_COMMANDS.contains(&name) => {
            let known = BASH_COMMANDS.iter().find(|it| **it == name).copied().unwrap_or_default();
            found.push(only_bash(first.span, known, "plain variables and tests"));
        }
        "local" => {
            let option = simple.words.iter().find(|word| ["-n", "-a", "-A", "-r"].iter().any(|it| word.is(it)));
            found.extend(option.map(|word| only_bash(word.span, "local with options", "local name")));
        }
        "[" | "test" => {
            let equals = simple.words.iter().skip(2).find(|word| word.is("==") && !word.quoted);
            found.extend(equals.map(|word| busybox(word.span, "==", "=")));
            let is_set = simple.words.iter().skip(1).take(2).find(|word| word.is("-v") && !word.quoted);
            found.extend(is_set.map(|word| busybox(word.span, "-v", "-n \"${name+x}\"")));
            // Compared with root it is no variable of somebody's own.
            let with_root = simple.words.iter().any(|word| word.is("0")) && !is_assigned("UID", cx);
            let parts = simple.words.iter().flat_map(|word| &word.parts).filter(|_| with_root);
            let user = parts.filter(|part| {
                matches!(&part.kind, sh::PartKind::Parameter(parameter)
                if parameter.name == "UID" && parameter.operation == sh::Operation::Plain)
            });
            found.extend(user.map(|part| only_bash(part.span, "$UID", "\"$(id -u)\"")));
        }
        "set" => {
            let is_pipefail = |word: &&sh::Word| word.is("pipefail");
            found.extend(
                simple.words.iter().find(is_pipefail).map(|word| busybox(word.span, "pipefail", "set -e alone")),
            );
            let cluster = simple.words.get(1).filter(|word| {
                word.literal().is_some_and(|it| it.starts_with('-') && !it.starts_with("--") && it.contains('E'))
            });
            found.extend(cluster.map(|word| only_bash(word.span, "set -E", "set -e")));
        }
        _ => {}
    }
}

/// `/data/{a,b}`, `{1..9}`, which other shells take for a name.
fn brace_use(word: &sh::Word) -> Option<Use> {
    word.parts.iter().find_map(|part| {
        let sh::PartKind::Literal(text) = &part.kind else { return None };
        let (_, rest) = text.split_once('{').filter(|_| part.quoting == sh::Quoting::None)?;
        let (inside, _) = rest.split_once('}')?;
        (inside.contains(',') || inside.contains("..")).then(|| only_bash(part.span, "{a,b}", "each word"))
    })
}
