//! Whole files: the report over each fixture under both profiles. `cargo insta review` accepts what changed.
#![allow(clippy::unwrap_used)]

use oi_lint::engine::{Linter, Settings};
use oi_lint::rulebook::{Profile, Rulebook};
use oi_lint::source::Source;

/// One line a finding: place, severity, rule, message; the help below it.
fn report(path: &str, profile: Profile) -> String {
    let linter = Linter::new(Rulebook::builtin(), &Settings { profile, ..Settings::default() }).unwrap();
    let source = Source::new(std::fs::read(path).unwrap()).unwrap();
    let mut report = String::new();
    for found in linter.lint(&source) {
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

#[test]
fn good_images_have_no_findings() {
    for (name, path) in fixtures("good") {
        for profile in Profile::ALL {
            assert_eq!(report(&path, profile), "", "{name} under {}", profile.as_str());
        }
    }
}

#[test]
fn bad_and_broken_images() {
    for kind in ["bad", "broken"] {
        for (name, path) in fixtures(kind) {
            for profile in Profile::ALL {
                insta::assert_snapshot!(format!("{kind}-{name}-{}", profile.as_str()), report(&path, profile));
            }
        }
    }
}
