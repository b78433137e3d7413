//! `--changed`: what git says is changed.

use super::*;

/// A repository with a commit of three files.
fn bench() -> Bench {
    let bench = Bench::new(&[
        ("a/Dockerfile", BAD),
        ("b/Dockerfile", BAD),
        ("c/Dockerfile", BAD),
        (".gitignore", "ignored.Dockerfile\n"),
    ]);
    git(&bench, ".", &["init", "--quiet", "--initial-branch", "main"]);
    commit(&bench, ".");
    bench
}

fn git(bench: &Bench, folder: &str, args: &[&str]) {
    let mut command = Command::new("git");
    let output = isolate(&mut command).current_dir(bench.path().join(folder)).args(args).output().unwrap();
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Without what the machine or its user have configured.
fn isolate(command: &mut Command) -> &mut Command {
    let nothing = if cfg!(windows) { "NUL" } else { "/dev/null" };
    command.env("GIT_CONFIG_GLOBAL", nothing).env("GIT_CONFIG_NOSYSTEM", "1").env_remove("GIT_DIR")
}

fn commit(bench: &Bench, folder: &str) {
    git(bench, folder, &["add", "--all"]);
    let user = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "commit.gpgsign=false"];
    git(bench, folder, &[&user[..], &["commit", "--quiet", "--message", "x"]].concat());
}

fn lint(bench: &Bench, args: &[&str]) -> Run {
    finish(isolate(&mut bench.command(&compact(args))).output().unwrap())
}

#[test]
fn since_the_last_commit() {
    let bench = bench();
    let run = lint(&bench, &["--changed"]);
    assert_eq!((run.code, &*run.stdout), (0, ""));
    insta::assert_snapshot!(run.stderr, @"note: nothing to lint: git says that none of 3 files is changed");
    assert_eq!(lint(&bench, &["--changed", "--quiet"]).stderr, "");
    let more = BAD.to_owned() + "# more\n";
    bench.write("a/Dockerfile", more.as_bytes());
    bench.write("b/Dockerfile", more.as_bytes());
    git(&bench, ".", &["add", "b/Dockerfile"]);
    bench.write("\u{17c} \"x\"/Dockerfile", BAD.as_bytes());
    bench.write("ignored.Dockerfile", BAD.as_bytes());
    git(&bench, ".", &["mv", "c", "moved"]);
    assert_eq!(
        paths(&lint(&bench, &["--changed"])),
        ["a/Dockerfile", "b/Dockerfile", "moved/Dockerfile", "\u{17c} \"x\"/Dockerfile"]
    );
    // What is named outright, and an option behind which a path stands.
    assert_eq!(paths(&lint(&bench, &["--changed", "b"])), ["b/Dockerfile"]);
    fs::remove_file(bench.path().join("a/Dockerfile")).unwrap();
    commit(&bench, ".");
    assert_eq!(paths(&lint(&bench, &["--changed", "b/Dockerfile"])), Vec::<&str>::new());
    // From a folder below, and through a link.
    bench.write("b/Dockerfile", BAD.as_bytes());
    let mut command = bench.command(&compact(&["--changed"]));
    let run = finish(isolate(&mut command).current_dir(bench.path().join("b")).output().unwrap());
    assert_eq!(paths(&run), ["Dockerfile"]);
    // A file that was written anew and is the same is none.
    git(&bench, ".", &["checkout", "--quiet", "."]);
    let text = fs::read(bench.path().join("b/Dockerfile")).unwrap();
    bench.write("b/Dockerfile", &text);
    assert_eq!(lint(&bench, &["--changed"]).stdout, "");
}

