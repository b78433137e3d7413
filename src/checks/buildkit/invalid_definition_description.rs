//! Comments above ARG and FROM that are no descriptions.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Arg), Visit::Instruction(Keyword::From)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let names: Vec<String> = match views::Arg::of(step.instruction) {
            Some(arg) => arg.declarations.into_iter().map(|declaration| declaration.name.text).collect(),
            None => {
                let name = views::From::of(step.instruction).and_then(|from| from.alias);
                name.iter().map(|name| name.text.to_lowercase()).collect()
            }
        };
        let Some(comment) = step.instruction.leading_comments.last() else { return };
        let text = check_options::attached_text(comment, cx.model.source);
        let first = text.split(' ').next().unwrap_or_default();
        let Some(name) = names.first() else { return };
        if names.iter().any(|name| name == first) || !cx.runs_build_check(Some(step)) {
            return;
        }
        let finding = Finding::at(comment.span).with("keyword", step.keyword().as_str()).with("name", name.clone());
        cx.report(if names.len() > 1 { finding.variant("several") } else { finding });
    }
}
