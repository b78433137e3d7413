//! Commands separated by `;` or line endings without `set -e`.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

/// A command whose failure goes unnoticed.
struct Swallowed {
    /// The separator behind it, or the command where that is a line ending.
    at: Span,
    /// The command's name.
    command: String,
    /// Whether it stands in a script of its own, such as that of `sh -c`.
    in_script: bool,
    /// Whether it only writes a line.
    prints: bool,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Run)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let Some(list) = cx.model.body(step).list() else { return };
        let Some(errexit) = cx.model.starts_with_errexit(step) else { return };
        let is_off = !cx.model.uses_errexit(step);
        let found = in_list(list, errexit).or_else(|| if is_off { in_functions(list) } else { None });
        let Some(found) = found else { return };
        let finding = Finding::at(found.at).with("command", found.command);
        let finding = match found.in_script {
            _ if found.prints => finding.variant("print"),
            true => finding.variant("script"),
            false if list.statements.iter().any(is_chain) => finding.variant("chain"),
            false => finding,
        };
        // With chains among them, `set -e` would do for some commands alone.
        let is_plain = !found.in_script && !list.statements.iter().any(is_chain);
        cx.report(match edit(list, step, cx).filter(|_| is_plain) {
            Some((span, text)) => finding.edit(span, text),
            None => finding,
        });
    }
}

/// Whether a statement is an old `&&` chain, which is to stop by itself.
fn is_chain(statement: &sh::Statement) -> bool {
    matches!(&statement.command, sh::Command::AndOr(steps)
        if steps.iter().skip(1).all(|step| step.operator == Some(sh::Operator::And)))
}

/// The first command of a list, or of one inside it, whose failure the shell passes over.
fn in_list(list: &sh::List, errexit: bool) -> Option<Swallowed> {
    let mut errexit = errexit;
    let mut printed = None;
    // Where a list ends in failure anyway, the commands before are its farewell.
    if list.statements.last().is_some_and(fails) {
        return None;
    }
    for (index, statement) in list.statements.iter().enumerate() {
        match errexit::turns_errexit(statement) {
            Some(true) => errexit = true,
            // From here on the author means it.
            Some(false) => return printed,
            None => {}
        }
        if let Some(found) = inside(statement, errexit) {
            return Some(found);
        }
        let next = list.statements.get(index + 1);
        let separated = matches!(statement.separator, sh::Separator::Semicolon | sh::Separator::Newline);
        if errexit || !separated || next.is_none_or(errexit::asks_for_status) {
            continue;
        }
        // What is read from elsewhere need not be made for `set -e`; `sh` ends by itself where it cannot read it.
        if statement.is_any(&[".", "source"]) && next.is_some_and(|next| errexit::turns_errexit(next) == Some(true)) {
            continue;
        }
        if let Some(command) = can_fail(statement) {
            let command = match (command.words.first().map(sh::Word::literal), command.assignments.first()) {
                (Some(Some(name)), _) => name.rsplit('/').next().unwrap_or_default().to_owned(),
                (None, Some(assignment)) => format!("{}=$(...)", assignment.name),
                _ => "this command".to_owned(),
            };
            let at = statement.separator_span.unwrap_or(statement.span);
            let prints = matches!(command.as_str(), "echo" | "printf");
            let found = Swallowed { at, command, in_script: false, prints };
            // Writing a line fails for the rarest of reasons: another command tells more.
            if prints {
                printed = printed.or(Some(found));
                continue;
            }
            return Some(found);
        }
    }
    printed
}

/// Looks into the lists and scripts that a statement is made of.
fn inside(statement: &sh::Statement, errexit: bool) -> Option<Swallowed> {
    match &statement.command {
        sh::Command::Simple(simple) => {
            let script = simple.script.as_deref()?;
            let line = shell::read(simple)?;
            let errexit = if line.is("eval") {
                errexit
            } else {
                line.is("sh")
                    && (line.has("-e") || line.values_of("-o").any(|option| option.text.as_deref() == Some("errexit")))
            };
            in_list(&script.list, errexit).map(|found| Swallowed { in_script: true, ..found })
        }
        sh::Command::AndOr(steps) => steps.iter().find_map(|step| inside(&step.statement, errexit)),
        // The failure of any other stage is not the shell's concern.
        sh::Command::Pipeline(stages) => stages.last().and_then(|stage| inside(stage, errexit)),
        sh::Command::Group(list) | sh::Command::Subshell(list) => in_list(list, errexit),
        sh::Command::If(command) => {
            let mut bodies = command.branches.iter().map(|(_, body)| body).chain(&command.otherwise);
            bodies.find_map(|list| in_list(list, errexit))
        }
        sh::Command::For(command) => in_list(&command.body, errexit),
        sh::Command::While(command) => in_list(&command.body, errexit),
        sh::Command::Case(case) => case.arms.iter().find_map(|arm| in_list(&arm.body, errexit)),
        // A function runs under the options of its caller.
        sh::Command::Function(_) | sh::Command::Test(_) | sh::Command::Other(_) => None,
    }
}

/// The same in the bodies of functions, which run under the options of their callers.
fn in_functions(list: &sh::List) -> Option<Swallowed> {
    let of = |statement: &sh::Statement| match &statement.command {
        sh::Command::Function(function) => inside(&function.body, false),
        _ => None,
    };
    list.statements.iter().find_map(|statement| match &statement.command {
        sh::Command::AndOr(steps) => steps.iter().find_map(|step| of(&step.statement)),
        _ => of(statement),
    })
}

