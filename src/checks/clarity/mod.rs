//! The checks of rules/clarity.
pub mod recommended_packages;
