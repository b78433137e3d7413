//! `&&` where `set -e` stops at failures.

use crate::checks::prelude::*;

/// Commands that ask a question, whose failure is an answer, by the option or the subcommand that makes them ask.
const PROBES: &[(&str, Option<&str>)] = &[
    ("[", None),
    ("test", None),
    ("which", None),
    ("type", None),
    ("hash", None),
    ("id", None),
    ("getent", None),
    ("command", Some("-v")),
    ("command", Some("-V")),
    ("grep", None),
    ("diff", None),
    ("cmp", None),
    ("ls", None),
    ("dpkg", Some("-s")),
    ("dpkg", Some("-l")),
    ("dpkg-query", None),
    ("apt-cache", None),
    ("rpm", Some("-q")),
    ("pgrep", None),
    ("true", None),
    ("false", None),
    (":", None),
    ("read", None),
    ("file", None),
    ("stat", None),
    ("expr", None),
    ("let", None),
    ("systemctl", None),
    ("python", Some("-c")),
    ("dpkg", Some("--compare-versions")),
    ("dpkg", Some("-L")),
    ("dpkg", Some("-V")),
    ("rpm", Some("-V")),
    ("apk", Some("info")),
    ("pacman", Some("-Q")),
    ("pip", Some("show")),
    ("pip", Some("check")),
    ("npm", Some("ls")),
    ("npm", Some("list")),
    ("gem", Some("list")),
    ("git", Some("diff")),
    ("git", Some("rev-parse")),
    ("git", Some("show-ref")),
    ("git", Some("ls-remote")),
    ("git", Some("ls-files")),
    ("git", Some("merge-base")),
    ("git", Some("cat-file")),
    ("pkg-config", None),
    ("pkgconf", None),
    ("mountpoint", None),
    ("update-alternatives", Some("--query")),
    ("update-alternatives", Some("--list")),
    ("update-alternatives", Some("--display")),
    ("pidof", None),
    ("kill", Some("-0")),
];
/// Commands that do not fail.
const HARMLESS: &[&str] = &["echo", "printf", "set", "export", "umask", "sleep", "unset", "shift", "trap"];
/// Commands that leave: what stands left of them is their condition.
const LEAVERS: &[&str] = &["exit", "return", "break", "continue"];
/// Commands that run others in the same shell.
const RUNNERS: &[&str] = &[".", "source", "eval"];

#[derive(Default)]
pub struct Rule;

/// Where a chain stands.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// More follows, whatever comes of it.
    Inside,
    /// It is the last of the RUN: its failure is the failure of the RUN.
    Last,
    /// It is the last of a subshell or function, whose failure the shell looks at.
    Apart,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Run)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let Body::Shell(list) = cx.model.body(step) else { return };
        let Some(errexit) = cx.model.starts_with_errexit(step) else { return };
        let has_functions =
            cx.model.commands_of(step.index).iter().any(|command| command.invocation.function().is_some());
        let mut chains = Vec::new();
        in_list(list, errexit, Place::Last, &mut chains);
        for (steps, place) in chains {
            report(steps, place, list.statements.len() == 1, has_functions, cx);
        }
    }
}

/// Collects the chains that are run under `set -e`.
fn in_list<'l>(list: &'l sh::List, errexit: bool, place: Place, found: &mut Vec<(&'l [sh::Step], Place)>) {
    let mut errexit = errexit;
    for (index, statement) in list.statements.iter().enumerate() {
        errexit = errexit::turns_errexit(statement).unwrap_or(errexit);
        if statement.negated || statement.separator == sh::Separator::Background {
            continue;
        }
        let place = if index + 1 < list.statements.len() { Place::Inside } else { place };
        match &statement.command {
            sh::Command::AndOr(steps) if errexit => found.push((steps, place)),
            sh::Command::Group(list) => in_list(list, errexit, place, found),
            sh::Command::Subshell(list) => in_list(list, errexit, Place::Apart, found),
            sh::Command::Function(function) => {
                if let sh::Command::Group(list) | sh::Command::Subshell(list) = &function.body.command {
                    in_list(list, errexit, Place::Apart, found);
                }
            }
            sh::Command::If(command) => {
                let bodies = command.branches.iter().map(|(_, body)| body).chain(&command.otherwise);
                bodies.for_each(|list| in_list(list, errexit, place, found));
            }
            sh::Command::Case(case) => case.arms.iter().for_each(|arm| in_list(&arm.body, errexit, place, found)),
            // The next turn follows, or what is behind the loop.
            sh::Command::For(command) => in_list(&command.body, errexit, Place::Inside, found),
            sh::Command::While(command) => in_list(&command.body, errexit, Place::Inside, found),
            _ => {}
        }
    }
}

