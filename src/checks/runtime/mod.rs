//! The checks of rules/runtime.
pub mod invalid_expose;
pub mod relative_workdir;
