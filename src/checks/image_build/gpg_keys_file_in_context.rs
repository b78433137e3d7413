//! Keys that come out of the build context as files.

use crate::checks::prelude::*;

/// Folders whose keys are no OpenPGP keys, or need not be on keyservers.
const OTHERS: [&str; 2] = ["/etc/apk/keys", "/etc/pki/rpm-gpg"];

#[derive(Default)]
pub struct Rule;

/// A place where keys are trusted.
struct Trust {
    path: FilePath,
    stage: Option<usize>,
    span: Option<Span>,
}

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let copies: Vec<&FileEvent> = cx.model.files().iter().filter(|event| copied(event, cx).is_some()).collect();
        if copies.is_empty() {
            return;
        }
        let trusted = trusted(cx);
        let mut told: Vec<Span> = Vec::new();
        for event in copies {
            let Some(path) = copied(event, cx).filter(|_| !told.contains(&event.span)) else { continue };
            let stage = cx.model.step(event.step).and_then(|step| step.stage);
            let is_seen = |trust: &&Trust| {
                trust.stage.is_none_or(|at| cx.model.stages_below(at).any(|below| Some(below.index) == stage))
            };
            let by_name = |trust: &&Trust| trust.path == *path || trust.path.lies_in(path) && !is_made(&trust.path, cx);
            let trust = trusted.iter().filter(is_seen).find(by_name);
            let by_folder = || keyring_folders().any(|folder| path.is_below(folder));
            if trust.is_none() && !by_folder() {
                continue;
            }
            told.push(event.span);
            let file = cx.text(event.span).trim_matches(['"', '\'']).to_owned();
            let finding = Finding::at(event.span).with("file", file);
            cx.report(match trust.and_then(|trust| trust.span) {
                Some(span) => finding.label(span, "reader"),
                None => finding,
            });
        }
    }
}

/// The path of what comes out of the build context; none for all of it, for what stands in the Dockerfile itself, and where
/// a comment speaks of keyservers.
fn copied<'e>(event: &'e FileEvent, cx: &Context<'_, '_>) -> Option<&'e FilePath> {
    let Action::Made { path, origin: Origin::Context } = &event.action else { return None };
    let step = cx.model.step(event.step).filter(|step| step.trigger_of.is_none() && !says_why(step.instruction))?;
    let source = cx.text(event.span).trim_matches(['"', '\'']);
    let is_file = !source.starts_with("<<") && !context::is_remote(source) && !context::is_whole(source);
    (is_file && path.as_str() != "/" && context::transfer(step).is_some()).then_some(path)
}

fn says_why(instruction: &Instruction) -> bool {
    let speaks = |text: &str| {
        let text = text.to_ascii_lowercase();
        text.contains("keyserver") || text.contains("key server")
    };
    instruction.leading_comments.iter().chain(&instruction.inner_comments).any(|comment| speaks(&comment.text))
}

/// The files that commands take keys from, and the keyrings that package sources name.
fn trusted(cx: &Context<'_, '_>) -> Vec<Trust> {
    let imported = cx.model.files().iter().filter_map(|event| {
        let Action::Used { path, usage: Usage::Imported } = &event.action else { return None };
        let line = cx.model.commands().get(event.command?)?.line.as_ref()?;
        let stage = cx.model.step(event.step)?.stage;
        // A fingerprint beside it is what the key is held against.
        let is_named = line.is_any(&["rpm", "rpmkeys"]) || cx.model.names_fingerprint(event.step);
        (!is_named).then(|| Trust { path: path.clone(), stage, span: Some(event.span) })
    });
    let named = cx.model.named_keyrings().into_iter().map(|path| Trust { path, stage: None, span: None });
    imported.chain(named).collect()
}

/// Whether something else than a copy of a folder brings a file.
fn is_made(path: &FilePath, cx: &Context<'_, '_>) -> bool {
    cx.model.files().iter().any(|event| match &event.action {
        Action::Fetched(fetch) => fetch.files().contains(path),
        Action::Made { path: made, .. } | Action::Moved { to: made, .. } => made == path,
        _ => false,
    })
}

fn keyring_folders() -> impl Iterator<Item = &'static str> {
    keyrings::FOLDERS.into_iter().filter(|folder| !OTHERS.contains(folder))
}
