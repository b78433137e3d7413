//! Tests of the shell layer, by what they ask.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::redundant_closure_for_method_calls,
    clippy::format_push_string,
    clippy::format_collect
)]

use super::ast::List;
use crate::source::{Joined, Piece};

mod commands;
mod lower;
mod reader;
mod walk;

/// The text as one piece, so that offsets in it are offsets in the file.
fn joined(text: &str) -> Joined {
    Joined { text: text.to_owned(), pieces: vec![Piece { joined: 0, source: 0, len: text.len() as u32 }] }
}

fn parse(text: &str) -> List {
    super::parse(&joined(text)).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Joins lines at `\` as a RUN is joined, comment lines left out.
fn continued(file: &str) -> Joined {
    let mut body = Joined::default();
    let mut offset = 0;
    for line in file.split_inclusive('\n') {
        let text = line.trim_end_matches('\n');
        let kept = text.strip_suffix('\\').unwrap_or(text);
        if !kept.starts_with('#') {
            let joined = body.text.len() as u32;
            body.pieces.push(Piece { joined, source: offset, len: kept.len() as u32 });
            body.text.push_str(kept);
        }
        offset += line.len() as u32;
    }
    body
}
