//! Programs that a file installs without a package manager: unpacked onto the PATH, or made from sources.

use crate::shell::CommandLine;
use crate::shell::ast::{PartKind, Word};
use crate::source::Span;

use super::files::{self, Action, FileEvent, FilePath, Origin};
use super::text::PartialText;
use super::{Command, Model, Step};

/// Where programs are found by their names.
const BIN: [&str; 6] = ["/usr/local/bin", "/usr/local/sbin", "/usr/bin", "/usr/sbin", "/bin", "/sbin"];
/// Directories that hold one of them: archives are unpacked there without their own top directory.
const PREFIXES: [&str; 2] = ["/usr/local", "/usr"];
/// How files end that are run by an interpreter, or are no programs.
const NO_BINARIES: [&str; 18] = [
    ".sh", ".bash", ".py", ".pl", ".rb", ".php", ".phar", ".js", ".jar", ".so", ".conf", ".txt", ".gz", ".tgz", ".zip",
    ".xz", ".bz2", ".tar",
];
/// What make is asked for to install programs.
const TARGETS: [&str; 4] = ["install", "install-strip", "install-all", "altinstall"];
/// Variables that have make install into another directory, which is packed or copied.
const STAGING: [&str; 2] = ["DESTDIR", "INSTALL_ROOT"];

/// Something that is installed.
#[derive(Debug)]
pub struct Install {
    /// The command that does it, an index into [`Model::commands`]; for ADD the one that comes next.
    pub at: usize,
    /// Where.
    pub span: Span,
    /// The program; none where what is installed has many files, or names that are not known.
    pub program: Option<String>,
}

/// A file on the PATH.
struct Program {
    name: Option<String>,
}

impl Model<'_> {
    /// What a step installs of its downloads, or with make, in order.
    pub fn installs_by_hand(&self, step: &Step<'_>) -> Vec<Install> {
        let mut found = Vec::new();
        let events = self.files().get(self.events_of(step.index)).unwrap_or_default();
        if events.iter().any(|event| event.fetch().is_some()) {
            let next = self.commands().partition_point(|command| command.step <= step.index);
            for event in events {
                let line = event.command.and_then(|index| self.commands().get(index)?.line.as_ref());
                let program = match &event.action {
                    Action::Fetched(fetch) => {
                        let is_text = |url: &PartialText| is_script(url) || !is_binary(&files::file_name(url));
                        fetch.files().first().filter(|_| !fetch.urls.iter().any(is_text)).and_then(program)
                    }
                    Action::Moved { from, to, stage: None, .. } if comes_with(from, events) => program(to),
                    Action::Made { path, origin: Origin::Archive } => unpacked(path, line),
                    _ => None,
                };
                let at = event.command.unwrap_or(next);
                found.extend(program.map(|program| Install { at, span: event.span, program: program.name }));
            }
        }
        let first = self.commands().partition_point(|command| command.step < step.index);
        let made = self.commands_of(step.index).iter().enumerate().filter_map(|(index, command)| {
            let at = first + index;
            let by_make = made(command).map(|span| Install { at, span, program: None });
            by_make.or_else(|| compiled(command).map(|(span, name)| Install { at, span, program: Some(name) }))
        });
        found.extend(made);
        found.sort_by_key(|install| install.at);
        found
    }
}

/// The program that a file is, by its place and its name; none where it is none.
fn program(path: &FilePath) -> Option<Program> {
    let name = path.name();
    let is_found = BIN.iter().any(|bin| path.parent() == FilePath::absolute(bin)) && is_binary(&name);
    is_found.then(|| Program { name: name.known_str().filter(|name| is_name(name)).map(str::to_owned) })
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.contains(['*', '?', '[', '/', '.'])
}

fn is_binary(name: &PartialText) -> bool {
    !files::is_companion(name) && !NO_BINARIES.iter().any(|end| name.as_str().ends_with(end))
}

/// Whether it leads to a file of a repository, which is text.
fn is_script(url: &PartialText) -> bool {
    let text = url.as_str();
    text.contains("://raw.githubusercontent.com/") || text.contains("/raw/") && !text.contains("/releases/")
}

/// Whether a file was downloaded by the same step, or unpacked.
fn comes_with(path: &FilePath, events: &[FileEvent]) -> bool {
    events.iter().any(|event| match &event.action {
        Action::Fetched(fetch) => {
            let is_text = |url: &PartialText| is_script(url) || files::is_companion(&files::file_name(url));
            fetch.files().contains(path) && !fetch.urls.iter().any(is_text)
        }
        Action::Made { path: directory, origin: Origin::Archive } => path.lies_in(directory),
        _ => false,
    })
}

/// What is unpacked into a directory, if it is found by its name there.
fn unpacked(directory: &FilePath, line: Option<&CommandLine<'_>>) -> Option<Program> {
    let is_any = |all: &[&str]| all.iter().any(|one| *directory == FilePath::absolute(one));
    let members = || line.into_iter().flat_map(|line| &line.operands);
    if is_any(&PREFIXES) {
        let is_other = |word: &&Word| word.literal().is_none_or(|text| !text.contains("bin"));
        let is_whole = line.is_some_and(|line| line.has("--strip-components")) && !members().any(is_other);
        return is_whole.then_some(Program { name: None });
    }
    if !is_any(&BIN) {
        return program(directory);
    }
    // `tar -C /usr/local/bin -xf app.tgz app`
    let named = line.filter(|line| line.is("tar")).and_then(|line| line.operands.first()?.literal());
    let name = named.as_deref().and_then(|text| text.rsplit('/').next()).filter(|name| is_name(name));
    Some(Program { name: name.map(str::to_owned) })
}

/// The program that `cargo install` or `go build` puts onto the PATH.
fn compiled(command: &Command<'_>) -> Option<(Span, String)> {
    let line = command.line.as_ref()?;
    if line.is("cargo") && line.subcommand_is(&["install"]) && !line.has("--root") {
        let word = line.operands.first()?;
        let text = word.literal()?;
        let name = text.split('@').next().filter(|name| is_name(name))?;
        return Some((word.span, name.to_owned()));
    }
    let output = line.value_of("-o").filter(|_| line.is("go") && line.subcommand_is(&["build"]))?;
    let (folder, name) = output.text.as_deref()?.rsplit_once('/')?;
    (BIN.contains(&folder) && is_name(name)).then(|| (output.span, name.to_owned()))
}

/// Where make is asked to install programs into this image.
fn made(command: &Command<'_>) -> Option<Span> {
    let line = command.line.as_ref().filter(|line| line.is_any(&["make", "ninja", "cmake"]))?;
    // `cmake --install build`
    if line.is("cmake") {
        let is_elsewhere = command.invocation.simple.assignments.iter().any(|it| STAGING.contains(&it.name.as_str()))
            || ["--prefix", "--component"].iter().any(|option| line.has(option));
        return line.option_span("--install").filter(|_| !is_elsewhere);
    }
    let is_staging = |text: &str| STAGING.iter().any(|name| text.strip_prefix(name) == Some("="));
    let sets = |word: &&Word| match word.parts.first().map(|part| &part.kind) {
        Some(PartKind::Literal(text)) => text.split_inclusive('=').next().is_some_and(is_staging),
        _ => false,
    };
    let assigns = command.invocation.simple.assignments.iter().any(|it| STAGING.contains(&it.name.as_str()));
    let target = line.operands.iter().find(|word| TARGETS.iter().any(|target| word.is(target)))?;
    (!assigns && !line.operands.iter().copied().any(|word| sets(&word))).then_some(target.span)
}
