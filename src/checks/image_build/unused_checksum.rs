//! Checksums that stand in variables that nothing reads.

use std::collections::{HashMap, HashSet};

use crate::checks::prelude::*;

/// What the names of checksums hold.
const NAMES: [&str; 11] =
    ["sha256", "sha512", "sha384", "sha224", "sha1sum", "sha1", "md5", "checksum", "chksum", "b2sum", "blake2"];
/// What names of checksums hold too, but names of commits as well.
const VAGUE: [&str; 5] = ["sha", "sum", "hash", "digest", "shasum"];
/// Parts of the names of other things.
const OTHERS: [&str; 38] = [
    "url", "uri", "file", "files", "path", "dir", "algo", "algorithm", "type", "cmd", "command", "skip", "enable", "enabled",
    "verify", "name", "key", "keys", "version", "commit", "git", "rev", "revision", "ref", "vcs", "secret", "token",
    "salt", "password", "seed", "session", "id", "cert", "fingerprint", "gpg", "pgp", "mode", "format",
];
/// Programs that run what the file does not show, with the variables of the environment.
const OPAQUE: [&str; 9] = ["make", "gmake", "just", "task", "rake", "ant", "mvn", "gradle", "bazel"];

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
        let mentions = mentions(cx, &candidates, &defined);
        let (dynamic, opaque) = readers(cx);
        let mut told = HashSet::new();
        for found in &candidates {
            let read = mentions.get(found.name.as_str()).map(Vec::as_slice).unwrap_or_default();
            let is_read = if found.is_local { read.contains(&found.step) } else { !read.is_empty() };
            let may_be_read = |steps: &[usize]| {
                if found.is_local { steps.contains(&found.step) } else { steps.iter().any(|step| *step > found.step) }
            };
            if is_read || may_be_read(&dynamic) || !found.is_local && may_be_read(&opaque) {
                continue;
            }
            let scope = found.is_local.then_some(found.step);
            if !told.insert((found.name.as_str(), scope)) {
                continue;
            }
            let mut fetches = cx.model.files().iter().filter(|event| {
                event.fetch().is_some() && scope.map_or(event.step > found.step, |step| event.step == step)
            });
            let first = fetches.next();
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

/// The variables that are named or valued as checksums. `defined` gets the places of all names that are defined.
fn candidates(cx: &Context<'_, '_>, defined: &mut HashSet<u32>) -> Vec<Candidate> {
    let mut found = Vec::new();
    let mut add = |name: &str, span: Span, step: usize, value: Option<&str>, is_local: bool| {
        defined.insert(span.start);
        if let Some(algorithm) = algorithm(name, value, is_local) {
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

/// The algorithm of the checksum that a variable holds; none where it holds something else.
fn algorithm(name: &str, value: Option<&str>, needs_value: bool) -> Option<&'static str> {
    let lower = name.to_ascii_lowercase();
    if name.is_empty() || lower.split(['_', '-']).any(|part| OTHERS.contains(&part)) {
        return None;
    }
    let sum = value.map(|value| value.rsplit(':').next().unwrap_or_default().trim());
    let digits = sum.filter(|sum| sum.bytes().all(|byte| byte.is_ascii_hexdigit())).map_or(0, str::len);
    let is_named = NAMES.iter().any(|part| lower.contains(part));
    let is_vague = lower.split(['_', '-']).any(|part| VAGUE.contains(&part));
    let by_length = match digits {
        32 if is_named || is_vague => Some("md5"),
        40 if is_named => Some("sha1"),
        56 if is_named => Some("sha224"),
        64 => Some("sha256"),
        96 => Some("sha384"),
        128 => Some("sha512"),
        _ => None,
    };
    // A checksum that is given when the image is built.
    let open = is_named && !needs_value && sum.is_none_or(str::is_empty);
    by_length.or_else(|| {
        let named = NAMES.iter().take(4).find(|part| lower.contains(*part)).copied();
        open.then(|| named.unwrap_or("sha256"))
    })
}

/// The steps that mention each candidate, other than where it is defined. In code of any language, and in words that a
/// program gets, a name is as good as a reading.
fn mentions<'c>(cx: &Context<'_, '_>, candidates: &'c [Candidate], defined: &HashSet<u32>) -> HashMap<&'c str, Vec<usize>> {
    let names: HashSet<&str> = candidates.iter().map(|candidate| candidate.name.as_str()).collect();
    let mut found: HashMap<&str, Vec<usize>> = HashMap::new();
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    for step in cx.model.steps.iter().filter(|step| step.trigger_of.is_none()) {
        let mut look = |text: &str, place: &dyn Fn(usize) -> u32| {
            let mut at = 0;
            // A comment in a here-document reads nothing.
            let is_comment = |at: usize| {
                let line = text.get(..at).and_then(|before| before.rsplit('\n').next()).unwrap_or_default();
                line.trim_start().starts_with('#')
            };
            for piece in text.split(|c| !is_name(c)) {
                if let Some(name) = names.get(piece).filter(|_| !defined.contains(&place(at)) && !is_comment(at)) {
                    found.entry(name).or_default().push(step.index);
                }
                at += piece.len() + text.get(at + piece.len()..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
            }
        };
        let joined = &step.instruction.joined;
        look(&joined.text, &|at| joined.to_source(at));
        for heredoc in step.heredocs {
            look(&heredoc.content, &|at| heredoc.body.start + u32::try_from(at).unwrap_or_default());
        }
    }
    found
}

/// The steps that may read variables by names that are put together, and those that run programs that are not known.
fn readers(cx: &Context<'_, '_>) -> (Vec<usize>, Vec<usize>) {
    let (mut dynamic, mut opaque) = (Vec::new(), Vec::new());
    let mut copied: Vec<&FilePath> = Vec::new();
    for event in cx.model.files() {
        match &event.action {
            Action::Made { path, origin: Origin::Context } => copied.push(path),
            Action::Used { path, usage: Usage::Executed } if copied.iter().any(|made| path.lies_in(made)) => {
                opaque.push(event.step);
            }
            _ => {}
        }
    }
    for command in cx.model.commands() {
        let Some(line) = &command.line else { continue };
        let by_name = copied.iter().any(|path| line.spec.is_none() && path.name().known_str() == Some(line.name.as_str()));
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
            && (step.instruction.joined.text.contains("${!") || step.heredocs.iter().any(|one| one.content.contains("${!")))
    });
    dynamic.extend(indirect.map(|step| step.index));
    (dynamic, opaque)
}
