//! One checksum for the files of several architectures.

use crate::checks::prelude::*;

/// A checksum has so many digits at least.
const MIN_DIGITS: usize = 32;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        let mut reported: Vec<Span> = Vec::new();
        for (index, event) in model.files().iter().enumerate() {
            let Some(fetch) = event.fetch() else { continue };
            if !is_for_several(cx, event, fetch) {
                continue;
            }
            let found = if fetch.has_checksum { of_instruction(cx, event) } else { of_history(cx, index) };
            if let Some(place) = found.filter(|place| !reported.contains(place)) {
                reported.push(place);
                let sum = cx.text(place).trim_matches(['"', '\'']);
                let short = if sum.len() > 20 {
                    format!("{}…", sum.chars().take(12).collect::<String>())
                } else {
                    sum.to_owned()
                };
                cx.report(Finding::at(place).with("sum", short).label(fetch.url_span, "url"));
            }
        }
    }
}

/// Whether which file is fetched depends on the architecture.
fn is_for_several(cx: &Context<'_, '_>, event: &FileEvent, fetch: &Fetch) -> bool {
    if fetch.urls.iter().any(|url| url.as_str().contains("noarch")) {
        return false;
    }
    let Some(command) = event.command.and_then(|index| cx.model.commands().get(index)) else {
        // BuildKit fills in the platform's arguments of ADD.
        let holes = fetch.urls.iter().flat_map(PartialText::unknown_parts);
        return holes.into_iter().any(|hole| hole.contains("TARGETARCH") || hole.contains("TARGETPLATFORM"));
    };
    let words = &command.invocation.simple.words;
    let word = words.iter().find(|word| word.span == fetch.url_span);
    let depends = word.is_some_and(|word| cx.model.depends_on_architecture(command, word));
    let open = fetch.urls.iter().any(|url| urls::segments(url).iter().any(|segment| segment.known_str().is_none()));
    let branches = cx.model.commands_of(event.step).iter().any(|other| {
        // A `case` that lets one architecture pass needs one checksum.
        other
            .invocation
            .arms()
            .any(|(case, _)| case.arms.len() < 3 && cx.model.depends_on_architecture(other, &case.subject))
    });
    depends && if open { !branches && !event.is_conditional() } else { fetch.urls.len() > 1 }
}

/// `ADD --checksum=sha256:...`
fn of_instruction(cx: &Context<'_, '_>, event: &FileEvent) -> Option<Span> {
    let step = cx.model.step(event.step)?;
    let value = views::Add::of(step.instruction)?.checksum?.value.as_ref()?;
    let text = cx.model.partial_fold(step, &value.text);
    let sum = text.known_str()?.rsplit(':').next()?.to_owned();
    is_sum(&sum).then_some(value.span)
}

fn of_history(cx: &Context<'_, '_>, index: usize) -> Option<Span> {
    let history = cx.model.history(index);
    if let [check] = history.verifications.as_slice()
        && let Some(place) = written_sum(cx, check, &history.names).filter(|_| !check.is_conditional())
    {
        return Some(place);
    }
    let mut checks = history.verifications.iter().filter(|event| {
        event.verification().is_some_and(|verification| {
            let by_sum = matches!(verification.means, Means::Checksum(_));
            by_sum && verification.compares && verification.sum == SumOrigin::Declared && verification.files.is_some()
        })
    });
    let (check, others) = (checks.next()?, checks.count());
    if others > 0 || check.is_conditional() {
        return None;
    }
    literal_sum(cx, check)
}

/// Where the checksum stands that a command compares with, if there is but one.
fn literal_sum(cx: &Context<'_, '_>, check: &FileEvent) -> Option<Span> {
    let command = cx.model.commands().get(check.command?)?;
    if let Some(place) = compared_sum(command) {
        return Some(place);
    }
    let writers = cx.model.piped_from(command);
    let writer = writers.first().copied().unwrap_or(command);
    // `case ... in amd64) echo sum file;; arm64) ... esac | sha256sum -c`
    if writers.len() > 1 || writer.invocation.is_conditional() {
        return None;
    }
    let line = writer.line.as_ref()?;
    let printed = match line.name.as_str() {
        "echo" => line.operands.first().copied(),
        "printf" => line.operands.get(usize::from(line.operands.len() > 1)).copied(),
        _ => None,
    };
    let input = writer
        .invocation
        .statement
        .redirects
        .iter()
        .find(|redirect| matches!(redirect.kind, sh::RedirectKind::HereDoc | sh::RedirectKind::HereString));
    let word = printed.or_else(|| input.map(|redirect| &redirect.target))?;
    let executions = cx.model.executions(check.step);
    // `printf '%s *%s\n' sum file sum file`: several files again.
    let is_one = |word: &&&sh::Word| cx.model.only_word(writer, word).is_some_and(|text| is_sum(&text));
    if line.is("printf") && line.operands.iter().filter(is_one).count() > 1 {
        return None;
    }
    let execution = executions.iter().find(|execution| std::ptr::eq(execution.command, writer))?;
    let texts = cx.model.partial_texts(execution, word);
    let mut sums: Vec<String> = Vec::new();
    for text in &texts {
        let words = text.words();
        let sum = words.first()?.known_str()?.to_owned();
        // Several lines are several files, one an architecture it may be.
        if !is_sum(&sum) || words.len() > 2 {
            return None;
        }
        sums.push(sum);
    }
    sums.dedup();
    let [_] = sums.as_slice() else { return None };
    let first = word.parts.first()?;
    Some(match first.kind {
        sh::PartKind::Literal(_) => cx.model.place_in_word(writer, word, sums.first()?).unwrap_or(first.span),
        _ => first.span,
    })
}

/// The only checksum of a file of checksums that the same RUN writes, where it is that of the download.
fn written_sum(cx: &Context<'_, '_>, check: &FileEvent, names: &[(usize, FilePath)]) -> Option<Span> {
    let command = cx.model.commands().get(check.command?)?;
    let line = command.line.as_ref().filter(|line| line.has("-c"))?;
    let [file] = line.operands.as_slice() else { return None };
    let file = cx.model.only_word(command, file)?;
    let mut writes = cx.model.writes().iter().filter(|write| start::file_name(&write.path) == start::file_name(&file));
    let (write, None) = (writes.next()?, writes.next()) else { return None };
    let mut lines = write.lines().filter(|(_, line)| !line.trim().is_empty());
    let ((at, text), None) = (lines.next()?, lines.next()) else { return None };
    let (sum, name) = text.split_once(char::is_whitespace)?;
    let name = start::file_name(name.trim_start_matches([' ', '*']).trim_end());
    let is_it = names.iter().any(|(_, path)| path.name().known_str() == Some(name));
    let is_own = write.step == check.step && !write.is_part && is_it && is_sum(sum);
    is_own.then(|| write.span(cx.model.source, at..at + sum.len()))
}

/// The checksum of `[ "$(sha256sum file | ...)" = checksum ]`.
fn compared_sum(command: &Command<'_>) -> Option<Span> {
    let test = command.invocation.substitution()?.command?;
    test.words.first().filter(|name| name.is("[") || name.is("test"))?;
    let mut sums = test.words.iter().filter(|word| word.literal().is_some_and(|text| is_sum(&text)));
    sums.next().map(|word| word.span)
}

fn is_sum(text: &str) -> bool {
    text.len() >= MIN_DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
