//! The checks of rules/runtime.
pub mod implicit_user_id;
pub mod invalid_expose;
pub mod relative_workdir;
pub mod world_writable;
