//! The tokens of a Dockerfile give its bytes back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oi_lint_fuzz::invariants;

fuzz_target!(|data: &[u8]| invariants::tokens_give_the_file_back(&invariants::source(data)));
