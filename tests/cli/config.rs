//! `oi-lint.yaml`, and the subcommands about it.

use std::collections::BTreeSet;

use super::{BAD, Bench, GOOD, SUDO, paths};

/// What the rules of the profile `default` find in it: an untagged base, recommended packages.
const TWO: &str = "FROM debian\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n";

/// Rule and severity of each finding of a compact report.
fn found(bench: &Bench, args: &[&str]) -> Vec<String> {
    let run = bench.run(&[&["--format", "compact"], args].concat());
    assert_ne!(run.code, 2, "{}", run.stderr);
    let of = |line: &str| Some(line.split_once(": ")?.1.split_once(']')?.0.replace('[', " "));
    run.stdout.lines().map(|line| of(line).unwrap()).collect()
}

#[test]
fn without_a_file() {
    let bench = Bench::new(&[("Dockerfile", TWO)]);
    assert_eq!(found(&bench, &[]), ["error untagged-base-image", "warning recommended-packages"]);
}

#[test]
fn the_keys() {
    for (config, expected) in [
        ("ignore: DL3006", &["warning recommended-packages"][..]),
        ("ignore: [untagged-base-image, DL3015]", &[]),
        ("ignore: repeatability", &["warning recommended-packages"]),
        ("select: recommended-packages", &["warning recommended-packages"]),
        ("select: [multi-arch]", &[]),
        ("severity: {DL3006: warning, recommended-packages: off}", &["warning untagged-base-image"]),
        ("severity: {repeatability: info}", &["info untagged-base-image", "warning recommended-packages"]),
        // The rule's name before its alias, and that before its category.
        (
            "severity: {repeatability: off, untagged-base-image: info, DL3006: error}",
            &["info untagged-base-image", "warning recommended-packages"],
        ),
        // What is ignored is, whatever its severity.
        ("severity: {untagged-base-image: info}\nignore: untagged-base-image", &["warning recommended-packages"]),
        // A rule that the profile has off is on when it is named; a category names none.
        (
            "severity: {missing-healthcheck: warning}",
            &["warning missing-healthcheck", "error untagged-base-image", "warning recommended-packages"],
        ),
        ("severity: {hadolint: error}", &["error untagged-base-image", "warning recommended-packages"]),
        ("profile: buildkit", &[]),
        ("options: {trusted-registries: [quay.io]}\nselect: untrusted-registry", &["error untrusted-registry"]),
        ("options: {trusted-registries: [docker.io]}\nselect: untrusted-registry", &[]),
        ("# nothing", &[]),
        ("", &[]),
        (
            "profile:\nignore:\nselect:\nseverity:\noptions:\nexclude:\nrules:\nper-path:\nextends:\nformat:\nfail-on:",
            &[],
        ),
    ] {
        for name in ["oi-lint.yaml", "oi-lint.yml", ".oi-lint.yaml", ".oi-lint.yml"] {
            let bench = Bench::new(&[("app/Dockerfile", TWO), (name, config)]);
            let is_empty = !config.contains(": ");
            let default = ["error untagged-base-image", "warning recommended-packages"];
            let mut expected = if is_empty { default.to_vec() } else { expected.to_vec() };
            let mut given = found(&bench, &[]);
            expected.sort_unstable();
            given.sort_unstable();
            assert_eq!(given, expected, "{name}: {config}");
        }
    }
}

