//! CMD and ENTRYPOINT in shell form, or with a shell written out.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule {
    /// The stages with a CMD: an ENTRYPOINT in JSON form would be given its words.
    with_command: Vec<Option<usize>>,
    found: Vec<Found>,
}

struct Found {
    finding: Finding<'static>,
    stage: Option<usize>,
    is_entrypoint: bool,
}

/// What a shell does by itself, or does otherwise than the program of that name.
const BUILTINS: &[&str] = &[
    ".", ":", "alias", "bg", "builtin", "cd", "command", "eval", "exec", "exit", "export", "fg", "hash", "jobs",
    "local", "read", "readonly", "return", "set", "shift", "shopt", "source", "time", "times", "trap", "type",
    "ulimit", "umask", "unset", "wait",
];

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Cmd), Visit::Instruction(Keyword::Entrypoint)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let is_entrypoint = step.keyword() == Keyword::Entrypoint;
        if !is_entrypoint {
            self.with_command.push(step.stage);
        }
        // An array of other things than strings is a syntax error, and told as one.
        let is_broken = cx.model.file.errors.iter().any(|error| step.instruction.span.contains(error.span));
        if step.shell == ShellKind::Other || is_broken || views::near_json(step.instruction).is_some() {
            return;
        }
        let finding = match views::CommandForm::of(step.instruction) {
            Some(views::CommandForm::Shell(text)) => of_shell_form(step, text, is_entrypoint),
            Some(views::CommandForm::Exec(words)) => of_exec_form(words),
            _ => None,
        };
        let Some(finding) = finding else { return };
        let finding = finding.with("keyword", step.instruction.name.text.clone());
        // What a comment between the lines explains must not get lost.
        let finding = finding.fix_if(step.instruction.inner_comments.is_empty());
        self.found.push(Found { finding, stage: step.stage, is_entrypoint });
    }

    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        for found in std::mem::take(&mut self.found) {
            let takes_words = found.is_entrypoint && self.with_command.contains(&found.stage);
            cx.report(found.finding.fix_if(!takes_words));
        }
    }
}

fn of_shell_form(step: &Step<'_>, text: &Word, is_entrypoint: bool) -> Option<Finding<'static>> {
    if text.text.starts_with("{{") {
        return None;
    }
    let list = shell::parse(&body::shell_text(step.instruction)).ok();
    let finding = Finding::at(text.span);
    if let Some(words) = list.as_ref().and_then(literal_words) {
        let array = views::to_json(words.iter().map(String::as_str));
        let finding = if is_entrypoint { finding.variant("entrypoint") } else { finding };
        return Some(finding.with("array", array.clone()).edit(text.span, array));
    }
    let hands_over = list.as_ref().is_some_and(execs);
    Some(finding.variant(match (is_entrypoint, hands_over) {
        (true, _) => "entrypoint-script",
        (false, true) => "exec",
        (false, false) => "script",
    }))
}

/// `["sh", "-c", "..."]`; with `exec` in its script the shell at least makes room for the program.
fn of_exec_form(words: &[Word]) -> Option<Finding<'static>> {
    let (shell, arguments) = words.split_first()?;
    let name = shell.text.rsplit('/').next()?;
    if !matches!(name, "sh" | "bash" | "dash" | "ash" | "ksh" | "zsh") {
        return None;
    }
    let is_cluster = |word: &Word| word.text.starts_with('-') && !word.text.starts_with("--");
    let mut options = arguments.iter().take_while(|word| word.text.starts_with('-') || word.text == "pipefail");
    let option = options.find(|word| is_cluster(word) && word.text.contains('c'))?;
    let script = arguments.iter().skip_while(|word| !std::ptr::eq(*word, option)).nth(1);
    let list = script.and_then(|script| {
        let mut joined = Joined::default();
        joined.push(&script.text, script.span.start);
        shell::parse(&joined).ok()
    });
    let finding = Finding::at(shell.span.to(option.span)).with("shell", format!("{name} {}", option.text));
    Some(finding.variant(if list.as_ref().is_some_and(execs) { "wrapped-exec" } else { "wrapped" }))
}

/// Whether a script ends by handing over to a program, so that no shell stays behind.
fn execs(list: &sh::List) -> bool {
    shell::invocations(list).iter().any(|invocation| {
        let words = &invocation.simple.words;
        words.len() > 1 && words.first().is_some_and(|word| word.is("exec")) && invocation.substitution().is_none()
    })
}

/// The words of a single command that no shell is needed for.
fn literal_words(list: &sh::List) -> Option<Vec<String>> {
    let [statement] = list.statements.as_slice() else { return None };
    let sh::Command::Simple(simple) = &statement.command else { return None };
    let plain = statement.separator == sh::Separator::None
        && !statement.negated
        && statement.redirects.is_empty()
        && simple.assignments.is_empty();
    let expands = |word: &sh::Word| {
        word.has_glob()
            || word.parts.iter().any(|part| {
                part.quoting == sh::Quoting::None
                    && matches!(&part.kind, sh::PartKind::Literal(text) if text.contains(['~', '{']))
            })
    };
    let is_builtin = simple.words.first().is_none_or(|name| BUILTINS.iter().any(|builtin| name.is(builtin)));
    if !plain || is_builtin || simple.words.iter().any(expands) {
        return None;
    }
    simple.words.iter().map(|word| word.literal().map(std::borrow::Cow::into_owned)).collect()
}