#[test]
fn since_a_branch() {
    let bench = bench();
    git(&bench, ".", &["checkout", "--quiet", "-b", "topic"]);
    let more = BAD.to_owned() + "# more\n";
    bench.write("a/Dockerfile", more.as_bytes());
    commit(&bench, ".");
    git(&bench, ".", &["checkout", "--quiet", "main"]);
    bench.write("b/Dockerfile", more.as_bytes());
    commit(&bench, ".");
    git(&bench, ".", &["checkout", "--quiet", "topic"]);
    bench.write("new/Dockerfile", BAD.as_bytes());
    // What main has changed since is not ours.
    assert_eq!(paths(&lint(&bench, &["--changed=main"])), ["a/Dockerfile", "new/Dockerfile"]);
    assert_eq!(paths(&lint(&bench, &["--changed"])), ["new/Dockerfile"]);
    // A machine that reads the report gets one.
    fs::remove_dir_all(bench.path().join("new")).unwrap();
    let run = lint(&bench, &["--changed=topic", "--output", "sarif:out.sarif"]);
    assert_eq!(run.code, 0);
    insta::assert_snapshot!(run.stderr, @"note: nothing to lint: git says that none of 3 files is changed since `topic`");
    assert!(fs::read_to_string(bench.path().join("out.sarif")).unwrap().ends_with("]}]}\n"));
    for (revision, message, help) in [
        ("nonsense", "there is no revision `nonsense` in ", "such as origin/main"),
        ("--output=x", "there is no revision `--output=x` in ", "such as origin/main"),
        ("", "there is no revision `` in ", "such as origin/main"),
        ("main..topic", "there is no revision `main..topic` in ", "such as origin/main"),
    ] {
        let run = lint(&bench, &[&format!("--changed={revision}")]);
        assert_eq!((run.code, &*run.stdout), (2, ""), "{revision}");
        assert!(run.stderr.contains(message) && run.stderr.contains(help), "{revision}: {}", run.stderr);
    }
    let run = lint(&bench, &["--changed", "main"]);
    assert!(run.code == 2 && run.stderr.contains("; a revision is written `--changed=main`"), "{}", run.stderr);
    git(&bench, ".", &["checkout", "--quiet", "--orphan", "other"]);
    commit(&bench, ".");
    let run = lint(&bench, &["--changed=main"]);
    assert!(
        run.code == 2 && run.stderr.contains("no commit in common") && run.stderr.contains("fetch-depth: 0"),
        "{}",
        run.stderr
    );
}

#[test]
fn repositories() {
    let bench = Bench::new(&[("a/Dockerfile", BAD), ("a/b/Dockerfile", BAD)]);
    let run = lint(&bench, &["--changed"]);
    assert_eq!((run.code, &*run.stdout), (2, ""));
    assert!(run.stderr.contains("Dockerfile: this is in no git repository\n  help: leave"), "{}", run.stderr);
    // One that has no commit, and one in it.
    git(&bench, ".", &["init", "--quiet"]);
    assert_eq!(paths(&lint(&bench, &["--changed"])), ["a/Dockerfile", "a/b/Dockerfile"]);
    assert_eq!(lint(&bench, &["--changed=main"]).code, 2);
    git(&bench, "a/b", &["init", "--quiet"]);
    commit(&bench, "a/b");
    assert_eq!(paths(&lint(&bench, &["--changed"])), ["a/Dockerfile"]);
    let run = lint(&bench, &["--changed", "-"]);
    assert!(run.code == 2 && run.stderr.contains("standard input is in no git repository"), "{}", run.stderr);
    let run = finish(isolate(&mut bench.command(&["--changed"])).env("PATH", "").output().unwrap());
    assert!(run.code == 2 && run.stderr.contains("git cannot be run: "), "{}", run.stderr);
}

/// Nothing that a repository's configuration names is run.
#[cfg(unix)]
#[test]
fn hostile_repositories() {
    let bench = bench();
    let touch = format!("touch {}/owned; cat", bench.path().display());
    for key in [
        "core.fsmonitor",
        "diff.external",
        "diff.x.textconv",
        "diff.x.command",
        "filter.x.clean",
        "filter.x.process",
        "filter.a=b.clean",
        "core.pager",
    ] {
        git(&bench, ".", &["config", key, &touch]);
    }
    git(&bench, ".", &["config", "filter.x.required", "true"]);
    bench.write(".git/info/attributes", b"* filter=x diff=x\nb/* filter=a=b\n");
    bench.write(".git/hooks/post-index-change", format!("#!/bin/sh\n{touch}\n").as_bytes());
    let hook = bench.path().join(".git/hooks/post-index-change");
    fs::set_permissions(&hook, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    for name in ["a", "b", "c"] {
        bench.write(&format!("{name}/Dockerfile"), BAD.as_bytes());
    }
    bench.write("a/Dockerfile", (BAD.to_owned() + "# more\n").as_bytes());
    for args in [&["--changed"][..], &["--changed=main"]] {
        let run = lint(&bench, args);
        assert_eq!((paths(&run), &*run.stderr), (vec!["a/Dockerfile"], ""));
        assert!(!bench.path().join("owned").exists(), "{args:?}");
    }
}
