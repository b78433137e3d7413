//! What a container starts: ENTRYPOINT and CMD of the last stage, through the stages that it is built on.

use std::ptr;

use crate::dockerfile::ast::{Keyword, Word};
use crate::dockerfile::glob::Glob;
use crate::dockerfile::views::{self, CommandForm};
use crate::shell::ast::{Command, List};
use crate::shell::table::WRAPPERS;
use crate::shell::{exec_form, invocations, parse, read};
use crate::source::Span;

use super::{Base, Model, ShellKind, Step, base, body, paths};

/// ENTRYPOINT and CMD that hold in the last stage. The base image's hold where the file has none.
#[derive(Debug, Clone, Copy, Default)]
pub struct Start<'m, 'a> {
    /// The ENTRYPOINT.
    pub entrypoint: Option<&'m Step<'a>>,
    /// The CMD.
    pub command: Option<&'m Step<'a>>,
    /// A CMD of a stage below that an ENTRYPOINT above it resets.
    pub reset: Option<&'m Step<'a>>,
}

/// What the JSON form of an ENTRYPOINT or a CMD starts; the numbers are those of its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// Nothing: `[]`.
    Nothing,
    /// What follows it: `["tini", "--"]`, `["gosu", "app"]`.
    Wrapper,
    /// A script that is written out: `["sh", "-c", "..."]`.
    Inline,
    /// A script by its name, which may hand over to its arguments.
    Script(usize),
    /// Anything else.
    Other(usize),
}

/// Programs that start and watch other programs.
const SUPERVISORS: &[&str] = &[
    "circusd",
    "dinit",
    "foreman",
    "forego",
    "hivemind",
    "honcho",
    "horust",
    "monit",
    "my_init",
    "openrc-init",
    "overmind",
    "pm2",
    "pm2-docker",
    "pm2-runtime",
    "runit",
    "runit-init",
    "runsvdir",
    "runsvdir-start",
    "s6-svscan",
    "supervisord",
    "svscan",
    "svscanboot",
    "systemd",
];

/// Whether a program of this name or path starts and watches other programs.
pub fn is_supervisor(path: &str) -> bool {
    let name = file_name(path);
    SUPERVISORS.contains(&name) || name == "init" && path.ends_with("sbin/init")
}

/// The last part of a path.
pub fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether a file is called as scripts are that start a container.
pub fn is_script_name(path: &str) -> bool {
    let name = file_name(path).to_ascii_lowercase();
    name.contains("entrypoint")
        || name.contains("entry-point")
        || [".sh", ".bash", ".ksh"].iter().any(|extension| name.ends_with(extension))
        || matches!(name.as_str(), "init" | "my_init" | "tini-wrapper")
}

/// Reads the words of an ENTRYPOINT or a CMD in JSON form.
pub fn program(words: &[Word]) -> Program {
    let list = exec_list(words);
    let Some(Command::Simple(simple)) = list.statements.first().map(|statement| &statement.command) else {
        return Program::Nothing;
    };
    let Some(line) = read(simple) else { return Program::Nothing };
    let place =
        |word: &crate::shell::ast::Word| simple.words.iter().position(|other| ptr::eq(other, word)).unwrap_or_default();
    let at = place(line.name_word);
    if line.is("sh") {
        return match line.operands.first() {
            _ if line.has("-c") => Program::Inline,
            Some(script) => Program::Script(place(script)),
            None => Program::Other(at),
        };
    }
    match words.get(at) {
        Some(_) if WRAPPERS.iter().any(|wrapper| wrapper.name == line.name) => Program::Wrapper,
        Some(word) if is_script_name(&word.text) => Program::Script(at),
        _ => Program::Other(at),
    }
}

/// Programs that are process 1 and start another one.
const INITS: &[&str] = &["tini", "tini-static", "docker-init", "dumb-init", "catatonit"];

/// The words from the program on that wrappers such as `tini --`, `env` and `gosu app` start.
pub fn without_wrappers(words: &[Word]) -> &[Word] {
    let list = exec_list(words);
    let Some(Command::Simple(simple)) = list.statements.first().map(|statement| &statement.command) else {
        return words;
    };
    let name = read(simple).and_then(|line| simple.words.iter().position(|word| ptr::eq(word, line.name_word)));
    name.and_then(|at| words.get(at..)).unwrap_or(words)
}

