//! The checks of rules/repeatability.
pub mod untagged_base_image;
