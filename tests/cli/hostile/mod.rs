//! Input that is made to harm: what steers a terminal, YAML that grows, files that never end or are others meanwhile. Work is
//! counted, never timed. More of it beside what it is about: `hostile_bytes`, `hostile_names`, `special_files`, `permission_denied`
//! and `files_over_4_gib` in `main.rs`, `hostile_files_are_errors` in `config.rs`, `hostile_repositories` in `changed.rs`,
//! `names_that_are_no_text` in `files_from.rs`, and `tests/hostile.rs` for what files cost.

mod files;
mod large;
mod steering;
mod yaml;

use oi_lint::report::{Format, printable_json};
use serde_json::Value;

use super::invariants::{assert_report, steering};
use super::*;

/// Colours, the title of the window, a link, the controls of one byte and of two, and all that turns the order of what is read.
const STEERING: &str = "\u{1b}[5;7m\u{1b}]0;t\u{7}\u{1b}]8;;h:\u{1b}\\l\u{1b}[2J\r\u{8}\u{7f}\u{85}\u{9b}2J\u{9d}0;t\u{9c}\
                        \u{61c}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}";
/// The same without what cannot stand in a line of YAML, or an instruction: both know escapes for it.
const BIDI: &str = "\u{61c}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}";

/// As a text in quotes, for YAML and JSON.
fn quoted(text: &str) -> String {
    printable_json(&Value::from(text).to_string()).into_owned()
}

/// Nothing of what is printed steers a terminal, but colours of our own.
fn assert_calm(run: &Run, what: &dyn std::fmt::Debug) {
    for (name, text) in [("stdout", &run.stdout), ("stderr", &run.stderr)] {
        assert_eq!(steering(&uncoloured(text)), None, "{name} of {what:?}: {text:?}");
        assert!(!text.contains("\u{1b}[5;7m"), "{name} of {what:?}: {text:?}");
    }
}

/// The text without well-formed SGR sequences.
fn uncoloured(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut out = parts.next().unwrap().to_owned();
    for part in parts {
        let end = part.find(|char: char| !char.is_ascii_digit() && char != ';');
        match end.map(|end| part.split_at(end)) {
            Some((_, rest)) if rest.starts_with('m') => out.push_str(&rest[1..]),
            _ => out.extend(["\u{1b}[", part]),
        }
    }
    out
}

/// Runs without colours and with them.
fn runs(bench: &Bench, args: &[&str]) -> [Run; 2] {
    ["never", "always"].map(|color| {
        let run = bench.run(&[args, &["--color", color]].concat());
        assert_calm(&run, &args);
        run
    })
}

/// Lints with each format and profile; what programs read can be read.
fn in_every_format(bench: &Bench, args: &[&str]) {
    for format in Format::ALL {
        for profile in ["default", "official", "hadolint", "buildkit"] {
            let asked = [args, &["--format", format.as_str(), "--profile", profile]].concat();
            let [plain, coloured] = runs(bench, &asked);
            assert_eq!((plain.code, &*plain.stderr), (1, ""), "{asked:?}");
            assert_report(format, &plain.stdout);
            assert_eq!(uncoloured(&coloured.stdout), plain.stdout, "{asked:?}");
        }
    }
    for more in [&["--statistics"][..], &["--statistics", "--format", "json"], &["--fix", "--diff"][1..]] {
        runs(bench, &[args, more].concat());
    }
    bench.run_with(&[("GITHUB_STEP_SUMMARY", "summary.md")], &[args, &["--format", "github"]].concat());
    let written = fs::read_to_string(bench.path().join("summary.md")).unwrap();
    assert_eq!(steering(&written), None, "{written:?}");
    fs::remove_file(bench.path().join("summary.md")).unwrap();
}
