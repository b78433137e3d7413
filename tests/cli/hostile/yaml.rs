//! YAML that grows. Manifests are no YAML; their lines are in `tests/hostile.rs`.

use allocation_counter::{AllocationInfo, measure};
use oi_lint::config::{Choice, ConfigError, Configs};
use oi_lint::rulebook::load::{self, RulebookError};
use oi_lint::yaml::BadFile;

use super::*;

/// Documents in which something is nested, repeated or long.
fn growing_documents() -> Vec<(&'static str, String)> {
    let bomb = |of: &str| {
        let levels =
            (1..9).map(|level| format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 9].join(", ")));
        format!("a0: &a0 [{of}]\n{}", levels.collect::<String>())
    };
    let lines = |line: &dyn Fn(usize) -> String, count: usize| (0..count).map(line).collect::<String>();
    vec![
        ("a bomb under keys that are none", bomb("x, x, x, x, x, x, x, x, x")),
        ("a bomb behind a key", format!("{}ignore: *a8\n", bomb("x"))),
        ("a bomb in a key", bomb("x").replacen("a0:", "ignore:", 1) + "select: *a8\n"),
        ("aliases of a long text", format!("ignore: [&a {}{}]\n", "x".repeat(400_000), ", *a".repeat(100_000))),
        (
            "aliases of a list of aliases",
            format!(
                "ignore: &a [&b {}{}]\nper-path: [{}]\n",
                "x".repeat(1_000),
                ", *b".repeat(180),
                "{paths: *a, ignore: *a}, ".repeat(90)
            ),
        ),
        ("keys that are merged", format!("a: &a {{b: c}}\n{}", lines(&|_| "<<: *a\n".to_owned(), 1_000))),
        ("brackets", "[".repeat(10_000)),
        ("brackets behind a key", format!("ignore: {}{}", "[".repeat(10_000), "]".repeat(10_000))),
        ("brackets as deep as may be", format!("ignore: {}{}", "[".repeat(999), "]".repeat(999))),
        ("braces", format!("severity: {}", "{a: ".repeat(10_000))),
        ("lists in lists", format!("ignore:\n  {}x\n", "- ".repeat(10_000))),
        ("keys in keys", "? ".repeat(10_000)),
        ("indents", (0..1_400).map(|level| " ".repeat(level) + "a:\n").collect()),
        (
            "indents behind a key",
            "severity:\n".to_owned() + &(1..1_400).map(|level| " ".repeat(level) + "a:\n").collect::<String>(),
        ),
        ("a long text", format!("ignore: {}\n", "x".repeat(10_000_000))),
        ("a long key", format!("{}: x\n", "x".repeat(1_000_000))),
        ("a text of 1 MB", format!("ignore: {}\n", "x".repeat(1_000_000))),
        ("a text of escapes", format!("ignore: \"{}\"\n", "\\x41".repeat(250_000))),
        ("a folded text", format!("ignore: >\n{}", "  x\n".repeat(250_000))),
        ("many keys", lines(&|number| format!("k{number}: x\n"), 60_000)),
        ("many names", format!("severity:\n{}", lines(&|number| format!("  k{number}: off\n"), 60_000))),
        ("one key again and again", "profile: default\n".repeat(60_000)),
        ("many documents", "---\nprofile: default\n".repeat(40_000)),
        ("many anchors", format!("ignore: [{}]\n", lines(&|number| format!("&a{number} x, "), 60_000))),
        ("many tags", format!("ignore: {}x\n", "!!str ".repeat(100_000))),
        ("comments", "# [ *a &a\n".repeat(100_000) + "profile: none\n"),
    ]
}

/// What is wrong with a file is said, at a place in it.
fn assert_said(bad: &BadFile, name: &str) {
    assert!(bad.span.start <= bad.span.end && bad.span.end as usize <= bad.source.text().len(), "{name}: {bad}");
    assert!(!bad.message.is_empty() && bad.help.is_some(), "{name}");
}

/// What is allocated does not grow faster than a file: two bytes that open a list are a kilobyte.
fn assert_bounded(info: &AllocationInfo, bytes: usize, name: &str) {
    let most = bytes as u64 * 600 + (1 << 20);
    assert!(info.bytes_total <= most, "{name}: {} bytes were allocated for {bytes}", info.bytes_total);
}

/// The file is refused at a bounded price, and so is what is printed of it, whatever it quotes.
fn assert_refused(bench: &Bench, file: &str, bad: &BadFile, (info, text): (&AllocationInfo, &str), name: &str) {
    assert_said(bad, name);
    assert_bounded(info, text.len(), name);
    let run = bench.run(&[]);
    assert_eq!((run.code, &*run.stdout), (2, ""), "{name}");
    assert!(run.stderr.len() < 8_000 && run.stderr.contains(&format!("{file}:")), "{name}: {}", run.stderr);
}

#[test]
fn configurations_do_not_grow() {
    let bench = Bench::new(&[("Dockerfile", GOOD)]);
    let path = bench.path().join("oi-lint.yaml");
    let read = || Configs::new(Choice::File(path.clone()), &[]).of(Path::new("Dockerfile")).map(drop);
    fs::write(&path, "").unwrap();
    // What is made once a process is no work of a file.
    read().unwrap();
    for (name, text) in growing_documents() {
        fs::write(&path, &text).unwrap();
        let mut result = Ok(());
        let info = measure(|| result = read());
        let Err(ConfigError::Bad(bad)) = result else { panic!("{name}: {result:?}") };
        assert_refused(&bench, "oi-lint.yaml", &bad, (&info, &text), name);
    }
}

#[test]
fn rules_do_not_grow() {
    let bench = Bench::new(&[("Dockerfile", GOOD), ("oi-lint.yaml", "rules: lint\n")]);
    for (name, text) in growing_documents() {
        let text = text.replace("ignore:", "aliases:").replace("select:", "summary:");
        bench.write("lint/sudo-in-run.yaml", text.as_bytes());
        let mut result = Ok(Vec::new());
        let info = measure(|| result = load::load(&bench.path().join("lint")));
        let Err(RulebookError::Bad(bad)) = result else { panic!("{name}: {result:?}") };
        assert_refused(&bench, "sudo-in-run.yaml", &bad, (&info, &text), name);
    }
}

/// What people write is no bomb.
#[test]
fn a_few_aliases_are_read() {
    let bench = Bench::new(&[("Dockerfile", GOOD)]);
    bench.write(
        "oi-lint.yaml",
        b"ignore: &names [DL3006, healthcheck]\nper-path: [{paths: a, ignore: *names}, {paths: b, ignore: *names}]\n",
    );
    let run = bench.run(&[]);
    assert_eq!((run.code, &*run.stderr), (0, ""));
    // As many as may be do not make much of a file.
    let list = format!("ignore: &a [&b {}{}]\n", "x".repeat(1_000), ", *b".repeat(40));
    let text = list + &format!("per-path: [{}]\n", "{paths: *a, ignore: *a}, ".repeat(25));
    let path = bench.path().join("oi-lint.yaml");
    fs::write(&path, text).unwrap();
    let mut result = Ok(());
    let info = measure(|| result = Configs::new(Choice::File(path), &[]).of(Path::new("Dockerfile")).map(drop));
    assert!(format!("{result:?}").contains("there is no rule"), "they are read");
    assert!(info.bytes_max < 16 << 20, "{info:?}");
}
