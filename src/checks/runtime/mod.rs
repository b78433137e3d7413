//! The checks of rules/runtime.
