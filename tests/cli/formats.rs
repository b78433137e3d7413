//! The reports for other programs: each against its schema, and what is written where.

use serde_json::Value;

use super::*;

const FIXTURE: &str = "# \u{1f40b}\nFROM debian:trixie-slim\nMAINTAINER \u{17c}\u{f3}\u{142}w <a&b>\nRUN apt-get update\n\
                       RUN apt-get install -y --no-install-recommends curl\nCMD [\"bash\"]\n";

fn bench() -> Bench {
    Bench::new(&[("a b/Dockerfile", FIXTURE), ("good/Dockerfile", GOOD)])
}

fn report(bench: &Bench, format: &str) -> String {
    let run = bench.run(&["--profile", "official", "--format", format]);
    assert_eq!((run.code, &*run.stderr), (1, ""), "{format}");
    run.stdout
}

fn valid(schema: &str, report: &str) -> Value {
    let schema: Value = serde_json::from_str(schema).unwrap();
    let report: Value = serde_json::from_str(report).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(&report).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    report
}

/// An element of a report: its name, its attributes, the children that it may have, and whether it has text.
type Element = (&'static str, &'static [&'static str], &'static [&'static str], bool);

/// What checkstyle writes, <https://checkstyle.org/>.
const CHECKSTYLE: [Element; 3] = [
    ("checkstyle", &["version"], &["file"], false),
    ("file", &["name"], &["error"], false),
    ("error", &["line", "column", "severity", "message", "source"], &[], false),
];

/// What Jenkins and GitLab read, <https://github.com/testmoapp/junitxml>, as far as oi-lint writes it.
const JUNIT: [Element; 4] = [
    ("testsuites", &["name"], &["testsuite"], false),
    ("testsuite", &["name", "tests", "failures", "errors", "skipped", "time"], &["testcase"], false),
    ("testcase", &["name", "classname", "time"], &["failure"], false),
    ("failure", &["type", "message"], &[], true),
];

/// Whether all of a report is described: nothing is missing, and there is nothing else.
fn described<'r>(report: &'r str, elements: &[Element]) -> roxmltree::Document<'r> {
    let document = roxmltree::Document::parse(report).unwrap();
    assert_eq!(document.root_element().tag_name().name(), elements[0].0);
    for node in document.root_element().descendants() {
        let place = document.text_pos_at(node.range().start);
        if node.is_text() {
            let parent = node.parent_element().unwrap().tag_name().name();
            let may = elements.iter().any(|(name, .., text)| *name == parent && *text);
            assert!(may || node.text().unwrap().trim().is_empty(), "{place}: text in {parent}");
            continue;
        }
        assert!(node.is_element(), "{place}");
        let name = node.tag_name().name();
        let (_, attributes, children, _) = elements.iter().find(|element| element.0 == name).unwrap();
        let has: Vec<_> = node.attributes().map(|attribute| attribute.name()).collect();
        assert_eq!(has, *attributes, "{place}: {name}");
        for child in node.children().filter(roxmltree::Node::is_element) {
            assert!(children.contains(&child.tag_name().name()), "{place}: {} in {name}", child.tag_name().name());
        }
    }
    document
}

/// A report as a snapshot: without what changes with each rule.
fn pretty(mut report: Value) -> String {
    if let Some(driver) = report.pointer_mut("/runs/0/tool/driver") {
        *driver = Value::from("driver");
    }
    if report["rules"].is_array() {
        report["rules"] = Value::from("rules");
    }
    let indices = report.pointer_mut("/runs/0/results").and_then(Value::as_array_mut);
    for result in indices.into_iter().flatten() {
        result["ruleIndex"] = Value::from("index");
    }
    serde_json::to_string_pretty(&report).unwrap()
}

#[test]
fn sarif() {
    let bench = bench();
    let text = report(&bench, "sarif");
    let report = valid(include_str!("../schemas/sarif.json"), &text);
    if let Some(path) = std::env::var_os("OI_LINT_SARIF_SCHEMA") {
        valid(&fs::read_to_string(path).unwrap(), &text);
    }
    let run = &report["runs"][0];
    for result in run["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
    }
    insta::assert_snapshot!("sarif", pretty(report.clone()));
    // Lines that move leave the fingerprints as they are.
    bench.write("a b/Dockerfile", FIXTURE.replacen('\n', "\n# more\n", 1).as_bytes());
    let moved: Value = serde_json::from_str(&super::formats::report(&bench, "sarif")).unwrap();
    let fingerprints = |report: &Value| -> Vec<Value> {
        let results = report["runs"][0]["results"].as_array().unwrap();
        results.iter().map(|result| result["partialFingerprints"].clone()).collect()
    };
    assert_eq!(fingerprints(&moved), fingerprints(&report));
    // Without findings too.
    let run = bench.run(&["--format", "sarif", "good"]);
    assert_eq!(run.code, 0);
    assert_eq!(valid(include_str!("../schemas/sarif.json"), &run.stdout)["runs"][0]["results"], Value::Array(vec![]));
}

#[cfg(target_os = "linux")]
#[test]
fn paths_that_are_no_text() {
    use std::os::unix::ffi::OsStrExt as _;
    let bench = Bench::new(&[]);
    let folder = bench.path().join(std::ffi::OsStr::from_bytes(b"a\xff b"));
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("Dockerfile"), FIXTURE).unwrap();
    let report = valid(include_str!("../schemas/sarif.json"), &report(&bench, "sarif"));
    let uri = report.pointer("/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri");
    assert_eq!(uri.unwrap(), "a%FF%20b/Dockerfile");
}

