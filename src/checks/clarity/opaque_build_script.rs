//! Scripts of the build context that do the build.

use crate::checks::prelude::*;

/// Scripts that come with a project's build tool.
const WRAPPERS: &[&str] = &["mvnw", "gradlew", "configure", "autogen.sh", BOOTSTRAP];

/// With a project around it, its own; a COPY that names it brings a script.
const BOOTSTRAP: &str = "bootstrap.sh";

/// Endings of scripts that no shell runs.
const ENDINGS: &[&str] = &["py", "pl", "rb"];

/// What such a script is called that builds an image; `setup.py` is a project's.
const BUILDS: &[&str] = &["install", "build", "bootstrap", "provision"];

#[derive(Default)]
pub struct Rule {
    /// What was reported, by the step and the name of the file.
    reported: Vec<(usize, String)>,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::EveryCommand]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let Some((word, is_shell)) = executed(command) else { return };
        let Some(path) = cx.model.only_word(command, word) else { return };
        let base = path.rsplit('/').next().unwrap_or_default();
        let is_other = is_other_script(base);
        let has_ending =
            is_other || std::path::Path::new(base).extension().is_some_and(|it| it == "sh" || it == "bash");
        let could_be = has_ending || is_shell || path.contains('/') && !base.contains('.') && is_alone(command, cx);
        if !could_be || is_tool(base) || asks(command) || is_started(base, cx) {
            return;
        }
        let Some(file) = cx.model.context_file(command, &path) else { return };
        if !file.is_named && (is_other || base == BOOTSTRAP || !has_ending || is_made(base, command, file.step, cx)) {
            return;
        }
        let key = (command.step, file.name.clone());
        if !self.reported.contains(&key) {
            cx.report(
                Finding::at(word.span)
                    .with("script", base.to_owned())
                    .with("file", file.name)
                    .label(file.source, "source"),
            );
            self.reported.push(key);
        }
    }
}

/// The word that names the file which a command executes, and whether a shell is told to.
fn executed<'c>(command: &'c Command<'_>) -> Option<(&'c sh::Word, bool)> {
    let simple = command.invocation.simple;
    let Some(line) = &command.line else {
        // The path starts with a variable.
        return simple.words.first().filter(|word| word.literal().is_none()).map(|word| (word, false));
    };
    if line.is_any(&["sh", ".", "source"]) {
        let is_script = !line.has("-c") && simple.script.is_none();
        return line.operands.first().filter(|_| is_script).map(|word| (*word, true));
    }
    if line.is_any(&["python", "perl", "ruby"]) && !["-c", "-e", "-m"].iter().any(|option| line.has(option)) {
        let is_other = |word: &sh::Word| {
            word.literal().is_some_and(|text| is_other_script(text.rsplit('/').next().unwrap_or_default()))
        };
        return line.operands.first().filter(|word| is_other(word)).map(|word| (*word, false));
    }
    Some((line.name_word, false))
}

/// Whether a script of another language is called like one that builds.
fn is_other_script(base: &str) -> bool {
    base.rsplit_once('.').is_some_and(|(stem, ending)| {
        ENDINGS.contains(&ending) && stem.split(['-', '_']).any(|part| BUILDS.contains(&part))
    })
}

/// Whether the RUN is this one call.
fn is_alone(command: &Command<'_>, cx: &Context<'_, '_>) -> bool {
    let commands = cx.model.commands_of(command.step).iter().filter_map(|other| other.line.as_ref());
    commands.filter(|line| !line.is_any(&["set", "chmod", "cd", "rm"])).count() <= 1
}

/// Whether it is a tool for users of the image, a test, or a part of a project that is built from the context.
fn is_tool(base: &str) -> bool {
    base.starts_with("docker-") || base.contains("test") || WRAPPERS.contains(&base) && base != BOOTSTRAP
}

fn asks(command: &Command<'_>) -> bool {
    command.line.as_ref().is_some_and(|line| line.has("--version") || line.has("--help"))
}

/// Whether a container starts with it.
fn is_started(base: &str, cx: &Context<'_, '_>) -> bool {
    let names = |text: &str| text.split([' ', '/', '"', '\'', ';', '&']).any(|part| part == base);
    cx.model.steps.iter().any(|step| match views::CommandForm::of(step.instruction) {
        Some(views::CommandForm::Exec(words)) => words.iter().any(|word| names(&word.text)),
        Some(views::CommandForm::Shell(text)) => names(&text.text),
        _ => false,
    })
}

/// Whether a RUN since the COPY, or this one, may have made the file: one of its commands is given the name.
fn is_made(base: &str, command: &Command<'_>, copied: usize, cx: &Context<'_, '_>) -> bool {
    let harmless = ["chmod", "chown", "ls", "sed", "dos2unix", "rm", "sh", "bash"];
    let names = |word: &sh::Word| word.literal().is_some_and(|text| text.rsplit('/').next() == Some(base));
    let steps = cx.model.steps.get(copied..=command.step).unwrap_or_default();
    steps.iter().flat_map(|step| cx.model.commands_of(step.index)).any(|other| {
        let Some(line) = &other.line else { return false };
        let writes = other.invocation.statement.redirects.iter().any(|redirect| names(&redirect.target));
        writes
            || !line.is_any(&harmless) && line.words.iter().skip(1).any(names)
            || line.is("git") && line.subcommand_is(&["clone"])
    })
}
