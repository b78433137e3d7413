//! Compilers and headers that stay after the build.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule {
    /// The steps of the image that build something, and where; worked out once a file, when they are first asked for.
    builds: Option<Vec<(usize, Span)>>,
    /// Whether the image is one to build in.
    is_for_building: Option<bool>,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Run)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        let commands = model.commands_of(step.index);
        if !commands.iter().any(|it| it.line.as_ref().is_some_and(building::installs)) || !model.is_shipped(step) {
            return;
        }
        if commands.iter().any(|it| removes(it, cx)) || is_equipped(step, cx) {
            return;
        }
        if *self.is_for_building.get_or_insert_with(|| runs_a_builder(cx)) {
            return;
        }
        // What a later RUN builds with has to stay until then, and then for good.
        let all = self.builds.get_or_insert_with(|| steps_that_build(cx));
        let last = all.last().filter(|&&(last, _)| last > step.index);
        let run = model.executions(step.index);
        let here = run.iter().rposition(|execution| building::builds(execution.command));
        let Some(end) = last.map(|_| run.len()).or(here) else { return };
        let before = run.iter().take(end).map(|execution| execution.command);
        let found: Vec<_> = before.filter_map(|command| needless(command, cx)).collect();
        // The first compiler, else the first headers.
        let tool = found.iter().find(|(.., kind)| *kind == building::Kind::Tool).or(found.first());
        let Some((line, span, package, kind)) = tool else { return };
        let remedy = match line.name.as_str() {
            "apk" => {
                "add the packages with `--virtual .build-deps`, and end the RUN with `apk del --no-network .build-deps`"
                    .to_owned()
            }
            "apt" | "apt-get" | "aptitude" => format!("end the RUN with `apt-get purge -y --auto-remove {package}`"),
            "pacman" => format!("end the RUN with `pacman -Rs --noconfirm {package}`"),
            name => format!("end the RUN with `{name} remove -y {package}`"),
        };
        let finding = Finding::at(*span).with("package", package.clone()).with("remedy", remedy);
        cx.report(match last {
            // Headers alone are not worth a rearrangement.
            Some(_) if *kind != building::Kind::Tool => return,
            Some(&(_, build)) => finding.variant("apart").label(build, "build"),
            None if *kind == building::Kind::Tool => finding,
            None => finding.variant("headers"),
        });
    }
}

/// The package of an install that nothing but the build needs. A group of apk is another rule's matter.
fn needless<'m, 'a>(
    command: &'m Command<'a>,
    cx: &Context<'_, '_>,
) -> Option<(&'m CommandLine<'a>, Span, String, building::Kind)> {
    let line = command.line.as_ref().filter(|line| building::installs(line) && !line.has("--virtual"))?;
    // What php's images keep for `docker-php-ext-install`, but on Alpine.
    let is_php = |word: &sh::Word| cx.text(word.span).contains("PHPIZE_DEPS");
    let is_kept = |word: &sh::Word| is_php(word) && !line.is("apk");
    if let Some(word) = line.operands.iter().find(|word| is_php(word) && !is_kept(word)) {
        return Some((line, word.span, cx.text(word.span).to_owned(), building::Kind::Tool));
    }
    let words = line.operands.iter().filter(|word| !is_kept(word));
    let words = words.filter_map(|word| Some((word.span, cx.model.possible_words(command, word)?)));
    let packages: Vec<_> = words
        .flat_map(|(span, words)| words.into_iter().map(move |text| (span, kind(line, &text), text)))
        .filter(|(_, kind, _)| *kind != building::Kind::Other)
        .collect();
    let tool = packages.iter().find(|(_, kind, _)| *kind == building::Kind::Tool).or(packages.first())?;
    Some((line, tool.0, tool.2.clone(), tool.1))
}

fn kind(line: &CommandLine<'_>, package: &str) -> building::Kind {
    if building::installs_group(line, package) { building::Kind::Tool } else { building::kind(package) }
}

/// Whether a command removes packages, or may.
fn removes(command: &Command<'_>, cx: &Context<'_, '_>) -> bool {
    // A command that cannot be known: its words have to speak of it.
    let Some(line) = &command.line else {
        let removes =
            |word: &sh::Word| ["del", "remove", "purge", "autoremove", "erase"].iter().any(|verb| word.is(verb));
        return command.invocation.simple.words.iter().any(removes);
    };
    let has_word = |text: &str| line.words.iter().any(|word| cx.text(word.span).contains(text));
    line.verb() == Some(Verb::Remove)
        || line.is_any(&["rpm", "dpkg"]) && (line.has("-e") || line.has("-r") || line.has("-P"))
        || line.is("apt-mark")
        || line.is_any(&["dnf", "dnf5", "yum"]) && line.subcommand_is(&["history"])
        || line.has("--virtual")
        || line.is("trap") && (has_word("purge") || has_word("del"))
        || line.subcommand.is_some_and(|word| word.literal().is_none())
        || lists::runs_unseen(command) && has_word("clean")
}

/// Whether the base has compilers anyway, or is not known.
fn is_equipped(step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    cx.model.stage_of(step).and_then(|stage| cx.model.root_image(stage)).is_none_or(building::is_equipped)
}

/// Whether the image is one to build in: a shell or a compiler is what it runs.
fn runs_a_builder(cx: &Context<'_, '_>) -> bool {
    let runs = |other: &Step<'_>| {
        let first = match views::CommandForm::of(other.instruction) {
            Some(views::CommandForm::Exec(words)) => words.first().map(|word| word.text.as_str()),
            Some(views::CommandForm::Shell(word)) => word.text.split_whitespace().next(),
            _ => None,
        };
        let name = first.unwrap_or_default().rsplit('/').next().unwrap_or_default();
        matches!(name, "bash" | "make" | "cmake" | "gcc" | "cargo" | "go")
    };
    cx.model.steps.iter().any(|other| cx.model.is_shipped(other) && runs(other))
}

/// The steps of the image that build something, and where.
fn steps_that_build(cx: &Context<'_, '_>) -> Vec<(usize, Span)> {
    let shipped = cx.model.steps.iter().filter(|step| cx.model.is_shipped(step) && step.trigger_of.is_none());
    let found = shipped.filter_map(|step| {
        let command = cx.model.commands_of(step.index).iter().find(|command| building::builds(command))?;
        Some((step.index, command.line.as_ref()?.name_word.span))
    });
    found.collect()
}
