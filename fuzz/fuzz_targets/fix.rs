//! Fixes do no harm, and a second run does nothing. The length of the input chooses the profile and the fixes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oi_lint::diagnostic::Applicability;
use oi_lint_fuzz::invariants::{self, LINTERS};
use oi_lint_fuzz::let_caught_panics_pass;

fuzz_target!(init: let_caught_panics_pass(), |data: &[u8]| {
    let linter = &LINTERS[data.len() % LINTERS.len()];
    let most = if data.len() / LINTERS.len() % 2 == 0 { Applicability::Safe } else { Applicability::Unsafe };
    let (subject, source) = (invariants::subject_of(data), invariants::source(data));
    invariants::fixes_do_no_harm(linter, subject, &source, most);
});
