//! Input that is made to harm: what steers a terminal, YAML that grows, files that never end or are others meanwhile. Work is
//! counted, never timed. More of it beside what it is about: `hostile_bytes`, `hostile_names`, `special_files`, `permission_denied`
//! and `files_over_4_gib` in `main.rs`, `hostile_files_are_errors` in `config.rs`, `hostile_repositories` in `changed.rs`,
//! `names_that_are_no_text` in `files_from.rs`, and `tests/hostile.rs` for what files cost.

use allocation_counter::{AllocationInfo, measure};
use oi_lint::config::{Choice, ConfigError, Configs};
use oi_lint::discover::{self, Input};
use oi_lint::model::Surroundings;
use oi_lint::report::{Format, printable_json};
use oi_lint::rulebook::Subject;
use oi_lint::rulebook::load::{self, RulebookError};
use oi_lint::yaml::BadFile;
use serde_json::Value;

use super::invariants::{LINTERS, assert_report, steering};
use super::*;

/// Colours, the title of the window, a link, the controls of one byte and of two, and all that turns the order of what is read.
const STEERING: &str = "\u{1b}[5;7m\u{1b}]0;t\u{7}\u{1b}]8;;h:\u{1b}\\l\u{1b}[2J\r\u{8}\u{7f}\u{85}\u{9b}2J\u{9d}0;t\u{9c}\
                        \u{61c}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}";
/// The same without what cannot stand in a line of YAML, or an instruction: both know escapes for it.
const BIDI: &str = "\u{61c}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}";

/// As a text in quotes, for YAML and JSON.
fn quoted(text: &str) -> String {
    printable_json(&Value::from(text).to_string()).into_owned()
}

/// Nothing of what is printed steers a terminal, but colours of our own.
fn assert_calm(run: &Run, what: &dyn std::fmt::Debug) {
    for (name, text) in [("stdout", &run.stdout), ("stderr", &run.stderr)] {
        assert_eq!(steering(&uncoloured(text)), None, "{name} of {what:?}: {text:?}");
        assert!(!text.contains("\u{1b}[5;7m"), "{name} of {what:?}: {text:?}");
    }
}

/// The text without well-formed SGR sequences.
fn uncoloured(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut out = parts.next().unwrap().to_owned();
    for part in parts {
        let end = part.find(|char: char| !char.is_ascii_digit() && char != ';');
        match end.map(|end| part.split_at(end)) {
            Some((_, rest)) if rest.starts_with('m') => out.push_str(&rest[1..]),
            _ => out.extend(["\u{1b}[", part]),
        }
    }
    out
}

/// Runs without colours and with them.
fn runs(bench: &Bench, args: &[&str]) -> [Run; 2] {
    ["never", "always"].map(|color| {
        let run = bench.run(&[args, &["--color", color]].concat());
        assert_calm(&run, &args);
        run
    })
}

/// Lints with each format and profile; what programs read can be read.
fn in_every_format(bench: &Bench, args: &[&str]) {
    for format in Format::ALL {
        for profile in ["default", "official", "hadolint", "buildkit"] {
            let asked = [args, &["--format", format.as_str(), "--profile", profile]].concat();
            let [plain, coloured] = runs(bench, &asked);
            assert_eq!((plain.code, &*plain.stderr), (1, ""), "{asked:?}");
            assert_report(format, &plain.stdout);
            assert_eq!(uncoloured(&coloured.stdout), plain.stdout, "{asked:?}");
        }
    }
    for more in [&["--statistics"][..], &["--statistics", "--format", "json"], &["--fix", "--diff"][1..]] {
        runs(bench, &[args, more].concat());
    }
    bench.run_with(&[("GITHUB_STEP_SUMMARY", "summary.md")], &[args, &["--format", "github"]].concat());
    let written = fs::read_to_string(bench.path().join("summary.md")).unwrap();
    assert_eq!(steering(&written), None, "{written:?}");
    fs::remove_file(bench.path().join("summary.md")).unwrap();
}

// What steers a terminal.

