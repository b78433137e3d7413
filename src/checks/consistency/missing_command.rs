//! A last stage on a bare base image that says nothing of what it runs.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let start = cx.model.start();
        let Some(stage) = cx.model.stages.last() else { return };
        if start.command.is_some() || start.entrypoint.is_some() || !cx.model.starts_bare() || is_for_others(stage, cx)
        {
            return;
        }
        let image = cx.model.root_image(stage).map_or("scratch", ImageReference::familiar).to_owned();
        let variant = if image == "scratch" { "scratch" } else { "distribution" };
        let from = cx.model.step(stage.from).and_then(|step| views::From::of(step.instruction));
        if let Some(word) = from.and_then(|from| from.image) {
            cx.report(Finding::at(word.span).variant(variant).with("image", image));
        }
    }
}

/// Names of last stages that hold files or checks, not an image to run.
const NO_IMAGES: &[&str] = &[
    "artifact",
    "artifacts",
    "base",
    "bin",
    "binaries",
    "build",
    "builder",
    "check",
    "dist",
    "export",
    "lint",
    "output",
    "release",
    "test",
    "tests",
];
/// Folders that are the root of an image.
const ROOTS: &[&str] = &["root", "rootfs", "sysroot", "target"];
/// What says that something is run.
const TELLING: &[Keyword] =
    &[Keyword::Expose, Keyword::Healthcheck, Keyword::Stopsignal, Keyword::User, Keyword::Volume, Keyword::Workdir];

/// Whether the stage is no image to run: a base for others, a toolchain that people work in with the shell, a root file
/// system, files for `docker build --output`, or nothing at all.
fn is_for_others(stage: &Stage<'_>, cx: &Context<'_, '_>) -> bool {
    let stages = cx.model.stages_below(stage.index).filter_map(|stage| cx.model.steps.get(stage.steps.clone()));
    let steps: Vec<&Step<'_>> = stages.flatten().collect();
    let has = |keywords: &[Keyword]| steps.iter().any(|step| keywords.contains(&step.keyword()));
    let name = stage.name.map(|name| name.text.to_ascii_lowercase()).unwrap_or_default();
    let is_service = has(&[Keyword::Expose, Keyword::Healthcheck, Keyword::Stopsignal, Keyword::Volume]);
    has(&[Keyword::Onbuild])
        || name.split(['-', '_', '.']).any(|part| NO_IMAGES.contains(&part))
        || steps
            .iter()
            .all(|step| matches!(step.keyword(), Keyword::From | Keyword::Label | Keyword::Arg | Keyword::Env))
        || !is_service && steps.iter().any(|step| extends_path(step) || brings_root(step))
        || cx.model.root_image(stage).is_none() && !has(TELLING)
}

fn extends_path(step: &Step<'_>) -> bool {
    step.keyword() == Keyword::Env
        && views::Pairs::of(step.instruction).is_some_and(|env| env.pairs.iter().any(|pair| pair.key.text == "PATH"))
}

fn brings_root(step: &Step<'_>) -> bool {
    let transfer = match (views::Copy::of(step.instruction), views::Add::of(step.instruction)) {
        (Some(copy), _) => copy.transfer,
        (_, Some(add)) => add.transfer,
        _ => return false,
    };
    let is_root = |path: &str| {
        let name = start::file_name(path.trim_end_matches('/'));
        ROOTS.contains(&name) || name.is_empty() || name.contains(".tar")
    };
    transfer.destination.is_some_and(|word| word.text == "/") && transfer.sources.iter().any(|word| is_root(&word.text))
}