fn report(steps: &[sh::Step], place: Place, is_alone: bool, has_functions: bool, cx: &mut Context<'_, '_>) {
    // What stands before `set -e` in the chain is not under it.
    let from = steps.iter().rposition(|step| errexit::turns_errexit(&step.statement) == Some(true)).unwrap_or_default();
    let steps = steps.get(from..).unwrap_or_default();
    let Some((last, left)) = steps.split_last() else { return };
    let is_chain = steps.iter().skip(1).all(|step| step.operator != Some(sh::Operator::Or));
    if !is_chain || place == Place::Apart || last.statement.is_any(LEAVERS) {
        return;
    }
    let mut left = left.iter().enumerate().skip_while(|(_, step)| cannot_fail(&step.statement)).peekable();
    if left.peek().is_some_and(|(_, step)| is_question(&step.statement)) {
        return;
    }
    let unnoticed = left.next().filter(|_| place == Place::Inside);
    let operator = |index: usize| steps.get(index + 1).and_then(|step| step.operator_span);
    if let Some((index, step)) = unnoticed {
        let Some(span) = operator(index) else { return };
        let command = command_of(&step.statement);
        cx.report(Finding::at(span).with("command", command));
        return;
    }
    let Some(span) = operator(0) else { return };
    let finding = Finding::at(span).variant(if is_alone { "alone" } else { "last" });
    let is_simple = from == 0 && !has_functions && steps.iter().all(|step| can_stand_alone(&step.statement));
    cx.report(edits(steps, finding, cx).fix_if(is_simple));
}

fn edits<'t>(steps: &[sh::Step], finding: Finding<'t>, cx: &Context<'_, '_>) -> Finding<'t> {
    steps.windows(2).fold(finding, |finding, pair| {
        let [before, step] = pair else { return finding };
        let Some(operator) = step.operator_span else { return finding };
        let gap = Span::new(before.statement.span.end, operator.start);
        let behind = cx.text(Span::new(operator.end, step.statement.span.start));
        if cx.text(gap).chars().all(|c| c == ' ' || c == '\t') {
            // In a script the end of the line is a separator.
            let ends_line = behind.trim_start_matches([' ', '\t', '\r']).starts_with('\n');
            return finding.edit(Span::new(gap.start, operator.end), if ends_line { "" } else { ";" });
        }
        // `&&` at the start of a line: the `;` goes to the end of the line before.
        let blanks = behind.len() - behind.trim_start_matches([' ', '\t']).len();
        let finding = finding.edit(Span::empty(gap.start), ";");
        finding.edit(Span::new(operator.start, operator.end + blanks as u32), "")
    })
}

/// Whether nothing can go wrong with a statement: it prints, or sets variables to what no command comes up with.
fn cannot_fail(statement: &sh::Statement) -> bool {
    let assigns = |simple: &sh::Simple| simple.words.is_empty() && statement.redirects.is_empty() && is_plain(simple);
    statement.is_any(HARMLESS) || matches!(&statement.command, sh::Command::Simple(simple) if assigns(simple))
}

/// Whether no assignment of a command runs another one.
fn is_plain(simple: &sh::Simple) -> bool {
    simple.assignments.iter().all(|assignment| match &assignment.value {
        sh::AssignedValue::Scalar(word) => !word.has_substitution(),
        sh::AssignedValue::Array(_) => false,
        sh::AssignedValue::Unset => true,
    })
}

/// Whether a statement does the same with `set -e` in force as left of `&&`, where it is not.
fn can_stand_alone(statement: &sh::Statement) -> bool {
    let sh::Command::Simple(simple) = &statement.command else { return false };
    !statement.negated
        && is_plain(simple)
        && !simple.words.iter().any(sh::Word::has_substitution)
        && !statement.is_any(RUNNERS)
        && statement.redirects.iter().all(|redirect| redirect.kind != sh::RedirectKind::HereDoc)
}

/// Whether a statement is there to be true or false, or is no plain command.
fn is_question(statement: &sh::Statement) -> bool {
    let statement = match &statement.command {
        sh::Command::Pipeline(stages) => stages.last().unwrap_or(statement),
        _ => statement,
    };
    let sh::Command::Simple(simple) = &statement.command else { return true };
    // The name in a variable may be anything.
    let Some(line) = shell::read(simple) else { return !simple.words.is_empty() };
    statement.negated
        || PROBES.iter().any(|(name, option)| {
            line.is(name) && option.is_none_or(|option| line.has(option) || line.subcommand_is(&[option]))
        })
        || line.is("command")
}

fn command_of(statement: &sh::Statement) -> String {
    let statement = match &statement.command {
        sh::Command::Pipeline(stages) => stages.last().unwrap_or(statement),
        _ => statement,
    };
    let sh::Command::Simple(simple) = &statement.command else { return String::new() };
    match (shell::read(simple), simple.assignments.first()) {
        (Some(line), _) => line.name,
        (None, Some(assignment)) => format!("{}=...", assignment.name),
        _ => String::new(),
    }
}
