//! Files and directories that every user may write to.

use crate::checks::prelude::*;

const OTHERS_WRITE: u32 = 0o002;
const STICKY: u32 = 0o1000;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![
            Visit::Command("chmod"),
            Visit::Command("find"),
            Visit::Command("mkdir"),
            Visit::Command("install"),
            Visit::Instruction(Keyword::Copy),
            Visit::Instruction(Keyword::Add),
        ]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let Some(flag) = step.instruction.flag("chmod").and_then(|flag| flag.value.as_ref()) else { return };
        let Folded::Known(mode) = cx.model.fold(step, &flag.text) else { return };
        if is_open(&mode) {
            let words = match &step.instruction.args {
                Args::Words(words) | Args::Json(words) => words.as_slice(),
                _ => &[],
            };
            let path = words.last().map_or("", |word| word.text.as_str());
            // What is copied is mostly files, and a directory's files get the same mode.
            cx.report(finding(flag.span, &mode, path).variant("file"));
        }
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let Some(line) = &command.line else { return };
        if line.is_any(&["chmod", "mkdir", "install"]) {
            Self::line(command, line, cx);
        }
        for line in line.executed().iter().filter(|line| line.is("chmod")) {
            Self::line(command, line, cx);
        }
    }
}

impl Rule {
    fn line(command: &Command<'_>, line: &CommandLine<'_>, cx: &mut Context<'_, '_>) {
        let Some(step) = cx.model.step(command.step) else { return };
        let is_chmod = line.is("chmod");
        let (word, span) = if is_chmod {
            let Some(mode) = line.operands.first() else { return };
            (*mode, mode.span)
        } else {
            let Some(mode) = line.value_of("-m") else { return };
            (mode.word, mode.span)
        };
        let text = if is_chmod { cx.model.only_word(command, word) } else { value_text(command, line, cx) };
        let Some(mode) = text.filter(|mode| is_open(mode)) else { return };
        let paths = line.operands.get(usize::from(is_chmod)..).unwrap_or_default();
        // Of what `find` finds, or `xargs` adds, the names are not known.
        let is_named = paths.first().is_some_and(|path| !path.is("{}"));
        let path = paths.first().map_or("", |path| cx.text(path.span));
        if !paths.is_empty() && paths.iter().all(|path| is_removed(path, command, cx)) {
            return;
        }
        let makes_directory = line.is("mkdir") || (line.is("install") && line.has("-d"));
        let is_directory =
            makes_directory || (!paths.is_empty() && paths.iter().all(|path| is_made(path, command, cx)));
        let finding = finding(span, &mode, path)
            .edit(span, sticky(&mode))
            .fix_if(is_directory && !line.has("-R") && cx.text(span) == mode)
            .fix_if(paths.iter().all(|path| is_empty(path, command, cx)))
            .fix_if(matches!(cx.model.body(step), Body::Shell(_)));
        let is_file = !is_directory && (line.is("install") || looks_like_file(path));
        // `chmod -R a+rwX` opens a tree for `docker run --user` on purpose.
        let is_symbolic = octal(&mode).is_none();
        cx.report(match (is_file, is_symbolic) {
            (_, false) if !is_named => finding.variant("found"),
            (_, true) if !is_named => finding.variant("opened-found"),
            (true, false) => finding.variant("file"),
            (true, true) => finding.variant("opened-file"),
            (false, true) => finding.variant("opened"),
            (false, false) => finding,
        });
    }
}

fn value_text(command: &Command<'_>, line: &CommandLine<'_>, cx: &Context<'_, '_>) -> Option<String> {
    let value = line.value_of("-m")?;
    match &value.text {
        Some(text) => Some(text.clone()),
        None if !value.attached => cx.model.only_word(command, value.word),
        None => None,
    }
}

fn finding<'t>(span: Span, mode: &str, path: &str) -> Finding<'t> {
    Finding::at(span)
        .with("mode", mode.to_owned())
        .with("path", path.trim_matches(['"', '\'']).to_owned())
        .with("sticky", sticky(mode))
        .with("closed", if mode.contains('6') { "644" } else { "755" })
}

