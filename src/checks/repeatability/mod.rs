//! The checks of rules/repeatability.
pub mod digest_pinned_base_image;
pub mod unofficial_base_image;
pub mod untagged_base_image;
