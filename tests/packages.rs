//! The packages beside the crate are of its version.
#![allow(clippy::unwrap_used)]

use std::path::Path;

#[test]
fn npm_is_of_this_version() {
    let text = std::fs::read_to_string("npm/package.json").unwrap();
    let package: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(package["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(package["description"], env!("CARGO_PKG_DESCRIPTION"));
    // npm links no page that is not named.
    let pages = oi_lint::cli::Command::NAMES.map(|name| format!("man/oi-lint-{name}.1"));
    let pages: Vec<_> = std::iter::once("man/oi-lint.1".to_owned()).chain(pages).collect();
    assert_eq!(package["man"], serde_json::Value::from(pages));
}

/// What `.dockerignore` lets through is what the image is built of.
#[test]
fn the_image_is_built_of_its_context() {
    let read = |name: &str| std::fs::read_to_string(name).unwrap();
    let ignore = read(".dockerignore");
    let context: Vec<&str> = ignore.lines().filter_map(|line| line.strip_prefix('!')).collect();
    let dockerfile = read("Dockerfile");
    let instructions =
        dockerfile.lines().filter_map(|line| line.strip_prefix("COPY ")).filter(|copy| !copy.starts_with("--from"));
    let mut copied: Vec<&str> = instructions.flat_map(|copy| copy.rsplit_once(' ').unwrap().0.split(' ')).collect();
    copied.sort_unstable();
    assert_eq!(context, copied);
    let below = |path: &Path| context.iter().any(|part| path.starts_with(part));
    let root = std::env::current_dir().unwrap();
    for source in walkdir::WalkDir::new("src").into_iter().map(|entry| entry.unwrap().into_path()) {
        let text = std::fs::read_to_string(&source).unwrap_or_default();
        for included in
            text.split("include_str!(\"").skip(1).filter(|_| source.extension().is_some_and(|it| it == "rs"))
        {
            let path = source.with_file_name(included.split('"').next().unwrap()).canonicalize().unwrap();
            assert!(below(path.strip_prefix(&root).unwrap()), "{} is not copied", path.display());
        }
    }
    // The action's cache holds what is built of the same files.
    let action = read("action.yml");
    let cached: Vec<&str> =
        action.split("$(find ").nth(1).unwrap().split(" -type f").next().unwrap().split(' ').collect();
    assert_eq!(cached, context.into_iter().filter(|path| *path != "benches").collect::<Vec<_>>());
}

#[test]
fn the_dockerfile_is_a_good_one() {
    let mut oi_lint = std::process::Command::new(env!("CARGO_BIN_EXE_oi-lint"));
    let run =
        oi_lint.args(["--no-config", "--profile", "official", "--fail-on", "info", "Dockerfile"]).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
}

/// Before 1.0 any version may change what it does; which one is built is a decision that stands in `Cargo.toml`.
#[test]
fn dependencies_before_1_0_are_pinned() {
    let text = std::fs::read_to_string("Cargo.toml").unwrap();
    let mut section = "";
    let mut read = 0;
    for line in text.lines() {
        if line.starts_with('[') {
            section = line;
        } else if let Some((name, said)) = line.split_once(" = ").filter(|_| section.ends_with("dependencies]")) {
            let version = said.split_once("version = ").map_or(said, |(_, version)| version).split('"').nth(1).unwrap();
            assert!(!version.starts_with("0."), "{name} = {version:?}: pin it with `=`");
            assert!(version.starts_with(|first: char| first == '=' || first.is_ascii_digit()), "{name} = {version:?}");
            read += 1;
        }
    }
    assert!(read > 20, "{read} dependencies were read");
}

/// Who reviews the threat model can follow it into the code.
#[test]
fn the_threat_model_names_what_there_is() {
    let text = std::fs::read_to_string("docs/threat-model.md").unwrap();
    let mut read = 0;
    for line in text.lines() {
        let mut sources = String::new();
        for code in line.split('`').skip(1).step_by(2) {
            if code.starts_with("src/") {
                assert!(Path::new(code).exists(), "there is no {code}");
                sources += &std::fs::read_to_string(code).unwrap_or_default();
                read += 1;
            } else if code.contains('_') && code.chars().all(|char| char.is_ascii_uppercase() || char == '_') {
                let is_bound = code.starts_with("MAX_") || code.starts_with("MOST_");
                assert!(!is_bound || code.ends_with('_') || sources.contains(&format!("{code}: ")), "{code}: {line}");
                read += 1;
            }
        }
    }
    assert!(read > 30, "{read} names were read");
}
