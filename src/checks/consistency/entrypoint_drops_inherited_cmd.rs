//! An ENTRYPOINT that resets the CMD it would need.

use crate::checks::prelude::*;
use start::Program;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let start = cx.model.start();
        let (Some(step), None) = (start.entrypoint.filter(|it| it.shell != ShellKind::Other), start.command) else {
            return;
        };
        let Some(views::CommandForm::Exec(words)) = views::CommandForm::of(step.instruction) else { return };
        let at_end = |at: usize| at + 1 == words.len();
        let (word, needs) = match start::program(words) {
            Program::Wrapper => (words.first(), true),
            Program::Script(at) if at_end(at) && runs_arguments(words.get(at), cx) => (words.get(at), false),
            _ => return,
        };
        let Some(word) = word else { return };
        let root = cx.model.stages.last().and_then(|stage| cx.model.root_image(stage));
        // What an image runs is worth keeping; the shell of a distribution or a language is not what was meant.
        let runs_something =
            root.is_some_and(|image| image.is_official() && !base::is_distribution(image) && !is_language(image));
        let variant = match start.reset {
            _ if needs => "nothing",
            Some(_) => "stage",
            None if runs_something => "image",
            None => "none",
        };
        let finding = Finding::at(word.span)
            .variant(variant)
            .with("program", start::file_name(&word.text).to_owned())
            .with("image", root.map(|image| image.familiar().to_owned()).unwrap_or_default());
        cx.report(match start.reset {
            Some(reset) => finding.label(reset.instruction.span, "reset"),
            None => finding,
        });
    }
}

/// Whether a script is called as those are that run their arguments, and does not show that it is none of them.
fn runs_arguments(word: Option<&Word>, cx: &Context<'_, '_>) -> bool {
    let Some(name) = word.map(|word| start::file_name(&word.text)) else { return false };
    let shown = cx.model.steps.iter().filter(|step| cx.model.is_shipped(step)).flat_map(|step| step.heredocs);
    let shown: Vec<_> = shown.filter(|heredoc| heredoc.content.starts_with("#!")).collect();
    name.contains("entrypoint") && (shown.is_empty() || shown.iter().any(|it| it.content.contains("$@")))
}

/// Images whose CMD is an interpreter.
fn is_language(image: &ImageReference) -> bool {
    const LANGUAGES: &[&str] = &[
        "amazoncorretto",
        "bash",
        "clojure",
        "dart",
        "docker",
        "eclipse-temurin",
        "elixir",
        "erlang",
        "gcc",
        "golang",
        "groovy",
        "haskell",
        "ibm-semeru-runtimes",
        "jruby",
        "julia",
        "node",
        "openjdk",
        "perl",
        "pypy",
        "python",
        "r-base",
        "ruby",
        "rust",
        "sapmachine",
        "swift",
        "swipl",
        "buildpack-deps",
    ];
    LANGUAGES.contains(&image.familiar())
        || image.familiar() == "php"
            && !image.tag.as_deref().is_some_and(|tag| tag.contains("apache") || tag.contains("fpm"))
}
