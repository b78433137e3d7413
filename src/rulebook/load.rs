//! Reads user rules: the files of a folder, in the same form as those of `rules/`.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use super::pattern::Pattern;
use super::schema::{
    ApplicabilityKey, ExampleKeys, ExamplesKeys, FixKeys, MatchKeys, ProfileKey, RuleFile, SeverityKey, SeverityKeys,
    StageKey, SubjectKey, VariantKeys,
};
use super::{
    Example, ExampleLists, Examples, FixNote, Guideline, GuidelineSource, Items, Logic, MatchEdit, MatchSpec, Profile,
    Rule, Rulebook, SeverityByProfile, StageFilter, Subject, Text, Variant,
};
use crate::diagnostic::{Applicability, Severity};
use crate::source::{self, Source, reason};
use crate::yaml::{self, BadFile};

/// The category of a rule that stands in no folder of its own.
const NO_CATEGORY: &str = "user";

/// A rule and the file that it comes from.
#[derive(Debug, Clone)]
pub struct UserRule {
    /// The file.
    pub path: PathBuf,
    /// Its text.
    pub source: Source,
    /// The rule.
    pub rule: Rule,
}

/// Why user rules cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RulebookError {
    /// A file or folder cannot be read.
    #[error("{}: {reason}", path.display())]
    Unreadable {
        /// Which one.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
    /// There is no rule in a folder.
    #[error("{}: no rules in this folder", .0.display())]
    Empty(PathBuf),
    /// A file is no rule, or one that cannot be.
    #[error("{0}")]
    Bad(Box<BadFile>),
}

impl RulebookError {
    /// What to do next.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Unreadable { .. } => Some("rules are read from a folder of YAML files: check the path".to_owned()),
            Self::Empty(_) => Some("a rule is a file that is named after it, as in `my-rule.yaml`".to_owned()),
            Self::Bad(bad) => bad.help.clone(),
        }
    }
}

/// Reads the rules in a folder and the folders below it, in the order of their paths.
pub fn load(dir: &Path) -> Result<Vec<UserRule>, RulebookError> {
    let mut rules = Vec::new();
    for entry in walkdir::WalkDir::new(dir).sort_by_file_name() {
        let entry = entry.map_err(|error| RulebookError::Unreadable {
            path: error.path().unwrap_or(dir).to_path_buf(),
            reason: error.io_error().map_or_else(|| error.to_string(), reason),
        })?;
        let path = entry.path();
        let is_yaml = path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml");
        // Opening a pipe would wait for its writer.
        if !is_yaml || !path.is_file() {
            continue;
        }
        let unreadable = |reason: String| RulebookError::Unreadable { path: path.to_path_buf(), reason };
        let bytes = source::read(path).map_err(|error| unreadable(reason(&error)))?;
        let source = Source::new(bytes).map_err(|error| unreadable(error.to_string()))?;
        let folder = path.parent().filter(|folder| entry.depth() > 1 && *folder != dir).and_then(Path::file_name);
        let category = folder.map_or_else(|| NO_CATEGORY.to_owned(), |name| name.to_string_lossy().into_owned());
        let rule = read(path, &source, category)?;
        rules.push(UserRule { path: path.to_path_buf(), source, rule });
    }
    if rules.is_empty() { Err(RulebookError::Empty(dir.to_path_buf())) } else { Ok(rules) }
}

/// Adds a user rule to a book that does not have its name yet.
pub fn add(book: &mut Rulebook, user: UserRule) -> Result<(), RulebookError> {
    let UserRule { path, source, rule } = user;
    match book.add(rule) {
        Ok(()) => Ok(()),
        Err(rule) => Err(RulebookError::Bad(Box::new(BadFile {
            span: yaml::find(&source, "name:", &rule.name),
            message: format!("there is a rule `{}` already", rule.name),
            help: Some("give yours another name, in the file and of the file".to_owned()),
            path,
            source,
        }))),
    }
}

