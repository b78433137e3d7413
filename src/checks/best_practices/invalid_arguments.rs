//! Instructions with too few arguments, too many, or such as they cannot take.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        for (step, error) in cx.model.errors_about(Concern::Arguments) {
            // What a template makes of a line cannot be known.
            let text = &step.instruction.joined.text;
            if text.contains("{{") && text.contains("}}") {
                continue;
            }
            cx.report(finding(step, error.span, &error.kind, cx));
        }
        for step in &cx.model.steps {
            if let Some(span) = views::comment(step.instruction) {
                cx.report(Finding::at(span).variant("comment").with("keyword", step.keyword().as_str()));
            } else if let Some(word) = views::stopsignal(step.instruction)
                && let Folded::Known(text) = cx.model.fold(step, &word.text)
                && !is_signal(&text)
                && !word.text.contains("{{")
            {
                cx.report(Finding::at(word.span).variant("signal").with("text", text));
            } else if let Some(span) = endless_comment(step, cx) {
                cx.report(Finding::at(span).variant("endless-comment"));
            }
        }
        for (span, error) in &cx.model.dispatch().refused {
            // Templates have marks of their own; the second is that of dev containers.
            let text = cx.text(*span);
            if !text.contains("{{") && !text.contains("${templateOption:") && !cx.model.has_foreign_frontend() {
                let first = text.lines().next().unwrap_or_default().trim_end_matches(['\\', ' ']);
                cx.report(
                    Finding::at(*span).variant("substitution").with("text", first).with("error", error.to_string()),
                );
            }
        }
    }
}

/// The comment of a RUN that its next line was not meant to belong to: all lines of a shell form are one for the shell.
fn endless_comment(step: &Step<'_>, cx: &Context<'_, '_>) -> Option<Span> {
    let lines = &step.instruction.joined;
    let is_shell = step.keyword() == Keyword::Run && step.shell != ShellKind::Other && step.heredocs.is_empty();
    if !is_shell || !lines.text.contains('#') {
        return None;
    }
    cx.model.body(step).list()?;
    // Behind the last word is what the shell does not read.
    let words = cx.model.commands_of(step.index).iter().flat_map(|command| &command.invocation.simple.words);
    let read = words.map(|word| word.span.end).max()?;
    let at = lines.text.match_indices('#').map(|(at, _)| at).find(|&at| lines.to_source(at) >= read)?;
    let before = lines.text.get(..at)?;
    let comment = lines.span(at, lines.text.len());
    let more = cx.text(comment).split_once('\n')?.1;
    let is_more = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let is_comment = before.ends_with([' ', '\t', ';']) && more.lines().any(is_more);
    is_comment
        .then(|| Span::new(comment.start, comment.start + cx.text(comment).lines().next().map_or(0, str::len) as u32))
}

/// Whether BuildKit takes a STOPSIGNAL: `signal.ParseSignal` of github.com/moby/sys.
fn is_signal(text: &str) -> bool {
    const NAMES: &[&str] = &[
        "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE", "POLL",
        "PROF", "PWR", "QUIT", "RTMAX", "RTMIN", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN",
        "TTOU", "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ",
    ];
    if let Ok(number) = text.parse::<i64>() {
        return number != 0;
    }
    let upper = text.to_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    let is_in = |start: &str, most: u8| {
        let number = name.strip_prefix(start).filter(|number| !number.starts_with('0'));
        number.and_then(|number| number.parse::<u8>().ok()).is_some_and(|number| (1..=most).contains(&number))
    };
    NAMES.contains(&name) || is_in("RTMIN+", 15) || is_in("RTMAX-", 14)
}

fn finding<'t>(step: &Step<'_>, span: Span, kind: &InstructionErrorKind, cx: &Context<'_, 't>) -> Finding<'t> {
    use InstructionErrorKind as Kind;
    let keyword = step.keyword();
    let finding = Finding::at(span).with("keyword", keyword.as_str());
    let example = match keyword {
        Keyword::Arg => "ARG VERSION=1.2",
        Keyword::Env => "ENV LANG=C.UTF-8",
        Keyword::Label => "LABEL org.opencontainers.image.licenses=MIT",
        Keyword::Expose => "EXPOSE 8080",
        Keyword::Volume => "VOLUME /data",
        Keyword::Workdir => "WORKDIR /app",
        Keyword::User => "USER 1000",
        Keyword::Stopsignal => "STOPSIGNAL SIGQUIT",
        Keyword::Shell => "SHELL [\"/bin/sh\", \"-c\"]",
        Keyword::Healthcheck => "HEALTHCHECK CMD command",
        Keyword::Onbuild => "ONBUILD RUN command",
        _ => keyword.as_str(),
    };
    match kind {
        Kind::FromArguments if views::From::of(step.instruction).is_some_and(|from| from.image.is_none()) => {
            finding.with("example", "FROM debian:trixie-slim")
        }
        Kind::FromArguments if cx.text(span).starts_with('#') => finding.variant("from-comment"),
        Kind::FromArguments => finding.variant("from").with("text", cx.text(span)),
        Kind::NoDestination(_) => finding.variant("no-destination"),
        Kind::HeredocDestination(_) => finding.variant("heredoc-destination"),
        Kind::BlankName(_) => finding.variant("blank-name").with("text", cx.text(span)),
        Kind::ShellNotJson => finding.variant("shell"),
        Kind::HealthcheckNone => finding.variant("healthcheck-none"),
        Kind::HealthcheckCommand => finding.variant("healthcheck-command"),
        Kind::HealthcheckType(_) => finding.variant("healthcheck-type").with("text", cx.text(span)),
        Kind::Duration(_) => finding.variant("duration").with("text", cx.text(span)),
        Kind::ShortInterval(_) => finding.variant("short").with("text", cx.text(span)),
        Kind::Retries(_) | Kind::NegativeRetries(_) => finding.variant("retries").with("text", cx.text(span)),
        Kind::EmptyVolume => finding.variant("empty-volume"),
        _ => finding.with("example", example),
    }
}
