//! `--statistics`: counts instead of findings.

use serde_json::Value;

use super::*;

fn bench() -> Bench {
    let text = "FROM debian:trixie-slim\nMAINTAINER x\nHEALTHCHECK CMD true\nRUN cd /x && sudo true\nCMD [\"bash\"]\n";
    Bench::new(&[("a/Dockerfile", text), ("b/Dockerfile", BAD), ("good/Dockerfile", GOOD)])
}

const SELECT: [&str; 4] = ["--profile", "official", "--select", "healthcheck,maintainer-instruction,sudo"];

fn run(bench: &Bench, args: &[&str]) -> Run {
    bench.run(&[&SELECT, &["--statistics"][..], args].concat())
}

#[test]
fn a_table() {
    let run = run(&bench(), &[]);
    assert_eq!((run.code, &*run.stderr), (1, ""));
    insta::assert_snapshot!(run.stdout, @r"
    2  error    [*]  healthcheck             An official image carries no HEALTHCHECK.
    1  error    [*]  maintainer-instruction  MAINTAINER is not used.
    1  error         sudo                    sudo is neither installed nor called.
    4 errors in 2 of 3 files (profile official); --fix mends 3.
    ");
    let narrow = bench().run_with(&[("COLUMNS", "50")], &[&SELECT[..], &["--statistics"]].concat());
    assert!(narrow.stdout.lines().take(3).all(|line| line.chars().count() <= 50), "{}", narrow.stdout);
    let run = super::statistics::run(&bench(), &["good"]);
    assert_eq!((run.code, &*run.stdout), (0, "No findings in 1 file (profile official).\n"));
    assert_eq!(super::statistics::run(&bench(), &["--quiet", "good"]).stdout, "");
}

#[test]
fn an_array() {
    let run = run(&bench(), &["--format", "json"]);
    assert_eq!(run.code, 1);
    insta::assert_snapshot!(run.stdout, @r#"
    [
    {"rule":"healthcheck","count":2,"severity":"error","fixable":2,"fixable_safely":2,"summary":"An official image carries no HEALTHCHECK."},
    {"rule":"maintainer-instruction","count":1,"severity":"error","fixable":1,"fixable_safely":1,"summary":"MAINTAINER is not used."},
    {"rule":"sudo","count":1,"severity":"error","fixable":0,"fixable_safely":0,"summary":"sudo is neither installed nor called."}
    ]
    "#);
    let rows: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&rows[0]["rule"], &rows[0]["count"]), (&"healthcheck".into(), &2.into()));
    assert_eq!(super::statistics::run(&bench(), &["--format", "json", "good"]).stdout, "[]\n");
}

#[test]
fn other_formats() {
    let bench = bench();
    let run = run(&bench, &["--format", "sarif"]);
    assert_eq!((run.code, &*run.stdout), (2, ""));
    insta::assert_snapshot!(run.stderr, @r"
    error: `--statistics` has no format sarif
      help: leave `--format` out, or say json; for a report besides: `--output sarif:FILE`
    ");
    // A report besides, and the table into a file.
    let run = super::statistics::run(&bench, &["--output", "ndjson:out", "--output", "table"]);
    assert_eq!((run.code, &*run.stdout), (1, ""));
    let read = |name: &str| fs::read_to_string(bench.path().join(name)).unwrap();
    assert_eq!(
        (read("out").lines().count(), read("table").lines().next()),
        (3, Some("2  error    [*]  healthcheck             An official image carries no HEALTHCHECK."))
    );
    // A format that the configuration names is that of reports.
    bench.write("oi-lint.yaml", b"format: sarif\n");
    assert!(super::statistics::run(&bench, &[]).stdout.contains("healthcheck"));
    assert_eq!(super::statistics::run(&bench, &["--diff"]).code, 2);
}
