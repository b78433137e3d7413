//! The command line's types.

use std::path::PathBuf;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{ArgAction, ArgGroup, Args, ColorChoice, Parser, Subcommand};

use crate::config::{Choice, FailOn};
use crate::diagnostic::Applicability;
use crate::report;

mod values;

pub use values::{FormatArg, KindArg, ListFormat, OutputArg, ProfileArg, ShellcheckArg};

const EXAMPLES: &str = "\
\u{1b}[1;32mExamples:\u{1b}[0m
  oi-lint                             lint every Dockerfile below the current folder
  oi-lint --profile official 3.14/    review a submission to the Official Images programme
  oi-lint - < Dockerfile              lint standard input
  git ls-files -z '*Dockerfile' | oi-lint --files-from -
  oi-lint --changed=origin/main       lint what a branch has changed
  oi-lint --fix                       apply the fixes that are safe; --diff shows them
  oi-lint --format json | jq .summary
  oi-lint explain healthcheck         say why, and show what is good and what is bad

\u{1b}[1;32mExit codes:\u{1b}[0m
  0  nothing at or above --fail-on was found
  1  something was
  2  the run failed: wrong usage, a bad rule or configuration, a file that cannot be read";

const SHORT_EXAMPLES: &str = "Exit codes: 0 no findings, 1 findings, 2 the run failed. More, with examples: --help";

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// Lint Dockerfiles against the Docker Official Images guidelines.
///
/// The review that the Official Images maintainers would give, on any Dockerfile. Each finding says what to write
/// instead and names the guideline that asks for it.
#[derive(Debug, Parser)]
#[command(
    name = "oi-lint",
    version,
    styles = STYLES,
    max_term_width = 100,
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true,
    after_help = SHORT_EXAMPLES,
    after_long_help = EXAMPLES
)]
pub struct Cli {
    /// Something else than linting.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Linting.
    #[command(flatten)]
    pub lint: LintArgs,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say what a rule asks, why, and how it looks
    Explain(ExplainArgs),
    /// List the rules
    Rules(RulesArgs),
    /// Run the examples in folders of your own rules
    Test(TestArgs),
    /// Write a commented oi-lint.yaml, or one that is equal to a configuration of hadolint
    Init(InitArgs),
    /// Print the configuration that applies to a path, and which file says so
    Config(ConfigArgs),
    /// Print the JSON Schema of oi-lint.yaml
    Schema,
    /// Print the syntax tree of Dockerfiles
    Ast(AstArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Print the manual page, or write all of them into a folder
    Man(ManArgs),
}

impl Command {
    /// The names, for hints.
    pub const NAMES: [&str; 9] = ["explain", "rules", "test", "init", "config", "schema", "ast", "completions", "man"];
}

/// What and how to lint.
#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[command(group(ArgGroup::new("fixing").args(["fix", "diff"])))]
pub struct LintArgs {
    /// Files, folders, or `-` for standard input [default: the current folder]
    ///
    /// A folder is searched for Dockerfile, Dockerfile.*, *.Dockerfile, Containerfile and Containerfile.*, for entrypoint
    /// scripts beside them, and for manifests of the programme in folders called library; templates, backups and what .gitignore excludes
    /// are left out. A file that is named is linted whatever its name. Write
    /// `./rules` for a path that is called like a subcommand.
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Lint also the paths in this file, `-` for standard input: one a line, or separated by NUL
    ///
    /// Each is linted like one that is named on the command line; relative paths begin at the current folder. A list can be of any
    /// length. It is linted in parts of 4,096 paths: a manifest is judged together with the Dockerfiles of its part, and a path that is
    /// there twice is linted once in each part.
    #[arg(long, conflicts_with = "stdin_filename", value_name = "FILE")]
    pub files_from: Option<PathBuf>,

