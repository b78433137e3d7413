//! The guideline book: what a rule is, the built-in table, and user rules beside it.

use std::borrow::Cow;
use std::sync::Arc;

use crate::checks::Check;
use crate::diagnostic::{Applicability, Reference, Severity};
use crate::yaml::LONGEST_NAME;

pub mod examples;
pub mod load;
pub mod options;
pub mod pattern;
pub mod schema;

pub use options::{LabelKind, Options};
pub use schema::GuidelineSource;

/// Text of the built-in table, or of a user rule read at run time.
pub type Text = Cow<'static, str>;
/// A list of the built-in table, or of a user rule read at run time.
pub type Items<T> = Cow<'static, [T]>;

/// Which rules are on, and how severe they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// Good practice for every author.
    #[default]
    Default,
    /// A submission to the Official Images programme: also what only the programme asks.
    Official,
    /// What hadolint reports, by its own rules.
    Hadolint,
    /// What `docker build --check` reports.
    Buildkit,
}

impl Profile {
    /// Every profile.
    pub const ALL: [Self; 4] = [Self::Default, Self::Official, Self::Hadolint, Self::Buildkit];

    /// Whether it repeats what another linter reports.
    pub const fn is_of_another_linter(self) -> bool {
        matches!(self, Self::Hadolint | Self::Buildkit)
    }

    /// The name on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Official => "official",
            Self::Hadolint => "hadolint",
            Self::Buildkit => "buildkit",
        }
    }
}

/// The guideline that a rule enforces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guideline {
    /// The document.
    pub source: GuidelineSource,
    /// The place in it.
    pub anchor: Text,
}

impl Guideline {
    /// The document's name for people.
    pub fn title(&self) -> &'static str {
        match self.source {
            GuidelineSource::OfficialImages => "Official Images: Review Guidelines",
            GuidelineSource::Faq => "Official Images: FAQ",
            GuidelineSource::BestPractices => "Docker: Building best practices",
            GuidelineSource::DockerfileReference => "Docker: Dockerfile reference",
            GuidelineSource::Checklist => "Official Images: New Image Checklist",
            GuidelineSource::BuildChecks => "Docker: Build checks",
            GuidelineSource::Thread => "Official Images: review thread",
            GuidelineSource::Hadolint => "hadolint: wiki",
            GuidelineSource::Shellcheck => "ShellCheck: wiki",
            GuidelineSource::Url => "guideline",
        }
    }

    /// Title and address.
    pub fn reference(&self) -> Reference {
        Reference { title: self.title(), url: self.url() }
    }

    /// The address of the place.
    pub fn url(&self) -> String {
        let (base, join) = match self.source {
            GuidelineSource::OfficialImages => ("https://github.com/docker-library/official-images", "#"),
            GuidelineSource::Faq => ("https://github.com/docker-library/faq", "#"),
            GuidelineSource::BestPractices => ("https://docs.docker.com/build/building/best-practices/", "#"),
            GuidelineSource::DockerfileReference => ("https://docs.docker.com/reference/dockerfile/", "#"),
            GuidelineSource::Checklist => {
                ("https://github.com/docker-library/official-images/blob/master/NEW-IMAGE-CHECKLIST.md", "#")
            }
            GuidelineSource::BuildChecks => ("https://docs.docker.com/reference/build-checks", "/"),
            GuidelineSource::Thread => ("https://github.com/docker-library/official-images/pull", "/"),
            GuidelineSource::Hadolint => ("https://github.com/hadolint/hadolint/wiki", "/"),
            GuidelineSource::Shellcheck => ("https://www.shellcheck.net/wiki", "/"),
            GuidelineSource::Url => ("", ""),
        };
        if self.anchor.is_empty() { base.to_owned() } else { format!("{base}{join}{}", self.anchor) }
    }
}

/// Severity by profile; none means that the rule is off there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeverityByProfile {
    /// Under [`Profile::Default`].
    pub default: Option<Severity>,
    /// Under [`Profile::Official`].
    pub official: Option<Severity>,
    /// Under [`Profile::Hadolint`].
    pub hadolint: Option<Severity>,
    /// Under [`Profile::Buildkit`].
    pub buildkit: Option<Severity>,
    /// Of a rule that no profile has on, where it is selected by its name.
    pub selected: Option<Severity>,
}

impl SeverityByProfile {
    /// The severity under a profile.
    pub const fn under(self, profile: Profile) -> Option<Severity> {
        match profile {
            Profile::Default => self.default,
            Profile::Official => self.official,
            Profile::Hadolint => self.hadolint,
            Profile::Buildkit => self.buildkit,
        }
    }

    /// The severity in the first profile that has the rule on, else that of a rule that has to be selected.
    pub fn first(self) -> Option<Severity> {
        Profile::ALL.into_iter().find_map(|profile| self.under(profile)).or(self.selected)
    }
}

