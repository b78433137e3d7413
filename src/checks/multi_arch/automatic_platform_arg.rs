//! Variables that BuildKit alone sets.

use std::collections::HashSet;

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule {
    /// The names that some ARG declares: their uses are the same mistake.
    declared: HashSet<String>,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Arg)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let Some(arg) = views::Arg::of(step.instruction) else { return };
        for declaration in &arg.declarations {
            let name = &declaration.name;
            if architecture::is_platform_arg(&name.text) {
                self.declared.insert(name.text.clone());
                report(step, &name.text, name.span, cx);
            }
        }
    }

    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let mut seen = HashSet::new();
        for step in &cx.model.steps {
            // The image names and platforms of FROM have rules of their own; what CMD and its like run is no build.
            let is_build = !matches!(
                step.keyword(),
                Keyword::From | Keyword::Arg | Keyword::Cmd | Keyword::Entrypoint | Keyword::Healthcheck
            );
            if !is_build || !cx.text(cx.model.lines_of(step)).contains('$') {
                continue;
            }
            for reference in cx.model.references(step) {
                let name = &reference.name;
                let is_new = architecture::is_platform_arg(name)
                    && !self.declared.contains(name)
                    && !is_own(step, name, cx)
                    && seen.insert((step.stage, name.clone()));
                if is_new {
                    report(step, name, reference.span, cx);
                }
            }
        }
    }
}

/// Whether a name is a variable of the file's own: ENV, or one of the shell.
fn is_own(step: &Step<'_>, name: &str, cx: &Context<'_, '_>) -> bool {
    let mut assignments = cx.model.commands_of(step.index).iter().flat_map(|it| &it.invocation.simple.assignments);
    assignments.any(|assignment| assignment.name == name)
        || cx.model.set_by_shell(step, name).is_some()
        || cx.model.environment().definition(step.stage, step.index, name).is_some()
}

fn report(step: &Step<'_>, name: &str, span: Span, cx: &mut Context<'_, '_>) {
    let finding = Finding::at(span).with("name", name.to_owned());
    let image = cx.model.stage_of(step).and_then(|stage| cx.model.root_image(stage));
    let tells_architecture = matches!(name, "TARGETARCH" | "TARGETPLATFORM" | "TARGETVARIANT");
    cx.report(match image.and_then(base::family).and_then(architecture::question) {
        _ if !tells_architecture => finding.variant("needless"),
        Some((instead, answers)) => finding.with("instead", instead).with("answers", answers),
        None => finding.variant("unknown-family"),
    });
}
