//! The checks of rules/clarity.
pub mod recommended_packages;
pub mod unsorted_packages;
