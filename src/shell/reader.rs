//! Reads shell texts, each once in a run however many files have it.

use std::sync::Arc;

use super::ast::List;
use super::kept::Kept;
use super::lower::{ShellError, parse};
use super::shift::Shift;
use crate::source::{Joined, Piece};

/// So many bytes of texts are kept with what was read; their trees take some thirty times as many.
const MOST_KEPT: usize = 256 << 10;

/// Reads shell texts.
#[derive(Debug)]
pub struct ShellReader {
    /// What was read and where it stood, by the text and how its pieces lie, wherever in a file that is.
    kept: Kept<Joined, Arc<(u32, Result<List, ShellError>)>>,
}

impl Default for ShellReader {
    fn default() -> Self {
        Self { kept: Kept::new(MOST_KEPT) }
    }
}

impl ShellReader {
    /// As [`parse`].
    pub fn read(&self, body: &Joined) -> Result<List, ShellError> {
        let start = body.pieces.first().map_or(0, |piece| piece.source);
        let place = Joined {
            text: body.text.clone(),
            pieces: body
                .pieces
                .iter()
                .map(|piece| Piece { source: piece.source.wrapping_sub(start), ..*piece })
                .collect(),
        };
        if let Some(known) = self.kept.get(&place) {
            let (there, answer) = &*known;
            let by = start.wrapping_sub(*there);
            return match answer.clone() {
                Ok(mut list) => {
                    list.shift(by);
                    Ok(list)
                }
                Err(mut error) => {
                    error.span.shift(by);
                    Err(error)
                }
            };
        }
        let answer = parse(body);
        self.kept.keep(body.text.len(), || (place, Arc::new((start, answer.clone()))));
        answer
    }
}
