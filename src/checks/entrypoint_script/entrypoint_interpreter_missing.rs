//! The first line of the entrypoint script names a program that the image does not have.

use crate::checks::prelude::*;
use base::Family;

/// Official images for Alpine Linux that are known to have no bash.
const WITHOUT_BASH: &[&str] = &["golang", "node", "python", "ruby"];
/// Packages of Alpine Linux that come with bash.
const WITH_BASH: &[&str] =
    &["abuild", "alpine-sdk", "bats", "fail2ban", "gradle", "maven", "rkhunter", "sbt", "tomcat", "wireguard-tools"];
/// Interpreters that neither Alpine Linux nor BusyBox comes with.
const ADDED: &[&str] = &["bash", "ksh", "mksh", "node", "perl", "python", "python3", "ruby", "zsh"];
const SHELLS: &[&str] = &["sh", "ash"];

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        let (Some(context), Some(last)) = (&cx.surroundings.context, model.stages.last()) else { return };
        let Some((word, file)) = model.entrypoint_script() else { return };
        let Some(bytes) = context.read(&file.name) else { return };
        let Some(shebang) = Shebang::read(&String::from_utf8_lossy(&bytes)) else { return };
        let interpreter = shebang.interpreter.as_str();
        let Some(place) = lacking(model, last, interpreter) else { return };
        if may_bring(model, last, interpreter) || may_be_rewritten(model, last, &word.text) {
            return;
        }
        let finding = Finding::at(word.span)
            .with("script", start::file_name(&word.text).to_owned())
            .with("interpreter", interpreter.to_owned())
            .with("image", place)
            .label(file.source, "copied");
        let is_scratch = model.root_image(last).is_none();
        cx.report(if is_scratch {
            finding.variant("scratch")
        } else if model.root_image(last).and_then(base::family) == Some(Family::Busybox) {
            finding.variant("busybox")
        } else {
            finding
        });
    }
}

/// The base image, where it is known to come without an interpreter.
fn lacking(model: &Model<'_>, last: &Stage<'_>, interpreter: &str) -> Option<String> {
    let Some(image) = model.root_image(last) else {
        let bottom = model.stages_below(last.index).last()?;
        let is_known = SHELLS.contains(&interpreter) || ADDED.contains(&interpreter);
        return (bottom.base == Base::Scratch && is_known).then(|| "scratch".to_owned());
    };
    let family = base::family(image)?;
    let is_bare = base::is_distribution(image)
        || interpreter == "bash" && image.unnamespaced().is_some_and(|name| WITHOUT_BASH.contains(&name));
    let lacks = matches!(family, Family::Alpine | Family::Busybox) && is_bare && ADDED.contains(&interpreter);
    lacks.then(|| image.familiar().to_owned())
}

/// Whether something in the stage brings the interpreter, or may.
fn may_bring(model: &Model<'_>, last: &Stage<'_>, interpreter: &str) -> bool {
    model.steps_of(last).any(|step| match step.keyword() {
        // A folder or an archive may hold it.
        Keyword::Add => true,
        Keyword::Copy => views::Copy::of(step.instruction).is_some_and(|copy| {
            let target = copy.transfer.destination.map_or("", |word| word.text.as_str()).trim_end_matches('/');
            let is_file = |word: &Word| start::file_name(&word.text).contains('.');
            // A folder of another image, all of it, or the interpreter itself.
            let is_folder = |path: &str| {
                matches!(path, "" | "." | "bin" | "sbin" | "usr" | "local") || path.contains(['*', '$', '?'])
            };
            let has = |word: &Word| {
                let name = start::file_name(word.text.trim_end_matches('/'));
                let is_near = interpreter.len() > 2 && name.contains(interpreter);
                name == interpreter || copy.from.is_some() && (is_folder(name) || is_near)
            };
            matches!(target, "" | "." | "/bin" | "/usr" | "/usr/bin" | "/usr/local")
                && !copy.transfer.sources.iter().all(|word| is_file(word))
                || target.contains('$')
                || start::file_name(target) == interpreter
                || copy.transfer.sources.iter().any(|word| has(word))
        }),
        Keyword::Run => model
            .commands_of(step.index)
            .iter()
            .any(|command| may_bring_by(model, command, interpreter) && !is_undone(model, last, command, interpreter)),
        _ => false,
    })
}

