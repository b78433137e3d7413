//! The documents that walk through something: their files are written, their commands run, and what these print stands below them.
//! `OI_LINT_UPDATE=1 cargo test --locked --test walkthroughs` writes it there.
//!
//! A block whose first line names a file, as in ```` ```dockerfile app/Dockerfile ````, is that file from there on. In a block of the
//! language `console` each line that begins with `$ ` is a command; `oi-lint` is the one that was built.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

fn walk(document: &str) {
    let text = std::fs::read_to_string(document).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut out = String::new();
    let mut lines = text.split_inclusive('\n');
    let mut commands = 0;
    while let Some(line) = lines.next() {
        out += line;
        let Some(info) = line.strip_prefix("```") else { continue };
        let body: String = lines.by_ref().take_while(|line| line.trim_end() != "```").collect();
        match info.trim_end().split_once(' ') {
            Some((_, file)) => {
                write(&folder.path().join(file), &body);
                out += &body;
            }
            None if info.trim_end() == "console" => {
                for command in body.lines().filter_map(|line| line.strip_prefix("$ ")) {
                    out += &format!("$ {command}\n{}", run(command, folder.path()));
                    commands += 1;
                }
            }
            None => out += &body,
        }
        out += "```\n";
    }
    assert!(commands > 0, "{document}");
    if std::env::var_os("OI_LINT_UPDATE").is_some() {
        std::fs::write(document, &out).unwrap();
        return;
    }
    let line = text.lines().zip(out.lines()).take_while(|(one, other)| one == other).count() + 1;
    assert!(text == out, "{document}:{line} is not current: OI_LINT_UPDATE=1 cargo test --locked --test walkthroughs");
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
    if text.starts_with("#!") {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
}

/// What a command prints.
fn run(command: &str, folder: &Path) -> String {
    let binary = Path::new(env!("CARGO_BIN_EXE_oi-lint")).parent().unwrap();
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("exec 2>&1; {command}")]).current_dir(folder);
    for name in ["COLUMNS", "NO_COLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "GITHUB_STEP_SUMMARY"] {
        shell.env_remove(name);
    }
    let output = shell.env("PATH", path).env("LC_ALL", "C.UTF-8").output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn front_page() {
    walk("docs/index.md");
}

#[test]
fn getting_started() {
    walk("docs/getting-started.md");
}

#[test]
fn submitting_an_official_image() {
    walk("docs/submitting-an-official-image.md");
}

#[test]
fn configuration() {
    walk("docs/configuration.md");
}