    /// Lint only the files that git says are changed: since the last commit, or since the branch left REV, as in `--changed=main`
    ///
    /// Changed is what is modified, staged, renamed, or new and not ignored; with a revision also what was committed since the merge
    /// base of it and HEAD. It narrows down what is found, what the command line names, and what is listed.
    #[arg(
        long,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "HEAD",
        conflicts_with = "stdin_filename",
        value_name = "REV"
    )]
    pub changed: Option<String>,

    /// Which rules are on: good practice for everyone, or also what only the Official Images programme asks [default: default]
    #[arg(long, value_enum, value_name = "NAME")]
    pub profile: Option<ProfileArg>,

    /// The least severity that makes the exit code 1 [default: warning]
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub fail_on: Option<FailOn>,

    /// Run only these rules (names, aliases such as DL3015, or categories; separated by commas)
    #[arg(long, value_delimiter = ',', action = ArgAction::Append, value_name = "RULE")]
    pub select: Vec<String>,

    /// Leave out these rules (names, aliases or categories; separated by commas)
    #[arg(long, value_delimiter = ',', action = ArgAction::Append, value_name = "RULE")]
    pub ignore: Vec<String>,

    /// A folder with rules of your own; may be repeated
    #[arg(long, value_name = "DIR")]
    pub rules: Vec<PathBuf>,

    /// How findings are printed [default: pretty]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub format: Option<FormatArg>,

    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigSource,

    /// Write the report to a file instead of standard output; with `FORMAT:FILE` another report besides, and may be repeated
    ///
    /// A file is written whole or not at all. `--format github --output sarif:oi-lint.sarif` annotates and leaves a report behind.
    #[arg(short, long, conflicts_with = "diff", value_name = "[FORMAT:]FILE")]
    pub output: Vec<OutputArg>,

    /// Report only what is new: leave out the findings that this file has, which --write-baseline writes
    ///
    /// A finding is known by its file, its rule and the words of its line, so lines may move; of equal ones as many are known as were
    /// there. What is known makes no run fail. --fix mends it like the rest, and --diff shows that.
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,

    /// Report also what the baseline of the configuration has
    #[arg(long, conflicts_with_all = ["baseline", "write_baseline"])]
    pub no_baseline: bool,

    /// Write all findings into the baseline, so that they are known from now on, and exit with 0
    ///
    /// The file is that of --baseline, else that of the configuration, else oi-lint-baseline.json in the current folder. What is known
    /// of files that are not linted in this run, or of rules that are off in it, stays.
    #[arg(long, conflicts_with = "diff")]
    pub write_baseline: bool,

    /// Print how often each rule found something, instead of where
    ///
    /// A table, or an array with `--format json`. `[*]` means that --fix mends all of it, `[-]` that it mends some. Reports of
    /// `--output FORMAT:FILE` are as ever.
    #[arg(long, conflicts_with = "diff")]
    pub statistics: bool,

    /// What the files are, whatever their names
    ///
    /// Without it a file is what it is called: `*entrypoint*.sh` is an entrypoint script, a file in a folder `library` is a
    /// manifest of the programme, all others are Dockerfiles.
    #[arg(long, value_enum, value_name = "KIND")]
    pub kind: Option<KindArg>,

    /// Apply safe fixes to the files
    ///
    /// A fix is safe where the image built is the same or better and no build that worked fails. Standard input is written to
    /// standard output with its fixes, and the report goes to standard error.
    #[arg(long, conflicts_with = "diff")]
    pub fix: bool,

    /// With --fix or --diff: apply also fixes that may change what a build does
    #[arg(long, requires = "fixing")]
    pub unsafe_fixes: bool,

    /// Print what --fix would change as a unified diff, and change nothing; the exit code is 1 if there is something
    #[arg(long, conflicts_with = "format")]
    pub diff: bool,

    /// A checkout of docker-library/official-images, for the tags and architectures of base images
    ///
    /// Its folder `library` will do. Without it the library as it was when this program was built is asked, which knows no tags that are newer.
    /// A Dockerfile that one of its manifests builds is judged for what the manifest says.
    #[arg(long, value_name = "DIR")]
    pub library: Option<PathBuf>,

    /// Who finds what ShellCheck finds: `off` for oi-lint itself, `auto` for the ShellCheck that is installed if there is one, or the
    /// path of one
    ///
    /// The findings of oi-lint are those of ShellCheck but for a few; ShellCheck itself takes longer. It is run once for all files.
    #[arg(long, default_value = "off", value_name = "auto|off|PATH")]
    pub shellcheck: ShellcheckArg,

    /// The name to show for standard input; without paths, standard input is read
    #[arg(long, value_name = "NAME")]
    pub stdin_filename: Option<String>,

    /// Print findings and errors only: no summary, no notes, no progress
    #[arg(short, long)]
    pub quiet: bool,

    /// The colours of the output.
    #[command(flatten)]
    pub color: ColorArg,
}