#[test]
fn exit_code_and_format() {
    let bench =
        Bench::new(&[("Dockerfile", TWO), ("sub/Dockerfile", TWO), ("oi-lint.yaml", "fail-on: never\nformat: json\n")]);
    let run = bench.run(&["Dockerfile"]);
    assert_eq!((run.code, run.stdout.starts_with('{')), (0, true));
    assert_eq!(bench.run(&["--fail-on", "warning"]).code, 1);
    assert!(bench.run(&["--format", "pretty"]).stdout.contains("2 errors"));
    // Each file is held against its own.
    bench.write("sub/oi-lint.yaml", b"fail-on: error\nformat: compact\nprofile: official\n");
    let run = bench.run(&[]);
    assert_eq!((run.code, run.stdout.starts_with("{\"version\":1")), (1, true), "the first file's format");
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert!(json["tool"]["profile"].is_null(), "the files have several");
    assert!(bench.run(&["sub"]).stdout.contains("\nsub/Dockerfile:1:6: error"));
    let run = bench.run(&["--format", "pretty"]);
    assert!(run.stdout.contains(" in 2 files; "), "{}", run.stdout);
    bench.write("sub/oi-lint.yaml", b"fail-on: error\nseverity: {untagged-base-image: warning}\n");
    assert_eq!(bench.run(&["sub", "Dockerfile"]).code, 0);
}

#[test]
fn the_nearest_file_counts() {
    let bench = Bench::new(&[
        ("Dockerfile", TWO),
        ("a/Dockerfile", TWO),
        ("a/deep/er/Dockerfile", TWO),
        ("b/Dockerfile", TWO),
        ("oi-lint.yaml", "ignore: recommended-packages\n"),
        ("a/oi-lint.yaml", "ignore: untagged-base-image\n"),
        ("a/.oi-lint.yaml", "ignore: [untagged-base-image, recommended-packages]\n"),
    ]);
    let all = ["error untagged-base-image", "warning recommended-packages"];
    let (base, packages) = (all[0], all[1]);
    assert_eq!(found(&bench, &[]), [base, packages, packages, base]);
    assert_eq!(found(&bench, &["--no-config", "a/Dockerfile"]), all);
    assert_eq!(found(&bench, &["--config", "a/.oi-lint.yaml"]), [""; 0]);
    assert_eq!(found(&bench, &["--config", "oi-lint.yaml", "a"]), [base, base]);
    let pipe = |args: &[&str]| bench.pipe(TWO.as_bytes(), &[&["--format", "compact"], args].concat()).stdout;
    assert!(pipe(&["-"]).contains("untagged"));
    assert!(!pipe(&["--stdin-filename", "a/x"]).contains("untagged"));
    assert!(pipe(&["--stdin-filename", "nowhere/x"]).contains("untagged"));
}

#[test]
fn the_command_line_wins() {
    let bench = Bench::new(&[
        ("Dockerfile", TWO),
        ("oi-lint.yaml", "profile: buildkit\nignore: DL3006\nseverity: {DL3015: off}\nselect: clarity\n"),
    ]);
    assert_eq!(found(&bench, &[]), [""; 0]);
    assert_eq!(found(&bench, &["--profile", "default", "--select", "DL3006"]), ["error untagged-base-image"]);
    assert_eq!(found(&bench, &["--profile", "default", "--select", "DL3015"]), ["warning recommended-packages"]);
    bench.write("oi-lint.yaml", b"ignore: DL3006\n");
    assert_eq!(found(&bench, &["--ignore", "DL3015"]), [""; 0]);
    assert_eq!(found(&bench, &["--select", "DL3006", "--ignore", "repeatability"]), [""; 0]);
}

#[test]
fn exclude() {
    let bench = Bench::new(&[
        ("Dockerfile", GOOD),
        ("vendor/Dockerfile", BAD),
        ("a/vendor/x/Dockerfile", BAD),
        ("legacy/Dockerfile", BAD),
        ("keep/legacy/Dockerfile", GOOD),
        ("old.dev.Dockerfile", BAD),
        ("oi-lint.yaml", "profile: official\nexclude: [vendor/, /legacy, '*.dev.Dockerfile']\n"),
    ]);
    let run = bench.run(&[]);
    assert_eq!((run.code, &*run.stdout), (0, "No findings in 2 files (profile official).\n"));
    // What is named is linted, as everywhere.
    for named in [&["vendor/Dockerfile"][..], &[".", "./vendor/Dockerfile"], &["vendor/Dockerfile", "vendor"]] {
        assert_eq!(bench.run(named).code, 1, "{named:?}");
    }
    let run = bench.run(&["vendor", "a"]);
    assert_eq!((run.code, &*run.stdout), (2, ""));
    assert!(
        run.stderr.contains("excludes all that was found, 2 files") && run.stderr.contains("oi-lint config"),
        "{}",
        run.stderr
    );
    // The globs count from the folder of their file, not from the current one.
    let run = super::finish(bench.command(&["."]).current_dir(bench.path().join("a")).output().unwrap());
    assert!(run.stderr.contains("excludes all that was found, 1 file"), "{}", run.stderr);
}

