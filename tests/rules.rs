//! Every example of every built-in rule, with the runner that `oi-lint test` uses.

#![allow(clippy::unwrap_used)]

use oi_lint::commands::test::check;
use oi_lint::rulebook::Rulebook;

#[test]
fn examples() {
    let book = Rulebook::builtin();
    let failures: Vec<String> =
        book.rules().flat_map(|rule| check(&book, rule).unwrap()).map(|failure| failure.to_string()).collect();
    assert!(failures.is_empty(), "{} examples do not hold:\n\n{}", failures.len(), failures.join("\n"));
}

/// hadolint has one rule a code, so that a finding under its profile is one of that code.
#[test]
fn profile_hadolint_has_one_rule_a_code() {
    let book = Rulebook::builtin();
    let mut rules: Vec<(&str, &str)> = Vec::new();
    for rule in book.rules().filter(|rule| rule.severity.hadolint.is_some()) {
        let is_code = |alias: &str| ["DL", "SC"].iter().any(|kind| alias.strip_prefix(kind).is_some_and(is_number));
        let codes: Vec<&str> = rule.aliases.iter().map(AsRef::as_ref).filter(|alias| is_code(alias)).collect();
        assert_eq!(codes.len(), 1, "{}: {codes:?}", rule.name);
        rules.extend(codes.into_iter().map(|code| (code, rule.name.as_ref())));
    }
    rules.sort_unstable();
    // hadolint has one code for all that cannot be parsed.
    let twice = rules.windows(2).find(|pair| pair[0].0 == pair[1].0 && pair[0].0 != "DL1000");
    assert_eq!(twice, None);
}

fn is_number(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit())
}
