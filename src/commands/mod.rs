//! What the subcommands do. Results go to the writer they are given, complaints to standard error.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::baseline::BaselineError;
use crate::cli::{Cli, Command};
use crate::config::ConfigError;
use crate::discover::InputError;
use crate::engine::SettingsError;
use crate::library::LibraryError;
use crate::report::{Color, Style, Terminal, count, pretty, printable_line};
use crate::rulebook::load::RulebookError;
use crate::rulebook::{Rulebook, load};
use crate::shell::program::ProgramError;
use crate::source;
use crate::write::WriteError;

pub mod ast;
mod baseline;
mod changed;
pub mod completions;
pub mod config;
pub mod explain;
mod files_from;
pub mod init;
pub mod lint;
mod linters;
pub mod man;
mod outputs;
mod pass;
mod progress;
pub mod rules;
pub mod test;

/// How a run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: nothing at or above `--fail-on`.
    Clean,
    /// 1: findings, or examples that do not hold.
    Findings,
    /// 2: wrong usage, a bad rule file, input or output that failed.
    Failure,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Clean => 0,
            Exit::Findings => 1,
            Exit::Failure => 2,
        })
    }
}

/// What ends a run, or a part of it. Each is said with what to do next.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The output cannot be written.
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
    /// A path cannot be linted.
    #[error(transparent)]
    Input(#[from] InputError),
    /// A file with fixes cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A user rule is bad.
    #[error(transparent)]
    Rulebook(#[from] RulebookError),
    /// A configuration is bad.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A baseline is bad.
    #[error(transparent)]
    Baseline(#[from] BaselineError),
    /// `init` would write over a configuration.
    #[error("there is a configuration already: `{}`", .0.display())]
    ConfigExists(PathBuf),
    /// `--library` names no library.
    #[error(transparent)]
    Library(#[from] LibraryError),
    /// `--select` or `--ignore` name nothing.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// ShellCheck does not do what it is asked.
    #[error(transparent)]
    Shellcheck(#[from] ProgramError),
    /// `explain` names nothing.
    #[error("there is no rule `{name}`")]
    UnknownRule {
        /// As written.
        name: String,
        /// The nearest known name.
        suggestion: Option<String>,
    },
    /// `--files-from` cannot be read.
    #[error("{}: the list of paths cannot be read: {}", path.display(), source::reason(source))]
    List {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Standard input is asked for twice.
    #[error("standard input cannot be a list of paths and a Dockerfile at once")]
    StdinTwice,
    /// Git does not say what is changed.
    #[error(transparent)]
    Changed(#[from] changed::ChangedError),
    /// Standard input is no file that git knows.
    #[error("standard input is in no git repository")]
    StdinChanged,
    /// `--statistics` has two formats.
    #[error("`--statistics` has no format {0}")]
    StatisticsFormat(&'static str),
    /// No Dockerfile in any of the folders.
    #[error("no Dockerfiles in {}", list(folders))]
    NothingToLint {
        /// The folders searched.
        folders: Vec<PathBuf>,
    },
    /// The configuration excludes all that was found.
    #[error("the configuration excludes all that was found, {}", count(*.0, "file"))]
    AllExcluded(usize),
}

fn list(folders: &[PathBuf]) -> String {
    let folders: Vec<String> = folders.iter().map(|folder| format!("`{}`", folder.display())).collect();
    folders.join(", ")
}

impl CommandError {
    /// Whether the reader of the output went away, as `head` does.
    pub fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// What to do next.
    pub fn help(&self) -> Option<String> {
        let rule_hint = |suggestion: &Option<String>| match suggestion {
            Some(name) => format!("did you mean `{name}`? `oi-lint rules` lists them all"),
            None => "`oi-lint rules` lists them all".to_owned(),
        };
        Some(match self {
            Self::Output(_) => "is the disk full? write the output to another place".to_owned(),
            Self::Input(InputError::Missing { path, .. }) if subcommand(path).is_some() => {
                subcommand_hint(subcommand(path).unwrap_or_default())
            }
            Self::NothingToLint { folders } if folders.iter().any(|folder| is_subcommand(folder)) => {
                let folder = folders.iter().find(|folder| is_subcommand(folder));
                subcommand_hint(folder.and_then(|folder| folder.to_str()).unwrap_or_default())
            }
            Self::Input(error) => error.help(),
            Self::Write(error) => error.help().to_owned(),
            Self::Rulebook(error) => return error.help(),
            Self::Config(error) => return error.help(),
            Self::Baseline(error) => return error.help(),
            Self::ConfigExists(_) => "`oi-lint init --force` writes over oi-lint.yaml".to_owned(),
            Self::AllExcluded(_) => {
                "name a file to lint it all the same, or see what excludes it: `oi-lint config PATH`".to_owned()
            }
            Self::List { .. } => "name a file with a path on each line, or `-` for standard input".to_owned(),
            Self::Changed(error) => error.help(),
            Self::StdinChanged => "leave `--changed` out, or name files".to_owned(),
            Self::StatisticsFormat(format) => {
                format!("leave `--format` out, or say json; for a report besides: `--output {format}:FILE`")
            }
            Self::StdinTwice => "write the list to a file: `--files-from FILE`".to_owned(),
            Self::Shellcheck(ProgramError::Scripts(_)) => "is the disk full? `--shellcheck off` needs none".to_owned(),
            Self::Shellcheck(_) => "give the path of a ShellCheck program, or leave `--shellcheck` out".to_owned(),
            Self::Library(_) => {
                "name a checkout of https://github.com/docker-library/official-images, or its folder `library`"
                    .to_owned()
            }
            Self::Settings(SettingsError::UnknownRule { suggestion, .. }) | Self::UnknownRule { suggestion, .. } => {
                rule_hint(suggestion)
            }
            Self::Settings(SettingsError::Pattern { .. }) => "correct the pattern in the rule's file".to_owned(),
            Self::NothingToLint { .. } => {
                "searched for Dockerfile, Dockerfile.*, *.Dockerfile, Containerfile and Containerfile.*; a file of \
                 another name is linted when it is named: `oi-lint path/to/file`"
                    .to_owned()
            }
        })
    }
}

/// The subcommand that a missing path was meant to be, misspelled or behind an option.
fn subcommand(path: &Path) -> Option<&'static str> {
    let written = path.to_str()?;
    let near = |name: &&str| strsim::damerau_levenshtein(written, name) <= name.len() / 4;
    Command::NAMES.into_iter().find(near)
}

fn is_subcommand(folder: &Path) -> bool {
    folder.to_str().is_some_and(|folder| Command::NAMES.contains(&folder))
}

fn subcommand_hint(name: &str) -> String {
    format!("did you mean the subcommand? it comes first, before all options: `oi-lint {name}`")
}

/// Runs what the command line asks for.
pub fn run(cli: &Cli, out: &mut dyn Write) -> Result<Exit, CommandError> {
    match &cli.command {
        None => lint::run(&cli.lint, out),
        Some(Command::Explain(args)) => explain::run(args, out),
        Some(Command::Rules(args)) => rules::run(args, out),
        Some(Command::Test(args)) => test::run(args, out),
        Some(Command::Init(args)) => init::run(args, out),
        Some(Command::Config(args)) => config::run(args, out),
        Some(Command::Schema) => config::schema(out),
        Some(Command::Ast(args)) => ast::run(args, out),
        Some(Command::Completions(args)) => completions::run(args, out),
        Some(Command::Man(args)) => man::run(args, out),
    }
}

/// The colours that the command line asks for.
pub fn color_of(cli: &Cli) -> Color {
    match &cli.command {
        None => cli.lint.color.choice(),
        Some(Command::Explain(args)) => args.color.choice(),
        Some(Command::Rules(args)) => args.color.choice(),
        Some(Command::Test(args)) => args.color.choice(),
        Some(Command::Init(args)) => args.color.choice(),
        Some(Command::Config(args)) => args.color.choice(),
        Some(Command::Ast(_) | Command::Completions(_) | Command::Man(_) | Command::Schema) => Color::Auto,
    }
}

/// Says on standard error what went wrong and what to do next.
pub fn complain(error: &CommandError, color: Color) {
    let terminal = Terminal::stderr(color);
    let text = if let CommandError::Rulebook(RulebookError::Bad(bad))
    | CommandError::Baseline(BaselineError::Bad(bad))
    | CommandError::Config(ConfigError::Bad(bad) | ConfigError::Rulebook(RulebookError::Bad(bad))) = error
    {
        pretty::render_error(bad, &terminal)
    } else {
        let (name, message) = (terminal.paint(Style::Red, "error:"), error.to_string());
        let help = error.help().map_or_else(String::new, |help| {
            format!("{} {}\n", terminal.paint(Style::Cyan, "  help:"), printable_line(&help))
        });
        // A path with a line feed in it makes no line of its own.
        format!("{name} {}\n{help}", printable_line(&message))
    };
    // With standard error closed there is nobody to tell.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Says something that is no error on standard error.
fn note(text: &str, color: Color) {
    let terminal = Terminal::stderr(color);
    let _ = writeln!(io::stderr().lock(), "{} {}", terminal.paint(Style::Cyan, "note:"), printable_line(text));
}

/// The built-in book with the user's rules.
pub fn book(dirs: &[PathBuf]) -> Result<Rulebook, RulebookError> {
    let mut book = Rulebook::builtin();
    for dir in dirs {
        for user in load::load(dir)? {
            load::add(&mut book, user)?;
        }
    }
    Ok(book)
}
