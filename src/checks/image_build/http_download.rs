//! Downloads over connections that anybody on the way can change.

use crate::checks::prelude::*;

/// Options that name where packages come from.
const SOURCES: [&str; 8] = ["-i", "--extra-index-url", "-f", "--registry", "-s", "--source", "-X", "--add-repo"];
/// Variables that name where packages come from.
const VARIABLES: [&str; 6] =
    ["PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "NPM_CONFIG_REGISTRY", "YARN_REGISTRY", "GOPROXY", "RUSTUP_DIST_SERVER"];
/// Where the definitions of package repositories are.
const REPOSITORIES: [&str; 4] =
    ["/etc/apt/sources.list", "/etc/apk/repositories", "/etc/yum.repos.d", "/etc/zypp/repos.d"];
#[derive(Default)]
pub struct Rule {
    reported: Vec<Span>,
}

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        for (index, event) in model.files().iter().enumerate() {
            let Some(fetch) = event.fetch().filter(|fetch| fetch.target != Target::Discarded) else { continue };
            let is_verified = || fetch.has_checksum || !model.history(index).verifications.is_empty();
            for url in &fetch.urls {
                if let Some(scheme) = urls::clear_scheme(url) {
                    let place = model.place_of(event, fetch.url_span, scheme).unwrap_or(fetch.url_span);
                    self.report(cx, place, scheme, if is_verified() { "verified" } else { "" });
                } else if let Some(host) = asks_bare_host(cx, event).then(|| urls::bare_host(url)).flatten() {
                    let place = model.place_of(event, fetch.url_span, &host).unwrap_or(fetch.url_span);
                    self.report(cx, place, &host, "no-scheme");
                }
            }
        }
        for step in &model.steps {
            match step.keyword() {
                Keyword::Run => self.run(cx, step),
                Keyword::Env => self.variables(cx, step),
                _ => {}
            }
        }
    }
}

impl Rule {
    fn report(&mut self, cx: &mut Context<'_, '_>, place: Span, scheme: &str, variant: &'static str) {
        if self.reported.contains(&place) {
            return;
        }
        self.reported.push(place);
        let finding = Finding::at(place).with("scheme", scheme);
        let finding = if variant.is_empty() { finding } else { finding.variant(variant) };
        let is_exact = cx.text(place) == scheme && scheme != "ftp://";
        let at = if variant == "no-scheme" { Span::empty(place.start) } else { place };
        cx.report(finding.edit(at, "https://").fix_if(is_exact && !names_port(cx, at)));
    }

    fn run(&mut self, cx: &mut Context<'_, '_>, step: &Step<'_>) {
        let model = cx.model;
        for execution in model.executions(step.index) {
            let Some(line) = &execution.command.line else { continue };
            let (words, variant) = sources(line, execution.command);
            for word in words {
                let texts = model.partial_texts(&execution, word);
                // `--registry=http://...`
                let values = |text: &PartialText| {
                    if text.as_str().starts_with("--") { text.split(|c| c == '=') } else { text.words() }
                };
                // A distribution's own archive is signed by what the base image trusts, and images have it so.
                let is_own = |text: &PartialText| {
                    variant == "repository"
                        && urls::host(text).is_some_and(|host| apt_source::is_distribution_host(host.as_str()))
                };
                let mut urls = texts.iter().flat_map(values).filter(|text| !is_own(text));
                let scheme = urls.find_map(|text| urls::clear_scheme(&text));
                let Some(scheme) = scheme else { continue };
                let place = model.place_in_word(execution.command, word, scheme).unwrap_or(word.span);
                let variant = if line.is("git") && is_commit_pinned(cx, &execution) { "verified" } else { variant };
                self.report(cx, place, scheme, variant);
            }
        }
    }

    fn variables(&mut self, cx: &mut Context<'_, '_>, step: &Step<'_>) {
        let Some(pairs) = views::Pairs::of(step.instruction) else { return };
        for pair in
            pairs.pairs.iter().filter(|pair| VARIABLES.iter().any(|name| pair.key.text.eq_ignore_ascii_case(name)))
        {
            let value = cx.model.partial_fold(step, &pair.value.text);
            let Some(scheme) = urls::clear_scheme(&value) else { continue };
            let at = places::find_token(cx.text(pair.value.span), scheme);
            let start = at.map(|at| pair.value.span.start + at as u32);
            let place = start.map_or(pair.value.span, |start| Span::new(start, start + scheme.len() as u32));
            self.report(cx, place, scheme, "");
        }
    }
}