/// Whether the wrappers of a program have an init, and whether that tells each process of a signal.
pub fn init(wrappers: &[Word]) -> Option<bool> {
    let at = wrappers.iter().position(|word| INITS.contains(&file_name(&word.text)))?;
    let (init, options) = wrappers.get(at..)?.split_first()?;
    Some(match file_name(&init.text) {
        "dumb-init" => !options.iter().any(|word| matches!(word.text.as_str(), "-c" | "--single-child")),
        _ => options.iter().any(|word| word.text == "-g"),
    })
}

fn exec_list(words: &[Word]) -> List {
    let span = words.iter().map(|word| word.span).reduce(Span::to).unwrap_or(Span::empty(0));
    exec_form(words.iter().map(|word| (word.text.clone(), word.span)).collect(), span)
}

impl<'a> Model<'a> {
    /// ENTRYPOINT and CMD of the last stage.
    pub fn start(&self) -> Start<'_, 'a> {
        let mut start = Start::default();
        let Some(last) = self.stages.len().checked_sub(1) else { return start };
        for stage in self.stages_below(last) {
            let steps = self.steps.get(stage.steps.clone()).unwrap_or_default();
            let find = |keyword| steps.iter().rev().find(|it| it.trigger_of.is_none() && it.keyword() == keyword);
            let command = find(Keyword::Cmd);
            // An ENTRYPOINT resets the CMD of what its stage is built on.
            match (start.command, start.entrypoint) {
                (None, None) => start.command = command,
                (None, Some(_)) => start.reset = start.reset.or(command),
                _ => {}
            }
            start.entrypoint = start.entrypoint.or_else(|| find(Keyword::Entrypoint));
        }
        start
    }

    /// What a container runs, as commands. An ENTRYPOINT that is a script of its own, or the base image's, is taken to run
    /// CMD in the end.
    pub fn start_lists(&self) -> Vec<List> {
        let start = self.start();
        let entrypoint = start.entrypoint.and_then(|step| Some((step, CommandForm::of(step.instruction)?)));
        let command = || start.command.and_then(|step| started(step));
        match entrypoint {
            Some((step, CommandForm::Shell(_))) => started(step).into_iter().collect(),
            Some((step, CommandForm::Exec(words))) => match program(words) {
                Program::Nothing | Program::Wrapper => command().into_iter().collect(),
                Program::Inline | Program::Script(_) => started(step).into_iter().chain(command()).collect(),
                // What CMD says are its arguments.
                Program::Other(_) => {
                    let arguments = start.command.and_then(|step| CommandForm::of(step.instruction));
                    let arguments = match arguments {
                        Some(CommandForm::Exec(arguments)) => arguments,
                        _ => &[],
                    };
                    vec![exec_list(&[words, arguments].concat())]
                }
            },
            _ => command().into_iter().collect(),
        }
    }

    /// Whether a program of the last stage may be a script: by its name, or because it comes out of the build context or is
    /// written by a RUN.
    pub fn may_be_script(&self, path: &str) -> bool {
        let name = file_name(path);
        is_script_name(path)
            || self.steps.iter().filter(|step| self.is_shipped(step)).any(|step| match step.keyword() {
                Keyword::Copy | Keyword::Add => brings(step, path),
                Keyword::Run => self.commands_of(step.index).iter().any(|command| {
                    let statement = command.invocation.statement;
                    let is_it =
                        |word: &crate::shell::ast::Word| word.literal().is_some_and(|it| file_name(&it) == name);
                    let writes =
                        command.line.as_ref().is_some_and(|it| it.is_any(&["cp", "mv", "ln", "install", "tee"]));
                    statement.redirects.iter().any(|redirect| is_it(&redirect.target))
                        || writes && command.line.iter().any(|it| it.operands.iter().any(|word| is_it(word)))
                }),
                _ => false,
            })
    }

    /// Whether the base image of the last stage is known to come without an ENTRYPOINT: `scratch`, a distribution.
    pub fn starts_bare(&self) -> bool {
        let Some(last) = self.stages.last() else { return false };
        match self.root_image(last) {
            Some(image) => base::is_distribution(image),
            None => self.stages_below(last.index).last().is_some_and(|stage| stage.base == Base::Scratch),
        }
    }