/// Reads one rule.
fn read(path: &Path, source: &Source, category: String) -> Result<Rule, RulebookError> {
    let file: RuleFile = yaml::parse(path, source, "rules/README.md in the repository of oi-lint shows a whole rule")
        .map_err(RulebookError::Bad)?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    match check(&file, &stem) {
        Err((key, value, message, help)) => {
            let span = yaml::find(source, key, &value);
            let (path, source) = (path.to_path_buf(), source.clone());
            Err(RulebookError::Bad(Box::new(BadFile { path, source, span, message, help: Some(help) })))
        }
        Ok(spec) => Ok(convert(file, category, Logic::Match(spec))),
    }
}

/// What the schema cannot say. An error names the key and the value that it is about.
fn check(file: &RuleFile, stem: &str) -> Result<MatchSpec, (&'static str, String, String, String)> {
    let fail = |key, value: &str, message: String, help: String| Err((key, value.to_owned(), message, help));
    let name = &file.name;
    let is_kebab = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if !name.split('-').all(is_kebab) {
        let help = "small letters, digits and single hyphens, as in `unpinned-tool`";
        return fail("name:", name, format!("`{name}` is no name for a rule"), help.into());
    }
    if name != stem {
        let help = format!("call the file `{name}.yaml`, or the rule `{stem}`");
        return fail("name:", name, format!("the rule is named `{name}`, its file `{stem}`"), help);
    }
    if file.severity.is_empty() {
        let help = "say `default: warning`, `official: error`, or both";
        return fail("severity:", "", "the rule is on in no profile".into(), help.into());
    }
    if file.check.is_some() {
        let help = "write patterns below `match:`, as in `any: RUN apt-get install ... sudo ...`";
        return fail("check:", "", "`check:` names Rust code, which only built-in rules have".into(), help.into());
    }
    let Some(matcher) = &file.matcher else {
        let help = "write patterns below `match:`, as in `any: RUN apt-get install ... sudo ...`";
        return fail("name:", name, "the key `match` is missing".into(), help.into());
    };
    for written in matcher.any.iter().chain(&matcher.all).chain(&matcher.unless) {
        if let Err(error) = Pattern::parse(written) {
            return fail("match:", written, format!("`{written}` is no pattern"), error.to_string());
        }
    }
    let anchor = &file.guideline.anchor;
    let is_url = anchor.starts_with("https://") || anchor.starts_with("http://");
    if file.guideline.source == GuidelineSource::Url && !is_url {
        let help = "give the whole address: `guideline: {source: url, anchor: https://...}`";
        return fail("guideline:", anchor, "the anchor of `source: url` is an address".into(), help.into());
    }
    if let Some(fix) = &file.fix {
        let edits = [fix.insert.is_some(), fix.replace.is_some(), fix.delete];
        if edits.into_iter().filter(|&is_given| is_given).count() != 1 {
            let help = "give one of `insert: TEXT`, `replace: TEXT` and `delete: true`";
            return fail("fix:", "", "the fix has to say what it edits".into(), help.into());
        }
    }
    if file.examples.bad.is_empty() || file.examples.good.is_empty() {
        let help = "show at least one Dockerfile below `bad:` and one below `good:`";
        return fail("examples:", "", "a rule needs examples".into(), help.into());
    }
    Ok(match_spec(matcher))
}

