//! docs/guidelines.md says which rules enforce which guideline. It is made from docs/guidelines.yaml and the rules, and has to be current;
//! `OI_LINT_UPDATE=1 cargo test --locked --test guidelines` writes it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use oi_lint::rulebook::{Profile, Rule, Rulebook};
use serde::Deserialize;

const PATH: &str = "docs/guidelines.md";
const README: &str = "https://github.com/docker-library/official-images#";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Section {
    title: String,
    anchor: Option<String>,
    category: Option<String>,
    asks: String,
    #[serde(default)]
    unchecked: Vec<String>,
}

fn sections() -> Vec<Section> {
    serde_yaml::from_str(&std::fs::read_to_string("docs/guidelines.yaml").unwrap()).unwrap()
}

fn severity(rule: &Rule, profile: Profile) -> String {
    rule.severity.under(profile).map_or_else(|| "–".to_owned(), |severity| severity.to_string())
}

fn row(rule: &Rule) -> String {
    // A cell of a table holds no bar.
    let asks = rule.summary.trim().replace('|', "\\|");
    let guideline = &rule.guideline;
    format!(
        "| [`{}`]({}) | {asks} | {} | {} | [{}]({}) |\n",
        rule.name,
        rule.url(),
        severity(rule, Profile::Default),
        severity(rule, Profile::Official),
        guideline.title(),
        guideline.url(),
    )
}

fn page(book: &Rulebook) -> String {
    let mut page = String::from(
        "<!-- Made from docs/guidelines.yaml and rules/; change these, then OI_LINT_UPDATE=1 cargo test --locked --test guidelines -->\n\
         # The guidelines, and the rules that enforce them\n\n\
         The sections of the [review guidelines](https://github.com/docker-library/official-images#review-guidelines) in their order, to be read \
         beside them. Under each stand its rules with their severity in the profiles `default` and `official` (– where the profile does \
         not have the rule) and the text that a rule enforces, and what is left to a reader. A rule's name leads to its page, which \
         `oi-lint explain <rule>` shows too.\n",
    );
    for section in sections() {
        let title = match &section.anchor {
            Some(anchor) => format!("[{}]({README}{anchor})", section.title),
            None => section.title.clone(),
        };
        page.push_str(&format!("\n## {title}\n\n{}\n", section.asks.trim()));
        let rules: Vec<&Rule> =
            book.rules().filter(|rule| section.category.as_deref() == Some(&rule.category)).collect();
        if !rules.is_empty() {
            page.push_str("\n| rule | asks | default | official | enforces |\n|---|---|---|---|---|\n");
            for rule in rules {
                page.push_str(&row(rule));
            }
        }
        if !section.unchecked.is_empty() {
            page.push_str("\nNot checked:\n\n");
            for what in &section.unchecked {
                page.push_str(&format!("- {}\n", what.trim()));
            }
        }
    }
    page
}

#[test]
fn the_page_is_current() {
    let page = page(&Rulebook::builtin());
    if std::env::var_os("OI_LINT_UPDATE").is_some() {
        std::fs::write(PATH, &page).unwrap();
    }
    let written = std::fs::read_to_string(PATH).unwrap_or_default();
    assert!(written == page, "{PATH} is not current: OI_LINT_UPDATE=1 cargo test --locked --test guidelines");
}

/// Rules that repeat what another linter reports; they enforce no guideline of the programme.
const OF_OTHER_LINTERS: [&str; 3] = ["buildkit", "hadolint", "shell"];

#[test]
fn every_rule_stands_in_a_section() {
    let sections = sections();
    let book = Rulebook::builtin();
    for rule in book.rules().filter(|rule| !OF_OTHER_LINTERS.contains(&&*rule.category)) {
        let found = sections.iter().filter(|section| section.category.as_deref() == Some(&rule.category)).count();
        assert_eq!(found, 1, "{} ({})", rule.name, rule.category);
    }
}
