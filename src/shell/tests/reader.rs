//! Texts that stand in several files.

use std::sync::Arc;

use super::super::{ShellReader, parse};
use crate::source::Joined;

/// A text in lines of `len` bytes at most, each with so much before it in the file.
fn in_lines(text: &str, start: u32, len: usize, gap: u32) -> Joined {
    let mut joined = Joined::default();
    let mut source = start;
    let mut rest = text;
    while !rest.is_empty() {
        let (line, behind) = rest.split_at(rest.floor_char_boundary(len.min(rest.len())).max(1));
        joined.push(line, source);
        source += line.len() as u32 + gap;
        rest = behind;
    }
    joined
}

const TEXTS: [&str; 9] = [
    "a=1 b+=2 c=(x \"$y\") cmd -o=1 'q' \"d $e ${f:-g}\" >out 2>&1 <<<h; export i=j k",
    "! a && { b || ( c ); } | d & e",
    "if a; then b; elif c; then d; else e; fi; for x in 1 $2; do f; done; while g; do until h; do i; done; done",
    "case \"$a\" in b|'c') d ;; *) e ;; esac; f() { local g=$(h `i`); }; [[ -n $j ]]; (( k = 1 )); time l",
    "echo ${a#b} ${c%%d} ${e/f/$g} ${h:=i} ${j:+k$l} ${m:?n} ${o^^} ${#p} $((q + $(r))) <(s) >(t)",
    "sh -c 'a \"$b\"; c'; eval \"d; e\"; bash <<EOF\nf $g\nEOF\ncat <<-'H' > i\n\tj\nH\n",
    "",
    "if a; then",
    "echo \"$(",
];

#[test]
fn what_stands_in_another_place_is_read_as_there() {
    let reader = ShellReader::default();
    for text in TEXTS {
        for start in [700, 0, 5000] {
            for (len, gap) in [(1000, 0), (7, 4), (7, 5)] {
                let body = in_lines(text, start, len, gap);
                assert_eq!(
                    reader.read(&body),
                    parse(&body).map(Arc::new),
                    "{text} at {start}, lines of {len}, {gap} between"
                );
            }
        }
    }
}