#[cfg(target_os = "linux")]
#[test]
fn names_of_files_do_not_steer() {
    let name = format!("{STEERING}\n::error::x");
    let path = format!("{name}/{name}.Dockerfile");
    let bench = Bench::new(&[(&path, BAD)]);
    let bad = "FROM debian\nMAINTAINER x\nHEALTHCHECK CMD true\n";
    bench.write(&path, bad.as_bytes());
    for args in [&["."][..], &[&path], &[&name]] {
        in_every_format(&bench, args);
    }
    let run = bench.pipe(format!("{path}\0{name}x\0").as_bytes(), &compact(&["--files-from", "-"]));
    assert_calm(&run, &"a list");
    assert_eq!((run.code, run.stderr.lines().count()), (2, 2), "a line feed in a name makes no line: {:?}", run.stderr);
    // Programs get the name as it is.
    let report: Value = serde_json::from_str(&bench.run(&["--format", "json"]).stdout).unwrap();
    assert_eq!(report["files"][0]["path"], path.as_str());
    let report = bench.run(&["--format", "junit"]).stdout;
    let document = roxmltree::Document::parse(&report).unwrap();
    let suite = document.descendants().find(|node| node.has_tag_name("testsuite")).unwrap();
    assert!(suite.attribute("name").unwrap().contains("\u{9b}2J"), "{report:?}");
    let run = bench.run(&["--write-baseline", "--profile", "official"]);
    assert_calm(&run, &"--write-baseline");
    let baseline = fs::read_to_string(bench.path().join("oi-lint-baseline.json")).unwrap();
    assert_eq!(steering(&baseline), None, "{baseline:?}");
    let known = bench.run(&["--baseline", "oi-lint-baseline.json", "--profile", "official"]);
    assert_eq!(known.code, 0, "{}", known.stdout);
    let run = bench.run(&["--diff", "--profile", "official"]);
    assert_calm(&run, &"--diff");
    let tree = bench.run(&["ast", &path]);
    assert_calm(&tree, &"ast");
    assert_eq!(serde_json::from_str::<Value>(&tree.stdout).unwrap()["file"], path.as_str());
}

/// Lines that are shown, and names that messages quote.
#[test]
fn texts_of_files_do_not_steer() {
    let s = STEERING;
    let dockerfile = format!(
        "# {s}\n# oi-lint ignore={s}\n# hadolint ignore={s},DL3006\nARG {s}=x\nFROM {s} AS a{s}\nFROM debian{s} as a{s}\n\
         MAINTAINER {s}\nENV A{s}=$B{s}\nLABEL {s}=\"{s}\nLABEL a{s}=\nRUN apt-get install -y {s} {s} # {s}\n\
         RUN cd {s} && curl http://{s}/x | sh{s} && {s} \"$({s})\"\nRUN <<{s}\n{s}\n{s}\nRUM{s} {s}\nWORKDIR {s}\nUSER {s}\n\
         COPY --from={s} --chmod={s} --{s} {s} {s}\nEXPOSE {s}\nVOLUME {s}\nSHELL [\"{s}\"]\nSTOPSIGNAL {s}\n\
         ADD https://h/{s} /{s}\nHEALTHCHECK --interval={s} CMD {s}\nONBUILD RUN {s}\nENTRYPOINT {s}\nCMD [\"{s}\", {s}]\n"
    );
    let script = format!(
        "#!/bin/sh {s}\n# oi-lint ignore={s}\nset -e\ncase $1 in {s}) {s} ;; esac\nchown {s} $X{s}\nexec {s} $@\n"
    );
    let manifest = format!(
        "Maintainers: {s} (@{s}), {s} <{s}>\nGitRepo: https://{s}\n{s}: {s}\n\nTags: {s}, {s}, a{s}\nArchitectures: {s}\n\
         GitCommit: {s}\nDirectory: {s}\nFile: {s}\nBuilder: {s}\nTags: x\n"
    );
    for (name, text) in [("Dockerfile", &dockerfile), ("entrypoint.sh", &script), ("library/x", &manifest)] {
        let bench = Bench::new(&[(name, text)]);
        for format in Format::ALL {
            for profile in ["default", "official", "hadolint", "buildkit"] {
                let args = [name, "--format", format.as_str(), "--profile", profile];
                let [plain, _] = runs(&bench, &args);
                assert_report(format, &plain.stdout);
            }
        }
        let run = bench.run_with(&[("GITHUB_STEP_SUMMARY", "summary.md")], &[name, "--format", "github"]);
        assert_calm(&run, &name);
        assert_eq!(steering(&fs::read_to_string(bench.path().join("summary.md")).unwrap()), None);
        assert_calm(&bench.run(&["ast", "--shell", name]), &"ast");
    }
}

