//! Build arguments that somebody has to give.

use crate::checks::prelude::*;

/// Arguments that BuildKit, or Docker, takes for itself, whether they are declared or not.
const PREDEFINED: [&str; 7] =
    ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY", "SOURCE_DATE_EPOCH", "TARGETSTAGE"];
/// So many uses of an argument are looked at.
const MAX_USES: usize = 256;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        for step in &cx.model.steps {
            // A trigger's argument is given, or not, to another build.
            let Some(arg) = views::Arg::of(step.instruction).filter(|_| step.trigger_of.is_none()) else { continue };
            for declaration in arg.declarations.iter().filter(|declaration| declaration.default.is_none()) {
                let name = &declaration.name;
                let upper = name.text.to_ascii_uppercase();
                let is_silent = name.text.contains('$')
                    || PREDEFINED.contains(&upper.as_str())
                    || upper.starts_with("BUILDKIT_")
                    || architecture::is_platform_arg(&name.text)
                    || has_global(step, &name.text, cx);
                if !is_silent && !is_settled(step, &name.text, cx) {
                    cx.report(Finding::at(name.span).with("name", name.text.as_str()));
                }
            }
        }
    }
}

/// Whether an ARG before the first FROM declares it: it has the default, or the finding.
fn has_global(step: &Step<'_>, name: &str, cx: &Context<'_, '_>) -> bool {
    step.stage.is_some() && cx.model.environment().definition(None, usize::MAX, name).is_some()
}

/// Whether nobody has to give it: another ARG of the stage, or of one below, has the default, or each use says what stands for it. An argument
/// of FROM is the finding of another rule.
fn is_settled(step: &Step<'_>, name: &str, cx: &Context<'_, '_>) -> bool {
    let has_default = |stage: Option<usize>| {
        let mut defaults = cx.model.environment().definitions(stage, name).iter();
        defaults.any(|definition| !definition.is_env && definition.value != environment::Value::Unset)
    };
    // A stage inherits the arguments of those that it is built on.
    let is_inherited = |stage| cx.model.stages_below(stage).any(|below| has_default(Some(below.index)));
    if has_default(step.stage) || step.stage.is_some_and(is_inherited) {
        return true;
    }
    let steps = cx.model.stage_of(step).map_or(0..usize::MAX, |stage| stage.steps.clone());
    let uses = cx.model.mentions().steps_in(name, steps).take(MAX_USES).filter_map(|index| cx.model.step(index));
    let mut has_use = false;
    for other in uses {
        if other.keyword() == Keyword::From || is_asked_for(other, name, cx) {
            return true;
        }
        let references = cx.model.references(other);
        let mut references = references.iter().filter(|reference| reference.name == name).peekable();
        has_use |= references.peek().is_some();
        // ENV wins over ARG, and a variable of the shell over both.
        let is_env = cx.model.environment().definition(other.stage, other.index, name).is_some_and(|it| it.is_env);
        let own = cx.model.set_by_shell(other, name).unwrap_or(u32::MAX);
        if !is_env && references.any(|reference| !reference.has_default && reference.span.start < own) {
            return false;
        }
    }
    has_use
}

/// Whether a RUN asks whether it is given: `[ -n "$NAME" ]`, `test -z "$NAME"`.
fn is_asked_for(step: &Step<'_>, name: &str, cx: &Context<'_, '_>) -> bool {
    let is_it = |word: &&sh::Word| parameters::expands(word, name);
    let simple = cx.model.commands_of(step.index).iter().filter_map(|command| command.line.as_ref());
    let mut tests = simple.filter(|line| matches!(line.name.as_str(), "[" | "test"));
    let asks = |words: &[sh::Word]| {
        words.windows(2).any(|pair| matches!(pair, [flag, word] if (flag.is("-n") || flag.is("-z")) && is_it(&word)))
    };
    tests.any(|line| asks(line.words)) || cx.model.body(step).list().is_some_and(|list| asks_in_brackets(list, name))
}

/// The same in `[[ ... ]]`.
fn asks_in_brackets(list: &sh::List, name: &str) -> bool {
    let is_test = |statement: &sh::Statement| match &statement.command {
        sh::Command::Test(words) => words.iter().any(|word| parameters::expands(word, name)),
        _ => false,
    };
    list.statements.iter().any(|statement| match &statement.command {
        sh::Command::If(command) => {
            command.branches.iter().any(|(condition, _)| condition.statements.iter().any(is_test))
        }
        sh::Command::AndOr(steps) => steps.iter().any(|step| is_test(&step.statement)),
        _ => is_test(statement),
    })
}
