//! Architectures of a manifest on which a `case` of the Dockerfile ends the build.

use std::collections::BTreeSet;

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Run)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let builds = &cx.surroundings.builds;
        if builds.is_empty() || cx.model.has_fixed_architecture(step) || cx.model.runs_on_builder(step) {
            return;
        }
        let architectures: BTreeSet<&str> = builds.iter().map(|build| build.architecture.as_str()).collect();
        for case in cx.model.cases(step.index) {
            let Some(&(_, command)) = case.commands.first() else { continue };
            let Some(question) = cx.model.architecture_question(command, &case.case.subject) else { continue };
            if is_conditional(&case) || !ends_on_others(&case) {
                continue;
            }
            let patterns = case.case.arms.iter().flat_map(|arm| &arm.patterns);
            let Some(patterns) = patterns.map(|pattern| glob(pattern)).collect::<Option<Vec<Glob>>>() else { continue };
            // The arm for all others comes last.
            let others = patterns.split_last().map(|(_, others)| others).unwrap_or_default();
            let matches =
                |pattern: &Glob, answer: &str| pattern.trim_prefix(answer, true).is_some_and(|rest| rest.is_empty());
            let is_handled = |answer: &str| others.iter().any(|pattern| matches(pattern, answer));
            let unhandled = architectures.iter().filter_map(|architecture| {
                let answer = question.answer(architecture).filter(|answer| !is_handled(answer))?;
                Some((format!("`{answer}`"), *architecture))
            });
            let (answers, names): (Vec<String>, Vec<&str>) = unhandled.unzip();
            let Some(first) = builds.iter().find(|build| names.contains(&build.architecture.as_str())) else {
                continue;
            };
            let finding = Finding::at(case.case.subject.span)
                .with("answers", answers.join(", "))
                .with("architectures", names.join(", "))
                .with("image", format!("{}:{}", first.image, first.tag));
            cx.report(finding);
        }
    }
}

/// Whether the `case` may be passed by.
fn is_conditional(case: &CaseUse<'_, '_>) -> bool {
    let is_passed = |frame: &Frame<'_>| match frame {
        Frame::AndOr { index, .. } => *index > 0,
        Frame::List { .. } | Frame::Group | Frame::Subshell | Frame::Substitution(_) | Frame::Script { .. } => false,
        _ => true,
    };
    case.frames.iter().any(is_passed)
}

/// Whether the last arm is for all that the others do not name, and ends the build.
fn ends_on_others(case: &CaseUse<'_, '_>) -> bool {
    let Some(last) = case.case.arms.len().checked_sub(1) else { return false };
    let is_for_all = case.case.arms.get(last).is_some_and(|arm| arm.patterns.iter().any(|pattern| pattern == "*"));
    let mut commands = case.commands.iter().filter(|(index, _)| *index == last);
    is_for_all
        && commands.any(|(_, command)| {
            let is_sure = !command.invocation.frames.iter().any(|frame| matches!(frame, Frame::IfBody { .. }));
            is_sure
                && command.line.as_ref().is_some_and(|line| {
                    let ends = line.is("exit") && line.operands.iter().any(|word| !word.is("0"));
                    ends || line.is("false")
                })
        })
}

/// A pattern whose text is known.
fn glob(pattern: &str) -> Option<Glob> {
    if pattern.contains(['$', '`', '[']) { None } else { Glob::parse(pattern.trim_matches(['"', '\''])).ok() }
}
