//! The architecture, read off the `use` lines: imports point down, checks name the prelude alone, and a crate that is
//! meant to be replaceable is named in its one place.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::{Path, PathBuf};

/// The layers from the top; a module may name those below its own line, and those on it.
const LAYERS: [&[&str]; 12] = [
    &["main"],
    &["cli", "commands"],
    &["config", "submission"],
    &["baseline"],
    &["discover", "report", "write"],
    &["engine"],
    &["checks"],
    &["rulebook", "model"],
    &["fix", "library"],
    &["diagnostic", "dockerfile", "git_index", "manifest", "shell"],
    &["yaml"],
    &["source"],
];

/// Crates with the files that may name them.
const ONE_PLACE: [(&str, &[&str]); 5] = [
    ("miette", &["src/report/pretty.rs"]),
    ("serde_yaml", &["src/yaml.rs"]),
    ("shuck_parser", &["src/shell/lower.rs", "src/shell/builtin.rs"]),
    ("shuck_linter", &["src/shell/builtin.rs"]),
    ("shuck_ast", &["src/shell/lower.rs"]),
];

fn rust_files() -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new("src").sort_by_file_name().into_iter().map(|entry| entry.unwrap().into_path());
    entries.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

fn module(path: &Path) -> String {
    let name = path.components().nth(1).unwrap().as_os_str().to_str().unwrap();
    name.trim_end_matches(".rs").to_owned()
}

fn layer(module: &str) -> usize {
    LAYERS.iter().position(|layer| layer.contains(&module)).unwrap_or_else(|| panic!("`{module}` is in no layer"))
}

/// The modules of this crate that a line names.
fn named(line: &str) -> Vec<String> {
    let behind = line.split("crate::").skip(1).chain(line.split("oi_lint::").skip(1));
    let name = |rest: &str| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap().to_owned();
    behind.map(name).filter(|name| !name.is_empty()).collect()
}

#[test]
fn imports_point_down() {
    let mut wrong = Vec::new();
    for path in rust_files() {
        let own = module(&path);
        if own == "lib" {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for other in named(line) {
                // The table that build.rs makes names each check; a rule holds the constructor of its check.
                let table = own == "rulebook" && other == "checks";
                if !table && layer(&other) < layer(&own) {
                    wrong.push(format!("{}: {}", path.display(), line.trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn checks_name_the_prelude_alone() {
    let mut wrong = Vec::new();
    for path in rust_files().into_iter().filter(|path| path.starts_with("src/checks") && path.components().count() == 4)
    {
        let text = std::fs::read_to_string(&path).unwrap();
        let uses = text.lines().filter(|line| line.contains("crate::") && !line.trim_start().starts_with("//"));
        wrong.extend(
            uses.filter(|line| !line.contains("crate::checks::prelude"))
                .map(|line| format!("{}: {line}", path.display())),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn crates_are_named_in_one_place() {
    let mut wrong = Vec::new();
    for path in rust_files() {
        let text = std::fs::read_to_string(&path).unwrap();
        for (name, places) in ONE_PLACE {
            if !places.iter().any(|place| Path::new(place) == path) && text.contains(&format!("{name}::")) {
                wrong.push(format!("{} names {name}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