/// A second wording or severity of a rule, chosen by its check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// The name that the check uses.
    pub name: Text,
    /// Instead of the rule's message.
    pub message: Option<Text>,
    /// Instead of the rule's help.
    pub help: Option<Text>,
    /// Instead of the rule's severity; off in the profiles that it does not name, but for `hadolint`, where it is the rule's own.
    pub severity: Option<SeverityByProfile>,
    /// Those of the rule's names in other linters that mean this variant alone.
    pub aliases: Items<Text>,
}

/// How findings of a rule are mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixNote {
    /// Whether it may be applied unseen.
    pub applicability: Applicability,
    /// Why it is safe, or what it may change.
    pub because: Text,
    /// What it does; a check may give a title of its own.
    pub title: Text,
    /// What a `match:` rule edits.
    pub edit: MatchEdit,
}

/// What a `match:` rule edits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MatchEdit {
    /// Nothing, or what a check says.
    None,
    /// Insert after the subcommand, or after the name where there is none.
    Insert(Text),
    /// Put this where the matched word stands.
    Replace(Text),
    /// Delete the instruction and its line.
    Delete,
}

/// A Dockerfile that shows a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The text; lines of carets assert spans and are taken out before it is linted.
    pub dockerfile: Text,
    /// The profile; without one every profile that has the rule on.
    pub profile: Option<Profile>,
    /// The file after the fixes of this rule's findings.
    pub fixed: Option<Text>,
    /// How far those fixes can be trusted, where that is not what the rule says of its fixes.
    pub applicability: Option<Applicability>,
    /// The file's name.
    pub name: Option<Text>,
    /// The file's mode, as its octal digits read.
    pub mode: Option<u32>,
    /// The files of the build context, path and text.
    pub files: Items<(Text, Text)>,
    /// `trusted-registries` of the options.
    pub trusted_registries: Items<Text>,
    /// `label-schema` of the options.
    pub label_schema: Items<(Text, LabelKind)>,
    /// `strict-labels` of the options.
    pub strict_labels: bool,
}

impl Example {
    /// The options that it is linted with.
    pub fn options(&self) -> Options {
        Options {
            trusted_registries: self.trusted_registries.iter().map(ToString::to_string).collect(),
            label_schema: self.label_schema.iter().map(|(name, kind)| (name.to_string(), *kind)).collect(),
            strict_labels: self.strict_labels,
        }
    }
}

/// The examples of a rule.
#[derive(Debug, Clone)]
pub enum Examples {
    /// JSON of the schema's keys: those of the built-in book are read when somebody asks for them.
    Written(&'static str),
    /// As they are.
    Read(ExampleLists),
}

/// The examples of a rule, read.
#[derive(Debug, Clone, Default)]
pub struct ExampleLists {
    /// Those with a finding.
    pub bad: Vec<Example>,
    /// Those without.
    pub good: Vec<Example>,
}

impl Examples {
    /// Reads them, where they are not.
    pub fn read(&self) -> Cow<'_, ExampleLists> {
        match self {
            Self::Written(text) => Cow::Owned(load::examples(text)),
            Self::Read(lists) => Cow::Borrowed(lists),
        }
    }
}

/// Which stages a `match:` rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StageFilter {
    /// All.
    Any,
    /// The last one.
    Final,
    /// All but the last.
    Builder,
}

/// The patterns of a `match:` rule; see [`pattern`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchSpec {
    /// One has to match.
    pub any: Items<Text>,
    /// Each has to match besides.
    pub all: Items<Text>,
    /// None may match.
    pub unless: Items<Text>,
    /// Which stages.
    pub stage: StageFilter,
}

/// What finds the findings of a rule.
#[derive(Debug, Clone)]
pub enum Logic {
    /// Patterns.
    Match(MatchSpec),
    /// A check in Rust; made anew for each file, so that its state is plain fields.
    Check(fn() -> Box<dyn Check>),
    /// The engine itself, as for unused suppressions and syntax errors.
    Engine,
    /// The shell linter, under the code that ends the rule's name.
    Shellcheck,
}

/// What a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Subject {
    /// Dockerfiles.
    #[default]
    Dockerfile,
    /// Entrypoint scripts.
    EntrypointScript,
    /// Manifests of the programme: `library/<image>`.
    LibraryManifest,
}

impl Subject {
    /// Every subject.
    pub const ALL: [Self; 3] = [Self::Dockerfile, Self::EntrypointScript, Self::LibraryManifest];
}

/// One rule of the book.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Kebab-case, the only identifier.
    pub name: Text,
    /// What it is about.
    pub subject: Subject,
    /// Whether it is about entrypoint scripts too.
    pub scripts: bool,
    /// The folder it stands in, `consistency` for example.
    pub category: Text,
    /// Severity by profile.
    pub severity: SeverityByProfile,
    /// The guideline enforced.
    pub guideline: Guideline,
    /// What the rule asks, in one line.
    pub summary: Text,
    /// Why.
    pub why: Text,
    /// What is wrong, with `{placeholders}`.
    pub message: Text,
    /// What to write instead, with `{placeholders}`.
    pub help: Text,
    /// How findings are mended.
    pub fix: Option<FixNote>,
    /// Names of the same rule in other linters.
    pub aliases: Items<Text>,
    /// Other wordings and severities.
    pub variants: Items<Variant>,
    /// The texts of related places, by name.
    pub labels: Items<(Text, Text)>,
    /// What is bad and what is good.
    pub examples: Examples,
    /// What finds the findings.
    pub logic: Logic,
    /// Whether it is one of the built-in book, and no user's own.
    pub is_builtin: bool,
}