#[test]
fn per_path() {
    let bench = Bench::new(&[
        ("Dockerfile", TWO),
        ("test/x/Dockerfile", TWO),
        ("app.dev.Dockerfile", TWO),
        ("final/Dockerfile", BAD),
        (
            "oi-lint.yaml",
            "per-path:
  - {paths: test/, ignore: repeatability, severity: {DL3015: error}}
  - paths: ['*.dev.Dockerfile', test/]
    severity: {recommended-packages: info}
  - {paths: /final, profile: official, select: healthcheck}
",
        ),
    ]);
    assert_eq!(
        found(&bench, &[]),
        [
            "error untagged-base-image",
            "warning recommended-packages",
            "error untagged-base-image",
            "info recommended-packages",
            "error healthcheck",
            "info recommended-packages"
        ]
    );
}

#[test]
fn extends() {
    let bench = Bench::new(&[
        ("Dockerfile", TWO),
        ("a/Dockerfile", TWO),
        ("a/vendor/Dockerfile", TWO),
        ("base.yaml", "ignore: DL3015\nprofile: official\nexclude: a/vendor/\n"),
        ("more/strict.yaml", "extends: ../base.yaml\nseverity: {DL3006: info}\nfail-on: info\n"),
        (
            "a/oi-lint.yaml",
            "extends: [../base.yaml, ../more/strict.yaml]\nseverity: {DL3015: error}\nprofile: default\n",
        ),
    ]);
    // The nearest file has the last word on a rule that a base ignores.
    assert_eq!(found(&bench, &["a"]), ["info untagged-base-image", "error recommended-packages"]);
    assert_eq!(bench.run(&["a", "--ignore", "DL3015"]).code, 1);
    let strict = found(&bench, &["--config", "more/strict.yaml", "Dockerfile"]);
    assert_eq!(strict, ["info missing-command", "info untagged-base-image"], "the profile is that of base.yaml");
    // Of a circle each file is named where it goes on.
    bench.write("base.yaml", b"extends: a/oi-lint.yaml\n");
    let run = bench.run(&["a"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("`a/oi-lint.yaml` extends this file in turn"), "{}", run.stderr);
    assert!(run.stderr.contains("base.yaml:1:10"), "{}", run.stderr);
}

#[test]
fn rules_of_ones_own() {
    let rule = SUDO.replace("{}", "warning");
    let bench = Bench::new(&[
        ("a/Dockerfile", "FROM debian:trixie-slim\nRUN frobnicate x\n"),
        ("b/Dockerfile", "FROM debian:trixie-slim\nRUN frobnicate x\n"),
        ("a/oi-lint.yaml", "rules: lint\nseverity: {sudo-in-run: error}\n"),
        ("a/lint/sudo-in-run.yaml", &rule),
    ]);
    assert_eq!(found(&bench, &[]), ["error sudo-in-run"]);
    assert_eq!(found(&bench, &["--rules", "a/lint"]), ["error sudo-in-run", "warning sudo-in-run"]);
    bench.write("a/lint/sudo-in-run.yaml", rule.replace("summary:", "sumary:").as_bytes());
    let run = bench.run(&[]);
    assert!(
        run.stderr.contains("unknown key `sumary`") && run.stderr.contains("a/lint/sudo-in-run.yaml:4"),
        "{}",
        run.stderr
    );
}

#[test]
fn errors_say_where_and_what() {
    for (config, place, message, help) in [
        ("profil: official", "1:1", "unknown key `profil`", "did you mean `profile`?"),
        ("profile: offical", "1:10", "profile: unknown value `offical`", "did you mean `official`?"),
        ("fail-on: style", "1:10", "fail-on: unknown value `style`", "error, warning, info, never"),
        ("a: 1\nprofile: x", "1:1", "unknown key `a`", "the keys here are extends"),
        ("format: pritty", "1:9", "unknown value `pritty`", "did you mean `pretty`?"),
        ("ignore:\n  - DL3006 # DL9999\n  - DL9999", "3:5", "there is no rule `DL9999`", "oi-lint rules"),
        ("ignore: [untaged-base-image]", "1:10", "there is no rule `untaged-base-image`", "`untagged-base-image`?"),
        ("select: [repeatabilty]", "1:10", "there is no rule `repeatabilty`", "did you mean `repeatability`?"),
        ("severity: {helthcheck: error}", "1:12", "there is no rule `helthcheck`", "did you mean `healthcheck`?"),
        ("severity: {DL3006: style}", "1:20", "severity.DL3006: unknown value `style`", "it can be error, warning"),
        ("per-path: [{paths: x, ignore: helthcheck}]", "1:31", "there is no rule `helthcheck`", "`healthcheck`"),
        ("per-path: [{ignore: x}]", "1:12", "per-path[0]: the key `paths` is missing", "oi-lint schema"),
        ("per-path: [{paths: ['a{b']}]", "1:22", "`a{b` is no glob", ".gitignore"),
        ("exclude: 'a{b'", "1:11", "`a{b` is no glob", ".gitignore"),
        ("extends: nowhere.yaml", "1:10", "`nowhere.yaml` cannot be read: no such file", "folder of the one"),
        ("extends: sub", "1:10", "`sub` cannot be read: this is a folder", "folder of the one"),
        ("extends: oi-lint.yaml", "1:10", "`oi-lint.yaml` extends this file in turn", "leave one"),
        ("rules: nowhere", "1:8", "nowhere: no such file", "folder of the configuration"),
        ("rules: sub", "1:8", "no rules in this folder", "folder of the configuration"),
        ("options: {strict-label: true}", "1:11", "options: unknown key `strict-label`", "`strict-labels`?"),
        ("options: {label-schema: {a: number}}", "1:29", "unknown value `number`", "it can be text, rfc3339"),
        ("options: {strict-labels: maybe}", "1:26", "invalid type: string", "oi-lint schema"),
        ("ignore: x\nignore: y", "2:1", "the key `ignore` stands here twice", "make one"),
        ("ignore:\n\t- x", "2:1", "a tab cannot indent YAML", "blanks"),
        ("ignore: {a: b}", "1:9", "expected a text or a list of texts", "oi-lint schema"),
        ("- a", "1:1", "expected a map of keys", "oi-lint schema"),
        ("ignore: *a", "1:9", "unknown anchor", "oi-lint schema"),
        ("ignore: [a", "1:1", "did not find expected", "oi-lint schema"),
    ] {
        let bench = Bench::new(&[("Dockerfile", GOOD), ("oi-lint.yaml", config), ("sub/README", "")]);
        for args in [&[][..], &["config"], &["--config", "oi-lint.yaml"]] {
            let run = bench.run(args);
            let place = format!("oi-lint.yaml:{place}]");
            assert_eq!((run.code, &*run.stdout), (2, ""), "{config}");
            let said = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ").replace("│ ", "");
            assert!(said.contains(message) && said.contains(help) && said.contains(&place), "{config}\n{}", run.stderr);
        }
    }
}

#[test]
fn hostile_files_are_errors() {
    let bomb = (1..9).fold("a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned(), |text, level| {
        let item = format!("*a{}", level - 1);
        text + &format!("a{level}: &a{level} [{}]\n", [item.as_str(); 9].join(", "))
    });
    let deep = "ignore: ".to_owned() + &"[".repeat(100_000);
    let long = "ignore: ".to_owned() + &"x".repeat(1_000_000);
    let deep_map = "severity: ".to_owned() + &"{a: ".repeat(5_000);
    for text in [
        b"\xff\xfei\0g\0".as_slice(),
        b"ignore: \xe9",
        b"ignore: \x00",
        b"ignore: a\0b",
        b"\"",
        b"? ?",
        b"&a [*a]",
        b"!!binary x",
        b"%YAML 9.9\n---\nignore: x",
        b"ignore: [\"\\q\"]",
        b"extends: [\"\"]",
        b"extends: \"\\0\"",
        b"rules: \"\\0\"",
        b"ignore: x\n---\nignore: y",
        b"<<: {ignore: x}",
        bomb.as_bytes(),
        (bomb.clone() + "ignore: *a8\n").as_bytes(),
        deep.as_bytes(),
        deep_map.as_bytes(),
        long.as_bytes(),
        "ignore: \u{202e}x\u{1b}[31m".as_bytes(),
    ] {
        let bench = Bench::new(&[("Dockerfile", GOOD)]);
        bench.write("oi-lint.yaml", text);
        let run = bench.run(&[]);
        assert_eq!((run.code, &*run.stdout), (2, ""), "{}", String::from_utf8_lossy(text));
        assert!(run.stderr.contains("error:") && !run.stderr.contains("internal error"), "{}", run.stderr);
        assert!(!run.stderr.contains('\u{1b}'), "{}", run.stderr);
    }
}

