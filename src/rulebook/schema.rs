//! The shape of a rule's YAML file, read by build.rs for the built-in book and by `load.rs` for user rules.
//!
//! No struct is flattened and unknown keys are errors, so that a typo is answered with the keys that exist.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Serialize};

use super::options::Options;

/// A severity as it is written: `info`, `warning` or `error`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SeverityKey {
    /// A nudge.
    Info,
    /// A reviewer would comment on it.
    Warning,
    /// It would be refused in review.
    Error,
}

/// A profile as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ProfileKey {
    /// Good practice for every author.
    Default,
    /// A submission to the Official Images programme.
    Official,
    /// What hadolint reports.
    Hadolint,
    /// What `docker build --check` reports.
    Buildkit,
}

/// Severity by profile; a profile left out has the rule off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeverityKeys {
    /// Under `default`.
    pub default: Option<SeverityKey>,
    /// Under `official`.
    pub official: Option<SeverityKey>,
    /// Under `hadolint`.
    pub hadolint: Option<SeverityKey>,
    /// Under `buildkit`.
    pub buildkit: Option<SeverityKey>,
    /// Of a rule that no profile has on, where it is selected by its name.
    pub selected: Option<SeverityKey>,
}

impl SeverityKeys {
    /// Whether the rule is on nowhere.
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }
}

/// What a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectKey {
    /// Dockerfiles.
    #[default]
    Dockerfile,
    /// Entrypoint scripts.
    EntrypointScript,
    /// Manifests of the programme: `library/<image>`.
    LibraryManifest,
}

/// Where guidelines stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GuidelineSource {
    /// The README of docker-library/official-images; the anchor is one of its headings.
    OfficialImages,
    /// The programme's FAQ, docker-library/faq.
    Faq,
    /// "Building best practices" in Docker's documentation.
    BestPractices,
    /// The Dockerfile reference in Docker's documentation.
    DockerfileReference,
    /// NEW-IMAGE-CHECKLIST.md of docker-library/official-images.
    Checklist,
    /// BuildKit's build checks in Docker's documentation; the anchor is the check's page.
    BuildChecks,
    /// A thread of docker-library/official-images; the anchor is its number.
    Thread,
    /// hadolint's wiki; the anchor is the code of one of its rules.
    Hadolint,
    /// ShellCheck's wiki; the anchor is a code.
    Shellcheck,
    /// A rule of the user's own; the anchor is its whole URL.
    Url,
}

/// The guideline that a rule enforces.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuidelineKeys {
    /// The document.
    pub source: GuidelineSource,
    /// The place in it.
    #[serde(default)]
    pub anchor: String,
}

/// Whether a fix may be applied unseen, as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ApplicabilityKey {
    /// Yes.
    Safe,
    /// Only when asked for.
    Unsafe,
}

/// How findings of a rule are mended.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FixKeys {
    /// Whether it may be applied unseen.
    pub applicability: ApplicabilityKey,
    /// Why it is safe, or what it may change.
    pub because: String,
    /// What it does, imperative; placeholders as in the message. A check may give a title of its own.
    #[serde(default)]
    pub title: String,
    /// For `match:` rules: text inserted after the command's subcommand, or after its name where it has none.
    pub insert: Option<String>,
    /// For `match:` rules: what stands instead of the matched word (the command, the operand, the option).
    pub replace: Option<String>,
    /// For `match:` rules: delete the whole instruction, with its line.
    #[serde(default)]
    pub delete: bool,
}

/// A second wording or severity of a rule, chosen by its check.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VariantKeys {
    /// Instead of the rule's message.
    pub message: Option<String>,
    /// Instead of the rule's help.
    pub help: Option<String>,
    /// Instead of the rule's severity: one for every profile that has the rule on, or one by profile, where a profile that is
    /// left out has the variant off.
    #[serde(default, deserialize_with = "one_or_by_profile")]
    pub severity: Option<SeverityKeys>,
    /// Those of the rule's names in other linters that mean this variant alone.
    #[serde(default)]
    pub aliases: Vec<String>,
}

/// Which stages a `match:` rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StageKey {
    /// The last one.
    Final,
    /// All but the last.
    Builder,
}

/// A declarative rule: a finding for every instruction or command that matches.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatchKeys {
    /// Patterns of which one has to match.
    #[serde(deserialize_with = "one_or_many")]
    pub any: Vec<String>,
    /// Patterns that have to match besides, each of them.
    #[serde(default, deserialize_with = "one_or_many")]
    pub all: Vec<String>,
    /// Patterns of which none may match.
    #[serde(default, deserialize_with = "one_or_many")]
    pub unless: Vec<String>,
    /// Only these stages.
    pub stage: Option<StageKey>,
}

