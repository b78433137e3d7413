//! The checks of rules/clarity.
pub mod missing_set_e;
pub mod recommended_packages;
pub mod unsorted_packages;
