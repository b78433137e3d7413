//! Paths to inputs.