impl LintArgs {
    /// The fixes that the user wants, if any.
    pub fn fixes(&self) -> Option<Applicability> {
        let most = if self.unsafe_fixes { Applicability::Unsafe } else { Applicability::Safe };
        (self.fix || self.diff).then_some(most)
    }
}

/// `--config` and `--no-config`.
#[derive(Debug, Args)]
pub struct ConfigSource {
    /// A configuration for all files, instead of the nearest oi-lint.yaml upward from each
    ///
    /// What the command line says wins over the configuration; --ignore adds to what it ignores.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Read no configuration
    #[arg(long, conflicts_with = "config")]
    pub no_config: bool,
}

impl ConfigSource {
    /// The same for the configuration's reader.
    pub fn choice(&self) -> Choice {
        match &self.config {
            Some(path) => Choice::File(path.clone()),
            None if self.no_config => Choice::None,
            None => Choice::Nearest,
        }
    }
}

/// Colours.
#[derive(Debug, Clone, Copy, Args)]
pub struct ColorArg {
    /// When to use colours; `auto` heeds `NO_COLOR`, `CLICOLOR_FORCE` and `TERM=dumb`
    #[arg(long, default_value_t = ColorChoice::Auto, value_name = "WHEN")]
    pub color: ColorChoice,
}

impl ColorArg {
    /// The same for the report.
    pub fn choice(self) -> report::Color {
        match self.color {
            ColorChoice::Auto => report::Color::Auto,
            ColorChoice::Always => report::Color::Always,
            ColorChoice::Never => report::Color::Never,
        }
    }
}

/// `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// A rule's name, or its name in another linter (DL3015, SC2086)
    #[arg(value_name = "RULE")]
    pub rule: String,
    /// A folder with rules of your own; may be repeated
    #[arg(long, value_name = "DIR")]
    pub rules: Vec<PathBuf>,
    /// The colours of the output.
    #[command(flatten)]
    pub color: ColorArg,
}

/// `rules`.
#[derive(Debug, Args)]
pub struct RulesArgs {
    /// How the list is printed
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: ListFormat,
    /// Only the rules that are on in this profile
    #[arg(long, value_enum, value_name = "NAME")]
    pub profile: Option<ProfileArg>,
    /// A folder with rules of your own; may be repeated
    #[arg(long, value_name = "DIR")]
    pub rules: Vec<PathBuf>,
    /// The colours of the output.
    #[command(flatten)]
    pub color: ColorArg,
}

/// `test`.
#[derive(Debug, Args)]
pub struct TestArgs {
    /// Folders with rules
    #[arg(value_name = "DIR", required = true)]
    pub dirs: Vec<PathBuf>,
    /// The colours of the output.
    #[command(flatten)]
    pub color: ColorArg,
}

/// `init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// Say what this configuration of hadolint says [default: .hadolint.yaml]
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = ".hadolint.yaml")]
    pub from_hadolint: Option<PathBuf>,
    /// Write over an oi-lint.yaml that is there
    #[arg(long)]
    pub force: bool,
    /// The colours of the output.
    #[command(flatten)]
    pub color: ColorArg,
}

/// `config`.
#[derive(Debug, Args)]
pub struct ConfigArgs {
    /// A file, or a folder for a Dockerfile in it
    #[arg(value_name = "PATH", default_value = ".")]
    pub path: PathBuf,
    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigSource,
    /// The colours of errors.
    #[command(flatten)]
    pub color: ColorArg,
}

/// `ast`.
#[derive(Debug, Args)]
pub struct AstArgs {
    /// Dockerfiles, or `-` for standard input
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Also print the shell trees of RUN bodies
    #[arg(long)]
    pub shell: bool,
}

/// `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// `man`.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// The folder for `oi-lint.1` and a page of each subcommand; without it the page of oi-lint goes to standard output
    #[arg(value_name = "DIR")]
    pub dir: Option<PathBuf>,
}
