//! Git's index: written here as gitformat-index(5) has it, and read back.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use oi_lint::git_index::{Index, Repositories};
use proptest::prelude::*;
use tempfile::TempDir;

/// How an index is written.
#[derive(Debug, Clone, Copy)]
struct Form {
    version: u32,
    /// The length of object names.
    hash: usize,
    /// Whether each entry has the second flags of version 3.
    extended: bool,
}

const FORMS: [Form; 6] = [
    Form { version: 2, hash: 20, extended: false },
    Form { version: 3, hash: 20, extended: true },
    Form { version: 4, hash: 20, extended: false },
    Form { version: 4, hash: 20, extended: true },
    Form { version: 2, hash: 32, extended: false },
    Form { version: 4, hash: 32, extended: true },
];

type Entries<'a> = &'a [(&'a str, u32, u16)];

fn offset(mut value: usize) -> Vec<u8> {
    let mut bytes = vec![(value % 128) as u8];
    while value >= 128 {
        value = value / 128 - 1;
        bytes.insert(0, 128 | (value % 128) as u8);
    }
    bytes
}

/// Entries are name, mode, stage.
fn write(form: Form, entries: Entries<'_>, extensions: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut bytes = b"DIRC".to_vec();
    bytes.extend(form.version.to_be_bytes());
    bytes.extend((entries.len() as u32).to_be_bytes());
    let mut before = "";
    for (name, mode, stage) in entries {
        let start = bytes.len();
        bytes.extend([7; 24]);
        bytes.extend(mode.to_be_bytes());
        bytes.extend([7; 12]);
        bytes.extend(vec![0xd1; form.hash]);
        let flags = stage << 12 | name.len().min(0xfff) as u16 | if form.extended { 0x4000 } else { 0 };
        bytes.extend(flags.to_be_bytes());
        if form.extended {
            bytes.extend(0x2000_u16.to_be_bytes());
        }
        if form.version == 4 {
            let common = name.bytes().zip(before.bytes()).take_while(|(a, b)| a == b).count();
            bytes.extend(offset(before.len() - common));
            bytes.extend(&name.as_bytes()[common..]);
            bytes.push(0);
            before = name;
        } else {
            bytes.extend(name.bytes());
            let used = bytes.len() - start;
            bytes.extend(vec![0; 8 - used % 8]);
        }
    }
    for (signature, data) in extensions {
        bytes.extend(*signature);
        bytes.extend((data.len() as u32).to_be_bytes());
        bytes.extend(*data);
    }
    bytes.extend(vec![0xee; form.hash]);
    bytes
}

const SOME: Entries<'static> = &[
    ("Dockerfile", 0o100_644, 0),
    ("b/run.sh", 0o100_644, 0),
    ("b/run.sh.d/x", 0o100_755, 0),
    ("b/start.sh", 0o100_755, 0),
    ("conflict.sh", 0o100_755, 1),
    ("conflict.sh", 0o100_644, 2),
    ("link.sh", 0o120_000, 0),
    ("module", 0o160_000, 0),
];

#[test]
fn modes() {
    let long = format!("{}.sh", "d/".repeat(2100));
    for form in FORMS {
        let mut entries = [SOME, &[(&long, 0o100_755, 0)]].concat();
        entries.sort_by_key(|(name, _, stage)| (*name, *stage));
        let index = Index::read(&write(form, &entries, &[(b"TREE", b"abc"), (b"EOIE", b"")])).unwrap();
        for (path, mode) in [
            ("Dockerfile", Some(0o644)),
            ("b/run.sh", Some(0o644)),
            ("b/start.sh", Some(0o755)),
            ("b/run.sh.d/x", Some(0o755)),
            (long.as_str(), Some(0o755)),
            ("conflict.sh", None),
            ("link.sh", None),
            ("module", None),
            ("b", None),
            ("b/run", None),
            ("", None),
        ] {
            assert_eq!(index.mode(path.as_bytes()), mode, "{path} {form:?}");
        }
    }
}

#[test]
fn what_is_not_understood_has_no_modes() {
    for form in FORMS {
        let good = write(form, SOME, &[]);
        assert!(Index::read(&good).is_some());
        // The entries of a split index are in another file.
        assert_eq!(Index::read(&write(form, SOME, &[(b"link", b"x")])), None);
        // Folders of a sparse index stand for what is below them.
        let sparse = write(form, &[("a/", 0o040_000, 0), ("b.sh", 0o100_755, 0)], &[(b"sdir", b"")]);
        assert_eq!(Index::read(&sparse).unwrap().mode(b"b.sh"), Some(0o755));
        assert_eq!(Index::read(&sparse).unwrap().mode(b"a/x.sh"), None);
        // Out of order, and one name twice.
        assert_eq!(Index::read(&write(form, &[("b", 0o100_644, 0), ("a", 0o100_644, 0)], &[])), None);
        assert_eq!(Index::read(&write(form, &[("a", 0o100_644, 0), ("a", 0o100_755, 0)], &[])), None);
        for end in 0..good.len() {
            assert_eq!(Index::read(&good[..end]).filter(|index| index.mode(b"b/start.sh").is_some()), None, "{end}");
        }
        for version in [0, 1, 5] {
            assert_eq!(Index::read(&write(Form { version, ..form }, SOME, &[])), None);
        }
    }
}

fn put(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

#[test]
fn repositories() {
    let dir = TempDir::new().unwrap();
    let root = dir.path();
    let index = |mode: u32| write(FORMS[0], &[("run.sh", mode, 0)], &[]);
    // A repository, a submodule in it, and a linked worktree of it.
    put(&root.join("a/.git/HEAD"), b"ref: refs/heads/main\n");
    put(&root.join("a/.git/index"), &write(FORMS[0], SOME, &[]));
    put(&root.join("a/.git/modules/m/HEAD"), b"0\n");
    put(&root.join("a/.git/modules/m/index"), &index(0o100_755));
    put(&root.join("a/m/.git"), b"gitdir: ../.git/modules/m\n");
    put(&root.join("a/.git/worktrees/w/HEAD"), b"0\n");
    put(&root.join("a/.git/worktrees/w/index"), &index(0o100_644));
    let git = fs::canonicalize(root.join("a/.git/worktrees/w")).unwrap();
    put(&root.join("w/.git"), format!("gitdir: {}\r\n", git.display()).as_bytes());
    // A folder of this name that is no repository, and a repository without an index.
    fs::create_dir_all(root.join("a/b/.git")).unwrap();
    put(&root.join("e/.git/HEAD"), b"0\n");
    put(&root.join("f/.git"), b"gitdir: nowhere\n");
    put(&root.join("g/.git/HEAD"), b"0\n");
    put(&root.join("g/.git/index"), b"DIRC\0\0\0\x02");
    let repositories = Repositories::default();
    for (path, mode) in [
        ("a/b/start.sh", Some(0o755)),
        ("a/b/run.sh", Some(0o644)),
        ("a/./b/../b/run.sh", Some(0o644)),
        ("a/b/other.sh", None),
        ("a/link.sh", None),
        ("a/m/run.sh", Some(0o755)),
        ("w/run.sh", Some(0o644)),
        ("e/run.sh", None),
        ("f/run.sh", None),
        ("g/run.sh", None),
        ("h/run.sh", None),
    ] {
        put(&root.join(path), b"#!/bin/sh\n");
        assert_eq!(repositories.mode(&root.join(path)), mode, "{path}");
    }
    // It is read once.
    fs::remove_file(root.join("a/.git/index")).unwrap();
    assert_eq!(repositories.mode(&root.join("a/b/start.sh")), Some(0o755));
    assert_eq!(Repositories::default().mode(&root.join("a/b/start.sh")), None);
    // A link is what it leads to.
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../w/run.sh", root.join("e/to.sh")).unwrap();
        assert_eq!(repositories.mode(&root.join("e/to.sh")), Some(0o644));
    }
}

fn form() -> impl Strategy<Value = Form> {
    prop::sample::select(&FORMS[..])
}

proptest! {
    #[test]
    fn what_is_written_is_read(form in form(), files in prop::collection::btree_map("[a-c/]{1,40}", any::<bool>(), 0..20)) {
        let files: BTreeMap<String, bool> = files;
        let mode = |is_executable: &bool| if *is_executable { 0o100_755 } else { 0o100_644 };
        let entries: Vec<_> = files.iter().map(|(name, is_executable)| (name.as_str(), mode(is_executable), 0)).collect();
        let index = Index::read(&write(form, &entries, &[(b"REUC", b"xyz")])).unwrap();
        for (name, is_executable) in &files {
            prop_assert_eq!(index.mode(name.as_bytes()), Some(mode(is_executable) & 0o777));
        }
    }

    #[test]
    fn nothing_panics(
        form in form(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        end in any::<prop::sample::Index>(),
        tail in prop::collection::vec(any::<u8>(), 0..80),
    ) {
        let mut bytes = write(form, SOME, &[(b"TREE", b"abc")]);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = Index::read(&bytes).map(|index| index.mode(b"b/run.sh"));
        bytes.truncate(end.index(bytes.len()));
        bytes.extend(&tail);
        let _ = Index::read(&bytes).map(|index| index.mode(b"b/run.sh"));
        let _ = Index::read(&tail);
    }
}
