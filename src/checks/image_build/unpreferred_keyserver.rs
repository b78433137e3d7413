//! Keyservers other than those that the programme asks for.

use crate::checks::prelude::*;

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
        let Some(line) = &command.line else { return };
        for server in cx.model.keyservers(command) {
            self.report(&server, cx);
        }
        let receives = line.has("--recv-keys");
        if !receives || cx.model.may_give(command, line, "--keyserver") || has_configuration(line, cx) {
            return;
        }
        let Some(option) = line.option_span("--recv-keys") else { return };
        cx.report(Finding::at(option).variant("none").with("option", cx.text(option)));
    }

    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        for server in cx.model.configured_keyservers() {
            self.report(&server, cx);
        }
    }
}

impl Rule {
    fn report(&mut self, server: &WordOrigin, cx: &mut Context<'_, '_>) {
        let host = gpg::host(&server.text);
        let is_preferred = gpg::PREFERRED.contains(&host.as_str());
        let is_clear = ["hkp://", "http://"].iter().any(|scheme| server.text.starts_with(scheme));
        // Dead servers have a rule of their own.
        if gpg::is_dead(&server.text) || (is_preferred && !is_clear) || self.seen.contains(&server.span) {
            return;
        }
        self.seen.push(server.span);
        let finding = Finding::at(server.span).with("server", server.text.clone()).with("host", host);
        cx.report(if is_preferred { finding.variant("clear") } else { finding });
    }
}

/// Whether gpg may be told its keyserver by a file: one that the file writes, or that an option names.
fn has_configuration(line: &CommandLine<'_>, cx: &Context<'_, '_>) -> bool {
    line.has("--options")
        || cx
            .model
            .writes()
            .iter()
            .any(|write| write.path.ends_with("dirmngr.conf") || write.path.ends_with("gpg.conf"))
}
