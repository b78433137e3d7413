//! Packages of Alpine's development branch on a release.

use crate::checks::prelude::*;

const REPOSITORIES: &str = "/etc/apk/repositories";

#[derive(Default)]
pub struct Rule {
    /// Whether the file has the word at all: without it no variable needs to be followed.
    speaks: Option<bool>,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::EveryCommand, Visit::Instruction(Keyword::Copy), Visit::Instruction(Keyword::Add)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let transfer = match (views::Copy::of(step.instruction), views::Add::of(step.instruction)) {
            (Some(copy), _) => copy.transfer,
            (_, Some(add)) => add.transfer,
            _ => return,
        };
        let is_list = transfer.destination.is_some_and(|path| path.text.starts_with(REPOSITORIES));
        let heredocs = transfer.heredocs.iter().filter_map(|word| views::heredoc_of(step.heredocs, word.span));
        if let Some(heredoc) = heredocs.filter(|_| is_list).find(|heredoc| heredoc.content.contains("/edge/")) {
            report(heredoc.operator, step, cx);
        }
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let (Some(line), Some(step)) = (&command.line, cx.model.step(command.step)) else { return };
        if !*self.speaks.get_or_insert_with(|| cx.model.source.text().contains("edge")) {
            return;
        }
        let may_be = |word: &sh::Word| {
            let words = cx.model.possible_words(command, word);
            let written = || vec![cx.text(word.span).to_owned()];
            words.unwrap_or_else(written).iter().any(|text| text.contains("/edge/") || text.ends_with("/edge"))
        };
        let span = if line.is("apk") {
            line.values_of("-X").find(|value| may_be(value.word)).map(|value| value.span)
        } else if line.is("sed") {
            // What it puts there, not what it looks for.
            let writes = cx.model.writes().iter().filter(|write| {
                write.step == command.step && write.path.starts_with(REPOSITORIES) && write.text.contains("edge")
            });
            let places: Vec<Span> = writes.map(|write| write.span(cx.model.source, 0..write.text.len())).collect();
            let puts = |word: &&sh::Word| places.iter().any(|place| word.span.contains(*place));
            line.words.iter().find(puts).map(|word| word.span)
        } else if line.is_any(&["echo", "printf", "cat", "tee"]) {
            let mut sources = line.operands.iter().copied().chain(heredocs(command));
            let found = sources.find(|word| may_be(word)).map(|word| word.span);
            found.filter(|_| writes_repositories(command, line))
        } else {
            None
        };
        if let Some(span) = span {
            report(span, step, cx);
        }
    }
}

fn report(span: Span, step: &Step<'_>, cx: &mut Context<'_, '_>) {
    let Some(image) = cx.model.stage_of(step).and_then(|stage| cx.model.root_image(stage)) else { return };
    let tag = image.tag.as_deref().unwrap_or_default();
    let is_edge = tag.split(['-', '_']).any(|part| part == "edge" || part == "alpineedge");
    if base::family(image) == Some(base::Family::Alpine) && !is_edge {
        let text = image.text.clone();
        cx.report(Finding::at(span).with("image", text));
    }
}

/// Whether what a command puts out goes into the list of repositories.
fn writes_repositories(command: &Command<'_>, line: &CommandLine<'_>) -> bool {
    let is_list = |word: &sh::Word| word.literal().is_some_and(|path| path.starts_with(REPOSITORIES));
    let invocation = &command.invocation;
    let around = invocation.frames.iter().filter_map(Frame::statement).chain([invocation.statement]);
    let redirected = around.flat_map(|statement| &statement.redirects).any(|redirect| {
        matches!(redirect.kind, sh::RedirectKind::Output | sh::RedirectKind::Append) && is_list(&redirect.target)
    });
    let piped = invocation.pipeline().is_some_and(|(stages, index)| {
        stages.iter().skip(index + 1).any(|stage| match &stage.command {
            sh::Command::Simple(simple) => {
                shell::read(simple).is_some_and(|line| line.is("tee") && line.operands.iter().any(|word| is_list(word)))
            }
            _ => false,
        })
    });
    redirected || piped || line.is("tee") && line.operands.iter().any(|word| is_list(word))
}

fn heredocs<'a>(command: &Command<'a>) -> impl Iterator<Item = &'a sh::Word> {
    let redirects = command.invocation.statement.redirects.iter();
    let is_text =
        |redirect: &&sh::Redirect| matches!(redirect.kind, sh::RedirectKind::HereDoc | sh::RedirectKind::HereString);
    redirects.filter(is_text).map(|redirect| &redirect.target)
}
