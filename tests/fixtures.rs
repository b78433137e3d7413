//! Whole files: the report over each fixture under both profiles. `cargo insta review` accepts what changed.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use oi_lint::discover::{self, Input};
use oi_lint::engine::{Linter, Settings};
use oi_lint::git_index::Repositories;
use oi_lint::model::Mode;
use oi_lint::rulebook::{Profile, Rulebook};
use oi_lint::source::Source;

/// One line a finding: place, severity, rule, message; the help below it.
fn report(path: &str, profile: Profile) -> String {
    let linter = Linter::new(Rulebook::builtin(), &Settings { profile, ..Settings::default() }).unwrap();
    let source = Source::new(std::fs::read(path).unwrap()).unwrap();
    let subject = discover::subject(Path::new(path));
    let mut surroundings = discover::surroundings(&Input::File(path.into()), None, subject, &Repositories::default());
    // As in git, wherever the fixtures lie; in an archive on Windows there is no bit.
    if let Some(mode) = &mut surroundings.mode {
        *mode = Mode { bits: if mode.bits & 0o111 == 0 { 0o644 } else { 0o755 }, is_in_index: true };
    }
    let mut report = String::new();
    for found in linter.lint_as(subject, &source, &surroundings) {
        let at = source.position(found.span.start);
        let fix = found.fix.map_or("", |_| " (has a fix)");
        report += &format!("{}:{} {}[{}] {}{fix}\n", at.line, at.column, found.severity, found.rule, found.message);
        report += &format!("    help: {}\n", found.help.unwrap_or_default());
        for label in found.related {
            let at = source.position(label.span.start);
            report += &format!("    {}:{} {}\n", at.line, at.column, label.message);
        }
    }
    report
}

fn fixtures(kind: &str) -> Vec<(String, String)> {
    let mut found: Vec<_> = std::fs::read_dir(format!("fixtures/{kind}"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, path.join("Dockerfile").to_string_lossy().into_owned())
        })
        .collect();
    found.sort();
    assert!(found.len() >= 5, "{found:?}");
    found
}

/// The entrypoint script beside a Dockerfile.
fn script(dockerfile: &str) -> Option<String> {
    let path = Path::new(dockerfile).with_file_name("docker-entrypoint.sh");
    path.is_file().then(|| path.to_string_lossy().into_owned())
}

#[test]
fn each_entrypoint_rule_fires_on_a_broken_script() {
    let mut silent: Vec<String> = Rulebook::builtin()
        .rules()
        .filter(|rule| rule.category == "entrypoint-script")
        .map(|rule| format!("[{}]", rule.name))
        .collect();
    assert!(silent.len() >= 12, "{silent:?}");
    for (_, path) in fixtures("bad") {
        for path in [Some(path.clone()), script(&path)].into_iter().flatten() {
            let report = report(&path, Profile::Official);
            silent.retain(|rule| !report.contains(rule));
        }
    }
    assert!(silent.is_empty(), "{silent:?}");
}

#[test]
fn good_images_have_no_findings() {
    // Other linters have other tastes.
    let own = || Profile::ALL.into_iter().filter(|profile| !profile.is_of_another_linter());
    for (_, path) in fixtures("good") {
        for profile in own() {
            for path in [Some(path.clone()), script(&path)].into_iter().flatten() {
                assert_eq!(report(&path, profile), "", "{path} under {}", profile.as_str());
            }
        }
    }
}

#[test]
fn bad_and_broken_images() {
    for kind in ["bad", "broken"] {
        for (name, path) in fixtures(kind) {
            for profile in Profile::ALL {
                insta::assert_snapshot!(format!("{kind}-{name}-{}", profile.as_str()), report(&path, profile));
                if let Some(script) = script(&path) {
                    let snapshot = format!("{kind}-{name}-script-{}", profile.as_str());
                    insta::assert_snapshot!(snapshot, report(&script, profile));
                }
            }
        }
    }
}