/// A rule of somebody else's, and one that is none.
#[test]
fn rules_do_not_steer() {
    let text = quoted(STEERING);
    let rule = |s: &str| {
        format!(
            "name: steers\nseverity: {{default: warning}}\nguideline: {{source: url, anchor: {}}}\nsummary: {s}\nwhy: {s}\n\
             message: {s}\nhelp: {s}\nfix: {{applicability: safe, because: {s}, title: {s}, insert: {s}}}\n\
             match: {{any: RUN frobnicate ...}}\nexamples:\n  bad:\n    - {}\n    - \"FROM a\\nRUN true\"\n  good:\n    - {}\n",
            quoted(&format!("https://h/{STEERING}")),
            quoted(&format!("FROM a # {STEERING}\nRUN frobnicate {STEERING}")),
            quoted(&format!("FROM a\n# {STEERING}\nRUN frobnicate x")),
        )
    };
    let bench = Bench::new(&[("Dockerfile", &format!("FROM debian\n# {BIDI}\nRUN frobnicate x\n"))]);
    bench.write("lint/steers.yaml", rule(&text).as_bytes());
    in_every_format(&bench, &["--rules", "lint", "Dockerfile"]);
    for args in [&["rules"][..], &["rules", "--format", "json"], &["explain", "steers"], &["explain", STEERING]] {
        runs(&bench, &[args, &["--rules", "lint"]].concat());
    }
    let [run, _] = runs(&bench, &["test", "lint"]);
    assert_eq!((run.code, run.stdout.contains("FAIL")), (1, true), "{}", run.stdout);
    // Each key once in a form that is refused, in an escape and as it stands.
    for text in
        [text, format!("\"{BIDI}\""), BIDI.to_owned(), STEERING.to_owned(), format!("[{text}", text = quoted(STEERING))]
    {
        for (from, to) in [
            ("name: steers", format!("name: {text}")),
            ("default: warning", format!("default: {text}")),
            ("default: warning", format!("{text}: warning")),
            ("source: url", format!("source: {text}")),
            ("match:", format!("{text}: x\nmatch:")),
            ("RUN frobnicate ...", text.clone()),
            ("applicability: safe", format!("applicability: {text}")),
            ("  bad:", format!("  {text}:")),
            ("why:", format!("why: !{text}")),
        ] {
            bench.write("bad/steers.yaml", rule("x").replacen(from, &to, 1).as_bytes());
            for args in [&["--rules", "bad"][..], &["test", "bad"], &["explain", "steers", "--rules", "bad"]] {
                let [run, _] = runs(&bench, args);
                assert_eq!((run.code, &*run.stdout, run.stderr.contains("error")), (2, "", true), "{to}");
            }
        }
    }
}

