//! The configuration of hadolint, written as one of oi-lint.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::report::{Format, printable_line};
use crate::rulebook::{LabelKind, Rulebook};
use crate::source::Source;
use crate::yaml::{self, BadFile, scalar};

/// What to do where hadolint itself would drop the file.
const HELP: &str = "hadolint does not read this either: correct it first, its README shows the keys";

/// The keys that hadolint documents.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
struct Keys {
    ignored: Option<Vec<String>>,
    #[serde(rename = "override")]
    overrides: Option<Overrides>,
    #[serde(rename = "trustedRegistries")]
    trusted_registries: Option<Vec<String>>,
    label_schema: Option<BTreeMap<String, LabelKind>>,
    strict_labels: Option<bool>,
    failure_threshold: Option<Threshold>,
    format: Option<String>,
    no_fail: Option<bool>,
    no_color: Option<bool>,
    disable_ignore_pragma: Option<bool>,
}

/// Of a code that stands in several the first counts.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Overrides {
    error: Option<Vec<String>>,
    warning: Option<Vec<String>>,
    info: Option<Vec<String>>,
    style: Option<Vec<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Threshold {
    Error,
    Warning,
    #[default]
    Info,
    Style,
    Ignore,
    None,
}

/// A configuration that is equal, as far as it can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    /// The text of `oi-lint.yaml`.
    pub text: String,
    /// What has no equal, and why.
    pub notes: Vec<String>,
}

/// Rewrites a configuration of hadolint.
pub fn migrate(path: &Path, source: &Source, book: &Rulebook) -> Result<Migrated, Box<BadFile>> {
    const KNOWN: [&str; 10] = [
        "ignored",
        "override",
        "trustedRegistries",
        "label-schema",
        "strict-labels",
        "failure-threshold",
        "format",
        "no-fail",
        "no-color",
        "disable-ignore-pragma",
    ];
    let keys: Option<Keys> = yaml::parse(path, source, HELP)?;
    #[allow(clippy::zero_sized_map_values, reason = "it is a map in the file")]
    let all: Option<BTreeMap<String, IgnoredAny>> = yaml::parse(path, source, HELP)?;
    let keys = keys.unwrap_or_default();
    let mut notes: Vec<String> = all
        .unwrap_or_default()
        .into_keys()
        .filter(|key| !KNOWN.contains(&&**key))
        .map(|key| format!("`{key}` is left out: hadolint has no such key"))
        .collect();
    let mut is_known = |key: &str, code: &String| {
        let is_known = book.rules().any(|rule| rule.aliases.iter().any(|alias| alias == code));
        if !is_known {
            notes.push(match book.nearest(code).filter(|known| known.eq_ignore_ascii_case(code)) {
                Some(known) => format!("`{key}: {code}` is left out: hadolint takes `{known}` in capitals only"),
                None => format!("`{key}: {code}` is left out: oi-lint reports nothing of this name"),
            });
        }
        is_known
    };
    let mut ignored = keys.ignored.unwrap_or_default();
    ignored.retain(|code| is_known("ignored", code));
    let overrides = keys.overrides.unwrap_or_default();
    let mut levels: Vec<(String, &str)> = Vec::new();
    let mut is_style = None;
    for (key, level, codes) in [
        ("error", "error", overrides.error),
        ("warning", "warning", overrides.warning),
        ("info", "info", overrides.info),
        ("style", "info", overrides.style),
    ] {
        for code in codes.unwrap_or_default() {
            let is_new = !levels.iter().any(|(known, _)| *known == code) && !ignored.contains(&code);
            if is_new && is_known(key, &code) {
                if key == "style" {
                    is_style.get_or_insert_with(|| code.clone());
                }
                levels.push((code, level));
            }
        }
    }
    if let Some(code) = is_style {
        notes.push(format!("`override: style` ({code}) is `info` here: oi-lint has no severity below it"));
    }
    let fail_on = fail_on(keys.failure_threshold.unwrap_or_default(), keys.no_fail, &mut notes);
    let format = keys.format.as_deref().and_then(|format| equal_format(format, &mut notes));
    if keys.no_color == Some(true) {
        notes.push(
            "`no-color` is left out: colours are for the command line, `--color never`, or `NO_COLOR=1`".to_owned(),
        );
    }
    if keys.disable_ignore_pragma == Some(true) {
        notes.push(
            "`disable-ignore-pragma` is left out: oi-lint has no switch for it, comments such as `# hadolint ignore=` \
             count"
                .to_owned(),
        );
    }
    let name = printable_line(&path.file_name().unwrap_or_default().to_string_lossy()).into_owned();
    let mut text = format!("# From {name} of hadolint.\nprofile: hadolint\nfail-on: {fail_on}\n");
    if let Some(format) = format {
        text += &format!("format: {}\n", format.as_str());
    }
    text += &list("", "ignore", &ignored);
    text += &map("", "severity", levels.iter().map(|(code, level)| (code.as_str(), *level)));
    let mut options = list("  ", "trusted-registries", &keys.trusted_registries.unwrap_or_default());
    let labels = keys.label_schema.unwrap_or_default();
    options += &map("  ", "label-schema", labels.iter().map(|(label, kind)| (label.as_str(), kind.as_str())));
    if keys.strict_labels == Some(true) {
        options += "  strict-labels: true\n";
    }
    if !options.is_empty() {
        text += &format!("options:\n{options}");
    }
    Ok(Migrated { text, notes })
}

/// `fail-on` for a threshold.
fn fail_on(threshold: Threshold, no_fail: Option<bool>, notes: &mut Vec<String>) -> &'static str {
    match threshold {
        _ if no_fail == Some(true) => "never",
        Threshold::Error => "error",
        Threshold::Warning => "warning",
        Threshold::Info => {
            notes.push(
                "`failure-threshold: info`, which is the default: what is `style` to hadolint is `info` here, and \
                 makes a run fail too"
                    .to_owned(),
            );
            "info"
        }
        Threshold::Style | Threshold::Ignore | Threshold::None => "info",
    }
}

/// The format of the same name; what a terminal gets is the default.
fn equal_format(written: &str, notes: &mut Vec<String>) -> Option<Format> {
    let name = written.replace('_', "-");
    let format = Format::named(&name);
    match (written, format) {
        ("tty", _) => {}
        (_, Some(Format::Json)) => notes.push("`format: json` is another document here: its keys differ".to_owned()),
        (_, Some(_)) => {}
        (_, None) => notes.push(format!("`format: {written}` is left out: oi-lint has no such format")),
    }
    format
}

fn list(indent: &str, key: &str, items: &[String]) -> String {
    let lines: Vec<String> = items.iter().map(|item| format!("{indent}  - {}\n", scalar(item))).collect();
    if lines.is_empty() { String::new() } else { format!("{indent}{key}:\n{}", lines.concat()) }
}

fn map<'m>(indent: &str, key: &str, items: impl Iterator<Item = (&'m str, &'m str)>) -> String {
    let lines: Vec<String> = items.map(|(name, value)| format!("{indent}  {}: {value}\n", scalar(name))).collect();
    if lines.is_empty() { String::new() } else { format!("{indent}{key}:\n{}", lines.concat()) }
}
