//! Build arguments that somebody has to give.

use crate::checks::prelude::*;

/// Arguments that BuildKit, or Docker, takes for itself, whether they are declared or not.
const PREDEFINED: [&str; 7] =
    ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY", "SOURCE_DATE_EPOCH", "TARGETSTAGE"];

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Arg)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        // A trigger's argument is given, or not, to another build.
        let Some(arg) = views::Arg::of(step.instruction).filter(|_| step.trigger_of.is_none()) else { return };
        for declaration in arg.declarations.iter().filter(|declaration| declaration.default.is_none()) {
            let name = &declaration.name;
            let upper = name.text.to_ascii_uppercase();
            let is_silent = name.text.contains('$')
                || PREDEFINED.contains(&upper.as_str())
                || upper.starts_with("BUILDKIT_")
                || architecture::is_platform_arg(&name.text)
                || has_global(step, &name.text, cx)
                || is_for_from(step, &name.text, cx)
                || has_default(step, &name.text, cx);
            if !is_silent {
                cx.report(Finding::at(name.span).with("name", name.text.as_str()));
            }
        }
    }
}

/// Whether an ARG before the first FROM declares it: it has the default, or the finding.
fn has_global(step: &Step<'_>, name: &str, cx: &Context<'_, '_>) -> bool {
    step.stage.is_some() && cx.model.environment().definition(None, usize::MAX, name).is_some()
}

/// Whether it is an argument of a FROM: that it is, is the finding of another rule.
fn is_for_from(step: &Step<'_>, name: &str, cx: &Context<'_, '_>) -> bool {
    let mut froms = cx.model.stages.iter().filter_map(|stage| cx.model.step(stage.from));
    step.stage.is_none() && froms.any(|from| cx.model.references(from).iter().any(|reference| reference.name == name))
}

/// Whether the build goes well without it: another ARG gives the default, or each use says what stands for it.
fn has_default(step: &Step<'_>, name: &str, cx: &Context<'_, '_>) -> bool {
    let others = || cx.model.steps.iter().filter(|other| other.stage == step.stage || step.stage.is_none());
    let declares = |other: &Step<'_>| {
        let arg = views::Arg::of(other.instruction).filter(|_| other.stage == step.stage);
        let defaults = arg.into_iter().flat_map(|arg| arg.declarations);
        defaults.into_iter().any(|declaration| declaration.name.text == name && declaration.default.is_some())
    };
    if others().any(declares) {
        return true;
    }
    let is_named = |other: &&Step<'_>| cx.text(cx.model.lines_of(other)).contains(name);
    let mut uses = others()
        .filter(is_named)
        .flat_map(|other| cx.model.references(other))
        .filter(|reference| reference.name == name)
        .peekable();
    uses.peek().is_some() && uses.all(|reference| reference.has_default)
}
