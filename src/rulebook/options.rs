//! What some rules ask the user for: which registries are trusted, which labels an image has.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The options of rules. Without them the rules that need one are silent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Options {
    /// The registries that images may come from, such as `docker.io` or `*.example.com`; empty means any.
    pub trusted_registries: Vec<String>,
    /// The labels that an image has to have, with what their values are.
    pub label_schema: BTreeMap<String, LabelKind>,
    /// Whether labels that `label-schema` does not name are refused.
    pub strict_labels: bool,
}

impl Options {
    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What the value of a label is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LabelKind {
    /// Any text.
    Text,
    /// A time as in RFC 3339.
    Rfc3339,
    /// A semantic version.
    Semver,
    /// A URL with its scheme.
    Url,
    /// The id of a commit, of 7 or 40 digits.
    Hash,
    /// An identifier of the SPDX list of licenses.
    Spdx,
    /// An email address.
    Email,
}

impl LabelKind {
    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Rfc3339 => "rfc3339",
            Self::Semver => "semver",
            Self::Url => "url",
            Self::Hash => "hash",
            Self::Spdx => "spdx",
            Self::Email => "email",
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn keys() {
        let options: Options = serde_json::from_str(
            r#"{"trusted-registries": ["docker.io"], "label-schema": {"a": "semver", "b": "rfc3339"}, "strict-labels": true}"#,
        )
        .unwrap();
        assert_eq!(options.trusted_registries, ["docker.io"]);
        assert_eq!(options.label_schema.get("b"), Some(&LabelKind::Rfc3339));
        assert!(options.strict_labels);
        assert_eq!(serde_json::from_str::<Options>("{}").unwrap(), Options::default());
        for wrong in [r#"{"strict_labels": true}"#, r#"{"label-schema": {"a": "number"}}"#, r#"{"x": 1}"#] {
            assert!(serde_json::from_str::<Options>(wrong).is_err(), "{wrong}");
        }
    }
}
