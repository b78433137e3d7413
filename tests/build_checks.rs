//! BuildKit's build checks, held against BuildKit itself: `golden/build_checks.json` has Dockerfiles of all sorts with the warnings that
//! BuildKit (2026-08-21) gave for them, where base images set nothing but PATH, each with the first and the last line that it names.

#![allow(clippy::unwrap_used)]

use oi_lint::engine::{Linter, Settings};
use oi_lint::model::build_checks::{CHECKS, EXPERIMENTAL};
use oi_lint::rulebook::{Profile, Rulebook};
use oi_lint::source::Source;
use serde_json::Value;

/// A comment that is no description stands above the instruction that BuildKit names.
const ABOVE: u64 = 20;

#[test]
fn as_buildkit_has_it() {
    let settings = Settings { profile: Profile::Buildkit, ..Settings::default() };
    let linter = Linter::new(Rulebook::builtin(), &settings).unwrap();
    let cases: Vec<Value> = serde_json::from_str(include_str!("golden/build_checks.json")).unwrap();
    let mut wrong = Vec::new();
    for case in &cases {
        let text = case["text"].as_str().unwrap();
        let source = Source::new(text.as_bytes().to_vec()).unwrap();
        let mut found: Vec<(String, u64)> = Vec::new();
        for diagnostic in linter.lint(&source) {
            let rule = linter.book().get(&diagnostic.rule).unwrap();
            let check =
                rule.aliases.iter().find(|alias| CHECKS.contains(&&***alias) || EXPERIMENTAL.contains(&&***alias));
            let line = u64::from(source.line_of(diagnostic.span.start));
            found.extend(check.map(|check| (check.to_string(), line)));
        }
        for warning in case["warnings"].as_array().unwrap() {
            let check = warning[0].as_str().unwrap();
            let (first, last) = (warning[1].as_u64().unwrap(), warning[2].as_u64().unwrap());
            let first = if EXPERIMENTAL.contains(&check) { first.saturating_sub(ABOVE) } else { first };
            match found.iter().position(|(name, line)| name == check && (first..=last).contains(line)) {
                Some(at) => drop(found.swap_remove(at)),
                None => wrong.push(format!("{check} is missing in line {last}:\n{text}")),
            }
        }
        wrong.extend(found.iter().map(|(check, line)| format!("{check} is too much in line {line}:\n{text}")));
    }
    assert!(cases.len() > 60);
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}
