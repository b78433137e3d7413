//! The Rust behind rules that a pattern cannot say: one file a rule, in the folders of `rules/`.

/// A rule's check.
pub trait Check {}
