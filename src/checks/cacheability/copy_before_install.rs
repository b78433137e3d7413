//! Files of the build context that are copied before an install that does not need them.

use crate::checks::prelude::*;
use installs::{Before, Need};

/// Where files steer what a later install does, or may.
const STEERING: [&str; 14] = [
    "/etc/apt",
    "/etc/apk",
    "/etc/yum",
    "/etc/dnf",
    "/etc/zypp",
    "/etc/pacman",
    "/etc/pki",
    "/etc/ssl",
    "/etc/dpkg",
    "/etc/ld.so",
    "/usr/share/keyrings",
    "/usr/share/ca-certificates",
    "/usr/local/share/ca-certificates",
    "/etc/profile",
];
/// The names, or their endings, of files that do.
const STEERING_FILES: [&str; 24] = [
    ".list",
    ".sources",
    ".repo",
    ".gpg",
    ".asc",
    ".key",
    ".crt",
    ".pem",
    ".pub",
    ".deb",
    ".rpm",
    ".apk",
    ".npmrc",
    ".yarnrc",
    ".yarnrc.yml",
    ".gemrc",
    ".curlrc",
    ".wgetrc",
    ".netrc",
    ".condarc",
    "pip.conf",
    "apt.conf",
    "settings.xml",
    "onfig",
];
/// Directories so common that their names say nothing of a file in them, and where no build looks for its files.
const COMMON: [&str; 12] = [
    "",
    "/usr/local/bin",
    "/usr/bin",
    "/usr/local/sbin",
    "/usr/sbin",
    "/bin",
    "/sbin",
    "/etc",
    "/opt",
    "/root",
    "/docker-entrypoint.d",
    "/docker-entrypoint-initdb.d",
];

#[derive(Default)]
pub struct Rule {
    /// What the stage has copied so far that nothing has used.
    copies: Vec<Copied>,
    /// Whose dependencies are installed already.
    installed: Vec<&'static str>,
}

struct Copied {
    source: Span,
    keyword: &'static str,
    /// Whether it is the whole context; then there are no names.
    whole: bool,
    /// What a RUN that uses it has to mention one of.
    names: Vec<String>,
    /// Whether it lies where programs look without being told.
    in_place: bool,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        [Keyword::From, Keyword::Copy, Keyword::Add, Keyword::Run].map(Visit::Instruction).into()
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        match step.keyword() {
            Keyword::From => *self = Self::default(),
            _ if step.trigger_of.is_some() => {}
            Keyword::Run => self.run(step, cx),
            _ => self.copies.extend(copied(step, cx)),
        }
    }
}

impl Rule {
    fn run(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let text = cx.text(cx.model.lines_of(step));
        self.copies.retain(|copy| !copy.names.iter().any(|name| text.contains(name.as_str())));
        let commands = cx.model.commands_of(step.index);
        let found = cx.model.first_install(step);
        let Some((command, need, before)) = found else {
            // What a RUN that cannot be seen through does with the context, an install may need.
            if cx.model.body(step).list().is_none() || commands.iter().any(installs::runs_script) {
                self.copies.retain(|copy| !copy.whole && !copy.in_place);
            }
            return;
        };
        let only_installs = commands.iter().all(|command| is_about_packages(command, cx));
        let is_early = |copy: &Copied| match (&need, copy.whole) {
            (Need::Manifest { family, .. }, true) => !self.installed.contains(family) && before < Before::Unseen,
            (Need::Manifest { .. }, false) => !copy.in_place,
            (Need::Nothing, true) => before == Before::Neutral,
            (Need::Nothing, false) => !copy.in_place || only_installs,
        };
        let early: Vec<&Copied> = self.copies.iter().filter(|copy| is_early(copy)).collect();
        if let (Some(first), Some(line)) = (early.first(), &command.line) {
            let installs = line.name_word.span.to(line.subcommand.unwrap_or(line.name_word).span);
            let mut finding = Finding::at(first.source)
                .label(installs, "install")
                .with("source", cx.text(first.source))
                .with("keyword", first.keyword)
                .with("command", cx.text(installs));
            if let (Need::Manifest { files, .. }, true) = (&need, first.whole) {
                finding = finding.variant("manifest").with("files", files.clone());
            }
            // The rest of the RUN may well be what the files are for.
            if need == Need::Nothing && first.whole && !only_installs {
                finding = finding.variant("split");
            }
            for copy in early.iter().skip(1) {
                finding = finding.label(copy.source, "also");
            }
            cx.report(finding);
            self.copies.clear();
        }
        if let Need::Manifest { family, .. } = need {
            self.installed.push(family);
        }
    }
}

