//! Services that run as ordinary users, and user ids so large that the login records grow with them.

use crate::checks::prelude::*;

/// The first id of ordinary users (`UID_MIN` of login.defs).
const FIRST_ORDINARY: u64 = 1000;
/// `/var/log/lastlog` has 292 bytes for each id below the largest.
const LARGE: u64 = 100_000;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Command("useradd"), Visit::Command("adduser")]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let (Some(account), Some(step)) = (cx.model.account(command), cx.model.step(command.step)) else { return };
        let (AccountId::Given(_) | AccountId::Next) = account.id else { return };
        if account.kind != AccountKind::User {
            return;
        }
        let id = match &account.id {
            AccountId::Given(Some(text)) => text.parse::<u64>().ok(),
            _ => None,
        };
        let family = cx.model.family_of(step);
        let is_useradd = account.line.is("useradd");
        let name_word = account.line.name_word;
        let finding = if id.is_some_and(|id| id >= LARGE) {
            let keeps_records = is_useradd && family != Some(base::Family::Alpine) && !account.line.has("-l");
            let Some(value) = account.line.value_of("-u").filter(|_| keeps_records) else { return };
            let finding = Finding::at(value.span).variant("large").with("id", id.unwrap_or_default().to_string());
            finding.edit(Span::empty(name_word.span.end), " --no-log-init").title("add `--no-log-init`")
        } else {
            let is_service = match account.id {
                AccountId::Next => !cx.model.is_person(&account, command),
                _ => id.is_some_and(|id| 0 < id && id < FIRST_ORDINARY),
            };
            if account.is_system || !is_service || !cx.model.is_shipped(step) {
                return;
            }
            // Elsewhere a system account has no home or another group.
            let is_debian = matches!(family, Some(base::Family::Debian | base::Family::Ubuntu));
            let option = option_of(&account, family);
            Finding::at(name_word.span)
                .with("option", option)
                .edit(Span::empty(name_word.span.end), " --system")
                .fix_if(is_useradd && is_debian && id.is_some())
        };
        let name = account.name.literal().map_or_else(|| cx.text(account.name.span).to_owned(), Into::into);
        let in_shell = matches!(cx.model.body(step), Body::Shell(_)) && command.invocation.script().is_none();
        let called = name_word.literal().unwrap_or_default().into_owned();
        cx.report(finding.with("name", name).with("command", called).fix_if(in_shell));
    }
}

fn option_of(account: &Account<'_>, family: Option<base::Family>) -> &'static str {
    let is_busybox = account.line.is("adduser")
        && (matches!(family, Some(base::Family::Alpine | base::Family::Busybox))
            || family.is_none() && account.has_short_options());
    if is_busybox { "-S" } else { "--system" }
}
