//! The linters of a part of a run, and how their findings are printed.

use std::cell::OnceCell;
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use super::CommandError;
use super::baseline::Baselines;
use crate::baseline::Baseline;
use crate::cli::{LintArgs, ShellcheckArg};
use crate::config::{CommandLine, Config, Configs, FailOn};
use crate::diagnostic::Severity;
use crate::discover::Input;
use crate::engine::{Linter, Settings};
use crate::report::{Format, Reporter, Terminal};
use crate::rulebook::{Profile, Rule, Rulebook};
use crate::shell::program::{self, ProgramError, ShellcheckProgram};

/// One for each configuration and each set of its overrides.
pub(super) struct Linters<'a> {
    args: &'a LintArgs,
    configs: Configs,
    command_line: CommandLine,
    /// The paths that are named outright.
    paths: &'a [PathBuf],
    /// The files among them, which nothing excludes.
    named: OnceCell<HashSet<PathBuf>>,
    pub(super) made: Vec<Linter>,
    /// What each was made from.
    from: Vec<Made>,
}

struct Made {
    config: Rc<Config>,
    settings: Settings,
}

/// What a file is judged by.
pub(super) struct Judge {
    /// Its linter's place.
    pub(super) linter: usize,
    pub(super) fail_on: FailOn,
    /// Where the file is: its folder without links.
    pub(super) place: PathBuf,
    pub(super) baseline: Option<Arc<Baseline>>,
}

impl<'a> Linters<'a> {
    pub(super) fn new(args: &'a LintArgs, paths: &'a [PathBuf]) -> Self {
        Self {
            args,
            configs: Configs::new(args.config.choice(), &args.rules),
            command_line: CommandLine {
                profile: args.profile.map(Into::into),
                select: names(&args.select),
                ignore: names(&args.ignore),
            },
            paths,
            named: OnceCell::new(),
            made: Vec::new(),
            from: Vec::new(),
        }
    }

    /// Who judges a file; none where it is excluded.
    pub(super) fn of(&mut self, input: &Input, baselines: &mut Baselines<'_>) -> Result<Option<Judge>, CommandError> {
        let path = match input {
            Input::File(path) => path.clone(),
            Input::Stdin => self.args.stdin_filename.as_deref().unwrap_or("Dockerfile").into(),
        };
        let (config, place) = self.configs.of(&path)?;
        if *input != Input::Stdin && config.excludes(&place) && !self.is_named(&path) {
            return Ok(None);
        }
        let baseline = baselines.of(&config)?;
        let fail_on = self.args.fail_on.or_else(|| config.fail_on()).unwrap_or_default();
        let settings = config.settings(&place, &self.command_line);
        let is_same = |made: &Made| Rc::ptr_eq(&made.config, &config) && made.settings == settings;
        if let Some(linter) = self.from.iter().position(is_same) {
            return Ok(Some(Judge { linter, fail_on, place, baseline }));
        }
        let linter = with_shellcheck(Linter::new(config.book().clone(), &settings)?, self.args)?;
        self.made.push(linter);
        self.from.push(Made { config, settings });
        Ok(Some(Judge { linter: self.made.len() - 1, fail_on, place, baseline }))
    }

    fn is_named(&self, path: &Path) -> bool {
        let files = || self.paths.iter().filter(|path| path.is_file()).filter_map(|path| fs::canonicalize(path).ok());
        let named = self.named.get_or_init(|| files().collect());
        fs::canonicalize(path).is_ok_and(|path| named.contains(&path))
    }

    /// How the whole run is printed: as the first file's configuration says, unless the command line does.
    pub(super) fn format(&self) -> Format {
        if self.args.diff {
            return Format::default();
        }
        let configured = || self.from.first().and_then(|made| made.config.format());
        match self.args.format.map(Into::into).or_else(configured).unwrap_or_default() {
            Format::Json if self.args.statistics => Format::StatisticsJson,
            _ if self.args.statistics => Format::Statistics,
            format => format,
        }
    }

    /// The profile of all files.
    pub(super) fn profile(&self) -> Option<Profile> {
        let profile = self.from.first().map(|made| made.settings.profile);
        profile.filter(|first| self.from.iter().all(|made| made.settings.profile == *first))
    }

    /// What the reporters have in common. They know the rules of all linters, or those of `book`, where it is not known yet which
    /// linters there will be.
    pub(super) fn reporter<'r>(&'r self, profile: Option<Profile>, book: Option<&'r Rulebook>) -> Reporter<'r> {
        let (format, quiet) = (self.format(), self.args.quiet);
        let terminal = Terminal::stdout(self.args.color.choice());
        let mut rules: Vec<(&Rule, Severity)> = match book {
            Some(book) => book.rules().map(|rule| (rule, rule.severity.first().unwrap_or(Severity::Info))).collect(),
            None => self.made.iter().flat_map(Linter::rules).collect(),
        };
        rules.sort_by(|(one, _), (other, _)| one.name.cmp(&other.name));
        rules.dedup_by(|(one, _), (other, _)| one.name == other.name);
        Reporter { format, terminal, rules, profile, quiet }
    }
}

fn with_shellcheck(linter: Linter, args: &LintArgs) -> Result<Linter, ProgramError> {
    Ok(match &args.shellcheck {
        ShellcheckArg::Off => linter,
        ShellcheckArg::Program(path) => linter.with_shellcheck(ShellcheckProgram::at(path)?),
        ShellcheckArg::Auto if !linter.has_shell_rules() => linter,
        ShellcheckArg::Auto => match ShellcheckProgram::at(Path::new(program::NAME)) {
            Ok(program) => linter.with_shellcheck(program),
            Err(_) => linter,
        },
    })
}

/// `--select a, b,` as people write it.
fn names(list: &[String]) -> Vec<String> {
    list.iter().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}
