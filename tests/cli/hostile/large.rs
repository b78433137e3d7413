//! Large files.

use allocation_counter::measure;
use oi_lint::discover::{self, Input};
use oi_lint::model::Surroundings;
use oi_lint::rulebook::Subject;

use super::*;
use crate::invariants::LINTERS;

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

/// `cargo test --release --test cli files_of_100_mb -- --ignored`. A RUN of six bytes is 2 KB in memory, so that short lines
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
