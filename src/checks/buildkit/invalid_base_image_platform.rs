//! FROM that asks for one platform and names an image for another.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

/// The programme's namespaces on Docker Hub with the platforms of their images (docker-library/official-images,
/// README.md#architectures-other-than-amd64).
const NAMESPACES: [(&str, &str); 11] = [
    ("amd64", "linux/amd64"),
    ("arm32v5", "linux/arm"),
    ("arm32v6", "linux/arm"),
    ("arm32v7", "linux/arm"),
    ("arm64v8", "linux/arm64"),
    ("i386", "linux/386"),
    ("mips64le", "linux/mips64le"),
    ("ppc64le", "linux/ppc64le"),
    ("riscv64", "linux/riscv64"),
    ("s390x", "linux/s390x"),
    ("winamd64", "windows/amd64"),
];

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::From)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let Some(from) = views::From::of(step.instruction).filter(|_| step.trigger_of.is_none()) else { return };
        let (Some(image), Some(asked)) = (from.image, from.platform.and_then(|flag| flag.value.as_ref())) else {
            return;
        };
        let dispatch = cx.model.dispatch();
        let Some(stage) = step.stage.filter(|stage| dispatch.stages.get(*stage).is_some_and(|it| it.is_needed)) else {
            return;
        };
        let Some(Base::Image(reference)) = cx.model.stages.get(stage).map(|stage| &stage.base) else { return };
        let Some((namespace, repository)) = reference.familiar().split_once('/') else { return };
        let Some((_, actual)) = NAMESPACES.iter().find(|(name, _)| *name == namespace) else { return };
        // What the builder sets is another value for each build.
        let Folded::Known(asked) = cx.model.environment().fold(None, step.index, &asked.text) else { return };
        let Some(expected) = platform::parse(&asked) else { return };
        let expected = format!("{}/{}", expected.os, expected.architecture);
        if expected == *actual || repository.contains('/') || !cx.runs_build_check(Some(step)) {
            return;
        }
        let finding = Finding::at(image.span).with("actual", *actual).with("expected", expected);
        cx.report(finding.with("repository", repository));
    }
}
