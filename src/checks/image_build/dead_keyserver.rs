//! Keyservers that answer no more.

use crate::checks::prelude::*;

const REPLACEMENT: &str = "hkps://keyserver.ubuntu.com";

#[derive(Default)]
pub struct Rule {
    /// Servers that were reported, each once however often it is asked.
    seen: Vec<Span>,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("gpg"), Visit::Command("apt-key")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let servers = cx.model.keyservers(command);
        if !servers.iter().any(|server| gpg::is_dead(&server.text)) {
            return;
        }
        let others = cx.model.alternatives(command);
        let others = others.into_iter().flat_map(|other| cx.model.keyservers(other));
        let has_live = servers.iter().cloned().chain(others).any(|server| !gpg::is_dead(&server.text));
        for server in servers {
            self.report(&server, has_live, command.step, cx);
        }
    }

    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        for server in cx.model.configured_keyservers() {
            self.report(&server, false, usize::MAX, cx);
        }
    }
}

impl Rule {
    fn report(&mut self, server: &WordOrigin, has_live: bool, step: usize, cx: &mut Context<'_, '_>) {
        if !gpg::is_dead(&server.text) || self.seen.contains(&server.span) {
            return;
        }
        self.seen.push(server.span);
        let in_shell = cx.model.step(step).is_some_and(|step| matches!(cx.model.body(step), Body::Shell(_)));
        let finding = Finding::at(server.span)
            .with("server", server.text.clone())
            .with("host", gpg::host(&server.text))
            .edit(server.span, REPLACEMENT)
            // Beside a server that answers another one is no use.
            .fix_if(in_shell && !has_live && cx.text(server.span) == server.text);
        cx.report(if has_live { finding.variant("spare") } else { finding });
    }
}
