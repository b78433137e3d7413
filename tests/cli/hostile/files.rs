//! Files that are none, or others meanwhile.

use super::*;

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
    let change = |step: usize, path: &Path| match step {
        0 => fs::write(path, text.repeat(20)),
        1 => fs::File::create(path).and_then(|file| file.set_len(3)),
        2 => fs::remove_file(path).and_then(|()| fs::create_dir(path)),
        3 => fs::remove_dir(path).and_then(|()| std::os::unix::fs::symlink("/dev/zero", path)),
        _ => fs::remove_file(path).and_then(|()| fs::write(path, text)),
    };
    let outputs = std::thread::scope(|scope| {
        scope.spawn(|| {
            let steps = (0..5).flat_map(|step| (0..8).map(move |number| (step, number))).cycle();
            for (step, number) in steps.take_while(|_| !is_over.load(Ordering::Relaxed)) {
                for name in ["Dockerfile", "run.sh"] {
                    // What fails fails because the other one was faster.
                    let _ = change(step, &bench.path().join(format!("{number}/{name}")));
                }
            }
        });
        let asked = ["--no-config", "--fix", "--diff", "--write-baseline", "--format=sarif"];
        let output = |arg: &str| bench.command(&["--profile", "official", arg, "."][..]).output();
        let outputs: Vec<_> = asked.iter().cycle().take(20).map(|arg| (*arg, output(arg))).collect();
        is_over.store(true, Ordering::Relaxed);
        outputs
    });
    for (arg, output) in outputs {
        let run = finish(output.unwrap());
        assert!((0..=2).contains(&run.code) && !run.stderr.contains("internal error"), "{arg}: {}", run.stderr);
    }
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
