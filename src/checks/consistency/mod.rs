//! The checks of rules/consistency.
pub mod duplicate_command;