    /// The programs that are started, as written; what `sh -c` is given included.
    pub fn started_names(&self) -> Vec<String> {
        let lists = self.start_lists();
        let lines = lists.iter().flat_map(invocations).filter_map(|invocation| Some(read(invocation.simple)?.name));
        lines.collect()
    }
}

/// What the CMD or ENTRYPOINT of a step runs, as commands; none where it is for another shell, or not what was meant.
pub fn started(step: &Step<'_>) -> Option<List> {
    if step.shell == ShellKind::Other || views::near_json(step.instruction).is_some() {
        return None;
    }
    match CommandForm::of(step.instruction)? {
        CommandForm::Shell(_) => parse(&body::shell_text(step.instruction)).ok(),
        CommandForm::Exec(words) => Some(exec_list(words)),
        CommandForm::Empty => None,
    }
}

/// Whether COPY or ADD takes a file of this path, or a folder that it may be in, out of the build context.
fn brings(step: &Step<'_>, path: &str) -> bool {
    let transfer = match (views::Copy::of(step.instruction), views::Add::of(step.instruction)) {
        (Some(copy), _) if copy.from.is_none() => copy.transfer,
        (_, Some(add)) => add.transfer,
        _ => return false,
    };
    let name = file_name(path);
    let Some(destination) = transfer.destination.map(|word| word.text.trim_end_matches('/')) else { return false };
    let mut sources = transfer.sources.iter().map(|word| word.text.as_str());
    // A folder comes with names that nobody knows.
    // A bare name is looked for in the folders of programs.
    let is_program_folder =
        matches!(destination, "" | "/usr" | "/usr/local") || ["bin", "sbin"].contains(&file_name(destination));
    let mut may_hold = sources.clone().map(|source| (source, file_name(source.trim_end_matches('/'))));
    let among_programs = !path.contains('/')
        && is_program_folder
        && may_hold.any(|(source, last)| {
            source.ends_with('/')
                || matches!(last, "." | "bin" | "sbin" | "scripts" | "rootfs" | "root")
                || last.contains('*')
                    && Glob::parse(last).is_ok_and(|glob| glob.trim_prefix(name, true).as_deref() == Some(""))
        });
    let in_folder = path.contains('/')
        && (!path.starts_with('/') || !destination.starts_with('/') || paths::lies_in(path, destination))
        && sources
            .clone()
            .any(|source| !file_name(source).contains('.') || source.contains('*') || source.ends_with('.'));
    in_folder || among_programs || file_name(destination) == name || sources.any(|source| file_name(source) == name)
}

#[cfg(test)]
mod tests {
    use crate::dockerfile::parse;
    use crate::model::{Bodies, Model};
    use crate::source::Source;

    #[test]
    fn what_starts() {
        for (file, expected) in [
            ("FROM a\nCMD [\"x\"]", "x"),
            ("FROM a\nCMD x && y", "x y"),
            ("FROM a AS b\nCMD [\"x\"]\nFROM b\nENTRYPOINT [\"tini\", \"--\"]", ""),
            ("FROM a AS b\nENTRYPOINT [\"tini\", \"--\"]\nFROM b\nCMD [\"x\"]", "x"),
            ("FROM a\nENTRYPOINT [\"/e.sh\"]\nCMD [\"gosu\", \"u\", \"x\", \"-y\"]", "e.sh x"),
            ("FROM a\nENTRYPOINT [\"x\"]\nCMD [\"y\"]", "x"),
            ("FROM a\nENTRYPOINT x\nCMD [\"y\"]", "x"),
            ("FROM a\nENTRYPOINT []\nCMD [\"sh\", \"-c\", \"x; exec y\"]", "sh x y"),
            ("FROM a\nONBUILD CMD [\"x\"]", ""),
            ("FROM a\nCMD ['x']", ""),
        ] {
            let source = Source::new(format!("{file}\n").into_bytes()).unwrap();
            let file = parse(&source);
            let bodies = Bodies::of(&file);
            let model = Model::new(&source, &file, &bodies);
            assert_eq!(model.started_names().join(" "), expected, "{file:?}");
        }
    }
}
