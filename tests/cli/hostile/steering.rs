//! What steers a terminal, in everything that is read and printed.

use super::*;

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
