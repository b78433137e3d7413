//! Reads user rules.
