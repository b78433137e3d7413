//! Keys that nothing in the file says the owner of.

use crate::checks::prelude::*;

/// Lengths of whole fingerprints: version 4, and versions 5 and 6.
const FINGERPRINTS: [usize; 2] = [40, 64];
/// A comment may stand so many lines above.
const NEAR: u32 = 2;

#[derive(Default)]
pub struct Rule {
    /// The keys that were seen, each once however often it is fetched.
    seen: Vec<Span>,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Env), Visit::Instruction(Keyword::Arg), Visit::EveryCommand]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let arg = views::Arg::of(step.instruction);
        let declared = arg.iter().flat_map(|arg| &arg.declarations);
        let declared = declared.filter_map(|one| Some((&one.name, one.default.as_ref()?)));
        let pairs = views::Pairs::of(step.instruction).map(|pairs| pairs.pairs).unwrap_or_default();
        for (name, value) in declared.chain(pairs.iter().map(|pair| (&pair.key, &pair.value))) {
            if let Some(key) = first_key(&value.text).filter(|_| names_key(&name.text)) {
                report(step, &key, value.span, value.span, cx);
            }
        }
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let Some(step) = cx.model.step(command.step) else { return };
        for assignment in &command.invocation.simple.assignments {
            let sh::AssignedValue::Scalar(word) = &assignment.value else { continue };
            if names_key(&assignment.name) {
                self.words(std::slice::from_ref(&word), step, cx);
            }
        }
        let Some(line) = command.line.as_ref().filter(|line| line.has("--recv-keys")) else { return };
        self.words(&line.operands, step, cx);
        for part in line.operands.iter().flat_map(|operand| &operand.parts) {
            let sh::PartKind::Parameter(parameter) = &part.kind else { continue };
            let words: Vec<&sh::Word> = command.invocation.loop_words(&parameter.name).into_iter().flatten().collect();
            self.words(&words, step, cx);
        }
    }
}

impl Rule {
    /// Looks at keys that stand together: one comment is enough for them.
    fn words(&mut self, words: &[&sh::Word], step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let mut keys = words.iter().filter_map(|word| Some((first_key(&word.literal()?)?, word.span)));
        let Some((key, first)) = keys.next() else { return };
        let last = keys.next_back().map_or(first, |(_, span)| span);
        if !self.seen.contains(&first) {
            self.seen.push(first);
            report(step, &key, first, last, cx);
        }
    }
}

fn report(step: &Step<'_>, key: &str, first: Span, last: Span, cx: &mut Context<'_, '_>) {
    let source = cx.model.source;
    let (start, end) = (source.line_of(first.start), source.line_of(last.end));
    let from = start.saturating_sub(NEAR);
    let above = &cx.model.file.comments;
    let is_above =
        above.partition_point(|comment| comment.line < from) < above.partition_point(|comment| comment.line < start);
    let inner = &step.instruction.inner_comments;
    // Comments in a here-document are the shell's.
    let in_script = (from.max(1)..start).any(|line| {
        let span = source.line_span(line);
        step.heredocs.iter().any(|heredoc| heredoc.body.contains(span))
            && source.slice(span).trim_start().starts_with('#')
    });
    if !is_above && !in_script && !inner.iter().any(|comment| (from..=end).contains(&comment.line)) {
        cx.report(Finding::at(first).with("key", key.to_owned()));
    }
}

/// The first of the fingerprints that a text is made of; none where it is something else.
fn first_key(text: &str) -> Option<String> {
    let text = text.trim_matches(['"', '\'']);
    let bare = |key: &str| key.strip_prefix("0x").unwrap_or(key).to_owned();
    let is_key = |key: &str| FINGERPRINTS.contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_hexdigit());
    let whole: String = text.split_whitespace().collect();
    if is_key(&bare(&whole)) {
        return Some(bare(&whole));
    }
    let mut keys = text.split_whitespace().filter(|word| *word != "\\").map(bare);
    let first = keys.next()?;
    (is_key(&first) && keys.all(|key| is_key(&key))).then_some(first)
}

fn names_key(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["key", "gpg", "pgp", "fingerprint"].iter().any(|part| name.contains(part))
}
