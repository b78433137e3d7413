//! The checks of rules/image-build.
pub mod add_instead_of_copy;
