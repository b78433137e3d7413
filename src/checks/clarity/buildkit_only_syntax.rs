//! Syntax that the programme's own reader of Dockerfiles does not know.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        directives(cx);
        for step in &cx.model.steps {
            let is_reader = matches!(step.keyword(), Keyword::Run | Keyword::Copy | Keyword::Add);
            for heredoc in step.heredocs.iter().filter(|_| is_reader) {
                let finding = Finding::at(heredoc.operator).with("operator", cx.text(heredoc.operator));
                let Some((line, start)) = instruction_line(&heredoc.content) else {
                    cx.report(finding.variant("heredoc"));
                    continue;
                };
                let start = heredoc.body.start + start as u32;
                let span = Span::new(start, start + line.len() as u32);
                cx.report(finding.variant("read-as-instruction").with("line", line).label(span, "line"));
            }
        }
    }
}

fn directives(cx: &mut Context<'_, '_>) {
    let file = cx.model.file;
    if let Some(syntax) = &file.syntax {
        let image = ImageReference::parse(&syntax.text);
        let is_known = image.familiar() == "docker/dockerfile"
            && image.tag.as_deref().is_some_and(|tag| tag == "1" || tag.starts_with("1.") || tag.starts_with("1-"));
        if !is_known {
            cx.report(Finding::at(syntax.span).variant("syntax").with("image", syntax.text.as_str()));
        }
    }
    let Some(directive) = file.directives.iter().find(|directive| directive.name == "escape") else { return };
    let mut stages = cx.model.stages.iter();
    let is_windows = |image: &ImageReference| base::family(image) == Some(base::Family::Windows);
    let for_windows = stages.any(|stage| cx.model.root_image(stage).is_some_and(is_windows));
    // Paths of Windows ask for it, and do no harm as long as the lines that are read stand on one line.
    let broken = cx.model.steps.iter().find(|step| {
        let is_read = step.keyword() == Keyword::From
            || views::Copy::of(step.instruction).is_some_and(|copy| copy.from.is_some());
        is_read && step.trigger_of.is_none() && cx.text(step.instruction.span).contains(['\n', '\r'])
    });
    if file.escape == '\\' || for_windows && broken.is_none() {
        return;
    }
    let finding = Finding::at(directive.value.span);
    cx.report(match broken {
        Some(step) => finding.label(step.instruction.name.span, "broken"),
        None => finding,
    });
}

/// The first line of a here-document that is taken for the name of an image, and where it starts.
fn instruction_line(content: &str) -> Option<(&str, usize)> {
    let mut at = 0;
    for line in content.split_inclusive('\n') {
        let text = line.trim();
        let start = at + (line.len() - line.trim_start().len());
        at += line.len();
        let mut words = text.split_whitespace();
        let keyword = words.next().unwrap_or_default();
        let mut flags = words.take_while(|word| word.starts_with("--"));
        if keyword.eq_ignore_ascii_case("FROM")
            || keyword.eq_ignore_ascii_case("COPY") && flags.any(|flag| flag.starts_with("--from="))
        {
            return Some((text, start));
        }
    }
    None
}
