//! The checks of rules/multi-arch.