/// The words of a command that name where packages, keys or sources come from, and the wording for them.
fn sources<'w>(line: &CommandLine<'w>, command: &Command<'w>) -> (Vec<&'w sh::Word>, &'static str) {
    let named = || {
        line.options.iter().filter(|option| SOURCES.contains(&&*option.name)).filter_map(|option| option.value.as_ref())
    };
    let with_options =
        |operands: &[&'w sh::Word]| operands.iter().copied().chain(named().map(|value| value.word)).collect::<Vec<_>>();
    match line.name.as_str() {
        "git" if line.subcommand_is(&["clone", "fetch", "pull", "remote", "submodule"]) => (line.operands.clone(), ""),
        "apt-key" | "gpg" if line.words.iter().any(|word| word.is("--fetch-keys")) => (line.operands.clone(), ""),
        "rpm" if line.has("--import") => (line.operands.clone(), ""),
        "npm" | "yarn" | "pnpm" | "gem" | "pip" | "pip3" => {
            let sets_source = line.operands.iter().any(|word| word.is("registry") || word.is("global.index-url"));
            let is_sources = line.subcommand_is(&["sources"]);
            let takes = line.verb() == Some(Verb::Install) || sets_source || is_sources;
            (with_options(if takes { &line.operands } else { &[] }), "")
        }
        "apk" => (with_options(&[]), "repository"),
        "add-apt-repository" | "apt-add-repository" | "yum-config-manager" => {
            (with_options(&line.operands), "repository")
        }
        "dnf" | "dnf5" if line.subcommand_is(&["config-manager"]) => (with_options(&line.operands), "repository"),
        "zypper" if line.subcommand_is(&["addrepo", "ar"]) => (line.operands.clone(), "repository"),
        "echo" | "printf" | "cat" | "tee" if writes_repository(command) => {
            let texts =
                command.invocation.statement.redirects.iter().filter(|redirect| {
                    matches!(redirect.kind, sh::RedirectKind::HereDoc | sh::RedirectKind::HereString)
                });
            (line.operands.iter().copied().chain(texts.map(|redirect| &redirect.target)).collect(), "repository")
        }
        _ => (Vec::new(), ""),
    }
}

/// Whether what a command prints goes to the definition of a package repository.
fn writes_repository(command: &Command<'_>) -> bool {
    let is_repository = |word: &sh::Word| {
        word.parts.iter().any(|part| {
            matches!(&part.kind, sh::PartKind::Literal(text) if REPOSITORIES.iter().any(|path| text.contains(path)))
        })
    };
    let to_tee = || {
        let (stages, index) = command.invocation.pipeline()?;
        let later = stages.iter().skip(index + 1).filter_map(|stage| match &stage.command {
            sh::Command::Simple(simple) => Some(simple),
            _ => None,
        });
        Some(later.flat_map(|simple| &simple.words).any(is_repository))
    };
    match files::Output::of(&command.invocation) {
        files::Output::File(redirect) => is_repository(&redirect.target),
        _ => {
            to_tee().unwrap_or_default()
                || command
                    .line
                    .as_ref()
                    .is_some_and(|line| line.is("tee") && line.operands.iter().any(|word| is_repository(word)))
        }
    }
}

/// Whether the host at a place is asked on a port of its own, where https is not spoken.
fn names_port(cx: &Context<'_, '_>, scheme: Span) -> bool {
    let line = cx.model.source.line_span(cx.model.source.line_of(scheme.end));
    let rest = cx.text(Span::new(scheme.end, line.end));
    let host = rest.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-' | '_' | '$' | '{' | '}'));
    let behind = host.and_then(|end| rest.get(end..)).unwrap_or_default();
    behind.strip_prefix(':').is_some_and(|port| port.starts_with(|c: char| c.is_ascii_digit() || c == '$'))
}

/// Whether a command takes a host without a scheme for one of http.
fn asks_bare_host(cx: &Context<'_, '_>, event: &FileEvent) -> bool {
    let line = event.command.and_then(|index| cx.model.commands().get(index)?.line.as_ref());
    line.is_some_and(|line| line.is_any(&["curl", "wget"]) && !line.has("--proto") && !line.has("--proto-default"))
}

/// Whether the clone is brought to a commit, whose hash tells what it holds.
fn is_commit_pinned(cx: &Context<'_, '_>, execution: &Execution<'_, '_>) -> bool {
    let events = cx.model.files();
    let clone = events.iter().position(|event| {
        event.command == Some(execution.index)
            && matches!(event.action, Action::Made { origin: Origin::Repository, .. })
    });
    let Some(Action::Made { path, .. }) = clone.and_then(|at| events.get(at)).map(|event| &event.action) else {
        return false;
    };
    events.iter().skip(clone.unwrap_or_default()).any(|event| match &event.action {
        Action::CheckedOut { path: at, revision } => {
            at.may_lie_in(path)
                && revision.known_str().is_some_and(|text| text.len() >= 40 && versions::is_commit(text))
        }
        _ => false,
    })
}
