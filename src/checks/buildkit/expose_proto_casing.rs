//! Ports with their protocol in upper case.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        for stage in &cx.model.dispatch().stages {
            for dispatched in &stage.instructions {
                let is_expose = cx.model.step(dispatched.step).is_some_and(|step| step.keyword() == Keyword::Expose);
                for word in dispatched.words.iter().filter(|_| is_expose) {
                    let Some(port) = word.text.as_deref().filter(|port| is_shouted(port)) else { continue };
                    if cx.runs_build_check(dispatched.commented(cx.model)) {
                        let lower = port.to_lowercase();
                        let is_written = dispatched.at == dispatched.step && cx.text(word.span) == port;
                        let finding = Finding::at(dispatched.place(cx.model, word.span));
                        let finding = finding.with("port", port.to_owned()).with("lower", lower.clone());
                        cx.report(finding.edit(word.span, lower).fix_if(is_written));
                    }
                }
            }
        }
    }
}

/// Whether a port's protocol is known, but not in lower case.
fn is_shouted(port: &str) -> bool {
    let last = port.rsplit(':').next().unwrap_or_default();
    let Some((number, protocol)) = last.split_once('/') else { return false };
    let lower = protocol.to_lowercase();
    !number.is_empty() && matches!(lower.as_str(), "tcp" | "udp" | "sctp") && protocol != lower
}
