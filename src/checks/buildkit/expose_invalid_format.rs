//! Ports with an address or a port of the host.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        for stage in &cx.model.dispatch().stages {
            for dispatched in &stage.instructions {
                let is_expose = cx.model.step(dispatched.step).is_some_and(|step| step.keyword() == Keyword::Expose);
                for word in dispatched.words.iter().filter(|_| is_expose) {
                    let Some((port, container)) = word.text.as_deref().and_then(|port| Some((port, mapped(port)?)))
                    else {
                        continue;
                    };
                    if cx.runs_build_check(dispatched.commented(cx.model)) {
                        let finding = Finding::at(dispatched.place(cx.model, word.span));
                        cx.report(finding.with("port", port.to_owned()).with("container", container.to_owned()));
                    }
                }
            }
        }
    }
}

/// The port of the container behind an address or a port of the host; none where the build stops at it.
fn mapped(port: &str) -> Option<&str> {
    let (host, container) = port.rsplit_once(':')?;
    let (number, protocol) = container.split_once('/').unwrap_or((container, "tcp"));
    let protocol = protocol.to_lowercase();
    let is_port = !number.is_empty() && matches!(protocol.as_str(), "" | "tcp" | "udp" | "sctp");
    (is_port && !host.trim_start_matches(':').is_empty()).then_some(container)
}
