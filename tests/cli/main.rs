//! The command line from outside.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

mod baseline;
mod changed;
mod config;
mod files_from;
mod fixes;
mod formats;
mod hostile;
#[path = "../invariants/mod.rs"]
mod invariants;
#[cfg(unix)]
mod shellcheck;
mod statistics;
mod submission;

const BAD: &str = "FROM debian:trixie-slim\nHEALTHCHECK CMD true\nCMD [\"bash\"]\n";
const GOOD: &str = "FROM debian:trixie-slim\nRUN true\nCMD [\"bash\"]\n";

/// A rule of the user's own; `{}` is its severity.
const SUDO: &str = "\
name: sudo-in-run
severity: {default: {}}
guideline: {source: url, anchor: https://example.org/sudo}
summary: A build step runs as root already.
why: There is no user to be.
message: sudo is not needed
help: drop it
match: {any: RUN frobnicate ...}
examples:
  bad:
    - |
      FROM debian
      RUN frobnicate make install
  good:
    - |
      FROM debian
      RUN make install
";

/// A folder and the command in it, in a plain environment.
struct Bench {
    dir: TempDir,
}

struct Run {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Bench {
    fn new(files: &[(&str, &str)]) -> Self {
        let bench = Self { dir: TempDir::new().unwrap() };
        for (name, text) in files {
            bench.write(name, text.as_bytes());
        }
        bench
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_oi-lint"));
        command.args(args).current_dir(self.path()).stdin(Stdio::null());
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "FORCE_HYPERLINK", "LC_ALL", "LC_CTYPE"] {
            command.env_remove(name);
        }
        command.env_remove("GITHUB_STEP_SUMMARY").env("LANG", "C.UTF-8");
        command
    }

    fn run(&self, args: &[&str]) -> Run {
        finish(self.command(args).output().unwrap())
    }

    fn run_with(&self, variables: &[(&str, &str)], args: &[&str]) -> Run {
        finish(self.command(args).envs(variables.iter().copied()).output().unwrap())
    }

    fn pipe(&self, input: &[u8], args: &[&str]) -> Run {
        let file = self.path().join(".input");
        fs::write(&file, input).unwrap();
        finish(self.command(args).stdin(fs::File::open(file).unwrap()).output().unwrap())
    }
}

fn finish(output: Output) -> Run {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// The paths of a compact report, in order.
fn paths(run: &Run) -> Vec<&str> {
    run.stdout.lines().map(|line| line.split(':').next().unwrap()).collect()
}

const COMPACT: [&str; 4] = ["--profile", "official", "--format", "compact"];

fn compact<'a>(args: &[&'a str]) -> Vec<&'a str> {
    COMPACT.into_iter().chain(args.iter().copied()).collect()
}

// What does not need a finding.

#[test]
fn nothing_to_say() {
    let bench = Bench::new(&[("Dockerfile", GOOD)]);
    for args in [&[][..], &["."], &["Dockerfile"]] {
        let run = bench.run(args);
        assert_eq!((run.code, &*run.stdout, &*run.stderr), (0, "No findings in 1 file (profile default).\n", ""));
    }
    assert_eq!(bench.run(&["--quiet"]).stdout, "");
    assert_eq!(bench.run(&["--format", "compact"]).stdout, "");
    let json: serde_json::Value = serde_json::from_str(&bench.run(&["--format", "json"]).stdout).unwrap();
    assert_eq!((&json["version"], &json["summary"]["files"]), (&1.into(), &1.into()));
    assert_eq!(json["files"][0]["path"], "Dockerfile");
}

#[test]
fn errors_say_what_to_do_next() {
    let bench = Bench::new(&[("Dockerfile", GOOD), ("empty/README.md", "")]);
    for (args, message, help) in [
        (&["Dokerfile"][..], "error: Dokerfile: no such file or folder\n", "did you mean `Dockerfile`?"),
        (&["nowhere/Dockerfile"], "error: nowhere/Dockerfile: no such file or folder\n", "check the path"),
        (&["empty"], "error: no Dockerfiles in `empty`\n", "searched for Dockerfile,"),
        (&["explian"], "error: explian: no such", "`oi-lint explain`"),
        (&["--quiet", "rules"], "error: rules: no such", "it comes first"),
        (&["--profil", "official"], "unexpected argument '--profil'", "'--profile'"),
        (&["--profile", "offical"], "invalid value 'offical'", "official"),
        (&["--rules", "nowhere"], "error: nowhere: ", "folder of YAML files"),
        (&["--rules", "empty"], "error: empty: no rules in this folder", "my-rule.yaml"),
        (&["explain", "healthchek"], "error: there is no rule `healthchek`", "did you mean `healthcheck`?"),
        (&["explain", "zzzzzzzz"], "error: there is no rule `zzzzzzzz`", "oi-lint rules"),
        (&["test", "nowhere"], "error: nowhere: ", "check the path"),
        (&["completions", "tcsh"], "invalid value 'tcsh'", "zsh"),
    ] {
        let run = bench.run(args);
        assert_eq!((run.code, &*run.stdout), (2, ""), "{args:?}");
        assert!(run.stderr.contains(message) && run.stderr.contains(help), "{args:?}: {}", run.stderr);
    }
}

