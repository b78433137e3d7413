//! Checksums that stand in variables that nothing reads.

use std::collections::{HashMap, HashSet};

use crate::checks::prelude::*;

/// Programs that run what the file does not show, with the variables of the environment.
const OPAQUE: [&str; 9] = ["make", "gmake", "just", "task", "rake", "ant", "mvn", "gradle", "bazel"];

/// So many downloads behind a checksum may be the one that it is meant for.
const MAX_FETCHES: usize = 64;
/// So many copies to places that are not known are looked at.
const MAX_UNKNOWN: usize = 64;

#[derive(Default)]
pub struct Rule;

/// A variable that holds a checksum.
struct Candidate {
    name: String,
    span: Span,
    step: usize,
    /// Whether it is a variable of a RUN's shell alone.
    is_local: bool,
    algorithm: &'static str,
}

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let mut defined = HashSet::new();
        let candidates = candidates(cx, &mut defined);
        if candidates.is_empty() {
            return;
        }
        let mentions = cx.model.mentions();
        let (dynamic, opaque) = readers(cx);
        let fetches: Vec<&FileEvent> = cx.model.files().iter().filter(|event| event.fetch().is_some()).collect();
        let mut told = HashSet::new();
        let mut reads: HashMap<&str, Vec<usize>> = HashMap::new();
        for found in &candidates {
            let read = reads.entry(&found.name).or_insert_with(|| mentions.steps_besides(&found.name, &defined));
            let is_in = |steps: &[usize]| steps.binary_search(&found.step).is_ok();
            let is_read = if found.is_local { is_in(read) } else { !read.is_empty() };
            let may_be_read = |steps: &[usize]| {
                if found.is_local { is_in(steps) } else { steps.last().is_some_and(|step| *step > found.step) }
            };
            if is_read || may_be_read(&dynamic) || !found.is_local && may_be_read(&opaque) {
                continue;
            }
            let scope = found.is_local.then_some(found.step);
            if !told.insert((found.name.as_str(), scope)) {
                continue;
            }
            let start = fetches.partition_point(|event| event.step < found.step + usize::from(scope.is_none()));
            let later = fetches.get(start..).unwrap_or_default();
            let end =
                later.iter().take_while(|event| scope.is_none_or(|step| event.step == step)).take(MAX_FETCHES).count();
            let first = meant(&found.name, later.get(..end).unwrap_or_default());
            let file = first.and_then(|event| event.fetch()?.files().first().map(FilePath::name));
            let finding = Finding::at(found.span)
                .with("name", found.name.clone())
                .with("algorithm", found.algorithm)
                .with("file", file.map_or_else(|| "file".to_owned(), |name| name.as_str().to_owned()));
            cx.report(match first {
                Some(event) => finding.label(event.span, "fetch"),
                None => finding.variant("idle"),
            });
        }
    }
}

/// The download that a checksum is most likely meant for: one whose name begins like the variable's, else the first that is
/// no key or signature.
fn meant<'m>(name: &str, fetches: &[&'m FileEvent]) -> Option<&'m FileEvent> {
    let stem = name.split('_').next().unwrap_or_default().to_ascii_lowercase();
    let file = |event: &FileEvent| event.fetch().and_then(|fetch| fetch.files().first().map(FilePath::name));
    let is_archive = |event: &&&FileEvent| file(event).is_none_or(|name| !files::is_companion(&name));
    let is_named = |event: &&&FileEvent| {
        file(event).is_some_and(|name| !stem.is_empty() && name.as_str().to_ascii_lowercase().starts_with(&stem))
    };
    let mut archives = fetches.iter().filter(is_archive);
    let first = archives.clone().next().or(fetches.first());
    archives.find(is_named).or(first).copied()
}

