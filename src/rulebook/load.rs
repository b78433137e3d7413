//! Reads user rules: the files of a folder, in the same form as those of `rules/`.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use super::pattern::Pattern;
use super::schema::{
    ApplicabilityKey, ExampleKeys, FixKeys, MatchKeys, ProfileKey, RuleFile, SeverityKey, SeverityKeys, StageKey,
    SubjectKey, VariantKeys,
};
use super::{
    Example, FixNote, Guideline, GuidelineSource, Items, Logic, MatchEdit, MatchSpec, Profile, Rule, Rulebook,
    SeverityByProfile, StageFilter, Subject, Text, Variant,
};
use crate::diagnostic::{Applicability, Severity};
use crate::source::{Source, Span};

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

/// An error in a rule's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRule {
    /// The file.
    pub path: PathBuf,
    /// Its text.
    pub source: Source,
    /// Where the error is.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
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
    #[error("{}:{}: {}", .0.path.display(), .0.source.line_of(.0.span.start), .0.message)]
    Bad(Box<BadRule>),
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
            reason: error.io_error().map_or_else(|| error.to_string(), ToString::to_string),
        })?;
        let path = entry.path();
        let is_yaml = path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml");
        // Opening a pipe would wait for its writer.
        if !is_yaml || !path.is_file() {
            continue;
        }
        let unreadable = |reason: String| RulebookError::Unreadable { path: path.to_path_buf(), reason };
        let bytes = std::fs::read(path).map_err(|error| unreadable(error.to_string()))?;
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
        Err(rule) => Err(bad(
            &path,
            &source,
            Complaint {
                span: find(&source, "name:", &rule.name),
                message: format!("there is a rule `{}` already", rule.name),
                help: Some("give yours another name, in the file and of the file".to_owned()),
            },
        )),
    }
}

/// A complaint about a file at hand.
struct Complaint {
    span: Span,
    message: String,
    help: Option<String>,
}

fn bad(path: &Path, source: &Source, complaint: Complaint) -> RulebookError {
    let Complaint { span, message, help } = complaint;
    RulebookError::Bad(Box::new(BadRule { path: path.to_path_buf(), source: source.clone(), span, message, help }))
}

/// Reads one rule.
fn read(path: &Path, source: &Source, category: String) -> Result<Rule, RulebookError> {
    let file: RuleFile =
        serde_yaml::from_str(source.text()).map_err(|error| bad(path, source, explain(source, &error)))?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    match check(&file, &stem) {
        Err((key, value, message, help)) => {
            let complaint = Complaint { span: find(source, key, &value), message, help: Some(help) };
            Err(bad(path, source, complaint))
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

/// Where a value stands after its key; the key, or else the first line, where it cannot be found.
fn find(source: &Source, key: &str, value: &str) -> Span {
    let text = source.text();
    let starts = |at: &usize| *at == 0 || text.as_bytes().get(at - 1).is_none_or(|byte| b"\n {,".contains(byte));
    let Some(at) = text.match_indices(key).map(|(at, _)| at).find(starts) else {
        return Span::new(0, text.find('\n').unwrap_or(text.len()) as u32);
    };
    let after = at + key.len();
    let found = text.get(after..).and_then(|rest| rest.find(value)).filter(|_| !value.is_empty());
    match found {
        Some(offset) => Span::new((after + offset) as u32, (after + offset + value.len()) as u32),
        None => Span::new(at as u32, (after - 1) as u32),
    }
}

/// What the YAML reader says, in the words of a rule author.
fn explain(source: &Source, error: &serde_yaml::Error) -> Complaint {
    let text = error.to_string();
    let said = text.find(" at line ").and_then(|at| text.get(..at)).unwrap_or(&text);
    let (line, column) = error.location().map_or((1, 1), |at| (at.line() as u32, at.column()));
    let start = source.line_span(line.min(source.line_count()).max(1)).start;
    let rest = source.text().get(start as usize..).unwrap_or_default();
    let at = start + rest.chars().take(column.saturating_sub(1)).map(char::len_utf8).sum::<usize>() as u32;
    let place = word_at(source, at);
    let quoted: Vec<&str> = said.split('`').skip(1).step_by(2).collect();
    for (phrase, noun, choice) in
        [("unknown field `", "key", "the keys here are"), ("unknown variant `", "value", "it can be")]
    {
        let (Some(before), Some((unknown, known))) = (said.find(phrase), quoted.split_first()) else { continue };
        let span = find_from(source, start, unknown).unwrap_or(place);
        let nearest = known
            .iter()
            .map(|known| (strsim::damerau_levenshtein(unknown, known), *known))
            .filter(|(distance, known)| {
                let is_short_for = unknown.len() > 2 && known.starts_with(unknown);
                *distance <= (known.len() / 3).max(1) || is_short_for
            })
            .min();
        let all = format!("{choice} {}", known.join(", "));
        let help = nearest.map_or_else(|| all.clone(), |(_, known)| format!("did you mean `{known}`? {all}"));
        let path = said.get(..before).unwrap_or_default();
        return Complaint { span, message: format!("{path}unknown {noun} `{unknown}`"), help: Some(help) };
    }
    let message = match (said.find("missing field `"), quoted.first()) {
        (Some(before), Some(key)) => format!("{}the key `{key}` is missing", said.get(..before).unwrap_or_default()),
        _ => said.to_owned(),
    };
    Complaint {
        span: place,
        message,
        help: Some("rules/README.md in the repository of oi-lint shows a whole rule".to_owned()),
    }
}

/// The word at an offset, or the character there.
fn word_at(source: &Source, at: u32) -> Span {
    let rest = source.text().get(at as usize..).unwrap_or_default();
    let is_word = |char: char| char.is_alphanumeric() || char == '-' || char == '_';
    let word = rest.find(|char| !is_word(char)).unwrap_or(rest.len());
    let len = if word > 0 { word } else { rest.chars().next().map_or(0, char::len_utf8) };
    Span::new(at, at + len as u32)
}

/// The first place of a word at or after an offset.
fn find_from(source: &Source, from: u32, word: &str) -> Option<Span> {
    let at = from + source.text().get(from as usize..)?.find(word)? as u32;
    Some(Span::new(at, at + word.len() as u32))
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
        bad: file.examples.bad.into_iter().map(example).collect(),
        good: file.examples.good.into_iter().map(example).collect(),
        logic,
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
