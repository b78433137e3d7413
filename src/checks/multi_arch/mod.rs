//! The checks of rules/multi-arch.
pub mod arch_from_uname;
