//! The checks of rules/runtime.
pub mod invalid_expose;
pub mod relative_copy_destination;
pub mod relative_workdir;
pub mod world_writable;