/// Whether a command brings the interpreter, or may.
fn may_bring_by(model: &Model<'_>, command: &Command<'_>, interpreter: &str) -> bool {
    let Some(line) = &command.line else { return !command.invocation.simple.words.is_empty() };
    // What removes it does not bring it.
    if line.verb() == Some(Verb::Remove) {
        return false;
    }
    let installs = line.verb() == Some(Verb::Install) || building::installs(line);
    if installs {
        // What `xargs` appends is not known.
        return line.wrappers.iter().any(|word| word.is("xargs"))
            || line.operands.iter().any(|word| match model.possible_words(command, word) {
                Some(names) => names.iter().any(|name| may_be_or_need(name, interpreter)),
                None => true,
            });
    }
    // What is built, linked or moved into place. `make` by itself builds the image's own program, and that is no bash.
    line.is_any(&["tar", "git", "unzip"])
        || line.is_any(&["make", "cmake"]) && interpreter != "bash"
        || runs_unseen(model, command, line)
        || line.operands.iter().any(|word| word.literal().is_some_and(|it| start::file_name(&it) == interpreter))
}

/// Whether a command runs a script whose text is not in the Dockerfile.
fn runs_unseen(model: &Model<'_>, command: &Command<'_>, line: &CommandLine<'_>) -> bool {
    if line.is_any(&["sh", ".", "source"]) {
        return command.invocation.simple.script.is_none();
    }
    let Some(path) = line.name_word.literal() else { return true };
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let is_program = matches!(folder, "/bin" | "/sbin" | "/usr/bin" | "/usr/sbin");
    !folder.is_empty() && !is_program
        || start::is_script_name(&path)
        || model.context_file(command, &path).is_some_and(|file| file.is_named)
}

/// Whether what a command installs is removed again in the same image: by its name, or by that of the set it belongs to.
fn is_undone(model: &Model<'_>, last: &Stage<'_>, command: &Command<'_>, interpreter: &str) -> bool {
    let Some(line) = command.line.as_ref().filter(|line| line.is("apk")) else { return false };
    let set = line.value_of("--virtual").map(|value| value.text.as_deref());
    let name = match set {
        Some(Some(set)) => set,
        Some(None) => return false,
        None => interpreter,
    };
    // Another package may need it and stays.
    let is_only = set.is_some()
        || line
            .operands
            .iter()
            .all(|word| word.literal().is_some_and(|text| text == interpreter || !may_be_or_need(&text, interpreter)));
    let at = command.invocation.simple.span.start;
    is_only
        && model.steps_of(last).flat_map(|step| model.commands_of(step.index)).any(|later| {
            later.invocation.simple.span.start > at
                && !later.invocation.is_conditional()
                && later.line.as_ref().is_some_and(|line| {
                    line.is("apk")
                        && line.verb() == Some(Verb::Remove)
                        && line.operands.iter().any(|word| word.is(name))
                })
        })
}

/// Whether a command may write another first line into the script.
fn may_be_rewritten(model: &Model<'_>, last: &Stage<'_>, script: &str) -> bool {
    let name = start::file_name(script);
    let is_it = |word: &sh::Word| {
        let Some(text) = word.literal() else { return word.parts.len() == 1 };
        let last = start::file_name(&text);
        last == name || last.contains('*') && text.contains('/') || text == "{}"
    };
    let commands = model.steps_of(last).flat_map(|step| model.commands_of(step.index));
    commands.into_iter().any(|command| {
        let writes = command.invocation.statement.redirects.iter().any(|redirect| {
            matches!(redirect.kind, sh::RedirectKind::Output | sh::RedirectKind::Append) && is_it(&redirect.target)
        });
        let words = &command.invocation.simple.words;
        let edits =
            words.iter().any(|word| ["sed", "gsed", "perl", "awk", "ed", "patch"].iter().any(|name| word.is(name)));
        // `s/\r$//` mends the ends of lines.
        let of_ends = |word: &sh::Word| word.literal().is_some_and(|text| text.contains("\\r"));
        writes || edits && words.iter().any(is_it) && !words.iter().any(of_ends)
    })
}

fn may_be_or_need(package: &str, interpreter: &str) -> bool {
    let stem = interpreter.trim_end_matches('3');
    let is_script = stem == "python" && package.starts_with("py");
    package.contains(stem)
        || is_script
        || interpreter == "bash" && WITH_BASH.iter().any(|name| package.starts_with(name))
        // Others come with these for reasons of their own.
        || interpreter == "perl" && (package.starts_with("git") || package.contains("automake") || package.contains("autoconf"))
        || matches!(stem, "node" | "python" | "ruby") && (package.contains("npm") || package.contains("yarn") || package.contains("gem"))
}
