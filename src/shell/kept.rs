//! Answers that are kept for a run: the variants of an image have most of their RUN in common.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

/// Answers by what was asked. All of them are forgotten when they become too large together.
#[derive(Debug)]
pub(super) struct Kept<Q, A> {
    answers: Mutex<(HashMap<Q, A>, usize)>,
    most: usize,
}

impl<Q: Eq + Hash, A: Clone> Kept<Q, A> {
    /// Keeps as much as has this size together.
    pub(super) fn new(most: usize) -> Self {
        Self { answers: Mutex::default(), most }
    }

    /// What was answered.
    pub(super) fn get(&self, question: &Q) -> Option<A> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).0.get(question).cloned()
    }

    /// Keeps an answer, unless it alone would take an eighth of the room.
    pub(super) fn keep(&self, size: usize, kept: impl FnOnce() -> (Q, A)) {
        if size > self.most / 8 {
            return;
        }
        let (question, answer) = kept();
        let mut guard = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let (answers, total) = &mut *guard;
        if *total + size > self.most {
            answers.clear();
            *total = 0;
        }
        *total += size;
        answers.insert(question, answer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_bounded() {
        let kept: Kept<usize, usize> = Kept::new(800);
        for number in 0..200 {
            kept.keep(60, || (number, number * 2));
            assert_eq!(kept.get(&number), Some(number * 2));
            let guard = kept.answers.lock().unwrap();
            assert!(guard.1 <= 800 && guard.0.len() * 60 <= guard.1);
        }
        kept.keep(101, || (1000, 0));
        assert_eq!(kept.get(&1000), None);
    }
}