/// An example: a Dockerfile with what else it takes. A plain string is the Dockerfile alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExampleKeys {
    /// The Dockerfile; lines of carets (`#   ^^^^`) assert the spans of findings in the line above.
    pub dockerfile: String,
    /// The profile; without one every profile that has the rule on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<ProfileKey>,
    /// The file after the fixes of this rule's findings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fixed: Option<String>,
    /// How far those fixes can be trusted, where that is not what the rule says of its fixes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applicability: Option<ApplicabilityKey>,
    /// The file's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The file's mode in octal, such as `644`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<u32>,
    /// The files of the build context, by path.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, String>,
    /// The options of rules.
    #[serde(skip_serializing_if = "Options::is_empty")]
    pub options: Options,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExampleMap {
    /// `text` where the rule is about another kind of file.
    #[serde(alias = "text")]
    dockerfile: String,
    profile: Option<ProfileKey>,
    fixed: Option<String>,
    applicability: Option<ApplicabilityKey>,
    name: Option<String>,
    mode: Option<u32>,
    #[serde(default)]
    files: BTreeMap<String, String>,
    #[serde(default)]
    options: Options,
}

/// The examples of a rule, run by `cargo test` and `oi-lint test`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ExamplesKeys {
    /// Files with a finding: as many as caret lines, one where there are none.
    pub bad: Vec<ExampleKeys>,
    /// Files without a finding.
    pub good: Vec<ExampleKeys>,
}

/// One rule's file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// Kebab-case, the same as the file's name.
    pub name: String,
    /// What it is about; Dockerfiles unless it says otherwise.
    #[serde(default)]
    pub subject: SubjectKey,
    /// Whether a rule about Dockerfiles is about entrypoint scripts too.
    #[serde(default)]
    pub scripts: bool,
    /// Severity by profile.
    pub severity: SeverityKeys,
    /// The guideline enforced.
    pub guideline: GuidelineKeys,
    /// What the rule asks, in one line.
    pub summary: String,
    /// Why, for people who have not read the guideline.
    pub why: String,
    /// What is wrong, in one line, with `{placeholders}`.
    pub message: String,
    /// What to write instead, with `{placeholders}`.
    pub help: String,
    /// How findings are mended.
    pub fix: Option<FixKeys>,
    /// Names of the same rule in other linters.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Other wordings and severities, by name.
    #[serde(default)]
    pub variants: BTreeMap<String, VariantKeys>,
    /// The texts of related places, by name.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// The declarative form.
    #[serde(rename = "match")]
    pub matcher: Option<MatchKeys>,
    /// The name of the Rust check; built-in rules only.
    pub check: Option<String>,
    /// What is bad and what is good.
    pub examples: ExamplesKeys,
}

impl<'de> Deserialize<'de> for ExampleKeys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Example;
        impl<'de> Visitor<'de> for Example {
            type Value = ExampleKeys;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a Dockerfile as text, or a map with the key `dockerfile`")
            }

            fn visit_str<E>(self, text: &str) -> Result<ExampleKeys, E> {
                Ok(ExampleKeys {
                    dockerfile: text.to_owned(),
                    profile: None,
                    fixed: None,
                    applicability: None,
                    name: None,
                    mode: None,
                    files: BTreeMap::new(),
                    options: Options::default(),
                })
            }

            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<ExampleKeys, M::Error> {
                let ExampleMap { dockerfile, profile, fixed, applicability, name, mode, files, options } =
                    ExampleMap::deserialize(MapAccessDeserializer::new(map))?;
                Ok(ExampleKeys { dockerfile, profile, fixed, applicability, name, mode, files, options })
            }
        }
        deserializer.deserialize_any(Example)
    }
}

fn one_or_by_profile<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SeverityKeys>, D::Error> {
    struct OneOrByProfile;
    impl<'de> Visitor<'de> for OneOrByProfile {
        type Value = SeverityKeys;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a severity, or a map of severities by profile")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<SeverityKeys, E> {
            let key = SeverityKey::deserialize(serde::de::value::StrDeserializer::<E>::new(text))?;
            Ok(SeverityKeys { default: Some(key), official: Some(key), ..SeverityKeys::default() })
        }

        fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<SeverityKeys, M::Error> {
            SeverityKeys::deserialize(MapAccessDeserializer::new(map))
        }
    }
    deserializer.deserialize_any(OneOrByProfile).map(Some)
}

fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    struct OneOrMany;
    impl<'de> Visitor<'de> for OneOrMany {
        type Value = Vec<String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a pattern or a list of patterns")
        }

        fn visit_str<E>(self, text: &str) -> Result<Vec<String>, E> {
            Ok(vec![text.to_owned()])
        }

        fn visit_seq<S: serde::de::SeqAccess<'de>>(self, mut seq: S) -> Result<Vec<String>, S::Error> {
            let mut patterns = Vec::new();
            while let Some(pattern) = seq.next_element()? {
                patterns.push(pattern);
            }
            Ok(patterns)
        }
    }
    deserializer.deserialize_any(OneOrMany)
}
