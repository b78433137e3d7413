//! Manifests, scripts and Dockerfiles that belong together.

use super::*;

#[test]
fn scripts_and_manifests() {
    let dockerfile = "FROM alpine:3.22\nCOPY start.sh /usr/local/bin/\nENTRYPOINT [\"start.sh\"]\nCMD [\"app\"]\n";
    let manifest = "Maintainers: Ann Lee (@ann)\n\nTags 1.0\n";
    let bench = Bench::new(&[
        ("image/Dockerfile", dockerfile),
        ("image/start.sh", "#!/bin/bash\nset -e\n\"$@\"\n"),
        ("image/other.sh", "\"$@\"\n"),
        ("docker-entrypoint.sh", "\"$@\"\n"),
        ("library/app", manifest),
        ("library/README", "no manifest\n"),
    ]);
    // The script that the Dockerfile starts, and no other; the manifest, and no other file beside it.
    let run = bench.run(&["--format", "compact", "."]);
    let found: Vec<&str> = run.stdout.lines().filter_map(|line| line.split(' ').nth(1)).collect();
    let has = |rule: &str| found.iter().any(|found| found.contains(rule));
    assert!(
        has("entrypoint-interpreter-missing") && has("entrypoint-without-exec") && has("library-syntax"),
        "{}",
        run.stdout
    );
    assert!(!run.stdout.contains("other.sh") && !run.stdout.contains("docker-entrypoint.sh"), "{}", run.stdout);
    assert!(!run.stdout.contains("README"), "{}", run.stdout);
    // Named outright, a script is what it is called, and a file what it is said to be.
    for args in [&["docker-entrypoint.sh"][..], &["--kind", "entrypoint", "image/other.sh"]] {
        let args: Vec<&str> = ["--format", "compact"].iter().chain(args).copied().collect();
        assert!(bench.run(&args).stdout.contains("entrypoint-without-exec"), "{args:?}");
    }
}

const MANIFEST: &str = "Maintainers: Ann Lee (@ann)\nGitRepo: https://github.com/example/app.git\n\
                        GitCommit: 0123456789abcdef0123456789abcdef01234567\n\n\
                        Tags: 1.0, latest\nArchitectures: amd64, s390x\nDirectory: 1.0\n";
const FOR_ONE: &str =
    "FROM base:1\nRUN set -eux; case \"$(dpkg --print-architecture)\" in amd64) make ;; *) exit 1 ;; esac\n";

#[test]
fn a_wrong_manifest() {
    let lines = [
        "Maintainers: Ann Lee (@ann)",
        "Architecture: amd64",
        "GitRepo: https://github.com/example/app.git",
        "",
        "Tags: 2.0, 2, latest-2",
        "Architectures: amd64, aarch64",
        "GitCommit: 0123456",
        "",
        "Tags: 1.0, 2",
        "GitCommit: 0123456789abcdef0123456789abcdef01234567",
        "",
    ];
    let bench = Bench::new(&[("library/app", &lines.join("\n"))]);
    let run = bench.run(&compact(&["--ignore", "library-missing-latest", "library/app"]));
    let found: Vec<String> = run
        .stdout
        .lines()
        .map(|line| {
            let place = line.split(' ').next().unwrap().trim_end_matches(':');
            format!("{} {}", place.trim_start_matches("library/app:"), line.split(['[', ']']).nth(1).unwrap())
        })
        .collect();
    let expected = [
        "2:1 library-unknown-field",
        "5:15 library-latest-in-tag",
        "6:23 library-unknown-architecture",
        "7:12 library-invalid-commit",
        "9:12 library-duplicate-tag",
    ];
    assert_eq!(found, expected, "{}", run.stdout);
    // Standard input is what its name says, or what it is said to be.
    for args in [&["--stdin-filename", "library/app", "-"][..], &["--kind", "library", "-"]] {
        let run = bench.pipe(lines.join("\n").as_bytes(), &compact(args));
        assert!(run.stdout.contains("library-invalid-commit"), "{args:?}: {}", run.stdout);
    }
}

