//! What `--fix` and `--diff` write.

use super::*;

const FIXABLE: &str = "FROM debian:trixie-slim\r\nMAINTAINER me\r\nRUN true\r\nCMD [\"bash\"]\r\n";
const FIXED: &str = "FROM debian:trixie-slim\r\nRUN true\r\nCMD [\"bash\"]\r\n";

#[test]
fn fixes_are_written() {
    let bench = Bench::new(&[("a/Dockerfile", FIXABLE), ("b/Dockerfile", GOOD), ("c/Dockerfile", BAD)]);
    let read = |name: &str| fs::read_to_string(bench.path().join(name)).unwrap();
    // A diff changes nothing, says what would change, and is one that tools take.
    let run = bench.run(&["--diff"]);
    assert_eq!((run.code, &*run.stderr), (1, "note: 1 finding would be fixed in 3 files\n"));
    let expected = "--- a/a/Dockerfile\n+++ b/a/Dockerfile\n@@ -1,4 +1,3 @@\n FROM debian:trixie-slim\r\n-MAINTAINER me\r\n \
                    RUN true\r\n CMD [\"bash\"]\r\n";
    assert_eq!((&*run.stdout, &*read("a/Dockerfile")), (expected, FIXABLE));
    assert_eq!(bench.run(&["--diff", "b"]).code, 0);
    // What is left is reported, and decides on the exit code.
    let run = bench.run(&compact(&["--fix", "a", "b", "c", "--ignore", "healthcheck"]));
    assert_eq!((run.code, &*run.stdout, &*run.stderr, &*read("a/Dockerfile")), (0, "", "", FIXED));
    assert_eq!((read("b/Dockerfile"), read("c/Dockerfile")), (GOOD.to_owned(), BAD.to_owned()));
    let run = bench.run(&["--fix"]);
    assert_eq!(&*run.stdout, "No findings in 3 files (profile default).\n");
    fs::write(bench.path().join("a/Dockerfile"), FIXABLE).unwrap();
    let run = bench.run(&["--fix", "--profile", "official"]);
    assert_eq!(&*run.stdout, "2 findings fixed. No findings in 3 files (profile official).\n");
    let json: serde_json::Value = serde_json::from_str(&bench.run(&["--fix", "--format", "json"]).stdout).unwrap();
    assert_eq!(json["summary"]["fixed"], 0);
    // Nothing but the files is left behind.
    assert_eq!(fs::read_dir(bench.path().join("a")).unwrap().count(), 1);
}

#[test]
fn standard_input_is_fixed_to_standard_output() {
    let bench = Bench::new(&[]);
    let run = bench.pipe(FIXABLE.as_bytes(), &["--fix", "-"]);
    assert_eq!((run.code, &*run.stdout), (0, FIXED));
    assert_eq!(&*run.stderr, "1 finding fixed. No findings in 1 file (profile default).\n");
    // Also where there is nothing to fix, and where it is no text.
    assert_eq!(bench.pipe(GOOD.as_bytes(), &["--fix", "-"]).stdout, GOOD);
    let run = finish(bench.command(&["--fix", "-"]).stdin(Stdio::null()).output().unwrap());
    assert_eq!((run.code, &*run.stdout), (1, ""));
    let run = bench.pipe(FIXABLE.as_bytes(), &["--diff", "--stdin-filename", "x/Dockerfile"]);
    assert_eq!((run.code, run.stdout.lines().next()), (1, Some("--- a/x/Dockerfile")));
}

#[test]
fn wrong_words_about_fixes() {
    let bench = Bench::new(&[("Dockerfile", FIXABLE)]);
    for (args, message) in [
        (&["--unsafe-fixes"][..], "--fix|--diff"),
        (&["--fix", "--diff"], "cannot be used with"),
        (&["--diff", "--format", "json"], "cannot be used with"),
        (&["--fixx"], "'--fix'"),
    ] {
        let run = bench.run(args);
        assert_eq!((run.code, &*run.stdout), (2, ""), "{args:?}");
        assert!(run.stderr.contains(message), "{args:?}: {}", run.stderr);
    }
    assert_eq!(fs::read_to_string(bench.path().join("Dockerfile")).unwrap(), FIXABLE);
}

#[test]
fn suppressed_findings_are_not_fixed() {
    let text = format!("# oi-lint global ignore=maintainer-instruction\n{FIXABLE}");
    let bench = Bench::new(&[("Dockerfile", &text)]);
    assert_eq!(bench.run(&["--fix"]).code, 0);
    assert_eq!(fs::read_to_string(bench.path().join("Dockerfile")).unwrap(), text);
}

#[cfg(unix)]
#[test]
fn what_cannot_be_written_is_left_whole() {
    use std::os::unix::fs::PermissionsExt as _;
    let bench = Bench::new(&[("a/Dockerfile", FIXABLE), ("b/Dockerfile", FIXABLE)]);
    let path = bench.path().join("a/Dockerfile");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    let run = bench.run(&["--fix", "a", "b"]);
    assert_eq!((run.code, fs::read_to_string(&path).unwrap()), (2, FIXABLE.to_owned()));
    assert!(
        run.stderr.contains("a/Dockerfile: the file is read-only") && run.stderr.contains("--diff"),
        "{}",
        run.stderr
    );
    assert_eq!(fs::read_to_string(bench.path().join("b/Dockerfile")).unwrap(), FIXED);
}
