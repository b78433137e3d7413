//! `--files-from`: paths from a list.

use serde_json::Value;

use super::*;

fn bench() -> Bench {
    Bench::new(&[("a/Dockerfile", BAD), ("b/build.docker", BAD), ("c d/Dockerfile", BAD), ("empty/README.md", "")])
}

#[test]
fn lines_and_nuls() {
    let bench = bench();
    for list in ["a/Dockerfile\nb/build.docker\nc d\n", "\r\na/Dockerfile\r\n\r\nb/build.docker\r\nc d"] {
        let run = bench.pipe(list.as_bytes(), &compact(&["--files-from", "-"]));
        assert_eq!((run.code, &*run.stderr), (1, ""));
        assert_eq!(paths(&run), ["a/Dockerfile", "b/build.docker", "c d/Dockerfile"], "{list:?}");
    }
    bench.write("list", b"c d/Dockerfile\0b/build.docker\0");
    assert_eq!(paths(&bench.run(&compact(&["--files-from", "list"]))), ["c d/Dockerfile", "b/build.docker"]);
    // What the command line names comes first.
    assert_eq!(
        paths(&bench.run(&compact(&["a", "--files-from", "list"]))),
        ["a/Dockerfile", "c d/Dockerfile", "b/build.docker"]
    );
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_text() {
    use std::os::unix::ffi::OsStrExt;
    let bench = Bench::new(&[]);
    for name in [&b"a\xff"[..], b"b\nc", b"-"] {
        fs::write(bench.path().join(std::ffi::OsStr::from_bytes(name)), BAD).unwrap();
    }
    let run = bench.pipe(b"a\xff\0b\nc\0-\0", &compact(&["--files-from", "-"]));
    assert_eq!((paths(&run), &*run.stderr), (vec!["a\u{fffd}", "b c", "./-"], ""));
}

#[test]
fn what_is_missing_is_told() {
    let bench = bench();
    let run = bench.pipe(b"nowhere\nc d\ncd\n", &compact(&["--files-from", "-"]));
    assert_eq!((run.code, paths(&run)), (2, vec!["c d/Dockerfile"]));
    insta::assert_snapshot!(run.stderr, @r"
    error: nowhere: no such file or folder
      help: check the path; without one, the current folder is searched
    error: cd: no such file or folder
      help: did you mean `c d`?
    ");
    let run = bench.run(&["--files-from", "nowhere"]);
    assert_eq!((run.code, &*run.stdout), (2, ""));
    insta::assert_snapshot!(run.stderr, @r"
    error: nowhere: the list of paths cannot be read: no such file or directory
      help: name a file with a path on each line, or `-` for standard input
    ");
    let run = bench.run(&["--files-from", "-", "-"]);
    assert_eq!((run.code, &*run.stdout), (2, ""));
    assert!(run.stderr.contains("cannot be a list of paths and a Dockerfile at once"), "{}", run.stderr);
    assert_eq!(bench.run(&["--files-from", "-", "--stdin-filename", "x"]).code, 2);
}

#[test]
fn nothing_in_the_list() {
    let bench = bench();
    for list in ["", "\n\n", "empty\n"] {
        let run = bench.pipe(list.as_bytes(), &["--files-from", "-"]);
        assert_eq!((run.code, &*run.stdout), (0, "No findings in 0 files (profile default).\n"), "{list:?}");
        assert_eq!(run.stderr.lines().next_back(), Some("note: the list names nothing to lint"));
    }
    let run = bench.pipe(b"", &["--files-from", "-", "--quiet", "--format", "json"]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((run.code, &*run.stderr, &report["files"]), (0, "", &Value::Array(vec![])));
}

/// A list of several parts makes one report.
#[test]
fn long_lists() {
    let bench = Bench::new(&[
        ("a/Dockerfile", BAD),
        ("a/oi-lint.yaml", "profile: official\n"),
        ("b/Dockerfile", GOOD),
        ("b/oi-lint.yaml", "rules: rules\n"),
        ("b/rules/sudo-in-run.yaml", &SUDO.replace("{}", "error")),
        ("c/Dockerfile", "FROM debian\nRUN frobnicate x\n"),
        ("c/oi-lint.yaml", "rules: ../b/rules\n"),
    ]);
    let list = format!("{}{}c/Dockerfile\n", "b/Dockerfile\n".repeat(4096), "a/Dockerfile\n".repeat(4096));
    let report = |format| bench.pipe(list.as_bytes(), &["--files-from", "-", "--format", format]);
    let document: Value = serde_json::from_str(&report("json").stdout).unwrap();
    let files: Vec<&str> =
        document["files"].as_array().unwrap().iter().map(|file| file["path"].as_str().unwrap()).collect();
    assert_eq!(files, ["b/Dockerfile", "a/Dockerfile", "c/Dockerfile"]);
    assert_eq!((&document["summary"]["files"], &document["tool"]["profile"]), (&3.into(), &Value::Null));
    assert!(report("pretty").stdout.contains(" in 2 of 3 files; "));
    let document: Value = serde_json::from_str(&report("sarif").stdout).unwrap();
    let run = &document["runs"][0];
    let mut seen = Vec::new();
    for result in run["results"].as_array().unwrap() {
        let index = result["ruleIndex"].as_u64().map(|index| usize::try_from(index).unwrap());
        seen.push((result["ruleId"].as_str().unwrap(), index.is_some()));
        if let Some(index) = index {
            assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
        }
    }
    assert!(seen.contains(&("healthcheck", true)) && seen.contains(&("sudo-in-run", false)), "{seen:?}");
}