impl Rule {
    /// Whether it is about such files.
    pub fn is_about(&self, subject: Subject) -> bool {
        self.subject == subject || self.scripts && subject == Subject::EntrypointScript
    }

    /// What an example of it is.
    pub fn subject_of(&self, example: &str) -> Subject {
        if self.scripts && example.starts_with("#!") { Subject::EntrypointScript } else { self.subject }
    }

    /// The rule's page on the site; the rules of users have none.
    pub fn page(&self) -> Option<String> {
        self.is_builtin.then(|| format!("{}/rules/{}.html", env!("CARGO_PKG_HOMEPAGE"), self.name))
    }

    /// Where more is said of the rule: its page, else the guideline.
    pub fn url(&self) -> String {
        self.page().unwrap_or_else(|| self.guideline.url())
    }

    /// Whether a profile has on what the rule has of `name`, where that is one of its names: all of it, or some variants.
    pub fn is_on_as(&self, name: &str, profile: Profile) -> bool {
        let means = |variant: &&Variant| variant.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name));
        let mut variants = self.variants.iter().filter(means).peekable();
        let is_on = |variant: &Variant| match variant.severity {
            Some(severity) => profile == Profile::Hadolint || severity.under(profile).is_some(),
            None => true,
        };
        self.severity.under(profile).is_some() && (variants.peek().is_none() || variants.any(is_on))
    }

    /// Whether `name` is the rule's name or an alias, in any case.
    pub fn answers_to(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name) || self.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
    }

    /// Whether `name`, as a user writes it to choose rules, means this one: its name, an alias, or its category.
    pub fn is_named(&self, name: &str) -> bool {
        self.answers_to(name) || *name == self.category
    }
}

mod table {
    #![allow(clippy::all, clippy::pedantic)]
    use super::*;
    include!(concat!(env!("OUT_DIR"), "/rules.rs"));
}

/// A rule of a book. Books are copied, the rules in them are not.
#[derive(Debug, Clone)]
enum Known {
    Builtin(&'static Rule),
    User(Arc<Rule>),
}

impl Known {
    fn rule(&self) -> &Rule {
        match self {
            Self::Builtin(rule) => rule,
            Self::User(rule) => rule,
        }
    }
}

/// The rules known to a run.
#[derive(Debug, Clone)]
pub struct Rulebook {
    rules: Vec<Known>,
}

impl Rulebook {
    /// The built-in book, sorted by name.
    pub fn builtin() -> Self {
        Self { rules: table::RULES.iter().map(Known::Builtin).collect() }
    }

    /// The rules, sorted by name.
    pub fn rules(&self) -> impl ExactSizeIterator<Item = &Rule> {
        self.rules.iter().map(Known::rule)
    }

    /// The rule at a place of [`Rulebook::rules`].
    pub fn at(&self, index: usize) -> Option<&Rule> {
        self.rules.get(index).map(Known::rule)
    }

    /// Adds a user rule; the one that holds its name already is given back.
    #[allow(clippy::result_large_err, reason = "the rule is given back once a run at most")]
    pub fn add(&mut self, rule: Rule) -> Result<(), Rule> {
        match self.rules.binary_search_by(|known| known.rule().name.cmp(&rule.name)) {
            Ok(_) => Err(rule),
            Err(at) => {
                self.rules.insert(at, Known::User(Arc::new(rule)));
                Ok(())
            }
        }
    }

    /// The rule of this name.
    pub fn get(&self, name: &str) -> Option<&Rule> {
        let at = self.rules.binary_search_by(|known| (*known.rule().name).cmp(name)).ok()?;
        self.at(at)
    }

    /// The rules of this name or alias, in any case; several linters' names may stand for several rules.
    pub fn find(&self, name: &str) -> Vec<&Rule> {
        match self.get(name) {
            Some(rule) => vec![rule],
            None => self.rules().filter(|rule| rule.answers_to(name)).collect(),
        }
    }

    /// Whether a name, alias or category means a rule.
    pub fn knows(&self, name: &str) -> bool {
        self.rules().any(|rule| rule.is_named(name))
    }

    /// The known name or alias nearest to `name`, for "did you mean".
    pub fn nearest(&self, name: &str) -> Option<&str> {
        let name = Some(name.to_lowercase()).filter(|name| name.len() <= LONGEST_NAME)?;
        self.rules()
            .flat_map(|rule| std::iter::once(&rule.name).chain(rule.aliases.iter()))
            .map(|known| (strsim::damerau_levenshtein(&name, &known.to_lowercase()), &**known))
            .filter(|(distance, known)| *distance <= (known.len() / 3).clamp(1, 5))
            .min()
            .map(|(_, known)| known)
    }
}
