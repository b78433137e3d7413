//! How long parsing, reading shell bodies, answering about files, linting and starting take, on the fixtures or on the folder that `OI_LINT_BENCH_PATH` names.
//!
//! Read ratios, not times: `cargo bench` prints bytes a second for each, over the same files in one run.
#![allow(clippy::unwrap_used)]

use std::process::Command;
use std::sync::LazyLock;

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use oi_lint::dockerfile;
use oi_lint::engine::{Linter, Settings};
use oi_lint::model::{Bodies, Model};
use oi_lint::rulebook::{Profile, Rulebook};
use oi_lint::source::Source;

mod sources;

static SOURCES: LazyLock<Vec<Source>> = LazyLock::new(sources::read);

fn bytes() -> BytesCount {
    BytesCount::new(SOURCES.iter().map(|source| source.bytes().len()).sum::<usize>())
}

fn main() {
    divan::main();
}

/// Bytes to tree.
#[divan::bench]
fn parse(bencher: Bencher) {
    bencher.counter(bytes()).bench(|| {
        for source in &*SOURCES {
            divan::black_box(dockerfile::parse(source));
        }
    });
}

/// Trees to stages, steps and the commands of every RUN.
#[divan::bench]
fn shell(bencher: Bencher) {
    let files: Vec<_> = SOURCES.iter().map(|source| (source, dockerfile::parse(source))).collect();
    bencher.counter(bytes()).bench(|| {
        for (source, file) in &files {
            let bodies = Bodies::of(file);
            let model = Model::new(source, file, &bodies);
            divan::black_box(model.commands().len());
        }
    });
}

/// What most rules ask, of trees whose shell bodies are read: variables, what happens to files, layers.
#[divan::bench]
fn model(bencher: Bencher) {
    let files: Vec<_> = SOURCES.iter().map(|source| (source, dockerfile::parse(source))).collect();
    let bodies: Vec<Bodies> = files.iter().map(|(_, file)| Bodies::of(file)).collect();
    let models = || files.iter().zip(&bodies).map(|((source, file), bodies)| Model::new(source, file, bodies));
    models().for_each(|model| {
        divan::black_box(model.commands().len());
    });
    bencher.counter(bytes()).bench_local(|| {
        for model in models() {
            divan::black_box((model.environment(), model.files().len(), model.layers()));
        }
    });
}

/// Bytes to findings, all rules of a profile.
#[divan::bench(args = [Profile::Default, Profile::Official])]
fn lint(bencher: Bencher, profile: Profile) {
    lint_all(bencher, &Settings { profile, ..Settings::default() });
}

/// Each time with a new linter, as one keeps what it has read for the files that follow.
fn lint_all(bencher: Bencher, settings: &Settings) {
    bencher.counter(bytes()).with_inputs(|| Linter::new(Rulebook::builtin(), settings).unwrap()).bench_refs(|linter| {
        for source in &*SOURCES {
            divan::black_box(linter.lint(source));
        }
    });
}

/// One file of so many KiB, made of those of the fixtures: where time is linear the bytes a second stay the same.
#[divan::bench(args = [64, 256, 1024, 4096], sample_count = 5, sample_size = 1)]
fn file(bencher: Bencher, kib: usize) {
    let text = include_str!("../fixtures/good/language-stack/Dockerfile");
    whole(bencher, text.repeat(kib * 1024 / text.len()));
}

/// A RUN of one line of so many KiB; BuildKit takes 64 at most.
#[divan::bench(args = [1, 4, 16, 60])]
fn line(bencher: Bencher, kib: usize) {
    let command = "curl -fsSL -o /tmp/app https://dl.example.org/app; tar -xf /tmp/app -C /opt; rm /tmp/app; ";
    whole(
        bencher,
        format!("FROM debian:trixie-slim\nRUN set -eux; {}true\n", command.repeat(kib * 1024 / command.len())),
    );
}

fn whole(bencher: Bencher, text: String) {
    let settings = Settings { profile: Profile::Official, ..Settings::default() };
    let source = Source::new(text.into_bytes()).unwrap();
    bencher
        .counter(BytesCount::new(source.bytes().len()))
        .with_inputs(|| Linter::new(Rulebook::builtin(), &settings).unwrap())
        .bench_refs(|linter| linter.lint(&source));
}

/// What a run pays before its first file.
#[divan::bench]
fn start(bencher: Bencher) {
    bencher.counter(ItemsCount::new(Rulebook::builtin().rules().len())).bench(|| {
        let settings = Settings { profile: Profile::Official, ..Settings::default() };
        Linter::new(Rulebook::builtin(), &settings).unwrap()
    });
}

/// The whole program over one file, from its start to its end.
#[divan::bench]
fn process(bencher: Bencher) {
    bencher.bench(|| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_oi-lint"));
        command.args(["--no-config", "--quiet", "fixtures/good/debian-service/Dockerfile"]).output().unwrap()
    });
}

/// One rule alone over all files: what it takes, parsing included.
#[divan::bench(args = Rulebook::builtin().rules().map(|rule| rule.name.to_string()).collect::<Vec<_>>())]
fn rule(bencher: Bencher, name: &str) {
    lint_all(bencher, &Settings { select: vec![name.to_owned()], ..Settings::default() });
}