/// The rule that a file describes; the one place where the schema becomes the book.
fn convert(file: RuleFile, category: String, logic: Logic) -> Rule {
    let trimmed = |text: String| -> Text { Cow::Owned(text.trim_end().to_owned()) };
    Rule {
        name: file.name.into(),
        category: category.into(),
        subject: match file.subject {
            SubjectKey::Dockerfile => Subject::Dockerfile,
            SubjectKey::EntrypointScript => Subject::EntrypointScript,
            SubjectKey::LibraryManifest => Subject::LibraryManifest,
        },
        scripts: file.scripts,
        severity: by_profile(file.severity),
        guideline: Guideline { source: file.guideline.source, anchor: file.guideline.anchor.into() },
        summary: trimmed(file.summary),
        why: trimmed(file.why),
        message: trimmed(file.message),
        help: trimmed(file.help),
        fix: file.fix.map(fix_note),
        aliases: texts(&file.aliases),
        variants: file.variants.into_iter().map(variant).collect(),
        labels: file.labels.into_iter().map(|(name, label)| (name.into(), label.into())).collect(),
        examples: Examples::Read(lists(file.examples)),
        logic,
        is_builtin: false,
    }
}

fn texts(list: &[String]) -> Items<Text> {
    list.iter().map(|text| Text::from(text.clone())).collect()
}

/// A user's own rules are on in the profiles of other linters too: who names a folder of rules wants them.
fn by_profile(keys: SeverityKeys) -> SeverityByProfile {
    let own = keys.default.or(keys.official);
    SeverityByProfile {
        default: keys.default.map(severity),
        official: keys.official.map(severity),
        hadolint: keys.hadolint.or(own).map(severity),
        buildkit: keys.buildkit.or(own).map(severity),
        selected: keys.selected.map(severity),
    }
}

fn severity(key: SeverityKey) -> Severity {
    match key {
        SeverityKey::Info => Severity::Info,
        SeverityKey::Warning => Severity::Warning,
        SeverityKey::Error => Severity::Error,
    }
}

fn match_spec(keys: &MatchKeys) -> MatchSpec {
    let stage = match keys.stage {
        None => StageFilter::Any,
        Some(StageKey::Final) => StageFilter::Final,
        Some(StageKey::Builder) => StageFilter::Builder,
    };
    MatchSpec { any: texts(&keys.any), all: texts(&keys.all), unless: texts(&keys.unless), stage }
}

fn applicability(key: ApplicabilityKey) -> Applicability {
    match key {
        ApplicabilityKey::Safe => Applicability::Safe,
        ApplicabilityKey::Unsafe => Applicability::Unsafe,
    }
}

fn fix_note(keys: FixKeys) -> FixNote {
    let applicability = applicability(keys.applicability);
    let edit = match (keys.insert, keys.replace, keys.delete) {
        (Some(insert), _, _) => MatchEdit::Insert(insert.into()),
        (None, Some(replace), _) => MatchEdit::Replace(replace.into()),
        (None, None, true) => MatchEdit::Delete,
        (None, None, false) => MatchEdit::None,
    };
    FixNote { applicability, because: keys.because.into(), title: keys.title.into(), edit }
}

fn variant((name, keys): (String, VariantKeys)) -> Variant {
    Variant {
        name: name.into(),
        message: keys.message.map(Into::into),
        help: keys.help.map(Into::into),
        severity: keys.severity.map(by_profile),
        aliases: texts(&keys.aliases),
    }
}

/// The examples that the build has written; it has read them itself before.
pub(super) fn examples(written: &str) -> ExampleLists {
    lists(serde_json::from_str(written).unwrap_or_default())
}

fn lists(keys: ExamplesKeys) -> ExampleLists {
    let read = |keys: Vec<ExampleKeys>| keys.into_iter().map(example).collect();
    ExampleLists { bad: read(keys.bad), good: read(keys.good) }
}

