//! The lines of a manifest give its bytes back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oi_lint_fuzz::invariants;

fuzz_target!(|data: &[u8]| invariants::lines_give_the_manifest_back(&invariants::source(data)));
