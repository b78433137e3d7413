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
