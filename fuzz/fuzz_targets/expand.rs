//! Variables are filled in within bounds, and one way as another. The first byte holds the switches of the lexer.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oi_lint::dockerfile::expand::Lexer;
use oi_lint_fuzz::invariants;

fuzz_target!(|data: &[u8]| {
    let Some((switches, text)) = data.split_first() else { return };
    let has = |bit: u8| switches & (1 << bit) != 0;
    let lexer = Lexer {
        escape: if has(0) { '`' } else { '\\' },
        raw_quotes: has(1),
        raw_escapes: has(2),
        skip_unset: has(3),
        skip_quotes: has(4),
    };
    invariants::expansions_agree(&String::from_utf8_lossy(text), lexer);
});