#[test]
fn files_that_cannot_be_read() {
    let bench = Bench::new(&[("Dockerfile", TWO), ("oi-lint.yaml/x", ""), (".oi-lint.yaml", "ignore: DL3006\n")]);
    // A folder is no file, and the next name counts.
    assert_eq!(found(&bench, &[]), ["warning recommended-packages"]);
    let run = bench.run(&["--config", "oi-lint.yaml"]);
    assert!(run.code == 2 && run.stderr.contains("oi-lint.yaml: this is a folder"), "{}", run.stderr);
    let run = bench.run(&["--config", "nowhere.yaml"]);
    assert!(run.code == 2 && run.stderr.contains("nowhere.yaml: no such file"), "{}", run.stderr);
    assert_eq!(bench.run(&["--config", "x", "--no-config"]).code, 2);
    #[cfg(unix)]
    {
        let bench = Bench::new(&[("Dockerfile", GOOD)]);
        std::os::unix::fs::symlink("nowhere", bench.path().join("oi-lint.yaml")).unwrap();
        let run = bench.run(&[]);
        assert!(run.code == 2 && run.stderr.contains("oi-lint.yaml: no such file"), "{}", run.stderr);
    }
}

#[test]
fn init() {
    let bench = Bench::new(&[("Dockerfile", TWO)]);
    let before = found(&bench, &[]);
    let run = bench.run(&["init"]);
    assert_eq!((run.code, &*run.stdout, &*run.stderr), (0, "Wrote oi-lint.yaml.\n", ""));
    assert_eq!(found(&bench, &[]), before, "it says what holds without it");
    let run = bench.run(&["init"]);
    assert!(run.code == 2 && run.stderr.contains("already: `oi-lint.yaml`"), "{}", run.stderr);
    bench.write("oi-lint.yaml", b"ignore: DL3006\n");
    assert_eq!(bench.run(&["init", "--force"]).code, 0);
    assert_eq!(found(&bench, &[]), before);
    let bench = Bench::new(&[(".oi-lint.yml", "")]);
    assert!(bench.run(&["init"]).stderr.contains("already: `.oi-lint.yml`"));
}

