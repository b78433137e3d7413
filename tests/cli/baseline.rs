//! `--baseline` and `--write-baseline`.

use serde_json::Value;

use super::*;

const TWO: &str = "FROM debian:trixie-slim\nHEALTHCHECK CMD true\nHEALTHCHECK CMD true\nMAINTAINER x\nCMD [\"bash\"]\n";

fn bench() -> Bench {
    Bench::new(&[("a/Dockerfile", TWO), ("b c/Dockerfile", BAD)])
}

fn select<'a>(args: &[&'a str]) -> Vec<&'a str> {
    ["--select", "healthcheck,maintainer-instruction", "--profile", "official"]
        .into_iter()
        .chain(args.iter().copied())
        .collect()
}

/// The lines and rules of a compact report.
fn found(run: &Run) -> Vec<String> {
    let one = |line: &str| {
        let rule = line.split(['[', ']']).nth(1).unwrap();
        format!("{}:{rule}", line.split(':').nth(1).unwrap())
    };
    run.stdout.lines().map(one).collect()
}

#[test]
fn what_is_known_is_not_reported() {
    let bench = bench();
    let run = bench.run(&select(&["--write-baseline"]));
    assert_eq!(run.code, 0);
    assert_eq!(
        run.stdout,
        "No new findings in 2 files (profile official); 4 known findings are hidden by the baseline.\n"
    );
    insta::assert_snapshot!(run.stderr, @"note: 4 findings written to oi-lint-baseline.json; `--baseline oi-lint-baseline.json`, or `baseline: oi-lint-baseline.json` in oi-lint.yaml, hides them");
    let written = fs::read_to_string(bench.path().join("oi-lint-baseline.json")).unwrap();
    insta::assert_snapshot!(written, @r#"
    {
      "version": 1,
      "findings": [
        {"path":"a/Dockerfile","rule":"healthcheck","fingerprint":"619487d29903099b","count":2},
        {"path":"a/Dockerfile","rule":"maintainer-instruction","fingerprint":"90f204953cef4790"},
        {"path":"b c/Dockerfile","rule":"healthcheck","fingerprint":"619487d29903099b"}
      ]
    }
    "#);
    let known = select(&["--baseline", "oi-lint-baseline.json", "--format", "compact"]);
    let run = bench.run(&known);
    assert_eq!((run.code, &*run.stdout, &*run.stderr), (0, "", ""));
    // Lines move, and what is between words.
    let moved = format!("# new\n\n{}", TWO.replace("HEALTHCHECK CMD", "  HEALTHCHECK   CMD"));
    bench.write("a/Dockerfile", moved.as_bytes());
    let run = bench.run(&known);
    assert_eq!((run.code, &*run.stdout, &*run.stderr), (0, "", ""));
    // One more than there were, and another line.
    bench.write("a/Dockerfile", format!("{moved}HEALTHCHECK CMD true\nHEALTHCHECK CMD false\n").as_bytes());
    let run = bench.run(&known);
    assert_eq!((run.code, found(&run)), (1, vec!["8:healthcheck".to_owned(), "9:healthcheck".to_owned()]));
    let json = bench.run(&select(&["--baseline", "oi-lint-baseline.json", "--format", "json"])).stdout;
    let report: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&report["summary"]["errors"], &report["summary"]["known"]), (&2.into(), &4.into()));
    let pretty = bench.run(&select(&["--baseline", "oi-lint-baseline.json"])).stdout;
    assert!(pretty.ends_with("; --fix mends 2; 4 known findings are hidden by the baseline.\n"), "{pretty}");
    // From another folder the paths are the same.
    let mut command = bench.command(&select(&["--baseline", "../oi-lint-baseline.json", "--format", "compact"]));
    let run = finish(command.current_dir(bench.path().join("b c")).output().unwrap());
    assert_eq!((run.code, &*run.stdout), (0, ""));
    let filter = select(&["--baseline", "oi-lint-baseline.json", "--stdin-filename", "b c/Dockerfile"]);
    assert_eq!(bench.pipe(BAD.as_bytes(), &filter).code, 0);
}

