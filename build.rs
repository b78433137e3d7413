//! Turns `rules/` into one static table, so that no YAML is read at start. A bad rule, a rule without its check and a
//! check without its rule fail the build with the file and the line.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, process};

#[path = "src/rulebook/options.rs"]
#[allow(dead_code, unreachable_pub)]
mod options;
#[path = "src/rulebook/pattern.rs"]
#[allow(dead_code, unreachable_pub)]
mod pattern;
#[path = "src/rulebook/schema.rs"]
#[allow(dead_code, unreachable_pub)]
mod schema;

use schema::{ApplicabilityKey, FixKeys, MatchKeys, RuleFile, SeverityKey, SeverityKeys, StageKey};

fn main() {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=src/checks");
    println!("cargo::rerun-if-changed=src/rulebook/options.rs");
    println!("cargo::rerun-if-changed=src/rulebook/schema.rs");
    println!("cargo::rerun-if-changed=src/rulebook/pattern.rs");
    match table() {
        Ok(table) => {
            let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("rules.rs");
            if let Err(error) = fs::write(&out, table) {
                fail(&format!("{}: {error}", out.display()));
            }
        }
        Err(error) => fail(&error),
    }
}

fn fail(message: &str) -> ! {
    println!("cargo::error={message}");
    process::exit(1);
}

/// The category of ShellCheck's findings.
const SHELL: &str = "shell";

fn files(root: &str, extension: &str) -> Result<Vec<PathBuf>, String> {
    let mut paths = Vec::new();
    for entry in walkdir::WalkDir::new(root).sort_by_file_name() {
        let path = entry.map_err(|error| error.to_string())?.into_path();
        if path.extension().is_some_and(|found| found == extension) {
            paths.push(path);
        }
    }
    Ok(paths)
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn folder(path: &Path) -> String {
    path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned()
}

/// The name of the rule in a file. ShellCheck's codes are no names of ours, so they carry their folder.
fn named(category: &str, stem: &str) -> String {
    if category == SHELL { format!("{SHELL}/{stem}") } else { stem.to_owned() }
}

fn table() -> Result<String, String> {
    let mut rules = Vec::new();
    let mut checks_used = BTreeSet::new();
    for path in files("rules", "yaml")? {
        let shown = path.display();
        let text = fs::read_to_string(&path).map_err(|error| format!("{shown}: {error}"))?;
        let rule: RuleFile = serde_yaml::from_str(&text).map_err(|error| format!("{shown}: {error}"))?;
        let category = folder(&path);
        if rule.name != named(&category, &stem(&path)) {
            return Err(format!("{shown}:1:1: the rule is named `{}`, the file is not", rule.name));
        }
        let logic = logic(&rule, &category, &text, &mut checks_used).map_err(|(needle, message)| {
            let line = text.lines().position(|line| line.contains(&needle)).map_or(1, |at| at + 1);
            format!("{shown}:{line}:1: {message}")
        })?;
        let literal = literal(&rule, &category, &logic).map_err(|error| format!("{shown}: {error}"))?;
        rules.push((rule.name.clone(), literal));
    }
    for path in files("src/checks", "rs")? {
        let check = format!("{}::{}", folder(&path), stem(&path));
        let is_rule = path.components().count() == 4 && stem(&path) != "mod";
        if is_rule && !checks_used.contains(&check) {
            return Err(format!("{}:1:1: no rule says `check: {}`", path.display(), stem(&path).replace('_', "-")));
        }
    }
    rules.sort();
    if let Some(pair) = rules.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(format!("rules: two rules are named `{}`", pair[0].0));
    }
    let mut out = String::from("pub(super) static RULES: &[Rule] = &[\n");
    for (_, rule) in rules {
        out.push_str(&rule);
    }
    out.push_str("];\n");
    Ok(out)
}

/// The Rust of a rule's logic; the error names the text whose line it is about.
fn logic(
    rule: &RuleFile,
    category: &str,
    text: &str,
    checks_used: &mut BTreeSet<String>,
) -> Result<String, (String, String)> {
    if rule.severity.is_empty() {
        return Err(("severity:".into(), "the rule is on in no profile".into()));
    }
    if rule.examples.bad.len() < 2 || rule.examples.good.len() < 2 {
        return Err(("examples:".into(), "at least two bad and two good examples".into()));
    }
    match (&rule.matcher, rule.check.as_deref()) {
        (Some(matcher), None) => {
            for written in matcher.any.iter().chain(&matcher.all).chain(&matcher.unless) {
                if let Err(error) = pattern::Pattern::parse(written) {
                    return Err((written.clone(), format!("`{written}`: {error}")));
                }
            }
            Ok(format!("Logic::Match({})", match_spec(matcher)))
        }
        (None, None) if category == SHELL => Ok("Logic::Shellcheck".into()),
        (None, Some("engine")) => Ok("Logic::Engine".into()),
        (None, Some(check)) => {
            let module = check.replace('-', "_");
            let category = category.replace('-', "_");
            let path = format!("src/checks/{category}/{module}.rs");
            if !Path::new(&path).is_file() {
                return Err(("check:".into(), format!("there is no {path}")));
            }
            checks_used.insert(format!("{category}::{module}"));
            Ok(format!("Logic::Check(|| Box::<crate::checks::{category}::{module}::Rule>::default())"))
        }
        _ => {
            let line = text.lines().next().unwrap_or_default();
            Err((line.into(), "a rule has either `match:` or `check:`".into()))
        }
    }
}

