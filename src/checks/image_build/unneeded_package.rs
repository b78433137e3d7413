//! Tools for people at a terminal that nobody sits at.

use crate::checks::prelude::*;

/// Packages, and how the words begin that show that the image is made for them.
const PACKAGES: &[(&str, &[&str])] = &[
    ("cron", &["cron"]),
    ("cronie", &["cron"]),
    ("emacs", &["emacs"]),
    ("emacs-nox", &["emacs"]),
    ("ftp", &["ftp"]),
    ("htop", &["htop"]),
    ("iputils-ping", &["ping"]),
    ("man-db", &["man", "mandb", "manpath"]),
    ("nano", &["nano"]),
    ("neovim", &["nvim", "neovim"]),
    ("net-tools", &["ifconfig", "netstat", "route", "arp"]),
    ("openssh-server", &["sshd", "ssh"]),
    ("telnet", &["telnet"]),
    ("traceroute", &["traceroute"]),
    ("vim", &["vim", "vi"]),
    ("vim-enhanced", &["vim", "vi"]),
    ("vim-minimal", &["vim", "vi"]),
    ("vim-nox", &["vim", "vi"]),
    ("vim-tiny", &["vim", "vi"]),
];

#[derive(Default)]
pub struct Rule {
    /// The words of the file that say what it is for; collected when they are first asked for.
    spoken: Option<Vec<String>>,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        packages::MANAGERS.into_iter().map(Visit::Command).collect()
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let (Some(line), Some(step)) = (&command.line, cx.model.step(command.step)) else { return };
        if !cx.model.is_shipped(step) {
            return;
        }
        for (word, name) in cx.model.installed_packages(command) {
            self.package(&name, word, command, line, step, cx);
        }
    }
}

impl Rule {
    fn package(
        &mut self,
        name: &str,
        word: &sh::Word,
        command: &Command<'_>,
        line: &CommandLine<'_>,
        step: &Step<'_>,
        cx: &mut Context<'_, '_>,
    ) {
        let Some((_, tools)) = PACKAGES.iter().find(|(package, _)| *package == name) else { return };
        if is_removed(name, command, cx) || says_why(name, word.span, step.instruction, cx) {
            return;
        }
        let spoken = self.spoken.get_or_insert_with(|| spoken_words(cx));
        if spoken.iter().any(|word| tools.iter().any(|tool| is_about(word, tool))) {
            return;
        }
        let at = line.words.iter().position(|other| other.span == word.span).unwrap_or_default();
        let previous = at.checked_sub(1).and_then(|at| line.words.get(at));
        let cut = previous.map_or(word.span, |previous| Span::new(previous.span.end, word.span.end));
        let is_plain = !cx.text(cut).contains('#') && !cx.text(word.span).contains('$');
        let is_tool = |word: &sh::Word| {
            let text = word.literal().unwrap_or_default();
            PACKAGES.iter().any(|(package, _)| *package == packages::bare_name(&line.name, &text))
        };
        let has_others = line.packages().iter().any(|word| !is_tool(word));
        let finding = Finding::at(word.span)
            .with("package", name.to_owned())
            .edit(cut, "")
            // A command that would be left without packages has to go as a whole, and what is beside it may be for it.
            .fix_if(is_plain && has_others && matches!(cx.model.body(step), Body::Shell(_)));
        cx.report(finding);
    }
}

/// `crontab` is about `cron`, but `view` is not about `vi`.
fn is_about(word: &str, tool: &str) -> bool {
    word == tool || tool.len() > 3 && word.starts_with(tool) || tool == "vim" && word.starts_with(tool)
}

/// Whether the same RUN takes the package away again, by itself or with its group.
fn is_removed(name: &str, command: &Command<'_>, cx: &Context<'_, '_>) -> bool {
    let line = command.line.as_ref();
    let group = line.and_then(|line| line.value_of("--virtual")).and_then(|value| value.word.literal());
    let is_it = |other: &Command<'_>, word: &sh::Word| {
        let words = cx.model.possible_words(other, word).unwrap_or_default();
        words.iter().any(|text| text == name || group.as_ref().is_some_and(|group| text == group))
    };
    cx.model.commands_of(command.step).iter().any(|other| {
        let line = other.line.as_ref().filter(|line| line.verb() == Some(Verb::Remove));
        line.is_some_and(|line| line.packages().iter().any(|word| is_it(other, word)))
    })
}

/// Whether a comment above the package, or one in the instruction that names it, says what it is for.
fn says_why(name: &str, span: Span, instruction: &Instruction, cx: &Context<'_, '_>) -> bool {
    let line = cx.model.source.line_of(span.start);
    let mut inside = instruction.inner_comments.iter();
    inside.any(|comment| comment.line + 1 == line || comment.text.contains(name))
        || instruction.leading_comments.iter().any(|comment| comment.text.contains(name))
}

/// The words of what the image runs, has in it and is set to: all but those of package managers.
fn spoken_words(cx: &Context<'_, '_>) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut add = |text: &str| {
        let parts = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| part.len() > 1);
        words.extend(parts.map(str::to_ascii_lowercase));
    };
    // A variable that packages are installed from says no more than they do.
    let is_manager = |line: &&CommandLine<'_>| line.is_any(&packages::MANAGERS);
    let lines = cx.model.commands().iter().filter_map(|command| command.line.as_ref()).filter(is_manager);
    let parts = lines.flat_map(|line| line.words).flat_map(|word| &word.parts);
    let lists: Vec<&str> = parts
        .filter_map(|part| match &part.kind {
            sh::PartKind::Parameter(parameter) => Some(parameter.name.as_str()),
            _ => None,
        })
        .collect();
    for step in &cx.model.steps {
        if let (Keyword::Env, Args::Pairs(pairs)) = (step.keyword(), &step.instruction.args) {
            let said = pairs.iter().filter(|pair| !lists.contains(&pair.key.text.as_str()));
            said.for_each(|pair| add(cx.text(pair.key.span.to(pair.value.span))));
        }
        match step.keyword() {
            Keyword::Cmd
            | Keyword::Entrypoint
            | Keyword::Healthcheck
            | Keyword::Copy
            | Keyword::Add
            | Keyword::Volume => {
                add(cx.text(step.instruction.span));
            }
            _ => {}
        }
    }
    for command in cx.model.commands() {
        if command.line.as_ref().is_none_or(|line| !is_manager(&line)) {
            command.invocation.simple.words.iter().for_each(|word| add(cx.text(word.span)));
        }
    }
    words.sort_unstable();
    words.dedup();
    words
}
