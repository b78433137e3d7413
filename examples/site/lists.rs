//! The lists of rules: of a category, of all, and by their names in other linters.

use oi_lint::diagnostic::Applicability;
use oi_lint::rulebook::{Profile, Rule};

use crate::{Category, Site, link, markup};

const LEGEND: &str = "A severity is that in a profile; – says that the rule is off there, unless it is [selected](REF). A rule \
                      with a fix says whether it is safe.\n";

fn legend(page: &str) -> String {
    LEGEND.replace("REF", &link(page, "configuration.md"))
}

/// The rules of a category.
pub(crate) fn category(site: &Site, category: &Category) -> String {
    let page = format!("categories/{}", category.name);
    let rules = table(site.rules_of(category), &page);
    format!(
        "# {}\n\n{}\n\nThe category `{}`. {}\n{rules}",
        category.title,
        category.asks.trim(),
        category.name,
        legend(&page)
    )
}

/// The categories, and all rules by name.
pub(crate) fn rules(site: &Site) -> String {
    let page = "rules/index";
    let mut out = String::from("# Rules\n\n");
    for category in &site.categories {
        let of_category = link(page, &format!("categories/{}.md", category.name));
        let number = site.rules_of(category).count();
        out +=
            &format!("- [{}]({of_category}), {number}: {}\n", category.title, category.asks.trim().replace('\n', " "));
    }
    format!("{out}\n## All {} rules\n\n{}\n{}", site.book.rules().len(), legend(page), table(site.book.rules(), page))
}

/// A row a rule; a profile that has none of them has no column.
fn table<'r>(rules: impl Iterator<Item = &'r Rule>, page: &str) -> String {
    let rules: Vec<&Rule> = rules.collect();
    let is_used = |profile: &Profile| rules.iter().any(|rule| rule.severity.under(*profile).is_some());
    let profiles: Vec<Profile> = Profile::ALL.into_iter().filter(is_used).collect();
    let mut out = String::from("| rule |");
    for profile in &profiles {
        out += &format!(" {} |", profile.as_str());
    }
    out += &format!(" fix |\n|---|{}---|\n", "---|".repeat(profiles.len()));
    for rule in rules {
        let target = link(page, &format!("rules/{}.md", rule.name));
        out += &format!("| [`{}`]({target})<br>{} |", rule.name, cell(&rule.summary));
        for profile in &profiles {
            out += &format!(" {} |", markup::severity(rule.severity.under(*profile)));
        }
        let fix = rule.fix.as_ref().map_or("–", |fix| match fix.applicability {
            Applicability::Safe => "safe",
            Applicability::Unsafe => "unsafe",
        });
        out += &format!(" {fix} |\n");
    }
    out
}

/// A cell of a table holds no bar.
fn cell(text: &str) -> String {
    text.trim().replace('|', "\\|")
}

/// Whose name it is, and where its owner says more of it.
pub(crate) fn owner(name: &str) -> (&'static str, Option<String>) {
    let number = |prefix: &str| name.strip_prefix(prefix).is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
    if number("DL") {
        ("hadolint", Some(format!("https://github.com/hadolint/hadolint/wiki/{name}")))
    } else if number("SC") {
        ("ShellCheck", Some(format!("https://www.shellcheck.net/wiki/{name}")))
    } else if name.starts_with("tally/") {
        ("tally", None)
    } else {
        ("BuildKit", Some(format!("https://docs.docker.com/reference/build-checks/{}/", kebab(name))))
    }
}

/// `JSONArgsRecommended` as `json-args-recommended`.
fn kebab(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (index, char) in chars.iter().enumerate() {
        let is_after_small = index > 0 && chars.get(index - 1).is_some_and(|before| before.is_lowercase());
        let is_before_small = index > 0 && chars.get(index + 1).is_some_and(|after| after.is_lowercase());
        if char.is_uppercase() && (is_after_small || is_before_small) {
            out.push('-');
        }
        out.extend(char.to_lowercase());
    }
    out
}

/// The rules by their names in other linters.
pub(crate) fn names(site: &Site) -> String {
    let mut rows: Vec<(&str, &str, &Rule)> = site
        .book
        .rules()
        .flat_map(|rule| rule.aliases.iter().map(move |name| (owner(name).0, name.as_ref(), rule)))
        .collect();
    rows.sort_by_key(|(owner, name, rule)| (*owner, *name, rule.name.clone()));
    let mut out = String::from(
        "# Names in other linters\n\nThese names work wherever oi-lint takes the name of a rule: `--select`, `--ignore`, \
         `oi-lint explain`, a configuration, and comments that silence findings.\n",
    );
    for group in rows.chunk_by(|one, other| one.0 == other.0) {
        let Some((owner, ..)) = group.first() else { continue };
        out += &format!("\n## {owner}\n\n| name | rule | asks |\n|---|---|---|\n");
        for (_, name, rule) in group {
            let summary = cell(&rule.summary);
            out += &format!("| `{name}` | [`{}`](rules/{}.md) | {summary} |\n", rule.name, rule.name);
        }
    }
    out
}