#[test]
fn gitlab() {
    let report = valid(include_str!("../schemas/gitlab.json"), &report(&bench(), "gitlab"));
    let mut fingerprints: Vec<&Value> = report.as_array().unwrap().iter().map(|issue| &issue["fingerprint"]).collect();
    let before = fingerprints.len();
    fingerprints.sort_by_key(|fingerprint| fingerprint.as_str());
    fingerprints.dedup();
    assert_eq!(fingerprints.len(), before);
    insta::assert_snapshot!("gitlab", pretty(report));
    let run = bench().run(&["--format", "gitlab", "good"]);
    assert_eq!(valid(include_str!("../schemas/gitlab.json"), &run.stdout), Value::Array(vec![]));
}

#[test]
fn sonarqube() {
    let report = valid(include_str!("../schemas/sonarqube.json"), &report(&bench(), "sonarqube"));
    let rules: Vec<&Value> = report["rules"].as_array().unwrap().iter().map(|rule| &rule["id"]).collect();
    assert!(report["issues"].as_array().unwrap().iter().all(|issue| rules.contains(&&issue["ruleId"])));
    insta::assert_snapshot!("sonarqube", pretty(report));
}

#[test]
fn checkstyle() {
    let text = report(&bench(), "checkstyle");
    let document = described(&text, &CHECKSTYLE);
    let root = document.root_element();
    assert_eq!(root.attribute("version"), Some("4.3"));
    let files: Vec<_> = root.children().filter(roxmltree::Node::is_element).collect();
    let names: Vec<_> = files.iter().map(|file| file.attribute("name").unwrap()).collect();
    assert_eq!(names, ["a b/Dockerfile", "good/Dockerfile"]);
    for error in root.descendants().filter(|node| node.has_tag_name("error")) {
        let number = |name| error.attribute(name).unwrap().parse::<u32>().unwrap();
        assert!(number("line") > 0 && number("column") > 0);
        assert!(["error", "warning", "info"].contains(&error.attribute("severity").unwrap()));
        assert!(error.attribute("source").unwrap().starts_with("oi-lint.") && error.attribute("message").is_some());
    }
    insta::assert_snapshot!("checkstyle", text);
}

