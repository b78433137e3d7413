//! The shell trees of a Dockerfile, and of a script, lie in the file.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oi_lint_fuzz::{invariants, let_caught_panics_pass};

fuzz_target!(init: let_caught_panics_pass(), |data: &[u8]| {
    invariants::shell_lies_in_the_file(&invariants::source(data));
});