/// The template with its comments taken away where a key stands behind them.
fn all_keys() -> String {
    let is_yaml = |line: &&str| {
        let text = line.trim_start_matches(['#', ' ', '-']);
        let key = text.split(':').next().unwrap_or_default();
        let is_key = text.contains(':') && key.chars().all(|c| c.is_ascii_lowercase() || c == '-' || c == '.');
        !line.starts_with('#') || line.starts_with("#   -") || is_key
    };
    let lines = oi_lint::config::TEMPLATE.lines().filter(is_yaml);
    lines.map(|line| line.strip_prefix("# ").unwrap_or(line).to_owned() + "\n").collect()
}

#[test]
fn every_key_of_the_template_is_one() {
    let text = all_keys();
    let rule = SUDO.replace("{}", "warning");
    let bench = Bench::new(&[
        ("sub/Dockerfile", TWO),
        ("sub/oi-lint.yaml", &text),
        ("sub/lint-rules/sudo-in-run.yaml", &rule),
        ("sub/oi-lint-baseline.json", "{\"version\": 1, \"findings\": []}"),
        ("oi-lint.yaml", ""),
    ]);
    let run = bench.run(&["--format", "compact"]);
    assert!(run.code < 2, "{text}\n{}", run.stderr);
    // The schema knows the same keys, at each place the reader does.
    let schema: serde_json::Value = serde_json::from_str(oi_lint::config::SCHEMA).unwrap();
    let places = [
        ("zzz: 1", &schema),
        ("options: {zzz: 1}", &schema["properties"]["options"]),
        ("per-path: [{zzz: 1}]", &schema["properties"]["per-path"]["items"]),
        ("profile: zzz", &schema["properties"]["profile"]),
        ("fail-on: zzz", &schema["properties"]["fail-on"]),
        ("format: zzz", &schema["properties"]["format"]),
        ("severity: {healthcheck: zzz}", &schema["properties"]["severity"]["additionalProperties"]),
        (
            "per-path: [{paths: x, severity: {healthcheck: zzz}}]",
            &schema["properties"]["severity"]["additionalProperties"],
        ),
        (
            "options: {label-schema: {x: zzz}}",
            &schema["properties"]["options"]["properties"]["label-schema"]["additionalProperties"],
        ),
    ];
    for (config, place) in places {
        let bench = Bench::new(&[("Dockerfile", GOOD), ("oi-lint.yaml", config)]);
        let said = bench.run(&[]).stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        let list = said.split("the keys here are ").nth(1).or_else(|| said.split("it can be ").nth(1)).unwrap();
        let read: BTreeSet<&str> = list.trim().split(", ").collect();
        let known: BTreeSet<&str> = match place["properties"].as_object() {
            Some(keys) => keys.keys().map(String::as_str).collect(),
            None => place["enum"].as_array().unwrap().iter().filter_map(|value| value.as_str()).collect(),
        };
        assert_eq!(read, known, "{config}: {said}");
        let is_closed = place["additionalProperties"] == false || place["enum"].is_array();
        assert!(is_closed, "{config}");
    }
    let keys = schema["properties"].as_object().unwrap().keys();
    let missing: Vec<&String> = keys.filter(|key| !text.contains(&format!("\n{key}:"))).collect();
    assert!(missing.is_empty(), "the template shows no {missing:?}\n{text}");
    assert_eq!(bench.run(&["schema"]).stdout, oi_lint::config::SCHEMA);
}

