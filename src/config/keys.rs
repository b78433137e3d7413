//! The keys of a configuration file, as they are written.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};

use super::FailOn;
use crate::diagnostic::Severity;
use crate::report::Format;
use crate::rulebook::{LabelKind, Profile};

/// A severity as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    Error,
    Warning,
    Info,
    Off,
}

impl Level {
    pub(super) const fn severity(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Info => Some(Severity::Info),
            Self::Off => None,
        }
    }
}

/// A list of texts, one alone without brackets, or nothing behind the key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Texts(pub(super) Vec<String>);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMany;
        impl<'de> Visitor<'de> for OneOrMany {
            type Value = Vec<String>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }

            fn visit_unit<E>(self) -> Result<Vec<String>, E> {
                Ok(Vec::new())
            }

            fn visit_str<E>(self, text: &str) -> Result<Vec<String>, E> {
                Ok(vec![text.to_owned()])
            }

            fn visit_seq<S: SeqAccess<'de>>(self, mut seq: S) -> Result<Vec<String>, S::Error> {
                let mut texts = Vec::new();
                while let Some(text) = seq.next_element()? {
                    texts.push(text);
                }
                Ok(texts)
            }
        }
        deserializer.deserialize_any(OneOrMany).map(Self)
    }
}

/// The keys of a file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default, expecting = "a map of keys")]
pub(super) struct Keys {
    pub(super) extends: Texts,
    pub(super) profile: Option<Profile>,
    pub(super) fail_on: Option<FailOn>,
    pub(super) format: Option<Format>,
    pub(super) baseline: Option<String>,
    pub(super) select: Option<Texts>,
    pub(super) ignore: Texts,
    pub(super) severity: Option<BTreeMap<String, Level>>,
    pub(super) options: Option<OptionKeys>,
    pub(super) exclude: Texts,
    pub(super) rules: Texts,
    pub(super) per_path: Option<Vec<PathKeys>>,
}

/// [`Options`], with what is not said.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default, expecting = "a map of keys")]
pub(super) struct OptionKeys {
    pub(super) trusted_registries: Texts,
    pub(super) label_schema: Option<BTreeMap<String, LabelKind>>,
    pub(super) strict_labels: Option<bool>,
}

/// An override for some paths.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a map with the key `paths`")]
pub(super) struct PathKeys {
    pub(super) paths: Texts,
    pub(super) profile: Option<Profile>,
    pub(super) select: Option<Texts>,
    #[serde(default)]
    pub(super) ignore: Texts,
    pub(super) severity: Option<BTreeMap<String, Level>>,
}
