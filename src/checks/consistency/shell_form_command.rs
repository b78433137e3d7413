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

/// Variables that name a file which a shell reads before it starts the program.
const STARTUP: [&str; 2] = ["BASH_ENV", "ENV"];

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
            Some(views::CommandForm::Shell(text)) => of_shell_form(step, text, is_entrypoint, cx),
            Some(views::CommandForm::Exec(words)) => of_exec_form(words),
            _ => None,
        };
        let Some(finding) = finding else { return };
        let finding = finding.with("keyword", step.instruction.name.text.clone());
        // Where a comment speaks of the shell it is wanted.
        let mut comments = step.instruction.leading_comments.iter();
        let is_wanted = comments.any(|comment| comment.text.to_ascii_lowercase().contains("shell"));
        let finding = finding.fix_if(!prepares(step, cx) && !is_wanted);
        self.found.push(Found { finding, stage: step.stage, is_entrypoint });
    }

    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        for found in std::mem::take(&mut self.found) {
            let stands_on_it =
                |stage: usize| cx.model.stages_below(stage).any(|below| Some(below.index) == found.stage);
            let mut commands = self.with_command.iter().flatten();
            let takes_words = found.is_entrypoint && commands.any(|&stage| stands_on_it(stage));
            cx.report(found.finding.fix_if(!takes_words));
        }
    }
}

/// Whether the shell reads files before it starts the program: one for a login, or one that a variable names.
fn prepares(step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    let is_login = |word: &Word| {
        let text = word.text.as_str();
        let cluster = text.strip_prefix('-').filter(|cluster| !cluster.starts_with('-'));
        matches!(text, "--login" | "--rcfile" | "--init-file") || cluster.is_some_and(|it| it.contains(['l', 'i']))
    };
    cx.model.steps_below(step).any(|below| match &below.instruction.args {
        Args::Json(words) => below.keyword() == Keyword::Shell && words.iter().any(is_login),
        Args::Pairs(pairs) => {
            below.keyword() == Keyword::Env && pairs.iter().any(|pair| STARTUP.contains(&pair.key.text.as_str()))
        }
        _ => false,
    })
}

fn of_shell_form(step: &Step<'_>, text: &Word, is_entrypoint: bool, cx: &Context<'_, '_>) -> Option<Finding<'static>> {
    if text.text.starts_with("{{") {
        return None;
    }
    let list = shell::parse(&body::shell_text(step.instruction)).ok();
    let finding = Finding::at(text.span);
    if let Some(words) = list.as_ref().and_then(literal_words) {
        let array = views::to_json(words.iter().map(|(_, word)| word.as_str()));
        let mut finding = if is_entrypoint { finding.variant("entrypoint") } else { finding };
        let end_index = words.len().saturating_sub(1);
        let mut is_clear = true;
        for (index, (span, word)) in words.iter().enumerate() {
            let string = views::to_json([word.as_str()]);
            let string = string.trim_start_matches('[').trim_end_matches(']');
            let (open, close) = (if index == 0 { "[" } else { "" }, if index == end_index { "]" } else { "," });
            // What is behind the last word is a comment of the shell's.
            let end = if index == end_index { text.span.end.max(span.end) } else { span.end };
            is_clear &= end == span.end || step.instruction.inner_comments.iter().all(|it| it.span.start < span.end);
            finding = finding.edit(Span::new(span.start, end), format!("{open}{string}{close}"));
        }
        // The kernel does not run a script without `#!`, a shell does.
        let is_script = words.first().is_some_and(|(_, name)| start::is_script_name(name));
        let is_same =
            !words.iter().any(|(_, word)| word.contains('\\') && words.first().is_some_and(|it| it.1 == "echo"));
        let is_exact = cx.text(text.span).starts_with(|c: char| !c.is_whitespace());
        // The array would have the shell written out.
        let texts = || words.iter().map(|(_, word)| word.as_str());
        let is_shell = texts().next().is_some_and(is_shell) && texts().skip(1).any(takes_script);
        let is_right = is_clear && is_same && is_exact && !is_shell;
        return Some(finding.with("array", array).fix_if(is_right).unsafe_if(is_script));
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
    let inner = start::without_wrappers(words);
    let init = start::init(words.get(..words.len() - inner.len())?);
    // Then signals reach the program, whatever is between.
    if init == Some(true) {
        return None;
    }
    let (shell, arguments) = inner.split_first()?;
    let name = shell.text.rsplit('/').next()?;
    if !is_shell(name) {
        return None;
    }
    let mut options = arguments.iter().take_while(|word| word.text.starts_with('-') || word.text == "pipefail");
    let option = options.find(|word| takes_script(&word.text))?;
    let script = arguments.iter().skip_while(|word| !std::ptr::eq(*word, option)).nth(1);
    let list = script.and_then(|script| {
        let mut joined = Joined::default();
        joined.push(&script.text, script.span.start);
        shell::parse(&joined).ok()
    });
    let finding = Finding::at(shell.span.to(option.span)).with("shell", format!("{name} {}", option.text));
    Some(finding.variant(match (list.as_ref().is_some_and(execs), init) {
        (true, _) => "wrapped-exec",
        (false, Some(_)) => "behind-init",
        (false, None) => "wrapped",
    }))
}

/// Whether a program is a shell.
fn is_shell(program: &str) -> bool {
    matches!(program.rsplit('/').next(), Some("sh" | "bash" | "dash" | "ash" | "ksh" | "zsh"))
}

/// Whether it is an option of a shell that the script follows: `-c`, `-ec`.
fn takes_script(option: &str) -> bool {
    option.starts_with('-') && !option.starts_with("--") && option.contains('c')
}

/// Whether a script ends by handing over to a program, so that no shell stays behind.
fn execs(list: &sh::List) -> bool {
    shell::invocations(list).iter().any(|invocation| {
        let words = &invocation.simple.words;
        words.len() > 1 && words.first().is_some_and(|word| word.is("exec")) && invocation.substitution().is_none()
    })
}

/// The words of a single command that no shell is needed for, with their places.
fn literal_words(list: &sh::List) -> Option<Vec<(Span, String)>> {
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
    simple.words.iter().map(|word| Some((word.span, word.literal()?.into_owned()))).collect()
}