#[test]
fn a_manifest_and_its_dockerfiles() {
    let base = "Maintainers: Ann Lee (@ann)\nGitRepo: https://github.com/example/base.git\n\n\
                Tags: 1\nGitCommit: 0123456789abcdef0123456789abcdef01234567\n";
    let bench = Bench::new(&[
        ("own/library/app", MANIFEST),
        ("own/1.0/Dockerfile", FOR_ONE),
        ("own/0.9/Dockerfile", FOR_ONE),
        ("named/app/1.0/Dockerfile", FOR_ONE),
        ("remote/checkout/1.0/Dockerfile", FOR_ONE),
        ("remote/checkout/.git/config", "[remote \"origin\"]\n\turl = git@github.com:Example/app\n"),
        ("other/1.0/Dockerfile", FOR_ONE),
        ("other/.git/config", "[remote \"origin\"]\n\turl = https://github.com/example/application.git\n"),
        ("official-images/library/app", MANIFEST),
        ("official-images/library/base", base),
    ]);
    let select = ["--select", "unhandled-architecture,library-unsupported-base-architecture"];
    let places = |args: &[&str]| {
        let run = bench.run(&compact(&[&select[..], args].concat()));
        let places: Vec<String> = run.stdout.lines().map(|line| line.split(':').next().unwrap().to_owned()).collect();
        (places, run.stderr)
    };
    let linked = |args: &[&str], expected: &[&str]| {
        let (places, errors) = places(args);
        assert_eq!(
            (places.iter().map(String::as_str).collect::<Vec<_>>(), &*errors),
            (expected.to_vec(), ""),
            "{args:?}"
        );
    };
    // In one tree, in a folder of the repository's name, in a checkout of it; and not where it may be another.
    linked(&["own"], &["own/1.0/Dockerfile"]);
    linked(&["own/library/app", "named"], &["named/app/1.0/Dockerfile"]);
    linked(&["own/library/app", "remote"], &["remote/checkout/1.0/Dockerfile"]);
    linked(&["official-images/library/app", "other"], &[]);
    linked(&["own/1.0/Dockerfile"], &[]);
    // A library has manifests and base images; its folder will do.
    let library = ["--library", "official-images"];
    linked(&[&library[..], &["remote", "other"]].concat(), &["remote/checkout/1.0/Dockerfile"]);
    let both = ["own/1.0/Dockerfile", "own/library/app"];
    linked(&[&["--library", "official-images/library"][..], &["own"]].concat(), &both);
    for folder in ["nowhere", "other"] {
        let run = bench.run(&["--library", folder, "own"]);
        assert_eq!((run.code, &*run.stdout), (2, ""), "{folder}");
        assert!(run.stderr.contains(folder) && run.stderr.contains("official-images"), "{}", run.stderr);
    }
}

/// Git's index of one file, as gitformat-index(5) has version 2.
fn git_index(name: &str, mode: u32) -> Vec<u8> {
    let mut bytes = b"DIRC\0\0\0\x02\0\0\0\x01".to_vec();
    bytes.extend([0; 24]);
    bytes.extend(mode.to_be_bytes());
    bytes.extend([0; 12 + 20]);
    bytes.extend((name.len() as u16).to_be_bytes());
    bytes.extend(name.bytes());
    let used = bytes.len() - 12;
    bytes.extend(vec![0; 8 - used % 8]);
    bytes.extend([0; 20]);
    bytes
}

#[test]
fn the_mode_in_the_repository_counts() {
    let script = "#!/bin/sh\nset -e\nexec \"$@\"\n";
    let path = "image/docker-entrypoint.sh";
    let dockerfile = "FROM debian:trixie-slim\nCOPY docker-entrypoint.sh /usr/local/bin/\nENTRYPOINT [\"docker-entrypoint.sh\"]\nCMD [\"app\"]\n";
    let bench =
        Bench::new(&[("image/Dockerfile", dockerfile), (path, script), (".git/HEAD", "ref: refs/heads/main\n")]);
    let set_mode = |bits: u32| {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(bench.path().join(path), fs::Permissions::from_mode(bits)).unwrap();
        }
        let _ = bits;
    };
    let told = |args: &[&str]| {
        let run = bench.run(&compact(args));
        let line = run.stdout.lines().find(|line| line.contains("entrypoint-not-executable"));
        line.map(|line| line.rsplit_once(": ").map_or(line, |(_, message)| message).to_owned())
    };
    // Windows, and file systems without the bit, show another one.
    bench.write(".git/index", &git_index(path, 0o100_644));
    set_mode(0o755);
    let message = told(&[path]).unwrap();
    assert!(message.contains("mode 644 in git's index"), "{message}");
    assert_eq!(told(&["."]), Some(message));
    bench.write(".git/index", &git_index(path, 0o100_755));
    set_mode(0o644);
    assert_eq!((told(&[path]), told(&["."])), (None, None));
    // What git does not have yet is what it is on the disk, and on Windows unknown.
    for index in [&git_index("image/other.sh", 0o100_755)[..], b"DIRC\0\0\0\x02\0\0\0\x01", b""] {
        bench.write(".git/index", index);
        assert_eq!(told(&[path]).is_some_and(|message| message.contains("mode 644, ")), cfg!(unix));
        set_mode(0o755);
        assert_eq!(told(&[path]), None);
        set_mode(0o644);
    }
}
