//! The page of a rule.

use std::collections::BTreeMap;

use oi_lint::commands::test::{ExampleLinter, fixed};
use oi_lint::diagnostic::{Applicability, Diagnostic};
use oi_lint::rulebook::examples::{plain, profiles};
use oi_lint::rulebook::{Example, Profile, Rule, Subject};
use oi_lint::source::Source;
use serde::Deserialize;

use crate::{Result, Site, link, lists, markup, read};

/// Writes it.
pub(crate) fn page(site: &Site, rule: &Rule) -> Result<String> {
    let page = format!("rules/{}", rule.name);
    let linter = ExampleLinter::new(&site.book, rule)?;
    let mut out = format!("# {}\n\n{}\n\n{}", heading(rule), rule.summary, facts(site, rule, &page));
    out += &format!("\n## Why\n\n{}\n", rule.why);
    out += &options(site, rule, &page)?;
    out += "\n## Bad\n";
    let examples = rule.examples.read();
    for (index, example) in examples.bad.iter().enumerate() {
        // A finding, and what the fix writes, belong to the example above.
        out += if index > 0 { "\n---\n" } else { "" };
        out += &bad(rule, &linter, example)?;
    }
    out += "\n## Good\n";
    for example in &examples.good {
        out += &format!(
            "\n{}{}",
            around(example),
            markup::code(&plain(&example.dockerfile), rule.subject_of(&example.dockerfile))
        );
    }
    out += &silence(rule, &page);
    Ok(out)
}

/// The name, and those in other linters: in a heading they count most for the search.
fn heading(rule: &Rule) -> String {
    let names: Vec<&str> = rule.aliases.iter().map(AsRef::as_ref).filter(|name| !rule.name.ends_with(name)).collect();
    if names.is_empty() {
        return rule.name.to_string();
    }
    format!("{} <small>{}</small>", rule.name, names.join(" "))
}

/// A list of terms, in a block of HTML without blank lines.
fn facts(site: &Site, rule: &Rule, page: &str) -> String {
    let mut out = String::from("<dl class=\"facts\">\n");
    let mut fact = |term: &str, text: &str| out += &format!("<dt>{term}</dt><dd>{text}</dd>\n");
    let severity = |profile: Profile| {
        let severity = rule.severity.under(profile)?;
        Some(format!("{} in <code>{}</code>", markup::severity(Some(severity)), profile.as_str()))
    };
    let mut severities: Vec<String> = Profile::ALL.into_iter().filter_map(severity).collect();
    if severities.is_empty() {
        severities
            .push(format!("off unless it is selected by its name, then {}", markup::severity(rule.severity.first())));
    }
    if rule.variants.iter().any(|variant| variant.severity.is_some()) {
        severities.push("some findings have another".to_owned());
    }
    fact("Severity", &severities.join(", "));
    let guideline = rule.guideline.reference();
    fact("Enforces", &format!("<a href=\"{}\">{}</a>", markup::escape(&guideline.url), guideline.title));
    if let Some(fix) = &rule.fix {
        // A title with a gap is filled in below the examples.
        let has_title = !fix.title.is_empty() && !fix.title.contains('{');
        let title = if has_title { format!(": {}", markup::inline(&fix.title)) } else { String::new() };
        let because = markup::inline(&sentence(&fix.because));
        fact("Fix", &format!("{}{title}. {because}", applicability(fix.applicability)));
    }
    if !rule.aliases.is_empty() {
        let names: Vec<String> = rule.aliases.iter().map(|name| alias(name)).collect();
        fact("Also named", &names.join(", "));
    }
    let title = site.categories.iter().find(|category| category.name == rule.category);
    let title = title.map_or(&*rule.category, |category| &category.title);
    let category = link(page, &format!("categories/{}.html", rule.category));
    fact("Category", &format!("<a href=\"{category}\">{}</a>", markup::escape(title)));
    let file = rule.name.rsplit('/').next().unwrap_or_default();
    let source = format!("rules/{}/{file}.yaml", rule.category);
    fact("Source", &format!("<a href=\"{}/blob/main/{source}\">{source}</a>", env!("CARGO_PKG_REPOSITORY")));
    out + "</dl>\n"
}

/// With a capital letter at the beginning.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn alias(name: &str) -> String {
    match lists::owner(name) {
        (owner, Some(url)) => format!("<a href=\"{url}\">{name}</a> in {owner}"),
        (owner, None) => format!("{name} in {owner}"),
    }
}

const fn applicability(applicability: Applicability) -> &'static str {
    match applicability {
        Applicability::Safe => "safe",
        Applicability::Unsafe => "unsafe",
    }
}

/// What the schema of the configuration says of an option.
#[derive(Deserialize)]
struct Described {
    description: String,
}

/// The options that examples of the rule set.
fn options(site: &Site, rule: &Rule, page: &str) -> Result<String> {
    let lists = rule.examples.read();
    let examples = || lists.bad.iter().chain(&lists.good);
    let options = [
        ("trusted-registries", "a list of patterns", "none", examples().any(|one| !one.trusted_registries.is_empty())),
        ("label-schema", "a map from names to kinds", "none", examples().any(|one| !one.label_schema.is_empty())),
        ("strict-labels", "`true` or `false`", "`false`", examples().any(|one| one.strict_labels)),
    ];
    if !options.iter().any(|(.., is_set)| *is_set) {
        return Ok(String::new());
    }
    let schema: serde_json::Value = serde_json::from_str(&read(&site.root.join("docs/oi-lint.schema.json"))?)?;
    let described = schema.pointer("/properties/options/properties").cloned().unwrap_or_default();
    let described: BTreeMap<String, Described> = serde_json::from_value(described)?;
    let configuration = link(page, "configuration.md");
    let mut out = format!(
        "\n## Options\n\nBelow `options:` of the [configuration]({configuration}).\n\n| option | type | default | |\n|---|---|---|---|\n"
    );
    for (name, kind, default, _) in options.into_iter().filter(|(.., is_set)| *is_set) {
        let said = described.get(name).ok_or_else(|| format!("the schema has no option `{name}`"))?;
        out += &format!("| `{name}` | {kind} | {default} | {} |\n", said.description);
    }
    Ok(out)
}

