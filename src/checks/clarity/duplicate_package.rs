//! Packages that are installed twice.

use std::collections::HashMap;

use crate::checks::prelude::*;

/// Package managers by the system that they install into.
const SYSTEMS: &[(&str, &[&str])] = &[
    ("apt", &["apt-get", "apt", "aptitude"]),
    ("apk", &["apk"]),
    ("rpm", &["yum", "dnf", "dnf5", "microdnf", "tdnf", "zypper"]),
];
/// Others, whose commands may each install somewhere else: only one command is looked at.
const OTHERS: &[&str] = &["pip", "npm", "yarn", "pnpm", "gem", "pacman"];
/// Options that ask for more than a package being there, or for another place.
const SPECIAL: &[&str] = &[
    "--reinstall",
    "--only-upgrade",
    "-t",
    "--virtual",
    "--root",
    "--installroot",
    "-d",
    "--downloadonly",
    "-o",
    "-c",
    "--upgrade",
    "-X",
    "--enablerepo",
    "--repo",
    "-s",
    "--allowerasing",
    "--fix-broken",
];
/// Stages on stages are followed this far.
const MAX_STAGES: usize = 16;

#[derive(Default)]
pub struct Rule {
    /// What is installed in each stage so far.
    stages: HashMap<usize, Installed>,
}

/// The packages of a stage.
#[derive(Default)]
struct Installed {
    packages: HashMap<(&'static str, String), (String, Span)>,
    /// Whether something was removed, so that nothing is known of what was there before.
    cut: bool,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::EveryCommand]
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let (Some(line), Some(step)) = (&command.line, cx.model.step(command.step)) else { return };
        let system = SYSTEMS.iter().find(|(_, names)| line.is_any(names)).map(|&(system, _)| system);
        if system.is_none() && !line.is_any(OTHERS) {
            // `apt-mark auto` is the first half of a removal.
            if line.is_any(&["apt-mark", "dpkg", "rpm"]) {
                self.stage(step).cut();
            }
            return;
        }
        if line.verb() == Some(Verb::Remove) || line.has("--auto-remove") {
            self.stage(step).cut();
        }
        if line.verb() != Some(Verb::Install) {
            return;
        }
        let mut seen: HashMap<String, (String, Span)> = HashMap::new();
        let mut earlier = Vec::new();
        for word in line.packages() {
            let Some(text) = word.literal().filter(|text| !text.is_empty() && !text.starts_with('-')) else { continue };
            let name = name_of(&text, line);
            match seen.get(name) {
                Some((first, place)) => report(command, word, name, (first, *place), cx),
                None => earlier.push((name.to_owned(), text.clone().into_owned(), word.span)),
            }
            seen.entry(name.to_owned()).or_insert_with(|| (text.clone().into_owned(), word.span));
        }
        let is_special =
            SPECIAL.iter().any(|option| line.has(option)) || line.subcommand_is(&["reinstall", "build-dep"]);
        let in_other_root = line.wrappers.iter().any(|wrapper| wrapper.is("chroot"));
        let is_here = step.trigger_of.is_none() && !command.invocation.is_conditional();
        if let Some(system) = system.filter(|_| !is_special && !in_other_root && is_here) {
            self.later(system, earlier, step, cx);
        }
    }
}

impl Rule {
    /// Looks the packages of an installation up among those of earlier ones, and adds them.
    fn later(
        &mut self,
        system: &'static str,
        found: Vec<(String, String, Span)>,
        step: &Step<'_>,
        cx: &mut Context<'_, '_>,
    ) {
        for (name, text, span) in found {
            let key = (system, name);
            let mut known = None;
            let below = step.stage.into_iter().flat_map(|stage| cx.model.stages_below(stage)).take(MAX_STAGES);
            for stage in below {
                let Some(installed) = self.stages.get(&stage.index) else { continue };
                known = installed.packages.get(&key);
                if known.is_some() || installed.cut {
                    break;
                }
            }
            // Another version is another wish.
            if let Some((_, place)) = known.filter(|(first, _)| *first == text) {
                let place = *place;
                cx.report(Finding::at(span).variant("later").with("package", key.1).label(place, "first"));
            } else {
                self.stage(step).packages.insert(key, (text, span));
            }
        }
    }

    fn stage(&mut self, step: &Step<'_>) -> &mut Installed {
        self.stages.entry(step.stage.unwrap_or_default()).or_default()
    }
}

impl Installed {
    fn cut(&mut self) {
        self.packages.clear();
        self.cut = true;
    }
}

fn report(command: &Command<'_>, word: &sh::Word, name: &str, first: (&str, Span), cx: &mut Context<'_, '_>) {
    let text = word.literal().unwrap_or_default();
    let finding = Finding::at(word.span).with("package", name.to_owned()).label(first.1, "first");
    if text != first.0 {
        let finding = finding.variant("versions").with("one", first.0.to_owned()).with("other", text.into_owned());
        return cx.report(finding);
    }
    let words = &command.invocation.simple.words;
    let before = words.iter().rev().find(|other| other.span.end <= word.span.start);
    let is_shell = cx.model.step(command.step).is_some_and(|step| matches!(cx.model.body(step), Body::Shell(_)));
    let span = before.map_or(word.span, |before| Span::new(before.span.end, word.span.end));
    // A comment between the two speaks of one of them, and a redirection has to stay.
    let is_blank = |c: char| c.is_whitespace() || c == cx.model.file.escape;
    let is_clear = cx.text(Span::new(span.start, word.span.start)).chars().all(is_blank);
    let is_clear = is_clear && command.invocation.script().is_none();
    // A line of its own goes with its ending, so that the one before keeps what it has in the column of `\`.
    let source = cx.model.source;
    let line = source.line_span(source.line_of(word.span.start));
    let begins = cx.text(Span::new(line.start, word.span.start)).trim().is_empty();
    let rest = cx.text(Span::new(word.span.end, line.end.max(word.span.end))).trim();
    let goes_on = rest.strip_prefix(cx.model.file.escape).is_some_and(str::is_empty);
    let span = if begins && goes_on { line } else { span };
    cx.report(finding.edit(span, "").fix_if(is_shell && is_clear && before.is_some()));
}

/// The name without the version that it is pinned to.
fn name_of<'t>(text: &'t str, line: &CommandLine<'_>) -> &'t str {
    // Paths and addresses are themselves.
    if text.starts_with(['.', '/']) || text.contains("://") {
        return text;
    }
    let scope = usize::from(text.starts_with('@'));
    let separators: &[char] = if line.is_any(&["gem"]) { &[':'] } else { &['=', '<', '>', '~', '!', '@'] };
    let end = text.get(scope..).and_then(|rest| rest.find(separators)).map_or(text.len(), |at| at + scope);
    text.get(..end).unwrap_or(text)
}
