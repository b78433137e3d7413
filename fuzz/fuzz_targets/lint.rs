//! The whole way from bytes to reports, the shell linter included. The length of the input chooses the profile.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use oi_lint_fuzz::invariants::{self, LINTERS};
use oi_lint_fuzz::let_caught_panics_pass;

fuzz_target!(init: let_caught_panics_pass(), |data: &[u8]| {
    let linter = &LINTERS[data.len() % LINTERS.len()];
    let (subject, source) = (invariants::subject_of(data), invariants::source(data));
    let found = invariants::findings_are_sound(linter, subject, &source);
    invariants::reports_can_be_read(linter, &invariants::file_report(Path::new("a b/Dockerfile"), &source, found));
});