/// The profiles that have the rule on.
fn on(rule: &Rule) -> impl Iterator<Item = Profile> {
    Profile::ALL.into_iter().filter(|&profile| rule.severity.under(profile).is_some())
}

/// A bad example: its findings, and what their fixes make of it.
fn bad(rule: &Rule, linter: &ExampleLinter<'_>, example: &Example) -> Result<String> {
    let before = plain(&example.dockerfile);
    let source = Source::new(before.clone().into_bytes())?;
    let profile = profiles(rule, example).first().copied().unwrap_or_default();
    let own = |found: &Diagnostic| found.rule == rule.name;
    let found: Vec<Diagnostic> = linter.lint(profile, &source, example).into_iter().filter(own).collect();
    if found.is_empty() {
        return Err(format!("{}: a bad example without a finding", rule.name).into());
    }
    let mut out = format!("\n{}{}", around(example), markup::code_with(&source, rule.subject_of(&before), &found));
    // A rule that is on in one profile says so above.
    let is_told = example.profile.is_none() || on(rule).count() < 2;
    let under = if is_told { String::new() } else { format!(" in the profile <code>{}</code>", profile.as_str()) };
    for found in &found {
        out += &finding(found, &source, &under);
    }
    let fixes: Vec<_> = found.iter().filter_map(|found| found.fix.as_ref()).collect();
    if let Some(fix) = fixes.first() {
        let is_safe = fixes.iter().all(|fix| fix.applicability == Applicability::Safe);
        let option = if is_safe { "--fix" } else { "--fix --unsafe-fixes" };
        let title = markup::inline(&fix.title);
        out += &format!("\n<p class=\"fix\">With <code>{option}</code> ({title}):</p>\n\n");
        out += &markup::code_after(&before, &fixed(&source, &found), rule.subject_of(&before));
    }
    Ok(out)
}

fn finding(found: &Diagnostic, source: &Source, under: &str) -> String {
    let at = source.position(found.span.start);
    let mut out = format!(
        "\n<div class=\"finding is-{0}\"><p><strong>{0}</strong>{under}, line {1}, column {2}: {3}</p>",
        found.severity,
        at.line,
        at.column,
        markup::inline(&found.message)
    );
    for label in &found.related {
        let line = source.position(label.span.start).line;
        out += &format!("<p>line {line}: {}</p>", markup::inline(&label.message));
    }
    if let Some(help) = &found.help {
        out += &format!("<p>help: {}</p>", markup::inline(help));
    }
    out + "</div>\n"
}

/// What an example says of the file and of what lies around it.
fn around(example: &Example) -> String {
    let mut out = String::new();
    let options = example.options();
    let mut lines = String::new();
    if !options.trusted_registries.is_empty() {
        let quoted: Vec<String> = options.trusted_registries.iter().map(|one| format!("{one:?}")).collect();
        lines += &format!("  trusted-registries: [{}]\n", quoted.join(", "));
    }
    if !options.label_schema.is_empty() {
        let labels: Vec<String> =
            options.label_schema.iter().map(|(name, kind)| format!("{name}: {}", kind.as_str())).collect();
        lines += &format!("  label-schema: {{{}}}\n", labels.join(", "));
    }
    if options.strict_labels {
        lines += "  strict-labels: true\n";
    }
    if !lines.is_empty() {
        out += &format!("With\n\n```yaml\noptions:\n{lines}```\n\n");
    }
    for (path, text) in example.files.iter() {
        if text.is_empty() {
            out += &format!("Beside it lies `{path}`.\n\n");
        } else {
            let language = if path.ends_with("Dockerfile") { "dockerfile" } else { "" };
            let text = if text.ends_with('\n') { text.to_string() } else { format!("{text}\n") };
            out += &format!(
                "<p class=\"file\"><code>{}</code></p>\n\n{}\n",
                markup::escape(path),
                markup::block(language, &text)
            );
        }
    }
    let mode = example.mode.map_or_else(String::new, |mode| format!(", mode {mode}"));
    if let Some(name) = &example.name {
        out += &format!("<p class=\"file\"><code>{}</code>{mode}</p>\n\n", markup::escape(name));
    } else if !mode.is_empty() {
        out += &format!("<p class=\"file\">{}</p>\n\n", mode.trim_start_matches(", "));
    } else if !example.files.is_empty() {
        out += "<p class=\"file\">The file itself</p>\n\n";
    }
    out
}

fn silence(rule: &Rule, page: &str) -> String {
    let name = &rule.name;
    let comment = match rule.subject {
        Subject::Dockerfile => "above the instruction or the line of its RUN",
        Subject::EntrypointScript => "above the command",
        Subject::LibraryManifest => "above the field",
    };
    format!(
        "\n## Silence it\n\nBy a comment {comment}, with a reason:\n\n{}\nFor the whole file: `# oi-lint global ignore={name}`. \
         For a project, in its [`oi-lint.yaml`]({}):\n\n```yaml\nignore: [{name}]\n```\n",
        markup::code(&format!("# oi-lint ignore={name} -- the reason\n"), rule.subject),
        link(page, "configuration.md"),
    )
}
