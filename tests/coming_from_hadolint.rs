//! docs/coming-from-hadolint.md names the rule of every code that the profile hadolint has; `scripts/compare.py --write` writes its tables.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use oi_lint::rulebook::{Profile, Rulebook};
use serde::Deserialize;

const PAGE: &str = "docs/coming-from-hadolint.md";

type Rules = BTreeMap<String, BTreeSet<String>>;

/// The rules of each DL code, as the page has them.
fn written() -> Rules {
    let page = std::fs::read_to_string(PAGE).unwrap();
    let (_, table) = page.split_once("<!-- table: codes -->").unwrap();
    let (table, _) = table.split_once("<!-- end -->").unwrap();
    let row = |line: &str| {
        let mut cells = line.strip_prefix("| ")?.split(" | ");
        let code = cells.next().filter(|code| code.starts_with("DL"))?.to_owned();
        let rules = cells.next()?.split(", ").map(|rule| rule.trim_matches('`').to_owned()).collect();
        Some((code, rules))
    };
    table.lines().filter_map(row).collect()
}

#[test]
fn every_code_has_its_rules() {
    let mut rules = Rules::new();
    let book = Rulebook::builtin();
    for rule in book.rules().filter(|rule| rule.severity.under(Profile::Hadolint).is_some()) {
        for code in rule.aliases.iter().filter(|alias| alias.starts_with("DL")) {
            rules.entry(code.to_string()).or_default().insert(rule.name.to_string());
        }
    }
    assert_eq!(written(), rules, "{PAGE} is not current: its end says how to write it");
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Difference {
    class: String,
    why: String,
}

#[test]
fn every_difference_is_of_a_class() {
    let text = std::fs::read_to_string("scripts/differences.json").unwrap();
    let peers: BTreeMap<String, BTreeMap<String, Difference>> = serde_json::from_str(&text).unwrap();
    for (code, difference) in peers.into_values().flatten() {
        assert!(["ours", "theirs", "taste"].contains(&&*difference.class), "{code}: {}", difference.class);
        assert!(difference.why.ends_with('.'), "{code}: a sentence ends with a full stop");
    }
}
