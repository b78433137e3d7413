//! The checks of rules/runtime.
pub mod change_after_volume;
pub mod invalid_expose;
pub mod relative_workdir;
pub mod world_writable;
