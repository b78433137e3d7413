//! CMD and ENTRYPOINT in shell form, where the file sets no shell.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let mut has_shell: Vec<bool> = Vec::new();
        for stage in &cx.model.dispatch().stages {
            let inherited = stage.below.and_then(|below| has_shell.get(below)).copied();
            let mut sets_shell = inherited.unwrap_or_default();
            for dispatched in &stage.instructions {
                let Some(step) = cx.model.step(dispatched.step) else { continue };
                match step.keyword() {
                    Keyword::Shell => sets_shell = true,
                    Keyword::Cmd | Keyword::Entrypoint if !step.instruction.is_json() && !sets_shell => {
                        report(step, dispatched, cx);
                    }
                    _ => {}
                }
            }
            has_shell.push(sets_shell);
        }
    }
}

fn report(step: &Step<'_>, dispatched: &Dispatched, cx: &mut Context<'_, '_>) {
    if !cx.runs_build_check(dispatched.commented(cx.model)) {
        return;
    }
    let written = match &step.instruction.args {
        Args::Text(word) => word.span,
        _ => step.instruction.name.span,
    };
    let finding = Finding::at(dispatched.place(cx.model, written));
    cx.report(finding.with("keyword", step.keyword().as_str()));
}
