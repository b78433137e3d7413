//! The checks of rules/clarity.
pub mod buildkit_only_syntax;
pub mod missing_set_e;
pub mod recommended_packages;
pub mod unsorted_packages;
pub mod version_in_arg;
