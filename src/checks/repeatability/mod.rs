//! The checks of rules/repeatability.
pub mod untagged_base_image;
pub mod digest_pinned_base_image;