fn text(value: &str) -> String {
    format!("Cow::Borrowed({value:?})")
}

fn items(values: impl IntoIterator<Item = String>) -> String {
    format!("Cow::Borrowed(&[{}])", values.into_iter().collect::<Vec<_>>().join(", "))
}

fn option(value: Option<String>) -> String {
    value.map_or_else(|| "None".into(), |value| format!("Some({value})"))
}

fn by_profile(keys: SeverityKeys) -> String {
    let [default, official, hadolint, buildkit, selected] =
        [keys.default, keys.official, keys.hadolint, keys.buildkit, keys.selected].map(|key| option(key.map(severity)));
    format!(
        "SeverityByProfile {{ default: {default}, official: {official}, hadolint: {hadolint}, buildkit: {buildkit}, \
         selected: {selected} }}"
    )
}

fn severity(key: SeverityKey) -> String {
    format!("Severity::{key:?}")
}

fn match_spec(matcher: &MatchKeys) -> String {
    let patterns = |list: &[String]| items(list.iter().map(|pattern| text(pattern)));
    let stage = match matcher.stage {
        None => "Any",
        Some(StageKey::Final) => "Final",
        Some(StageKey::Builder) => "Builder",
    };
    format!(
        "MatchSpec {{ any: {}, all: {}, unless: {}, stage: StageFilter::{stage} }}",
        patterns(&matcher.any),
        patterns(&matcher.all),
        patterns(&matcher.unless)
    )
}

fn applicability(key: ApplicabilityKey) -> &'static str {
    match key {
        ApplicabilityKey::Safe => "Safe",
        ApplicabilityKey::Unsafe => "Unsafe",
    }
}

fn fix_note(fix: &FixKeys) -> String {
    let applicability = applicability(fix.applicability);
    let edit = match (&fix.insert, &fix.replace, fix.delete) {
        (Some(insert), _, _) => format!("MatchEdit::Insert({})", text(insert)),
        (None, Some(replace), _) => format!("MatchEdit::Replace({})", text(replace)),
        (None, None, true) => "MatchEdit::Delete".into(),
        (None, None, false) => "MatchEdit::None".into(),
    };
    format!(
        "FixNote {{ applicability: Applicability::{applicability}, because: {}, title: {}, edit: {edit} }}",
        text(&fix.because),
        text(&fix.title)
    )
}

fn literal(rule: &RuleFile, category: &str, logic: &str) -> Result<String, serde_json::Error> {
    let variants = rule.variants.iter().map(|(name, variant)| {
        format!(
            "Variant {{ name: {}, message: {}, help: {}, severity: {}, aliases: {} }}",
            text(name),
            option(variant.message.as_deref().map(text)),
            option(variant.help.as_deref().map(text)),
            option(variant.severity.map(by_profile)),
            items(variant.aliases.iter().map(|alias| text(alias)))
        )
    });
    let mut out = String::new();
    let _ = writeln!(
        out,
        "Rule {{ name: {}, subject: Subject::{:?}, scripts: {}, category: {}, severity: {}, \
         guideline: Guideline {{ source: GuidelineSource::{:?}, anchor: {} }}, summary: {}, why: {}, message: {}, \
         help: {}, fix: {}, aliases: {}, variants: {}, labels: {}, examples: Examples::Written({:?}), logic: {logic}, is_builtin: true }},",
        text(&rule.name),
        rule.subject,
        rule.scripts,
        text(category),
        by_profile(rule.severity),
        rule.guideline.source,
        text(&rule.guideline.anchor),
        text(rule.summary.trim_end()),
        text(rule.why.trim_end()),
        text(rule.message.trim_end()),
        text(rule.help.trim_end()),
        option(rule.fix.as_ref().map(fix_note)),
        items(rule.aliases.iter().map(|alias| text(alias))),
        items(variants),
        items(rule.labels.iter().map(|(name, label)| format!("({}, {})", text(name), text(label)))),
        // Thousands of strings would have to be relocated at every start; few runs ask for an example.
        serde_json::to_string(&rule.examples)?,
    );
    Ok(out)
}
