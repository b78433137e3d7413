//! The files that benchmarks read: the fixtures, or those of the folder that `OI_LINT_BENCH_PATH` names.

use std::path::PathBuf;

use oi_lint::discover;
use oi_lint::source::Source;

pub(crate) fn read() -> Vec<Source> {
    let root = std::env::var_os("OI_LINT_BENCH_PATH").map_or_else(|| PathBuf::from("fixtures"), PathBuf::from);
    discover::find(&[root]).inputs.iter().filter_map(|input| discover::read(input).ok()).collect()
}
