//! `--shellcheck`, with programs that answer as ShellCheck does.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::{Bench, paths};

/// Answers as ShellCheck does, and counts its runs: SC2086 at each second line that begins with `echo`.
const PROGRAM: &str = r#"#!/bin/sh
if [ "$1" = --version ]; then echo 'ShellCheck - shell script analysis tool'; exit; fi
echo run >> "$COUNT"
found=
for name; do
	[ -f "$name" ] && grep -q '^echo' "$name" || continue
	place='"line": 2, "endLine": 2, "column": 1, "endColumn": 5'
	edit="{\"replacements\": [{$place, \"insertionPoint\": \"afterEnd\", \"precedence\": 1, \"replacement\": \"true\"}]}"
	found="$found${found:+,}{\"file\": \"$name\", $place, \"level\": \"info\", \"code\": 2086, \"message\": \"as  asked\", \"fix\": $edit}"
done
printf '{"comments": [%s]}\n' "$found"
[ -z "$found" ]
"#;

fn program(bench: &Bench, name: &str, text: &str) -> String {
    let path = bench.path().join(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn one_process_finds_what_shellcheck_finds() {
    let bench = Bench::new(&[
        ("a/Dockerfile", "FROM debian:trixie-slim\nRUN echo $A\nRUN [\"echo\", \"$A\"]\n"),
        ("b/Dockerfile", "FROM debian:trixie-slim\nRUN echo \\\n  $B\n"),
        ("b/docker-entrypoint.sh", "#!/bin/sh\necho $C\n"),
    ]);
    let path = program(&bench, "shellcheck", PROGRAM);
    let count = bench.path().join("count");
    let count_at = [("COUNT", count.to_str().unwrap())];
    let args = |more: &[&'static str]| -> Vec<String> {
        let first = ["--profile", "hadolint", "--format", "compact", "--quiet", "--shellcheck", &path];
        first.iter().chain(more).map(|arg| (*arg).to_owned()).collect()
    };
    let run_with = |more: &[&'static str]| {
        let args = args(more);
        bench.run_with(&count_at, &args.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let run = run_with(&["--select", "SC2086", "--fail-on", "info", "."]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    let expected = [
        "a/Dockerfile:2:5: info[shell/SC2086] as asked",
        "b/Dockerfile:2:5: info[shell/SC2086] as asked",
        "b/docker-entrypoint.sh:2:1: info[shell/SC2086] as asked",
    ];
    assert_eq!(run.stdout.lines().collect::<Vec<_>>(), expected, "{}", run.stderr);
    assert_eq!(fs::read_to_string(&count).unwrap(), "run\n");
    // Its fix takes the program's edit.
    run_with(&["--select", "SC2086", "--fix", "--unsafe-fixes", "a"]);
    let text = fs::read_to_string(bench.path().join("a/Dockerfile")).unwrap();
    assert!(text.starts_with("FROM debian:trixie-slim\nRUN true $A\n"), "{text}");
}

#[test]
fn the_program_has_to_run() {
    let bench = Bench::new(&[("Dockerfile", "FROM debian:trixie-slim\nRUN echo $A\n")]);
    let other = program(&bench, "other", "#!/bin/sh\necho other\n");
    let broken = program(
        &bench,
        "broken",
        "#!/bin/sh\n[ \"$1\" != --version ] || { echo ShellCheck; exit; }\necho out of memory >&2; exit 3\n",
    );
    for (path, message) in [
        ("./missing", "`./missing` cannot be run: no such file or directory"),
        (&other, "is not ShellCheck"),
        (&broken, "ShellCheck failed: out of memory"),
    ] {
        let run = bench.run(&["--profile", "hadolint", "--shellcheck", path]);
        assert_eq!(run.code, 2, "{}", run.stderr);
        assert!(run.stderr.contains(message) && run.stderr.contains("help: "), "{}", run.stderr);
    }
    // What is built in does without it.
    for choice in ["off", "auto"] {
        let args =
            ["--profile", "hadolint", "--format", "compact", "-q", "--select", "shell/SC2086", "--shellcheck", choice];
        let run = bench.run_with(&[("PATH", "/nowhere")], &args);
        assert_eq!(paths(&run), ["Dockerfile"], "{}", run.stderr);
    }
}