#[test]
fn junit() {
    let text = report(&bench(), "junit");
    let document = described(&text, &JUNIT);
    let suites: Vec<_> = document.descendants().filter(|node| node.has_tag_name("testsuite")).collect();
    assert_eq!(suites.len(), 2);
    for suite in suites {
        let count = |name| suite.descendants().filter(|node| node.has_tag_name(name)).count().to_string();
        assert_eq!(suite.attribute("tests"), Some(&*count("testcase")));
        assert_eq!(suite.attribute("failures"), Some(&*count("failure")));
        assert_eq!((suite.attribute("errors"), suite.attribute("skipped")), (Some("0"), Some("0")));
    }
    if let Some(schema) = std::env::var_os("OI_LINT_JUNIT_SCHEMA") {
        let bench = Bench::new(&[("junit.xml", &text)]);
        let report = bench.path().join("junit.xml");
        let output = Command::new("xmllint").args(["--noout", "--schema"]).arg(schema).arg(report).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    insta::assert_snapshot!("junit", text);
}

#[test]
fn ndjson() {
    let text = report(&bench(), "ndjson");
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((lines.len(), &lines[1]["path"]), (2, &"good/Dockerfile".into()));
    let json: Value = serde_json::from_str(&report(&bench(), "json")).unwrap();
    assert_eq!(json["files"], Value::Array(lines));
    insta::assert_snapshot!("ndjson", text);
}

#[test]
fn github() {
    let bench = bench();
    bench.write("summary.md", b"before\n");
    let summary = bench.path().join("summary.md");
    let variables = [("GITHUB_STEP_SUMMARY", summary.to_str().unwrap())];
    let run = bench.run_with(&variables, &["--profile", "official", "--format", "github"]);
    assert_eq!((run.code, &*run.stderr), (1, ""));
    assert!(run.stdout.lines().all(|line| line.starts_with("::") && line.contains("file=a b/Dockerfile,line=")));
    insta::assert_snapshot!("github", run.stdout);
    insta::assert_snapshot!("github-summary", fs::read_to_string(&summary).unwrap());
    // Other formats leave it alone, and a summary that cannot be written stops nothing.
    bench.run_with(&variables, &["--format", "compact", "-o", "sarif:out.sarif"]);
    assert_eq!(fs::read_to_string(&summary).unwrap().matches("## oi-lint").count(), 1);
    let run = bench.run_with(&[("GITHUB_STEP_SUMMARY", "good")], &["--format", "github", "good"]);
    assert_eq!((run.code, &*run.stdout), (0, ""));
    assert!(run.stderr.starts_with("note: GITHUB_STEP_SUMMARY cannot be written: "), "{}", run.stderr);
}

#[test]
fn a_long_summary_is_cut_between_files() {
    let bench = bench();
    bench.write("summary.md", "x".repeat((1 << 20) - 300).as_bytes());
    let summary = bench.path().join("summary.md");
    let variables = [("GITHUB_STEP_SUMMARY", summary.to_str().unwrap())];
    bench.run_with(&variables, &["--format", "github"]);
    let text = fs::read_to_string(&summary).unwrap();
    assert!(text.len() <= 1 << 20 && text.ends_with(" in 2 files.\n\n") && !text.contains("###"));
}

#[test]
fn reports_are_written_to_files() {
    let bench = bench();
    let read = |name: &str| fs::read_to_string(bench.path().join(name)).unwrap();
    let compact = bench.run(&compact(&[])).stdout;
    // The one report goes to the file, and nothing to standard output.
    let run = bench.run(&super::compact(&["--output", "out.txt"]));
    assert_eq!((run.code, &*run.stdout, read("out.txt")), (1, "", compact.clone()));
    // Others stand besides; folders are made, and what was there is replaced.
    let run = bench.run(&super::compact(&["-o", "sarif:reports/x.sarif", "-o", "gitlab:out.txt"]));
    assert_eq!((run.code, run.stdout), (1, compact));
    valid(include_str!("../schemas/sarif.json"), &read("reports/x.sarif"));
    valid(include_str!("../schemas/gitlab.json"), &read("out.txt"));
    assert_eq!(fs::read_dir(bench.path().join("reports")).unwrap().count(), 1);
    // A report for people has no colours in a file.
    bench.run(&["--color", "always", "-o", "pretty:out.txt"]);
    assert!(read("out.txt").contains("Dockerfile") && !read("out.txt").contains('\u{1b}'));
    // What is no format is a part of the name.
    #[cfg(unix)]
    {
        bench.run(&["--format", "ndjson", "-o", "nothing:x"]);
        assert_eq!(read("nothing:x").lines().count(), 2);
        let run = bench.run(&["-o", "ndjson:/dev/stdout", "-o", "/dev/null"]);
        assert_eq!(run.stdout.lines().count(), 2);
    }
    // Where it cannot be written nothing is linted.
    let run = bench.run(&["-o", "sarif:good"]);
    assert_eq!((run.code, &*run.stdout), (2, ""));
    assert!(run.stderr.starts_with("error: good: cannot be written"), "{}", run.stderr);
    assert_eq!(bench.run(&["--diff", "-o", "x"]).code, 2);
}

#[test]
fn fixes_and_reports() {
    let bench = bench();
    let run = bench.pipe(FIXTURE.as_bytes(), &["--fix", "--format", "ndjson", "-o", "ndjson:out", "-"]);
    assert!(!run.stdout.contains("MAINTAINER") && run.stdout.starts_with("# \u{1f40b}\nFROM"));
    assert_eq!(fs::read_to_string(bench.path().join("out")).unwrap(), run.stderr);
}
