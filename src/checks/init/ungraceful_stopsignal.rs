//! STOPSIGNAL that no program can react to, or none where the program asks for another than SIGTERM.

use crate::checks::prelude::*;

/// Programs that shut down gracefully at another signal than SIGTERM.
const SIGNALS: &[(&[&str], &str)] = &[
    (&["apache2", "apache2ctl", "apachectl", "httpd"], "SIGWINCH"),
    (&["haproxy"], "SIGUSR1"),
    (&["nginx", "openresty", "php-fpm"], "SIGQUIT"),
    (&["postgres"], "SIGINT"),
];

#[derive(Default)]
pub struct Rule {
    is_set: bool,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Stopsignal)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let is_shipped = cx.model.is_shipped(step);
        self.is_set |= is_shipped && step.trigger_of.is_none();
        let Some(word) = views::stopsignal(step.instruction).filter(|_| is_shipped) else { return };
        let Folded::Known(signal) = cx.model.fold(step, &word.text) else { return };
        let upper = signal.trim().to_ascii_uppercase();
        let variant = match upper.strip_prefix("SIG").unwrap_or(&upper) {
            "9" | "KILL" => "kill",
            "19" | "STOP" => "stop",
            _ => return,
        };
        let finding = Finding::at(word.span).variant(variant).with("signal", signal);
        cx.report(finding.edit(cx.model.removal(step), "").fix_if(step.trigger_of.is_none()));
    }

    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        // Base images of such programs set the signal; distributions do not.
        let start = cx.model.start();
        let in_json = [start.entrypoint, start.command].into_iter().flatten().all(|step| step.instruction.is_json());
        if self.is_set || !in_json || !cx.model.starts_bare() {
            return;
        }
        for list in cx.model.start_lists().iter().rev() {
            let Some(sh::Command::Simple(simple)) = list.statements.first().map(|it| &it.command) else { continue };
            let Some(line) = shell::read(simple) else { continue };
            let name = line.name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
            let signal = SIGNALS.iter().find(|(names, _)| names.contains(&name) || names.contains(&line.name.as_str()));
            if let Some((_, signal)) = signal {
                let finding = Finding::at(line.name_word.span).variant("missing").with("signal", *signal);
                cx.report(finding.with("program", line.name.clone()));
                return;
            }
        }
    }
}