fn example(keys: ExampleKeys) -> Example {
    let profile = keys.profile.map(|profile| match profile {
        ProfileKey::Default => Profile::Default,
        ProfileKey::Official => Profile::Official,
        ProfileKey::Hadolint => Profile::Hadolint,
        ProfileKey::Buildkit => Profile::Buildkit,
    });
    Example {
        dockerfile: keys.dockerfile.into(),
        profile,
        fixed: keys.fixed.map(Into::into),
        applicability: keys.applicability.map(applicability),
        name: keys.name.map(Into::into),
        mode: keys.mode,
        files: keys.files.into_iter().map(|(path, text)| (path.into(), text.into())).collect(),
        trusted_registries: keys.options.trusted_registries.into_iter().map(Into::into).collect(),
        label_schema: keys.options.label_schema.into_iter().map(|(name, kind)| (name.into(), kind)).collect(),
        strict_labels: keys.options.strict_labels,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const GOOD: &str = "\
name: sudo
severity: {default: warning}
guideline: {source: official-images}
summary: s
why: w
message: m
help: h
match: {any: RUN sudo ...}
examples:
  bad: [RUN sudo x]
  good: [RUN x]
";

    fn load_text(text: &str) -> Result<Rule, RulebookError> {
        read(Path::new("dir/sudo.yaml"), &Source::new(text.into()).unwrap(), "user".into())
    }

    #[test]
    fn reads_a_rule() {
        let rule = load_text(GOOD).unwrap();
        assert_eq!(
            (&*rule.name, rule.severity.default, rule.severity.official),
            ("sudo", Some(Severity::Warning), None)
        );
        assert!(matches!(&rule.logic, Logic::Match(spec) if *spec.any == [Text::from("RUN sudo ...")]));
        // The site has no page for it.
        assert_eq!((rule.page(), rule.url()), (None, rule.guideline.url()));
    }

    #[test]
    fn says_where_and_what() {
        for (from, to, place, message, help) in [
            ("summary:", "sumary:", "sumary", "unknown key `sumary`", "did you mean `summary`?"),
            (
                "default: warning",
                "default: warn",
                "warn",
                "severity.default: unknown value `warn`",
                "did you mean `warning`?",
            ),
            (
                "default: warning",
                "defualt: warning",
                "defualt",
                "severity: unknown key `defualt`",
                "did you mean `default`?",
            ),
            ("help: h\n", "", "name", "the key `help` is missing", "whole rule"),
            ("name: sudo", "name: other", "other", "the rule is named `other`, its file `sudo`", "other.yaml"),
            ("name: sudo", "name: No Sudo", "No Sudo", "`No Sudo` is no name for a rule", "hyphens"),
            ("match: {any: RUN sudo ...}", "check: engine", "check", "`check:` names Rust", "match:"),
            ("match: {any: RUN sudo ...}\n", "", "sudo", "the key `match` is missing", "match:"),
            ("RUN sudo ...}", "sudo ...}", "sudo ...", "`sudo ...` is no pattern", "upper case"),
            ("{default: warning}", "{}", "severity", "the rule is on in no profile", "default: warning"),
            ("good: [RUN x]", "good: []", "examples", "a rule needs examples", "good:"),
            ("{source: official-images}", "{source: url, anchor: x}", "x", "the anchor of `source: url`", "https"),
            ("help: h", "help: h\nfix: {applicability: safe, because: b}", "fix", "the fix has to say", "insert"),
            ("why: w", "why: [w]", "[", "why: invalid type: sequence", "whole rule"),
            ("why: w", "why: 'w", " ", "unexpected end", "whole rule"),
        ] {
            assert!(GOOD.contains(from), "{from}");
            let Err(RulebookError::Bad(bad)) = load_text(&GOOD.replace(from, to)) else {
                unreachable!("{to} was accepted");
            };
            let help_given = bad.help.clone().unwrap_or_default();
            assert_eq!(
                (bad.source.slice(bad.span), bad.message.contains(message), help_given.contains(help)),
                (place, true, true),
                "{to}: {} / {help_given}",
                bad.message
            );
        }
    }

    #[test]
    fn names_are_taken_once() {
        let mut book = Rulebook::builtin();
        let source = Source::new(GOOD.into()).unwrap();
        let user = UserRule { path: "dir/sudo.yaml".into(), rule: load_text(GOOD).unwrap(), source };
        let error = add(&mut book, user).unwrap_err();
        assert_eq!(error.to_string(), "dir/sudo.yaml:1: there is a rule `sudo` already");
    }
}
