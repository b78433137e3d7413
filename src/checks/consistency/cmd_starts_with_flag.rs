//! A CMD that begins with an option, though the ENTRYPOINT is a script or none.

use crate::checks::prelude::*;
use start::Program;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let start = cx.model.start();
        let Some(command) = start.command.filter(|step| step.shell != ShellKind::Other) else { return };
        let Some(views::CommandForm::Exec(words)) = views::CommandForm::of(command.instruction) else { return };
        let Some(first) = words.first().filter(|word| word.text.len() > 1 && word.text.starts_with('-')) else {
            return;
        };
        let variant = match start.entrypoint.map(|step| views::CommandForm::of(step.instruction)) {
            Some(Some(views::CommandForm::Exec(entrypoint))) => match start::program(entrypoint) {
                // `["docker-entrypoint.sh", "app"]` names the program there.
                Program::Script(at) if at + 1 == entrypoint.len() && is_entrypoint(entrypoint.get(at)) => "script",
                // `tini` with `-- app` is a program as well.
                Program::Wrapper if first.text == "--" => return,
                Program::Wrapper | Program::Nothing => "nothing",
                _ => return,
            },
            None if cx.model.starts_bare() => "nothing",
            None if is_official(cx) => "inherited",
            _ => return,
        };
        let array = views::to_json(["PROGRAM"].into_iter().chain(words.iter().map(|word| word.text.as_str())));
        cx.report(Finding::at(first.span).variant(variant).with("flag", first.text.clone()).with("array", array));
    }
}

/// Scripts of this name run their arguments; any other may be the program itself.
fn is_entrypoint(word: Option<&Word>) -> bool {
    word.is_some_and(|word| start::file_name(&word.text).contains("entrypoint"))
}

fn is_official(cx: &Context<'_, '_>) -> bool {
    cx.model.stages.last().and_then(|stage| cx.model.root_image(stage)).is_some_and(ImageReference::is_official)
}
