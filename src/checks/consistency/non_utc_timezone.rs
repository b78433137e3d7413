//! Another time zone than UTC, set for every container.

use crate::checks::prelude::*;

/// Names of which `date +%Z` makes `UTC`.
const UTC: &[&str] =
    &["", "utc", "etc/utc", "utc0", "uct", "etc/uct", "zulu", "etc/zulu", "universal", "etc/universal"];
const ZONES: &str = "/usr/share/zoneinfo/";

#[derive(Default)]
pub struct Rule {
    /// ENV sets the zone: commands that use the variable repeat that mistake.
    in_env: bool,
    /// The step behind the last one that uses the variable; worked out once, when it is first asked.
    used_before: Option<usize>,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        let commands = ["ln", "cp", "install", "echo", "printf", "tee", "timedatectl", "setup-timezone"];
        let mut visits = vec![Visit::Instruction(Keyword::Env), Visit::Instruction(Keyword::Copy)];
        visits.extend(commands.map(Visit::Command));
        visits
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        if step.trigger_of.is_some() || !cx.model.is_shipped(step) {
            return;
        }
        if let Some(copy) = views::Copy::of(step.instruction) {
            copied(&copy.transfer, step, cx);
            return;
        }
        let Some(views::Pairs { pairs }) = views::Pairs::of(step.instruction) else { return };
        for pair in pairs.iter().filter(|pair| pair.key.text.trim_matches(['"', '\'']) == "TZ") {
            let (zone, is_fixed) = match cx.model.fold(step, &pair.value.text) {
                Folded::Known(zone) => (zone, true),
                Folded::Unknown => match default_of(&pair.value.text) {
                    Some(zone) => (zone.to_owned(), false),
                    None => continue,
                },
            };
            if is_utc(&zone) {
                continue;
            }
            self.in_env = true;
            let is_used = *self.used_before.get_or_insert_with(|| used_before(cx)) > step.index + 1;
            let is_lone = pairs.len() == 1 && step.instruction.inner_comments.is_empty();
            cx.report(
                Finding::at(pair.key.span.to(pair.value.span))
                    .with("zone", zone)
                    .edit(cx.model.removal(step), "")
                    .fix_if(is_lone && !is_used && is_fixed),
            );
        }
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let (Some(line), Some(step)) = (&command.line, cx.model.step(command.step)) else { return };
        if !cx.model.is_shipped(step) || command.invocation.substitution().is_some() {
            return;
        }
        let zone_of = |word: &sh::Word| {
            let mut words = cx.model.possible_words(command, word)?;
            // What `printf` and `echo -e` make a line ending.
            for word in &mut words {
                *word = word.trim_end_matches("\\n").to_owned();
            }
            // `ln -s ../usr/share/zoneinfo/...` beside /etc/localtime.
            for word in words.iter_mut().filter(|word| word.starts_with("../usr")) {
                *word = word.replacen("..", "", 1);
            }
            words.retain(|word| !is_utc(word));
            words.pop()
        };
        let at_fault = match line.name.as_str() {
            "ln" | "cp" | "install" => {
                let sets_it = line.operands.last().is_some_and(|word| word.is("/etc/localtime"));
                let source = line.operands.first().filter(|_| sets_it && line.operands.len() == 2);
                source.and_then(|word| Some((*word, zone_of(word).filter(|zone| zone.starts_with(ZONES))?)))
            }
            "timedatectl" => line.operands.split_first().and_then(|(first, rest)| {
                let zone = rest.first().filter(|_| first.is("set-timezone"))?;
                Some((*zone, zone_of(zone)?))
            }),
            "setup-timezone" => line.operands.last().and_then(|word| Some((*word, zone_of(word)?))),
            _ if writes_zone(command) => {
                line.operands.last().and_then(|word| Some((*word, zone_of(word).filter(|zone| is_zone(zone))?)))
            }
            _ => None,
        };
        let Some((word, zone)) = at_fault else { return };
        if word.literal().is_none() && self.in_env {
            return;
        }
        let zone = zone.trim_start_matches(ZONES).trim_end().to_owned();
        cx.report(Finding::at(word.span).variant("command").with("zone", zone).with("command", line.name.clone()));
    }
}

/// A zone that comes from another image or from the build context.
fn copied(transfer: &views::Transfer<'_>, step: &Step<'_>, cx: &mut Context<'_, '_>) {
    let path = |word: &Word| cx.model.path(step, &word.text);
    let ([source], Some(destination)) = (transfer.sources.as_slice(), transfer.destination) else { return };
    if path(destination).as_deref() != Some("/etc/localtime") {
        return;
    }
    if let Some(zone) = path(source).filter(|zone| zone.starts_with(ZONES) && !is_utc(zone)) {
        let zone = zone.trim_start_matches(ZONES).to_owned();
        cx.report(Finding::at(source.span).variant("command").with("zone", zone).with("command", "COPY"));
    }
}

/// The zone in `${TZ:-Europe/Berlin}`, which holds unless somebody gives another one.
fn default_of(value: &str) -> Option<&str> {
    let inside = value.trim_matches('"').strip_prefix("${")?.strip_suffix('}')?;
    let (name, zone) = inside.split_once(":-").or_else(|| inside.split_once('-'))?;
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    (is_name && is_zone(zone)).then_some(zone)
}

/// Whether it is UTC, or whatever /etc/localtime says.
fn is_utc(zone: &str) -> bool {
    let zone = zone.trim().trim_start_matches(':').trim_start_matches(ZONES);
    zone == "/etc/localtime" || UTC.contains(&zone.to_ascii_lowercase().as_str())
}

/// `Region/City`, or an abbreviation.
fn is_zone(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '+'))
}

/// Whether what the command says goes to /etc/timezone, also through `tee`.
fn writes_zone(command: &Command<'_>) -> bool {
    let is_file = |word: &sh::Word| word.is("/etc/timezone") || word.is("/etc/TZ");
    let redirects = command.invocation.statement.redirects.iter().any(|redirect| is_file(&redirect.target));
    let next = command.invocation.pipeline().and_then(|(stages, index)| stages.get(index + 1));
    let tees = next.is_some_and(|next| match &next.command {
        sh::Command::Simple(simple) => {
            shell::read(simple).is_some_and(|line| line.is("tee") && line.operands.iter().any(|word| is_file(word)))
        }
        _ => false,
    });
    redirects || tees
}

fn used_before(cx: &Context<'_, '_>) -> usize {
    let last = cx.model.steps.iter().rposition(|step| {
        let heredocs = step.heredocs.iter().map(|heredoc| heredoc.content.as_str());
        let mut texts = heredocs.chain([cx.text(step.instruction.span)]);
        texts.any(|text| text.contains("$TZ") || text.contains("${TZ"))
    });
    last.map_or(0, |last| last + 1)
}