#[test]
fn hadolint() {
    let bench = Bench::new(&[(
        ".hadolint.yaml",
        "ignored: [DL3008, DL9999, sc2086]
override:
  error: [DL3015, DL3057]
  warning: [DL3015]
  style: [DL3059, DL3008]
trustedRegistries: [docker.io, '*.example.com']
label-schema: {org.example.version: semver, 'a b': text}
strict-labels: true
failure-threshold: warning
format: json
no-color: true
disable-ignore-pragma: true
unknown: 1
",
    )]);
    let run = bench.run(&["init", "--from-hadolint"]);
    assert_eq!((run.code, &*run.stdout), (0, "Wrote oi-lint.yaml.\n"), "{}", run.stderr);
    let text = std::fs::read_to_string(bench.path().join("oi-lint.yaml")).unwrap();
    insta::assert_snapshot!(text, @r#"
    # From .hadolint.yaml of hadolint.
    profile: hadolint
    fail-on: warning
    format: json
    ignore:
      - DL3008
    severity:
      DL3015: error
      DL3057: error
      DL3059: info
    options:
      trusted-registries:
        - docker.io
        - "*.example.com"
      label-schema:
        "a b": text
        org.example.version: semver
      strict-labels: true
    "#);
    insta::assert_snapshot!(run.stderr, @r"
    note: `unknown` is left out: hadolint has no such key
    note: `ignored: DL9999` is left out: oi-lint reports nothing of this name
    note: `ignored: sc2086` is left out: hadolint takes `SC2086` in capitals only
    note: `override: style` (DL3059) is `info` here: oi-lint has no severity below it
    note: `format: json` is another document here: its keys differ
    note: `no-color` is left out: colours are for the command line, `--color never`, or `NO_COLOR=1`
    note: `disable-ignore-pragma` is left out: oi-lint has no switch for it, comments such as `# hadolint ignore=` count
    ");
    assert_eq!(bench.run(&["config"]).code, 0);

    for (config, line) in [
        ("no-fail: true\nfailure-threshold: error", "fail-on: never"),
        ("failure-threshold: error", "fail-on: error"),
        ("failure-threshold: style", "fail-on: info"),
        ("failure-threshold: none", "fail-on: info"),
        ("ignored:", "fail-on: info"),
        ("", "fail-on: info"),
        ("format: tty", "fail-on: info"),
    ] {
        bench.write("other.yaml", config.as_bytes());
        let run = bench.run(&["init", "--force", "--from-hadolint", "other.yaml"]);
        let text = std::fs::read_to_string(bench.path().join("oi-lint.yaml")).unwrap();
        assert_eq!(
            (run.code, &*text),
            (0, &*format!("# From other.yaml of hadolint.\nprofile: hadolint\n{line}\n")),
            "{config}"
        );
    }
    bench.write("other.yaml", b"failure-threshold: bogus");
    let run = bench.run(&["init", "--force", "--from-hadolint", "other.yaml"]);
    assert!(run.code == 2 && run.stderr.contains("other.yaml:1:20"), "{}", run.stderr);
    let run = bench.run(&["init", "--force", "--from-hadolint", "nowhere.yaml"]);
    assert!(run.code == 2 && run.stderr.contains("nowhere.yaml: no such file"), "{}", run.stderr);
}

#[test]
fn what_applies() {
    let bench = Bench::new(&[
        ("a/Dockerfile", TWO),
        ("a/vendor/Dockerfile", TWO),
        (
            "base.yaml",
            "ignore: [DL3015, DL3006]\nfail-on: error\noptions: {trusted-registries: docker.io, label-schema: {x: url}}\n",
        ),
        (
            "a/oi-lint.yaml",
            "extends: ../base.yaml\nseverity: {DL3015: error}\nexclude: vendor/\nper-path: [{paths: '*.dev', profile: official}]\n",
        ),
    ]);
    let text = bench.run(&["config", "a/x.dev"]).stdout;
    insta::assert_snapshot!(text, @r"
    # for a/x.dev
    profile: official  # a/oi-lint.yaml, for *.dev
    fail-on: error  # base.yaml
    format: pretty  # default
    baseline: null  # default
    select: []  # default
    severity:
      DL3006: off  # base.yaml
      DL3015: error  # a/oi-lint.yaml
    options:
      trusted-registries:
        - docker.io  # base.yaml
      label-schema:
        x: url  # base.yaml
      strict-labels: false  # default
    exclude:
      - vendor/  # a/oi-lint.yaml
    rules: []
    ");
    assert!(bench.run(&["config", "a/vendor"]).stdout.contains("# excluded, by a/oi-lint.yaml\n"));
    assert!(bench.run(&["config"]).stdout.contains("# no configuration file"));
    // What is printed is a configuration itself.
    bench.write("shown.yaml", text.as_bytes());
    let args = ["--profile", "official", "a/Dockerfile"];
    assert_eq!(found(&bench, &["--config", "shown.yaml", "a/Dockerfile"]), found(&bench, &args));
    assert_eq!(paths(&bench.run(&["--format", "compact", "a"])), ["a/Dockerfile"]);
}