/// Whether a command is part of an install alone, or does what reads no file that was copied.
fn is_about_packages(command: &Command<'_>, cx: &Context<'_, '_>) -> bool {
    let Some(line) = &command.line else { return command.invocation.simple.words.is_empty() };
    apt::is_apt(line)
        || building::installs(line)
        || matches!(line.verb(), Some(Verb::Clean | Verb::Update | Verb::Upgrade | Verb::Remove))
        || line.is_any(&["set", "echo", "rm", "true", "mkdir", "apt-mark", "export"])
        || cx.model.install_need(command) == Some(Need::Nothing)
}

/// What a COPY or ADD takes from the context, where all of it is known and none of it steers an install.
fn copied(step: &Step<'_>, cx: &Context<'_, '_>) -> Option<Copied> {
    let transfer = context::transfer(step).filter(|_| !cx.model.starts_from_nothing(step))?;
    let first = *transfer.sources.first()?;
    let sources = transfer.sources.iter().map(|word| cx.model.path(step, &word.text));
    let sources: Vec<String> = sources.collect::<Option<_>>()?;
    let destination = cx.model.path(step, &transfer.destination?.text)?;
    let target = cx.model.absolute(step, &destination);
    let whole = sources.iter().any(|source| context::is_whole(source));
    let steers = |source: &String| {
        let name = source.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        context::is_remote(source) || STEERING_FILES.iter().any(|end| name.ends_with(end))
    };
    let is_root = target.as_deref() == Some("") && !whole;
    let to_tree = is_root && sources.iter().any(|source| !has_ending(source));
    if sources.iter().any(steers)
        || to_tree
        || target.as_deref().is_some_and(|path| STEERING.iter().any(|it| path.starts_with(it)))
    {
        return None;
    }
    let keyword = step.keyword().as_str();
    let in_place = match (&target, cx.model.working_directory(step)) {
        (Some(path), workdir::WorkingDirectory::Known(directory)) => {
            path.starts_with(&directory) && !directory.is_empty()
        }
        // The working directory of the base image; programs are not in it.
        (Some(path), _) => !COMMON.iter().any(|common| path == common || parent(path) == *common),
        (None, _) => true,
    };
    let names = if whole { Vec::new() } else { names(&sources, target.as_deref()) };
    Some(Copied { source: first.span, keyword, whole, names, in_place: in_place && !whole })
}

fn has_ending(source: &str) -> bool {
    let name = source.rsplit('/').next().unwrap_or_default();
    name.trim_start_matches('.').contains('.') || name.contains("entrypoint")
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// What a RUN says that uses the files: their names, where they are, or the folder that they are in.
fn names(sources: &[String], target: Option<&str>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for source in sources {
        let name = source.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        // The longest part of a pattern without a wildcard.
        let part = name.split(['*', '?', '[', ']']).max_by_key(|part| part.len()).unwrap_or_default();
        names.push(part.to_owned());
    }
    for path in target.into_iter().flat_map(|path| [path, parent(path)]) {
        if !COMMON.contains(&path) {
            names.push(path.to_owned());
        }
    }
    names.retain(|name| name.len() > 1);
    names
}
