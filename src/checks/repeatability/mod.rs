//! The checks of rules/repeatability.
pub mod apk_edge_on_stable;
pub mod coarse_base_tag;
pub mod digest_pinned_base_image;
pub mod unofficial_base_image;
pub mod untagged_base_image;
pub mod wildcard_package_pin;
