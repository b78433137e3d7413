//! Which part of a run each rule takes: what it costs alone, beyond parsing, of what all rules of the profile cost together.
//!
//! ```console
//! $ OI_LINT_BENCH_PATH=folder cargo bench --bench shares
//! ```
//!
//! Rules share what they ask the model, so that the shares add up to more than the whole. ShellCheck's codes come from one
//! pass over a script and count as one.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::time::{Duration, Instant};

use oi_lint::engine::{Linter, Settings};
use oi_lint::rulebook::{Profile, Rulebook};
use oi_lint::source::Source;

mod sources;

/// A rule that takes more than this part of a run is one to look at.
const MOST: f64 = 0.15;
const ROUNDS: usize = 5;

fn main() {
    // `cargo test --benches` only wants to know that it runs.
    let rounds = if std::env::args().any(|argument| argument == "--bench") { ROUNDS } else { 1 };
    let sources = sources::read();
    let time = |select: Vec<String>| {
        let settings = Settings { profile: Profile::Official, select, ..Settings::default() };
        (0..rounds).map(|_| lint(&settings, &sources)).min().unwrap_or_default()
    };
    let linter =
        Linter::new(Rulebook::builtin(), &Settings { profile: Profile::Official, ..Settings::default() }).unwrap();
    let active = linter.rules().into_iter().map(|(rule, _)| rule.name.to_string());
    let (codes, rules): (Vec<String>, Vec<String>) = active.partition(|name| name.starts_with("shell/SC"));

    let all = time(Vec::new());
    let parsing = time(vec!["syntax-error".to_owned()]);
    let share = |alone: Duration| alone.saturating_sub(parsing).as_secs_f64() / all.as_secs_f64();
    let mut shares: Vec<(f64, String)> =
        rules.into_iter().map(|name| (share(time(vec![name.clone()])), name)).collect();
    shares.push((share(time(codes)), "ShellCheck's codes".to_owned()));
    shares.push((parsing.as_secs_f64() / all.as_secs_f64(), "parsing".to_owned()));
    shares.sort_by(|one, other| other.0.total_cmp(&one.0));
    println!("{} files, {all:.1?} with all rules", sources.len());
    for (share, name) in shares.iter().take(25) {
        println!("{:6.1} %  {name}{}", share * 100.0, if *share > MOST { "  <-" } else { "" });
    }
}

fn lint(settings: &Settings, sources: &[Source]) -> Duration {
    let linter = Linter::new(Rulebook::builtin(), settings).unwrap();
    let start = Instant::now();
    for source in sources {
        std::hint::black_box(linter.lint(source));
    }
    start.elapsed()
}