/// Whether a mode lets others write and does not set the sticky bit.
fn is_open(mode: &str) -> bool {
    if let Some(bits) = octal(mode) {
        return bits & OTHERS_WRITE != 0 && bits & STICKY == 0;
    }
    let mut open = false;
    for clause in mode.split(',') {
        let Some(at) = clause.find(['+', '=', '-']) else { return false };
        let (who, change) = clause.split_at(at);
        let adds = !change.starts_with('-');
        if adds && change.contains('t') {
            return false;
        }
        // Without a `who` the umask keeps others out.
        if who.contains(['o', 'a']) && change.contains('w') {
            open = adds;
        }
    }
    open
}

fn octal(mode: &str) -> Option<u32> {
    let is_octal = (3..=5).contains(&mode.len()) && mode.bytes().all(|digit| (b'0'..=b'7').contains(&digit));
    if is_octal { u32::from_str_radix(mode, 8).ok() } else { None }
}

/// The same mode with the sticky bit, written as it was.
fn sticky(mode: &str) -> String {
    match octal(mode) {
        Some(bits) => format!("{:o}", bits | STICKY),
        None => format!("{mode},+t"),
    }
}

/// Whether the RUN removes the path again, a directory for the build alone, or sets another mode.
fn is_removed(path: &sh::Word, command: &Command<'_>, cx: &Context<'_, '_>) -> bool {
    let unquoted = |word: &sh::Word| cx.text(word.span).trim_matches(['"', '\'']).trim_end_matches('/').to_owned();
    let path = unquoted(path);
    cx.model.commands_of(command.step).iter().any(|other| {
        let is_later = other.invocation.simple.span.start > command.invocation.simple.span.start;
        let sets_mode = |line: &CommandLine<'_>| {
            let mode = line.operands.first().and_then(|mode| mode.literal()).filter(|_| line.is("chmod"));
            mode.is_some_and(|mode| octal(&mode).is_some() || mode.contains("+t"))
        };
        let line = other.line.as_ref().filter(|line| is_later && (line.is("rm") || sets_mode(line)));
        line.is_some_and(|line| line.operands.iter().any(|operand| unquoted(operand) == path))
    })
}

/// Whether a path surely is a directory: it ends with a slash, or the RUN makes it.
fn is_made(path: &sh::Word, command: &Command<'_>, cx: &Context<'_, '_>) -> bool {
    let Some(text) = cx.model.only_word(command, path) else { return false };
    text.ends_with('/')
        || cx.model.commands_of(command.step).iter().any(|other| {
            let line = other.line.as_ref().filter(|line| line.is("mkdir") || (line.is("install") && line.has("-d")));
            let made =
                |word: &&sh::Word| cx.model.possible_words(other, word).is_some_and(|words| words.contains(&text));
            line.is_some_and(|line| line.operands.iter().any(made))
        })
}

/// Whether nothing else of the file speaks of what is in a directory: with the sticky bit others could not replace it any more.
fn is_empty(path: &sh::Word, command: &Command<'_>, cx: &Context<'_, '_>) -> bool {
    let Some(path) = cx.model.only_word(command, path) else { return false };
    let path = path.trim_end_matches('/');
    let text = cx.model.source.text();
    let is_of_it = |at: usize| {
        let rest = text.get(at + path.len()..).unwrap_or_default();
        rest.starts_with('/') && rest.get(1..).is_some_and(|rest| rest.starts_with(|c: char| !c.is_whitespace()))
    };
    let is_filled = |step: &Step<'_>| {
        let transfer = match (views::Copy::of(step.instruction), views::Add::of(step.instruction)) {
            (Some(copy), _) => copy.transfer,
            (_, Some(add)) => add.transfer,
            _ => return false,
        };
        transfer.destination.is_some_and(|to| match cx.model.fold(step, &to.text) {
            Folded::Known(to) => to.trim_end_matches('/') == path,
            Folded::Unknown => true,
        })
    };
    !path.is_empty() && !text.match_indices(path).any(|(at, _)| is_of_it(at)) && !cx.model.steps.iter().any(is_filled)
}

/// Whether the last part of a path looks like a program or a file with a suffix.
fn looks_like_file(path: &str) -> bool {
    let path = path.trim_matches(['"', '\'']);
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
    let has_suffix = name.rsplit_once('.').is_some_and(|(stem, suffix)| {
        !stem.is_empty()
            && !stem.ends_with('.')
            && suffix.chars().all(char::is_alphanumeric)
            && !suffix.is_empty()
            && !suffix.chars().all(|c| c.is_ascii_digit())
    });
    has_suffix || (!name.is_empty() && (directory.ends_with("/bin") || directory.ends_with("/sbin")))
}