#[test]
fn one_bad_path_does_not_hide_the_others() {
    let bench = Bench::new(&[("a/Dockerfile", GOOD), ("b/x", "")]);
    let run = bench.run(&["nowhere", "a", "b"]);
    assert_eq!((run.code, &*run.stdout), (2, "No findings in 1 file (profile default).\n"));
    assert!(run.stderr.contains("error: nowhere") && run.stderr.contains("note: no Dockerfiles in `b`"));
    let run = bench.run(&["a", "b"]);
    assert_eq!(run.code, 0);
    assert!(bench.run(&["--quiet", "a", "b"]).stderr.is_empty());
}

#[test]
fn help_and_version() {
    let bench = Bench::new(&[]);
    let (short, long) = (bench.run(&["-h"]), bench.run(&["--help"]));
    assert_eq!((short.code, long.code), (0, 0));
    assert!(short.stdout.lines().count() < long.stdout.lines().count());
    for text in ["Examples:", "Exit codes:", "--profile official", "possible values"] {
        assert!(long.stdout.contains(text), "{text}");
    }
    assert!(!long.stdout.contains('\u{1b}'));
    assert_eq!(bench.run(&["--version"]).stdout, format!("oi-lint {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn explain_and_rules() {
    let bench = Bench::new(&[]);
    let page = bench.run(&["explain", "HealthCheck"]);
    assert_eq!(page.code, 0);
    let addresses = [
        concat!(env!("CARGO_PKG_HOMEPAGE"), "/rules/healthcheck.html"),
        "https://github.com/docker-library/faq#healthcheck",
    ];
    for text in ["error in profile official", "Why", "Bad", "Good"].into_iter().chain(addresses) {
        assert!(page.stdout.contains(text), "{text}");
    }
    let narrow = bench.run_with(&[("COLUMNS", "60")], &["explain", "healthcheck"]).stdout;
    let prose = narrow.split("\nBad").next().unwrap();
    let is_too_long = |line: &&str| line.chars().count() > 60 && !line.contains("://");
    assert_eq!(prose.lines().filter(is_too_long).collect::<Vec<_>>(), Vec::<&str>::new());
    let table = bench.run(&["rules"]).stdout;
    assert!(table.starts_with("NAME ") && table.contains("\nhealthcheck "), "{table}");
    assert!(!table.contains("\nfrom-as-casing ") && table.ends_with("`--profile buildkit`.\n"), "{table}");
    let of_buildkit = bench.run(&["rules", "--profile", "buildkit"]).stdout;
    assert!(of_buildkit.contains("\nfrom-as-casing ") && !of_buildkit.contains("\nhealthcheck "), "{of_buildkit}");
    let narrow = bench.run_with(&[("COLUMNS", "60")], &["rules"]).stdout;
    assert!(narrow.lines().skip(1).all(|line| line.chars().count() <= 60), "{narrow}");
    let json: serde_json::Value = serde_json::from_str(&bench.run(&["rules", "--format", "json"]).stdout).unwrap();
    let names: Vec<&str> =
        json["rules"].as_array().unwrap().iter().map(|rule| rule["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"healthcheck") && names.is_sorted());
}

/// Has a program read a file, where there is one.
fn read_by(program: &[&str], file: &Path) {
    match Command::new(program[0]).args(&program[1..]).arg(file).output() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        output => {
            let output = output.unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success() && output.stderr.is_empty(), "{program:?} {}: {said}", file.display());
        }
    }
}

#[test]
fn completions() {
    let bench = Bench::new(&[]);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = bench.run(&["completions", shell]);
        assert!(run.code == 0 && run.stdout.contains("oi-lint") && run.stdout.contains("fail-on"), "{shell}");
        bench.write(shell, run.stdout.as_bytes());
    }
    for shell in ["bash", "zsh", "fish"] {
        read_by(&[shell, "-n"], &bench.path().join(shell));
    }
}

#[test]
fn manual_pages() {
    let bench = Bench::new(&[]);
    let run = bench.run(&["man"]);
    assert_eq!((run.code, &*run.stderr), (0, ""));
    for text in [".TH OI-LINT 1", "\n.SH EXAMPLES\n", "\n.SH \"EXIT CODES\"\n", "oi\\-lint\\-explain(1)"] {
        assert!(run.stdout.contains(text), "{text}");
    }
    assert!(!run.stdout.contains('\u{1b}'));
    assert_eq!(bench.run(&["man", "share/man1"]).code, 0);
    let folder = bench.path().join("share/man1");
    assert_eq!(fs::read_to_string(folder.join("oi-lint.1")).unwrap(), run.stdout);
    for name in oi_lint::cli::Command::NAMES {
        let page = folder.join(format!("oi-lint-{name}.1"));
        assert!(fs::read_to_string(&page).unwrap().contains(&format!(".SH SYNOPSIS\n\\fBoi\\-lint {name}\\fR")));
        read_by(&["mandoc", "-Tlint", "-Werror"], &page);
        read_by(&["man", "--warnings", "-l"], &page);
    }
    assert_eq!(fs::read_dir(&folder).unwrap().count(), oi_lint::cli::Command::NAMES.len() + 1);
    let run = bench.run(&["man", "share/man1/oi-lint.1"]);
    assert!(run.code == 2 && run.stderr.starts_with("error: share/man1/oi-lint.1/oi-lint.1: "), "{}", run.stderr);
}

#[test]
fn a_bad_user_rule_is_shown() {
    let bench = Bench::new(&[("Dockerfile", GOOD), ("lint/sudo-in-run.yaml", &SUDO.replace("{}", "warn"))]);
    let run = bench.run(&["--rules", "lint"]);
    assert_eq!((run.code, &*run.stdout), (2, ""));
    insta::assert_snapshot!(run.stderr, @r"
     error: severity.default: unknown value `warn`
      ╭─[lint/sudo-in-run.yaml:2:21]
    1 │ name: sudo-in-run
    2 │ severity: {default: warn}
      ·                     ────
    3 │ guideline: {source: url, anchor: https://example.org/sudo}
      ╰────
     help: did you mean `warning`? it can be info, warning, error
    ");
    bench.write("lint/sudo-in-run.yaml", b"\xff\xfe: [");
    assert_eq!(bench.run(&["--rules", "lint"]).code, 2);
    bench.write(
        "lint/sudo-in-run.yaml",
        SUDO.replace("{}", "error").replace("match: {any: RUN frobnicate ...}", "check: engine").as_bytes(),
    );
    let run = bench.run(&["test", "lint"]);
    assert!(run.code == 2 && run.stderr.contains("which only built-in rules have"), "{}", run.stderr);
    bench.write("lint/sudo-in-run.yaml", SUDO.replace("{}", "error").as_bytes());
    bench.write("more/sudo-in-run.yaml", SUDO.replace("{}", "error").as_bytes());
    let run = bench.run(&["--rules", "lint", "--rules", "more"]);
    assert!(run.code == 2 && run.stderr.contains("there is a rule `sudo-in-run` already"), "{}", run.stderr);
}

#[cfg(unix)]
#[test]
fn special_files() {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;
    let bench = Bench::new(&[("a/Dockerfile", GOOD)]);
    assert!(Command::new("mkfifo").arg(bench.path().join("pipe")).status().unwrap().success());
    let _socket = UnixListener::bind(bench.path().join("socket")).unwrap();
    for (path, kind) in [("pipe", "a named pipe"), ("socket", "a socket"), ("/dev/zero", "a device")] {
        let run = bench.run(&[path]);
        assert_eq!(run.code, 2);
        assert!(run.stderr.contains(&format!("error: {path}: this is {kind}, not a file\n")), "{}", run.stderr);
    }
    // A pipe that is found, not named, is no Dockerfile; neither are loops and links to nowhere.
    fs::rename(bench.path().join("pipe"), bench.path().join("Dockerfile")).unwrap();
    symlink(bench.path(), bench.path().join("a/loop")).unwrap();
    symlink("Dockerfile.self", bench.path().join("a/Dockerfile.self")).unwrap();
    let run = bench.run(&["."]);
    assert_eq!((run.code, &*run.stdout, &*run.stderr), (0, "No findings in 1 file (profile default).\n", ""));
    let run = bench.run(&["a/Dockerfile.self"]);
    assert!(run.code == 2 && run.stderr.contains("too many levels of symbolic links"), "{}", run.stderr);
}

#[cfg(unix)]
#[test]
fn permission_denied() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Bench::new(&[("a/Dockerfile", GOOD), ("b/Dockerfile", GOOD), ("c/Dockerfile", GOOD)]);
    let deny = |name: &str| fs::set_permissions(bench.path().join(name), fs::Permissions::from_mode(0o000)).unwrap();
    deny("b/Dockerfile");
    deny("c");
    if fs::read(bench.path().join("b/Dockerfile")).is_ok() {
        return; // root reads everything
    }
    let run = bench.run(&[]);
    fs::set_permissions(bench.path().join("c"), fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!((run.code, &*run.stdout), (2, "No findings in 1 file (profile default).\n"));
    for text in ["error: b/Dockerfile: permission denied\n", "c: permission denied\n", "  help: allow reading"] {
        assert!(run.stderr.contains(text), "{}", run.stderr);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn files_over_4_gib() {
    let bench = Bench::new(&[]);
    // Sparse: it takes no room on the disk.
    fs::File::create(bench.path().join("Dockerfile")).unwrap().set_len(5 << 30).unwrap();
    let run = bench.run(&[]);
    assert!(run.code == 2 && run.stderr.contains("Dockerfile: the file is larger than 4 GiB"), "{}", run.stderr);
}

// What needs a finding.

#[test]
fn exit_codes() {
    let bench = Bench::new(&[("Dockerfile", BAD), ("lint/sudo-in-run.yaml", &SUDO.replace("{}", "info"))]);
    bench.write("sudo/Dockerfile", b"FROM debian:trixie-slim\nRUN frobnicate true\n");
    for (args, code) in [
        (&["Dockerfile"][..], 0),
        (&["Dockerfile", "--profile", "official"], 1),
        (&["Dockerfile", "--profile", "official", "--fail-on", "error"], 1),
        (&["Dockerfile", "--profile", "official", "--fail-on", "never"], 0),
        (&["Dockerfile", "--profile", "official", "--ignore", "healthcheck"], 0),
        (&["Dockerfile", "--profile", "official", "nowhere"], 2),
        (&["sudo", "--rules", "lint"], 0),
        (&["sudo", "--rules", "lint", "--fail-on", "info"], 1),
        (&["sudo", "--rules", "lint", "--fail-on", "info", "--select", "healthcheck"], 0),
    ] {
        let run = bench.run(args);
        assert_eq!(run.code, code, "{args:?}\n{}{}", run.stdout, run.stderr);
    }
    let run = bench.run(&["--select", "helthcheck,sudo"]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("there is no rule `helthcheck`\n  help: did you mean `healthcheck`?"),
        "{}",
        run.stderr
    );
    assert!(bench.run(&["--ignore", "nonsense"]).stderr.contains("there is no rule `nonsense`"));
}

#[test]
fn a_report_at_60_columns_without_colour() {
    let bench = Bench::new(&[("Dockerfile", BAD)]);
    let run = bench.run_with(&[("COLUMNS", "60")], &["--profile", "official"]);
    insta::assert_snapshot!(run.stdout, @r#"
      error[healthcheck] an official image carries no
      │ HEALTHCHECK
       ╭─[Dockerfile:2:1]
     1 │ FROM debian:trixie-slim
     2 │ HEALTHCHECK CMD true
       · ───────────
     3 │ CMD ["bash"]
       ╰────
      help: delete it and document a health check that users can
            add
       see: Official Images: FAQ
            https://github.com/docker-library/faq#healthcheck

    1 error in 1 file (profile official); --fix mends 1.
    "#);
    assert!(run.stdout.lines().all(|line| line.chars().count() <= 60));
    let ascii = bench.run_with(&[("LANG", "C")], &["--profile", "official"]).stdout;
    assert!(ascii.is_ascii() && ascii.contains("^^^"), "{ascii}");
}

#[test]
fn colours() {
    let bench = Bench::new(&[("Dockerfile", BAD)]);
    for (variables, args, expected) in [
        (&[][..], &[][..], false),
        (&[], &["--color", "always"], true),
        (&[("NO_COLOR", "1")], &["--color", "always"], true),
        (&[("CLICOLOR_FORCE", "1")], &[], true),
        (&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], &[], false),
        (&[("CLICOLOR_FORCE", "1")], &["--color", "never"], false),
    ] {
        let args: Vec<&str> = ["--profile", "official"].into_iter().chain(args.iter().copied()).collect();
        let run = bench.run_with(variables, &args);
        assert_eq!(run.stdout.contains('\u{1b}'), expected, "{variables:?} {args:?}");
        // A pipe is no terminal that takes hyperlinks.
        assert!(!run.stdout.contains("\u{1b}]8;"));
    }
}

#[test]
fn hostile_bytes() {
    let bench = Bench::new(&[]);
    bench.write("Dockerfile", b"FROM a\nHEALTHCHECK CMD \x1b]0;owned\x07 \xff\xfe \xe2\x80\xae \x9b31m\r\n");
    for format in ["pretty", "compact", "json"] {
        let run = bench.run(&["--profile", "official", "--format", format]);
        assert_eq!(run.code, 1);
        assert!(
            run.stdout.chars().all(|char| char == '\n' || !char.is_control() && char != '\u{202e}'),
            "{}",
            run.stdout
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn hostile_names() {
    use std::os::unix::ffi::OsStrExt;
    let bench = Bench::new(&[]);
    let name = b"\x1b[31m\xff\n.Dockerfile";
    fs::write(bench.path().join(std::ffi::OsStr::from_bytes(name)), BAD).unwrap();
    // A name that is no UTF-8 is no name that is in use, so it is linted where it is named.
    let output = |format| {
        let mut command = bench.command(&["--profile", "official", "--format", format]);
        finish(command.arg(std::ffi::OsStr::from_bytes(name)).output().unwrap())
    };
    let compact = output("compact");
    assert_eq!(compact.stdout.lines().count(), 1);
    assert!(compact.stdout.starts_with("?[31m\u{FFFD} .Dockerfile:2:1: error[healthcheck]"), "{}", compact.stdout);
    assert!(!output("pretty").stdout.contains('\u{1b}'));
    let json: serde_json::Value = serde_json::from_str(&output("json").stdout).unwrap();
    assert_eq!(json["files"][0]["path"], "\u{1b}[31m\u{FFFD}\n.Dockerfile");
}

#[test]
fn standard_input() {
    let bench = Bench::new(&[("Dockerfile", BAD)]);
    for (args, path) in [
        (&["-"][..], "<stdin>"),
        (&["-", "-"], "<stdin>"),
        (&["-", "--stdin-filename", "a/Dockerfile"], "a/Dockerfile"),
        (&["--stdin-filename", "b"], "b"),
    ] {
        assert_eq!(paths(&bench.pipe(BAD.as_bytes(), &compact(args))), [path], "{args:?}");
    }
    assert_eq!(paths(&bench.pipe(BAD.as_bytes(), &compact(&["Dockerfile", "-"]))), ["Dockerfile", "<stdin>"]);
    assert_eq!(bench.pipe(b"", &["-"]).stderr, "");
}

#[test]
fn what_is_found() {
    let bench = Bench::new(&[
        ("Dockerfile", BAD),
        ("b/Dockerfile.dev", BAD),
        ("b/app.dockerfile", BAD),
        ("a/Containerfile", BAD),
        (".devcontainer/Dockerfile", BAD),
        (".git/Dockerfile", BAD),
        (".git/HEAD", "ref: refs/heads/main\n"),
        (".gitignore", "ignored/\n"),
        ("ignored/Dockerfile", BAD),
        ("b/Dockerfile.template", BAD),
        ("b/Dockerfile.md", BAD),
        ("b/Dockerfile~", BAD),
        ("b/build.docker", BAD),
        ("rules/Dockerfile", BAD),
    ]);
    let all = [
        ".devcontainer/Dockerfile",
        "Dockerfile",
        "a/Containerfile",
        "b/Dockerfile.dev",
        "b/app.dockerfile",
        "rules/Dockerfile",
    ];
    assert_eq!(paths(&bench.run(&compact(&[]))), all);
    assert_eq!(
        paths(&bench.run(&compact(&["b", "."])))[..3],
        ["b/Dockerfile.dev", "b/app.dockerfile", ".devcontainer/Dockerfile"]
    );
    assert_eq!(paths(&bench.run(&compact(&["b", "./b/Dockerfile.dev", "b"]))), all[3..5]);
    assert_eq!(
        paths(&bench.run(&compact(&["b/Dockerfile.md", "b/build.docker"]))),
        ["b/Dockerfile.md", "b/build.docker"]
    );
    assert_eq!(paths(&bench.run(&compact(&["./rules"]))), ["./rules/Dockerfile"]);
}

#[test]
fn many_files_come_in_order() {
    let bench = Bench::new(&[]);
    let names: Vec<String> = (0..700).map(|number| format!("{number:03}/Dockerfile")).collect();
    for name in &names {
        bench.write(name, BAD.as_bytes());
    }
    let run = bench.run(&compact(&[]));
    assert_eq!(paths(&run), names);
    assert_eq!(run.stdout, bench.run(&compact(&[])).stdout);
    let json: serde_json::Value =
        serde_json::from_str(&bench.run(&["--profile", "official", "--format", "json"]).stdout).unwrap();
    assert_eq!((json["files"].as_array().unwrap().len(), &json["summary"]["errors"]), (700, &700.into()));
}

#[test]
fn a_closed_pipe_is_no_error() {
    let bench = Bench::new(&[("Dockerfile", &format!("FROM a\n{}", "HEALTHCHECK CMD true\n".repeat(20_000)))]);
    let mut child = bench.command(&compact(&[])).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut [0; 100]).unwrap();
    drop(stdout);
    let run = finish(child.wait_with_output().unwrap());
    assert_eq!((run.code, &*run.stderr), (0, ""));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_one() {
    let bench = Bench::new(&[("Dockerfile", BAD)]);
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let run = finish(bench.command(&[]).stdout(full).output().unwrap());
    assert!(run.code == 2 && run.stderr.contains("the output cannot be written"), "{}", run.stderr);
}

#[test]
fn user_rules() {
    let bench = Bench::new(&[("lint/sudo-in-run.yaml", &SUDO.replace("{}", "warning"))]);
    bench.write("Dockerfile", b"FROM debian:trixie-slim\nRUN frobnicate make\n");
    let run = bench.run(&["--rules", "lint", "--format", "compact"]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains(": warning[sudo-in-run] sudo is not needed\n"), "{}", run.stdout);
    let table = bench.run(&["rules", "--rules", "lint"]).stdout;
    let row = table.lines().find(|line| line.starts_with("sudo-in-run ")).unwrap();
    assert_eq!(row.split_whitespace().take(4).collect::<Vec<_>>(), ["sudo-in-run", "warning", "off", "-"]);
    assert!(bench.run(&["explain", "sudo-in-run", "--rules", "lint"]).stdout.contains("https://example.org/sudo"));
    let run = bench.run(&["test", "lint"]);
    assert_eq!(
        (run.code, &*run.stdout),
        (0, "ok   lint/sudo-in-run.yaml (2 examples)\n1 rule, 2 examples, all as expected\n")
    );
    bench.write(
        "lint/sudo-in-run.yaml",
        SUDO.replace("{}", "warning").replace("RUN make", "RUN frobnicate make").as_bytes(),
    );
    let run = bench.run(&["test", "lint"]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("FAIL lint/sudo-in-run.yaml\n       sudo-in-run: good example 1"), "{}", run.stdout);
}

#[test]
fn trees_for_rule_authors() {
    let text = "FROM a\nRUN set -e; apt-get install -qy curl || true\nFOO\n";
    let bench = Bench::new(&[("Dockerfile", text), ("broken", "FROM a\nENV X\nUSER u\n")]);
    let run = bench.run(&["ast", "--shell", "Dockerfile", "broken"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let trees: Vec<serde_json::Value> = run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(trees.len(), 2);
    let node = &trees[0]["nodes"][1];
    assert_eq!((&node["kw"], &node["start"], &node["spans"]["kw"][0]), (&"RUN".into(), &2.into(), &7.into()));
    assert_eq!(
        trees[0]["instr_err"],
        "dockerfile parse error on line 3: unknown instruction: FOO (did you mean FROM?)"
    );
    let command = &trees[0]["shell"][0]["commands"][1];
    assert_eq!((&command["name"], &command["subcommand"]), (&"apt-get".into(), &"install".into()));
    assert_eq!((&command["options"][1][0], &command["failure_ignored"]), (&"-y".into(), &true.into()));
    assert_eq!((&trees[1]["ok"], &trees[1]["err"]), (&false.into(), &"ENV must have two arguments".into()));
    assert_eq!((&trees[1]["nodes"], &trees[1]["recovered"][2]["kw"]), (&serde_json::Value::Null, &"USER".into()));
    let run = bench.run(&["ast", "nowhere", "Dockerfile"]);
    assert_eq!((run.code, run.stdout.lines().count()), (2, 1));
}