/// The command of a statement that can make it fail; none where nothing can, or where the file deals with it.
fn can_fail(statement: &sh::Statement) -> Option<&sh::Simple> {
    if statement.negated {
        return None;
    }
    let writes = statement.redirects.iter().any(|redirect| {
        matches!(redirect.kind, sh::RedirectKind::Output | sh::RedirectKind::Append | sh::RedirectKind::OutputAndError)
            && redirect.target.literal().is_none_or(|file| !file.starts_with("/dev/"))
    });
    match &statement.command {
        sh::Command::Simple(simple) => (writes || !is_harmless(simple)).then_some(simple),
        sh::Command::AndOr(steps) => {
            let mut found = None;
            for step in steps {
                found = match step.operator {
                    Some(sh::Operator::Or) if leaves(&step.statement) => None,
                    Some(sh::Operator::Or) => found.and_then(|_| can_fail(&step.statement)),
                    _ => can_fail(&step.statement).or(found),
                };
            }
            found
        }
        sh::Command::Pipeline(stages) => stages.last().and_then(can_fail),
        sh::Command::Group(list) | sh::Command::Subshell(list) => list.statements.iter().rev().find_map(can_fail),
        sh::Command::If(command) => command
            .branches
            .iter()
            .map(|(_, body)| body)
            .chain(&command.otherwise)
            .find_map(|body| body.statements.iter().find_map(can_fail)),
        sh::Command::For(command) => command.body.statements.iter().find_map(can_fail),
        sh::Command::While(command) => command.body.statements.iter().find_map(can_fail),
        sh::Command::Case(case) => case.arms.iter().find_map(|arm| arm.body.statements.iter().find_map(can_fail)),
        sh::Command::Function(_) | sh::Command::Test(_) | sh::Command::Other(_) => None,
    }
}

/// Commands of the shell that do not fail, or whose failure means nothing.
fn is_harmless(simple: &sh::Simple) -> bool {
    const NAMES: &[&str] = &[
        "", ":", "echo", "exit", "printf", "return", "set", "shift", "shopt", "sleep", "trap", "true", "umask", "unset",
    ];
    // A substitution fails with its last command; what cannot fail does no harm.
    let substitutes = |word: &sh::Word| {
        word.parts.iter().any(|part| match &part.kind {
            sh::PartKind::Substitution(list) => list.statements.iter().any(|statement| can_fail(statement).is_some()),
            _ => false,
        })
    };
    let fetches = simple
        .assignments
        .iter()
        .any(|assignment| matches!(&assignment.value, sh::AssignedValue::Scalar(word) if substitutes(word)));
    match simple.words.first().map(sh::Word::literal) {
        // What `export` and its like do with a failure, `set -e` does not change.
        _ if simple.declaration => true,
        None => !fetches,
        Some(name) => name.is_some_and(|name| NAMES.contains(&name.as_ref())),
    }
}

/// Whether a statement ends the script or the loop by itself.
fn leaves(statement: &sh::Statement) -> bool {
    match &statement.command {
        sh::Command::Simple(simple) => {
            simple.words.first().is_some_and(|name| ["exit", "return", "break", "continue"].iter().any(|e| name.is(e)))
        }
        sh::Command::Group(list) | sh::Command::Subshell(list) => list.statements.last().is_some_and(leaves),
        sh::Command::AndOr(steps) => steps.last().is_some_and(|step| leaves(&step.statement)),
        _ => false,
    }
}

/// Whether a statement is `exit` or `return` with a failure, or `false`.
fn fails(statement: &sh::Statement) -> bool {
    let sh::Command::Simple(simple) = &statement.command else { return false };
    let is = |name| simple.words.first().is_some_and(|word| word.is(name));
    is("false") || (is("exit") || is("return")) && simple.words.get(1).is_some_and(|status| !status.is("0"))
}

/// `set -eux` in the layout of the file: on a line of its own where the RUN takes several.
fn edit(list: &sh::List, step: &Step<'_>, cx: &Context<'_, '_>) -> Option<(Span, String)> {
    if matches!(cx.model.body(step), Body::Exec(_)) {
        return None;
    }
    let first = list.statements.first()?;
    if let sh::Command::Simple(simple) = &first.command
        && simple.words.first().is_some_and(|name| name.is("set"))
    {
        let cluster = simple.words.get(1)?;
        // A cluster as in `set -x`, neither in quotes nor the `--` before words.
        let letters = cx.text(cluster.span).strip_prefix('-')?;
        if letters.is_empty() || !letters.chars().all(|c| c.is_ascii_alphabetic()) {
            return None;
        }
        return Some((Span::empty(cluster.span.start + 1), "e".to_owned()));
    }
    let source = cx.model.source;
    let line_of = |statement: &sh::Statement| source.line_of(statement.span.start);
    let indent = |line: u32| {
        let text = source.slice(source.line_span(line));
        text.get(..text.len() - text.trim_start_matches([' ', '\t']).len()).unwrap_or_default().to_owned()
    };
    let at = Span::empty(first.span.start);
    let line = line_of(first);
    let in_heredoc = step.heredocs.iter().any(|heredoc| heredoc.body.contains(first.span));
    let newline = if source.slice(source.line_span(line)).ends_with("\r\n") { "\r\n" } else { "\n" };
    if in_heredoc {
        return Some((at, format!("set -eux{newline}{}", indent(line))));
    }
    let is_first_line = line == step.instruction.start_line;
    let Some(next) = list.statements.iter().map(line_of).find(|next| *next > line) else {
        return Some((at, "set -eux; ".to_owned()));
    };
    let indent = if is_first_line { indent(next) } else { indent(line) };
    Some((at, format!("set -eux; {}{newline}{indent}", cx.model.file.escape)))
}
