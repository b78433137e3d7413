//! The checks of rules/repeatability.
pub mod apk_edge_on_stable;
pub mod apt_suite_mismatch;
pub mod arg_without_default;
pub mod coarse_base_tag;
pub mod digest_pinned_base_image;
pub mod distribution_upgrade;
pub mod unofficial_base_image;
pub mod unpinned_language_package;
pub mod untagged_base_image;
pub mod unused_version_variable;
pub mod variable_base_image;
pub mod wildcard_package_pin;