#[test]
fn what_is_gone_is_told() {
    let bench = bench();
    bench.run(&select(&["--write-baseline"]));
    bench.write("a/Dockerfile", BAD.as_bytes());
    fs::remove_dir_all(bench.path().join("b c")).unwrap();
    let known = |args: &[&str]| bench.run(&select(&[&["--baseline", "oi-lint-baseline.json"], args].concat()));
    // Of files that are not linted, and of rules that are off, nothing is known.
    let run = known(&["a"]);
    assert_eq!(run.code, 0);
    insta::assert_snapshot!(run.stderr, @"note: 2 findings of oi-lint-baseline.json are gone; `oi-lint --baseline oi-lint-baseline.json --write-baseline` drops them");
    assert_eq!(known(&["a", "--quiet"]).stderr, "");
    assert_eq!(known(&["a", "--ignore", "maintainer-instruction,healthcheck"]).stderr, "");
    let entries = || {
        let text = fs::read_to_string(bench.path().join("oi-lint-baseline.json")).unwrap();
        let json: Value = serde_json::from_str(&text).unwrap();
        let entry = |entry: &Value| format!("{} {}", entry["path"], entry["rule"]).replace('"', "");
        json["findings"].as_array().unwrap().iter().map(entry).collect::<Vec<_>>()
    };
    // Rules that are off keep what is known, files that are no more do not.
    known(&["a", "--ignore", "maintainer-instruction", "--write-baseline"]);
    assert_eq!(entries(), ["a/Dockerfile healthcheck", "a/Dockerfile maintainer-instruction"]);
    bench.write("d/Dockerfile", BAD.as_bytes());
    known(&["d", "--write-baseline"]);
    assert_eq!(
        entries(),
        ["a/Dockerfile healthcheck", "a/Dockerfile maintainer-instruction", "d/Dockerfile healthcheck"]
    );
    known(&["a", "--write-baseline"]);
    assert_eq!(entries(), ["a/Dockerfile healthcheck", "d/Dockerfile healthcheck"]);
    let before = fs::read_to_string(bench.path().join("oi-lint-baseline.json")).unwrap();
    known(&["--write-baseline"]);
    assert_eq!(fs::read_to_string(bench.path().join("oi-lint-baseline.json")).unwrap(), before);
}

#[test]
fn the_configuration_names_one() {
    let bench = bench();
    let config = "profile: official\nselect: [healthcheck, maintainer-instruction]\nbaseline: known/base.json\n";
    bench.write("oi-lint.yaml", config.as_bytes());
    bench.write("b c/oi-lint.yaml", b"extends: ../oi-lint.yaml\nbaseline: own.json\n");
    let run = bench.run(&["--write-baseline"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    insta::assert_snapshot!(run.stderr, @r"
    note: 1 finding written to b c/own.json
    note: 3 findings written to known/base.json
    ");
    assert_eq!(bench.run(&[]).code, 0);
    assert_eq!(bench.run(&["--no-baseline"]).code, 1);
    assert!(bench.run(&["config", "b c"]).stdout.contains("\nbaseline: own.json  # b c/oi-lint.yaml\n"));
    // --fix mends what is known.
    let run = bench.run(&["--fix"]);
    assert!(
        run.stdout.starts_with("3 findings fixed. No findings in 2 files") || run.stdout.starts_with("4 "),
        "{}",
        run.stdout
    );
    // A fix has no place in the baseline any more.
    assert!(run.stderr.contains("`oi-lint --write-baseline` drops them"), "{}", run.stderr);
}

#[test]
fn bad_baselines() {
    let bench = bench();
    let run = bench.run(&["--baseline", "nowhere.json"]);
    assert_eq!((run.code, &*run.stdout), (2, ""));
    insta::assert_snapshot!(run.stderr, @r"
    error: nowhere.json: the baseline cannot be read: no such file or directory
      help: `oi-lint --baseline nowhere.json --write-baseline` writes it
    ");
    bench.write("base.json", b"{\n  \"version\": 1,\n  \"findings\": [\n<<<<<<< HEAD\n");
    let run = bench.run(&["--baseline", "base.json"]);
    assert_eq!((run.code, &*run.stdout), (2, ""));
    insta::assert_snapshot!(run.stderr, @r#"
     error: this is no baseline: expected value
      ╭─[base.json:4:1]
    3 │   "findings": [
    4 │ <<<<<<< HEAD
      · ─
      ╰────
     help: delete it, and `oi-lint --baseline base.json --write-baseline` writes it
           anew
    "#);
    bench.write("base.json", b"{\"version\": 2, \"findings\": {}}");
    let run = bench.run(&["--baseline", "base.json", "--write-baseline"]);
    assert_eq!((run.code, &*run.stdout), (2, ""));
    insta::assert_snapshot!(run.stderr, @r#"
     error: a baseline of version 2; this oi-lint reads 1
      ╭─[base.json:1:13]
    1 │ {"version": 2, "findings": {}}
      ·             ─
      ╰────
     help: install the oi-lint that wrote it, or delete it, and `oi-lint --baseline
           base.json --write-baseline` writes it anew
    "#);
    for text in [
        "",
        "[]",
        "{}",
        "{\"version\":1}",
        "{\"version\":1,\"findings\":[{\"path\":\"x\"}]}",
        "\u{feff}",
        "{\"version\":-1}",
    ] {
        bench.write("base.json", text.as_bytes());
        let run = bench.run(&["--baseline", "base.json"]);
        assert!(run.code == 2 && run.stderr.contains("this is no baseline: "), "{text}: {}", run.stderr);
    }
    assert_eq!(bench.run(&["--diff", "--write-baseline"]).code, 2);
}