/// The variables that are named or valued as checksums. `defined` gets the places of all names that are defined.
fn candidates(cx: &Context<'_, '_>, defined: &mut HashSet<u32>) -> Vec<Candidate> {
    let mut found = Vec::new();
    let mut add = |name: &str, span: Span, step: usize, value: Option<&str>, is_local: bool| {
        defined.insert(span.start);
        if let Some(algorithm) = checksums::algorithm(name, value, is_local) {
            found.push(Candidate { name: name.to_owned(), span, step, is_local, algorithm });
        }
    };
    for step in cx.model.steps.iter().filter(|step| step.trigger_of.is_none()) {
        let folded = |text: &str| match cx.model.fold(step, text) {
            Folded::Known(text) => Some(text),
            Folded::Unknown => None,
        };
        if let Some(arg) = views::Arg::of(step.instruction) {
            for one in &arg.declarations {
                let value = one.default.as_ref().and_then(|default| folded(&default.text));
                add(&one.name.text, one.name.span, step.index, value.as_deref(), false);
            }
        } else if step.keyword() == Keyword::Env {
            for pair in views::Pairs::of(step.instruction).map_or(&[][..], |pairs| pairs.pairs) {
                let value = folded(&pair.value.text);
                add(pair.key.text.trim_matches(['"', '\'']), pair.key.span, step.index, value.as_deref(), false);
            }
        }
        for command in cx.model.commands_of(step.index) {
            let simple = command.invocation.simple;
            // What stands before a command, or is exported, is for somebody else to read.
            let is_passed = simple.words.first().is_some_and(|word| !word.is("local") && !word.is("readonly"));
            for assignment in &simple.assignments {
                let sh::AssignedValue::Scalar(word) = &assignment.value else { continue };
                let value = word.literal().filter(|_| !is_passed);
                let name = if value.is_some() { assignment.name.as_str() } else { "" };
                add(name, assignment.name_span, step.index, value.as_deref(), true);
            }
        }
    }
    found
}

/// What comes from the build context.
#[derive(Default)]
struct Copied<'m> {
    paths: HashSet<&'m str>,
    names: HashSet<String>,
    unknown: Vec<&'m FilePath>,
}

impl<'m> Copied<'m> {
    fn add(&mut self, path: &'m FilePath) {
        self.names.extend(path.name().known_str().map(str::to_owned));
        match path.known_str() {
            Some(known) => {
                self.paths.insert(known);
            }
            None if self.unknown.len() < MAX_UNKNOWN => self.unknown.push(path),
            None => {}
        }
    }

    fn holds(&self, path: &FilePath) -> bool {
        let known = path.known_str().unwrap_or_else(|| path.text().known_prefix());
        let folders =
            known.match_indices('/').map(|(at, _)| if at == 0 { "/" } else { known.get(..at).unwrap_or_default() });
        let is_known = folders.chain(path.known_str()).any(|folder| self.paths.contains(folder));
        is_known || self.unknown.iter().any(|made| path.lies_in(made))
    }
}

/// The steps that may read variables by names that are put together, and those that run programs that are not known, sorted.
fn readers(cx: &Context<'_, '_>) -> (Vec<usize>, Vec<usize>) {
    let (mut dynamic, mut opaque) = (Vec::new(), Vec::new());
    let mut copied = Copied::default();
    for event in cx.model.files() {
        match &event.action {
            Action::Made { path, origin: Origin::Context } => copied.add(path),
            Action::Used { path, usage: Usage::Executed } if copied.holds(path) => opaque.push(event.step),
            _ => {}
        }
    }
    for command in cx.model.commands() {
        let Some(line) = &command.line else { continue };
        let by_name = line.spec.is_none() && copied.names.contains(&line.name);
        if line.is_any(&OPAQUE) || line.name.starts_with("docker-") || by_name {
            opaque.push(command.step);
        }
        if line.is_any(&["eval", "envsubst", "printenv", "env", "declare", "typeset"]) {
            dynamic.push(command.step);
        }
    }
    // Indirection: `${!name}`.
    let indirect = cx.model.steps.iter().filter(|step| {
        step.keyword() == Keyword::Run
            && (step.instruction.joined.text.contains("${!")
                || step.heredocs.iter().any(|one| one.content.contains("${!")))
    });
    dynamic.extend(indirect.map(|step| step.index));
    dynamic.sort_unstable();
    opaque.sort_unstable();
    (dynamic, opaque)
}
