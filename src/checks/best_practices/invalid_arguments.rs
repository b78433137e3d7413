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