#[test]
fn configurations_do_not_steer() {
    let name = format!("x{STEERING}");
    let bench = Bench::new(&[("Dockerfile", GOOD)]);
    for text in [quoted(STEERING), quoted(&name), format!("\"{BIDI}\""), BIDI.to_owned(), STEERING.to_owned()] {
        for config in [
            format!("{text}: x"),
            format!("profile: {text}"),
            format!("extends: {text}"),
            format!("rules: [{text}]"),
            format!("ignore: {text}"),
            format!("select: [healthcheck, {text}]"),
            format!("severity: {{{text}: error}}"),
            format!("severity: {{DL3006: {text}}}"),
            format!("baseline: {text}"),
            format!("exclude: {{{text}: x}}"),
            format!("options: {{{text}: 1}}"),
            format!("options: {{label-schema: {{a: {text}}}}}"),
            format!("per-path: [{{paths: x, select: {text}}}]"),
            format!("profile: &{text} x"),
            format!("profile: default # {text}\nprofile: official # {text}"),
        ] {
            bench.write("oi-lint.yaml", config.as_bytes());
            for args in [&[][..], &["config", "Dockerfile"], &["--format", "json"]] {
                let [run, _] = runs(&bench, args);
                // What a name means is asked where it is used.
                assert!(run.code == 2 || args.contains(&"config"), "{config:?}: {}", run.stdout);
            }
            bench.write(".hadolint.yaml", config.replace("severity", "override").as_bytes());
            fs::remove_file(bench.path().join("oi-lint.yaml")).unwrap();
            runs(&bench, &["init", "--force", "--from-hadolint", ".hadolint.yaml"]);
        }
    }
    // What is shown of a good one is YAML that says the same.
    let config = format!(
        "exclude: {0}\nbaseline: {0}\noptions: {{trusted-registries: {0}, label-schema: {{{0}: text}}}}\n\
         per-path: [{{paths: [x, {0}, Dockerfile], profile: official}}]\n",
        quoted(STEERING)
    );
    bench.write("oi-lint.yaml", config.as_bytes());
    let [run, _] = runs(&bench, &["config", "Dockerfile"]);
    let shown: Value = serde_yaml::from_str(&run.stdout).unwrap();
    assert_eq!((run.code, &shown["exclude"][0]), (0, &Value::from(STEERING)));
    assert_eq!((&shown["baseline"], &shown["profile"]), (&Value::from(STEERING), &"official".into()));
    let hadolint = format!(
        "ignored: [{0}]\ntrustedRegistries: [{0}]\nlabel-schema: {{{0}: text}}\nformat: {0}\n",
        quoted(STEERING)
    );
    bench.write("h.yaml", hadolint.as_bytes());
    let [run, _] = runs(&bench, &["init", "--force", "--from-hadolint", "h.yaml"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
}

#[test]
fn arguments_do_not_steer() {
    let bench = Bench::new(&[("Dockerfile", BAD), ("base.json", "{}")]);
    let (s, option) = (STEERING, format!("--{STEERING}"));
    let output = format!("nowhere/{s}");
    for args in [
        &["--select", s][..],
        &["--ignore", s],
        &["--select", "helthcheck", s],
        &["--config", s],
        &["--baseline", s],
        &["--rules", s],
        &["--library", s],
        &["--files-from", s],
        &["--shellcheck", s],
        &["--output", &output, "--output", "Dockerfile/x"],
        &["--profile", s],
        &["--format", s],
        &["--fail-on", s],
        &["--kind", s],
        &["--stdin-filename", s],
        &["--changed", s],
        &[s],
        &[&option],
        &["--", &option],
        &["explain", s],
        &["rules", s],
        &["test", s],
        &["config", s],
        &["config", ".", "--config", s],
        &["init", "--from-hadolint", s],
    ] {
        runs(&bench, args);
        for more in [&["--color", s][..], &["--colour"], &[s, s]] {
            let run = bench.run(&[args, more].concat());
            assert_calm(&run, &args);
            assert_ne!(run.code, 1, "{args:?} {more:?}: {}", run.stderr);
        }
    }
    for args in [&["completions", s][..], &["man", &output], &["ast", s], &["schema", s], &["help", s], &[s, "--help"]]
    {
        assert_calm(&bench.run(args), &args);
    }
    let help = bench.run(&[s, "--help"]);
    assert_eq!((help.code, &*help.stderr), (0, ""), "help is no complaint");
}

#[test]
fn baselines_do_not_steer() {
    let bench = Bench::new(&[("Dockerfile", BAD)]);
    let text = quoted(STEERING);
    for baseline in [
        STEERING.to_owned(),
        text.clone(),
        format!("{{{text}: 1}}"),
        format!("{{\"version\": {text}}}"),
        format!("{{\"version\": 1, \"findings\": [{{\"path\": {text}, \"rule\": {text}, \"fingerprint\": {text}}}]}}"),
        format!("{{\"version\": 1, \"findings\": [{{\"path\": {text}, \"rule\": 1, \"fingerprint\": {text}}}]}}"),
        format!(
            "{{\"version\": 1, \"findings\": [{{\"path\": \"Dockerfile\", \"rule\": {text}, \"fingerprint\": {text}}}]}}"
        ),
        format!("{{\"version\": 7, \"x\": {text}}}"),
    ] {
        bench.write("base.json", baseline.as_bytes());
        for args in [&["--baseline", "base.json"][..], &["--baseline", "base.json", "--write-baseline"]] {
            runs(&bench, args);
        }
    }
    bench.write("base.json", format!("{{\"version\": 1, \"findings\": [{{\"path\": \"Dockerfile\", \"rule\": \"healthcheck\", \"fingerprint\": {text}}}]}}").as_bytes());
    let [run, _] = runs(&bench, &["--baseline", "base.json", "--profile", "official"]);
    assert!(run.stderr.contains("1 finding of base.json is gone"), "{}", run.stderr);
}

#[cfg(target_os = "linux")]
#[test]
fn revisions_do_not_steer() {
    let folder = format!("a{STEERING}");
    let bench = Bench::new(&[(&format!("{folder}/Dockerfile"), BAD)]);
    runs(&bench, &["--changed", "--profile", "official"]);
    let init = Command::new("git").args(["init", "--quiet", &folder]).current_dir(bench.path()).status().unwrap();
    assert!(init.success());
    for revision in [STEERING, "main", "--output=x", "x\n::error::y"] {
        let [run, _] = runs(&bench, &[&format!("--changed={revision}"), &folder]);
        assert_eq!((run.code, run.stderr.lines().count()), (2, 2), "{:?}", run.stderr);
    }
    bench.write(&format!("{folder}/.git/config"), format!("[core]\n\tx = {STEERING}\n[{STEERING}\n").as_bytes());
    let [run, _] = runs(&bench, &["--changed", &folder]);
    assert_eq!(run.code, 2, "{}", run.stdout);
}

/// On a terminal, with links and the differences that fixes make.
#[cfg(target_os = "linux")]
#[test]
fn a_terminal_is_not_steered() {
    let text = format!("FROM debian:trixie-slim\n# {STEERING}\nMAINTAINER {STEERING}\n# {STEERING}\n");
    let bench = Bench::new(&[("Dockerfile", &text), ("lint/sudo-in-run.yaml", &SUDO.replace("{}", "info"))]);
    for args in
        ["--profile official", "--diff", "--statistics", "--format json", "--format github", "explain healthcheck"]
    {
        let typed = format!("{} {args}", env!("CARGO_BIN_EXE_oi-lint"));
        let mut command = Command::new("script");
        command.args(["-qec", &typed, "/dev/null"]).current_dir(bench.path()).stdin(Stdio::null());
        command
            .envs([("TERM", "xterm-256color"), ("FORCE_HYPERLINK", "1"), ("LANG", "C.UTF-8")])
            .env_remove("NO_COLOR");
        let Ok(output) = command.output() else { return };
        let text = String::from_utf8(output.stdout).unwrap().replace("\r\n", "\n");
        // Links of our own have an address behind them.
        let text: Vec<&str> = text.split("\u{1b}\\").map(|part| part.split("\u{1b}]8;;").next().unwrap()).collect();
        let text = uncoloured(&text.concat());
        assert_eq!(steering(&text), None, "{args}: {text:?}");
        assert!(!text.is_empty());
    }
}

// YAML that grows. Manifests are no YAML; their lines are in tests/hostile.rs.

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
        assert_said(&bad, name);
        assert_bounded(&info, text.len(), name);
        // What is printed of it is bounded too, whatever it quotes.
        let run = bench.run(&[]);
        assert_eq!((run.code, &*run.stdout), (2, ""), "{name}");
        assert!(run.stderr.len() < 8_000 && run.stderr.contains("oi-lint.yaml:"), "{name}: {}", run.stderr);
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
        assert_said(&bad, name);
        assert_bounded(&info, text.len(), name);
        let run = bench.run(&[]);
        assert_eq!((run.code, &*run.stdout), (2, ""), "{name}");
        assert!(run.stderr.len() < 8_000 && run.stderr.contains("sudo-in-run.yaml:"), "{name}: {}", run.stderr);
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

// Large files.

/// A large file: its bytes, how many of those a normal test takes, and how many bytes each may cost at a time.
type Large = (&'static str, fn(usize) -> Vec<u8>, usize, u64);

const LARGE: [Large; 8] = [
    ("one line", |size| vec![b'x'; size], 4 << 20, 8),
    ("one line of NULs", |size| vec![0; size], 4 << 20, 4),
    ("one line of other bytes", |size| [b"FROM debian:13\nRUN ", &vec![0xff; size][..]].concat(), 1 << 20, 20),
    ("one comment", |size| format!("FROM debian:13\n#{}\nRUN true\n", "x".repeat(size)).into_bytes(), 4 << 20, 8),
    ("one command", |size| format!("FROM debian:13\nRUN {}\n", "x".repeat(size)).into_bytes(), 1 << 20, 20),
    ("one label", |size| format!("FROM debian:13\nLABEL a=\"{}\"\n", "x".repeat(size)).into_bytes(), 1 << 20, 12),
    ("empty lines", |size| format!("FROM debian:13\n{}", "\n".repeat(size)).into_bytes(), 1 << 20, 60),
    ("short lines", |size| format!("FROM debian:13\n{}", "RUN x\n".repeat(size / 6)).into_bytes(), 64 << 10, 700),
];

/// Reads and lints a file with each profile, and counts what is held at a time.
fn lints_within_bounds((name, make, _, factor): Large, size: usize) {
    let bench = Bench::new(&[]);
    bench.write("Dockerfile", &make(size));
    let input = Input::File(bench.path().join("Dockerfile"));
    for linter in LINTERS.iter() {
        let (mut found, mut bytes) = (Vec::new(), 0);
        let info = measure(|| {
            let source = discover::read(&input).unwrap();
            bytes = source.bytes().len();
            found = linter.lint_as(Subject::Dockerfile, &source, &Surroundings::default());
        });
        assert!(info.bytes_max <= bytes as u64 * factor + (4 << 20), "{name}: {} bytes for {bytes}", info.bytes_max);
        assert!(found.len() <= bytes / 6 + 1, "{name}: {} findings", found.len());
    }
}

#[test]
fn large_files() {
    for large in LARGE {
        lints_within_bounds(large, large.2);
    }
}

/// `cargo test --release --test cli hostile::files_of_100_mb -- --ignored`. A RUN of six bytes is 2 KB in memory, so that short lines
/// have a tenth.
#[test]
#[ignore = "takes minutes and 4 GB"]
fn files_of_100_mb() {
    for large in LARGE {
        lints_within_bounds(large, if large.0 == "short lines" { 10_000_000 } else { 100_000_000 });
    }
}

/// The report of a large file is no larger than what it shows of it.
#[test]
fn reports_of_large_lines_are_small() {
    let line = "x".repeat(1 << 20);
    let bench = Bench::new(&[("Dockerfile", &format!("FROM debian:trixie-slim\nMAINTAINER {line}\nRUN {line}\n"))]);
    for args in [&[][..], &["--statistics"], &["--format", "compact"], &["--color", "always"]] {
        let run = bench.run(&[args, &["--profile", "official"]].concat());
        assert!(run.stdout.len() < 20_000, "{args:?}: {} bytes", run.stdout.len());
    }
}

// Files that are none, or others meanwhile.

#[cfg(unix)]
fn pipe(bench: &Bench, name: &str) {
    let path = bench.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// Pipes and devices under the names of all that is read by itself. None is waited for.
#[cfg(unix)]
#[test]
fn pipes_and_devices_are_not_waited_for() {
    use std::os::unix::fs::symlink;
    let no_config = "this is no regular file";
    for (name, message) in [
        ("Dockerfile", ""),
        ("Containerfile", ""),
        ("entrypoint.sh", ""),
        ("library/x", ""),
        ("x.sh", ""),
        (".dockerignore", ""),
        ("Dockerfile.dockerignore", ""),
        ("a/Dockerfile", ""),
        (".git", ""),
        (".git/HEAD", ""),
        (".git/config", ""),
        (".git/index", ""),
        ("oi-lint.yaml", no_config),
        (".oi-lint.yml", no_config),
        (".ignore", "/.ignore: this is a "),
        (".gitignore", "/.gitignore: this is a "),
        (".git/info/exclude", "/.git/info/exclude: this is a "),
        ("a/.ignore", "error: a/.ignore: this is a "),
        ("a/.gitignore", "error: a/.gitignore: this is a "),
        ("a/.git/info/exclude", "error: a/.git/info/exclude: this is a "),
        ("lint/x.yaml", ""),
    ] {
        for is_pipe in [true, false] {
            let text = "FROM debian:trixie-slim\nCOPY x.sh /\nENTRYPOINT [\"/x.sh\"]\n";
            let bench = Bench::new(&[("b/Dockerfile", text), ("b.Dockerfile", text), ("a/x", "")]);
            bench.write("library/y", b"Maintainers: A (@a)\nGitRepo: https://h/b.git\n\nTags: 1\nGitCommit: x\n");
            bench.write("lint/sudo-in-run.yaml", SUDO.replace("{}", "info").as_bytes());
            if is_pipe {
                pipe(&bench, name);
            } else {
                let path = bench.path().join(name);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                symlink("/dev/zero", path).unwrap();
            }
            let run = bench.run(&["--rules", "lint", "--profile", "official", "--fail-on", "never"]);
            let said = (run.code, run.stderr.contains(message));
            assert_eq!(said, (if message.is_empty() { 0 } else { 2 }, true), "{name}: {}", run.stderr);
        }
    }
}

#[cfg(unix)]
#[test]
fn what_is_named_is_a_file() {
    let bench = Bench::new(&[("Dockerfile", GOOD), ("d/Dockerfile/x", "")]);
    pipe(&bench, "pipe");
    let _socket = std::os::unix::net::UnixListener::bind(bench.path().join("socket")).unwrap();
    for (path, kind) in [("pipe", "a named pipe"), ("/dev/zero", "a device"), ("socket", "a socket")] {
        for args in [
            &["--config", path][..],
            &["--baseline", path],
            &["--baseline", path, "--write-baseline"],
            &["--files-from", path],
            &["ast", path],
            &["config", "--config", path],
            &["init", "--from-hadolint", path],
        ] {
            let run = bench.run(args);
            assert_eq!((run.code, &*run.stdout), (2, ""), "{args:?}");
            assert!(run.stderr.contains(&format!("this is {kind}, not a file")), "{args:?}: {}", run.stderr);
        }
        for args in [["--rules", path], ["--library", path]] {
            assert_eq!(bench.run(&args).code, 2, "{args:?}");
        }
    }
    // A folder is searched, whatever its name.
    assert!(bench.run(&["d"]).stderr.contains("error: no Dockerfiles in `d`"));
    assert!(bench.run(&["d/Dockerfile"]).stderr.contains("error: no Dockerfiles in `d/Dockerfile`"));
    // Nothing is in it, and the shell hands over pipes.
    assert_eq!(bench.run(&["--config", "/dev/null", "Dockerfile"]).code, 0);
    assert_eq!(bench.run(&["--files-from", "/dev/null"]).code, 0);
    assert_eq!(bench.run(&["/dev/null"]).code, 2);
    assert_eq!(bench.pipe(GOOD.as_bytes(), &["/dev/stdin"]).code, 0);
    assert_eq!(bench.pipe(b"Dockerfile\n", &["--files-from", "/dev/stdin"]).code, 0);
    let piped = |args: &[&str], input: &str| {
        let mut child =
            bench.command(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
        finish(child.wait_with_output().unwrap()).code
    };
    assert_eq!(piped(&["/dev/stdin"], GOOD), 0);
    assert_eq!(piped(&["--config", "/dev/stdin", "Dockerfile"], "profile: official\n"), 0);
    assert_eq!(piped(&["--files-from", "/dev/stdin"], "Dockerfile\n"), 0);
}

/// A list without ends of lines is read no further than a path can be long.
#[test]
fn a_path_without_end() {
    let bench = Bench::new(&[("Dockerfile", GOOD)]);
    for list in [
        vec![b'x'; 1 << 20],
        [b"Dockerfile\n", &vec![b'x'; 1 << 20][..]].concat(),
        [b"x\0", &vec![b'x'; 1 << 20][..]].concat(),
    ] {
        let run = bench.pipe(&list, &["--files-from", "-"]);
        assert!(run.code == 2 && run.stderr.len() < 1_000, "{}", run.stderr.len());
        assert!(run.stderr.contains("a path in it is too long"), "{}", run.stderr);
    }
}

#[cfg(unix)]
#[test]
fn links_that_lead_around() {
    use std::os::unix::fs::symlink;
    let bench = Bench::new(&[("a/Dockerfile", BAD), ("b/x", "")]);
    let link = |target: &str, name: &str| symlink(target, bench.path().join(name)).unwrap();
    link("../b", "a/to-b");
    link("../a", "b/to-a");
    link(".", "a/self");
    link("Dockerfile.2", "b/Dockerfile.1");
    link("Dockerfile.1", "b/Dockerfile.2");
    link("self.Dockerfile", "b/self.Dockerfile");
    link("/nowhere", "b/nowhere.Dockerfile");
    link("../../../../../../../../etc/hostname", "b/out.Dockerfile");
    link("a/Dockerfile", "Dockerfile");
    let run = bench.run(&compact(&["--select", "healthcheck"]));
    assert_eq!((paths(&run), &*run.stderr), (vec!["Dockerfile"], ""), "each file once");
    for (path, message) in [
        ("b/Dockerfile.1", "too many levels of symbolic links"),
        ("b/self.Dockerfile", "too many levels of symbolic links"),
        ("b/nowhere.Dockerfile", "no such file"),
    ] {
        let run = bench.run(&[path]);
        assert!(run.code == 2 && run.stderr.contains(message), "{}", run.stderr);
    }
    // A link to a folder that is named is one.
    assert_eq!(paths(&bench.run(&compact(&["b/to-a", "--select", "healthcheck"]))), ["b/to-a/Dockerfile"]);
    link("oi-lint.yml", "oi-lint.yaml");
    link("oi-lint.yaml", "oi-lint.yml");
    let run = bench.run(&[]);
    assert!(run.code == 2 && run.stderr.contains("oi-lint.yaml: too many levels of symbolic links"), "{}", run.stderr);
    fs::remove_file(bench.path().join("oi-lint.yaml")).unwrap();
    fs::remove_file(bench.path().join("oi-lint.yml")).unwrap();
    // Folders of rules and of a library, and what is extended.
    fs::create_dir(bench.path().join("lint")).unwrap();
    link("../lint", "lint/again.yaml");
    link("../lint", "lint/more");
    link("self.yaml", "lint/self.yaml");
    assert!(bench.run(&["--rules", "lint"]).stderr.contains("lint: no rules in this folder"));
    assert!(bench.run(&["--library", "lint"]).stderr.contains("lint: no manifest is in this folder"));
    bench.write("c.yaml", b"extends: [d.yaml]\n");
    link("c.yaml", "d.yaml");
    assert!(bench.run(&["--config", "c.yaml"]).stderr.contains("`d.yaml` extends this file in turn"));
}

/// Files are written anew, cut, made longer, taken away, and made into folders and pipes while folders are linted and mended.
#[cfg(unix)]
#[test]
fn files_that_change_while_they_are_read() {
    use std::sync::atomic::{AtomicBool, Ordering};
    let bench = Bench::new(&[]);
    let text = "FROM debian:trixie-slim\nMAINTAINER x\nCOPY a /a\nENTRYPOINT [\"/run.sh\"]\nCOPY run.sh /\n";
    for number in 0..8 {
        bench.write(&format!("{number}/Dockerfile"), text.as_bytes());
        bench.write(&format!("{number}/run.sh"), b"#!/bin/sh\nexec \"$@\"\n");
    }
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // Whatever fails here fails because the other one was faster.
            for (step, number) in (0..5).flat_map(|step| (0..8).map(move |number| (step, number))).cycle() {
                if is_over.load(Ordering::Relaxed) {
                    break;
                }
                for name in ["Dockerfile", "run.sh"] {
                    let path = bench.path().join(format!("{number}/{name}"));
                    let _ = match step {
                        0 => fs::write(&path, text.repeat(20)),
                        1 => fs::File::create(&path).and_then(|file| file.set_len(3)),
                        2 => fs::remove_file(&path).and_then(|()| fs::create_dir(&path)),
                        3 => fs::remove_dir(&path).and_then(|()| std::os::unix::fs::symlink("/dev/zero", &path)),
                        _ => fs::remove_file(&path).and_then(|()| fs::write(&path, text)),
                    };
                }
            }
        });
        for args in [
            &["."][..],
            &["--fix", "."],
            &["--diff", "."],
            &["--write-baseline"],
            &["--format", "sarif", "--output", "x"],
        ] {
            for _ in 0..3 {
                let run = bench.run(&[args, &["--profile", "official"]].concat());
                assert!((0..=2).contains(&run.code), "{args:?}: {}", run.code);
                assert!(!run.stderr.contains("internal error"), "{}", run.stderr);
            }
        }
        is_over.store(true, Ordering::Relaxed);
    });
}

/// A ShellCheck that changes the Dockerfile behind the back of who asks it: after it was read, before it is written.
#[cfg(unix)]
#[test]
fn a_file_that_was_changed_is_not_written_over() {
    use std::os::unix::fs::PermissionsExt as _;
    let text = "FROM debian:trixie-slim\nRUN sudo true\nRUN apt-get update && apt-get install -y --no-install-recommends curl=1 \
                && apt-get clean && rm -rf /var/lib/apt/lists/*\nCMD [\"bash\"]\n";
    for (change, left) in [
        ("echo '# mine' >> Dockerfile", Some(format!("{text}# mine\n"))),
        (": > Dockerfile", Some(String::new())),
        ("rm Dockerfile", None),
    ] {
        let bench = Bench::new(&[("Dockerfile", text)]);
        let plain = bench.run(&["--diff"]);
        assert_eq!(plain.code, 1, "there is something to mend: {}", plain.stdout);
        let program = bench.path().join("shellcheck.sh");
        // The scripts of the file as it was read are asked about first; those of the mended one make the second process.
        let script = format!(
            "#!/bin/sh\nif [ \"$1\" = --version ]; then echo ShellCheck; exit; fi\ncd \"$(dirname \"$0\")\"\n\
             if [ -e asked ]; then {change}; fi\n: > asked\necho '{{\"comments\": []}}'\n"
        );
        bench.write("shellcheck.sh", script.as_bytes());
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let run = bench.run(&["--fix", "--shellcheck", "./shellcheck.sh", "Dockerfile"]);
        assert_eq!(run.code, 2, "{change}: {}{}", run.stdout, run.stderr);
        assert!(run.stderr.contains("Dockerfile: ") && run.stderr.contains("left as it is"), "{}", run.stderr);
        assert_eq!(fs::read_to_string(bench.path().join("Dockerfile")).ok(), left, "{change}");
    }
}

/// Paths that are not UTF-8, found in a folder, by name, from a list and in each format.
#[cfg(target_os = "linux")]
#[test]
fn paths_that_are_not_utf_8() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let bench = Bench::new(&[]);
    let folder = OsStr::from_bytes(b"a\xff\x80");
    fs::create_dir(bench.path().join(folder)).unwrap();
    let bad = "FROM debian\nMAINTAINER x\nHEALTHCHECK CMD true\n";
    for name in [&b"Dockerfile"[..], b"\xfe", b"Dockerfile.\xfe", b"\xfe-entrypoint.sh"] {
        fs::write(bench.path().join(folder).join(OsStr::from_bytes(name)), bad).unwrap();
    }
    in_every_format(&bench, &["."]);
    let run = bench.run(&compact(&["--select", "healthcheck"]));
    assert_eq!((paths(&run), &*run.stderr), (vec!["a\u{fffd}\u{fffd}/Dockerfile"], ""));
    let named = Path::new(folder).join(OsStr::from_bytes(b"\xfe"));
    for format in Format::ALL {
        let mut command = bench.command(&["--format", format.as_str()]);
        let run = finish(command.arg(&named).output().unwrap());
        assert_eq!((run.code, &*run.stderr), (1, ""), "{}", format.as_str());
        assert_report(format, &run.stdout);
    }
    let list = [named.as_os_str().as_bytes(), b"\n", b"nowhere\xff\n"].concat();
    let run = bench.pipe(&list, &compact(&["--files-from", "-", "--select", "healthcheck"]));
    assert_eq!((run.code, paths(&run)), (2, vec!["a\u{fffd}\u{fffd}/\u{fffd}"]));
    assert!(run.stderr.contains("error: nowhere\u{fffd}: no such file"), "{}", run.stderr);
    for args in
        [&["--config"][..], &["--baseline"], &["--rules"], &["--files-from"], &["--library"], &["ast"], &["config"]]
    {
        let run = finish(bench.command(args).arg(folder).output().unwrap());
        assert!(run.code == 2 || args == ["config"], "{args:?}: {}", run.stderr);
        assert_calm(&run, &args);
    }
    for args in [&["--select"][..], &["--profile"], &["explain"], &["--stdin-filename"], &["--changed"]] {
        let run = finish(bench.command(args).arg(folder).output().unwrap());
        assert_calm(&run, &args);
    }
    let fixed = finish(bench.command(&["--fix"]).arg(&named).output().unwrap());
    assert_eq!(fixed.stdout.matches("fixed").count(), 1, "{}", fixed.stdout);
    let text = fs::read_to_string(bench.path().join(&named)).unwrap();
    assert!(!text.contains("MAINTAINER"), "{text}");
}
