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
    kept: Kept<Joined, (u32, Result<Arc<List>, ShellError>)>,
}

impl Default for ShellReader {
    fn default() -> Self {
        Self { kept: Kept::new(MOST_KEPT) }
    }
}

impl ShellReader {
    /// As [`parse`].
    pub fn read(&self, body: &Joined) -> Result<Arc<List>, ShellError> {
        let start = body.pieces.first().map_or(0, |piece| piece.source);
        let place = Joined {
            text: body.text.clone(),
            pieces: body
                .pieces
                .iter()
                .map(|piece| Piece { source: piece.source.wrapping_sub(start), ..*piece })
                .collect(),
        };
        if let Some((there, answer)) = self.kept.get(&place) {
            let by = start.wrapping_sub(there);
            return match answer {
                Ok(list) if by == 0 => Ok(list),
                Ok(list) => {
                    let mut list = List::clone(&list);
                    list.shift(by);
                    Ok(Arc::new(list))
                }
                Err(mut error) => {
                    error.span.shift(by);
                    Err(error)
                }
            };
        }
        let answer = parse(body).map(Arc::new);
        self.kept.keep(body.text.len(), || (place, (start, answer.clone())));
        answer
    }
}
