//! Writes what the fuzz targets start from: the rules' examples and the fixtures, a file each.
//!
//! ```console
//! $ cargo run --locked --example fuzz_seeds -- fuzz/corpus
//! ```

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash as _, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};

use oi_lint::rulebook::{Rulebook, Subject};

/// The folders of the targets that read whole files.
const READERS_OF_FILES: [&str; 5] = ["parse", "shell", "manifest", "lint", "fix"];

fn main() -> io::Result<()> {
    let corpus = std::env::args_os().nth(1).map_or_else(|| PathBuf::from("fuzz/corpus"), PathBuf::from);
    let mut seeds: Vec<(Subject, Vec<u8>)> = Vec::new();
    for rule in Rulebook::builtin().rules() {
        let examples = rule.examples.read();
        for example in examples.bad.iter().chain(examples.good.iter()) {
            seeds.push((rule.subject_of(&example.dockerfile), example.dockerfile.as_bytes().to_vec()));
        }
    }
    for entry in walkdir::WalkDir::new("fixtures").sort_by_file_name() {
        let path = entry?.into_path();
        if path.is_file() {
            seeds.push((oi_lint::discover::subject(&path), fs::read(&path)?));
        }
    }
    for (subject, text) in &seeds {
        for target in READERS_OF_FILES {
            let is_manifest = *subject == Subject::LibraryManifest;
            if (target == "manifest") == is_manifest || target == "lint" || target == "fix" {
                write(&corpus.join(target), text)?;
            }
        }
        // The first byte holds the switches of the lexer.
        for line in String::from_utf8_lossy(text).lines().filter(|line| line.contains('$')) {
            write(&corpus.join("expand"), &[b"\0", line.trim().as_bytes()].concat())?;
        }
    }
    Ok(())
}

/// Writes a seed under a name that its bytes give.
fn write(folder: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    fs::create_dir_all(folder)?;
    fs::write(folder.join(format!("{:016x}", hasher.finish())), bytes)
}
