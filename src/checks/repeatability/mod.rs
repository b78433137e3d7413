//! The checks of rules/repeatability.
pub mod apk_edge_on_stable;
pub mod apt_suite_mismatch;
pub mod arg_without_default;
pub mod build_time_version_lookup;
pub mod coarse_base_tag;
pub mod digest_pinned_base_image;
pub mod distribution_upgrade;
pub mod moving_download_url;
pub mod unofficial_base_image;
pub mod unpinned_git_clone;
pub mod unpinned_language_package;
pub mod unpinned_main_package;
pub mod unsupported_base_tag;
pub mod untagged_base_image;
pub mod unused_version_variable;
pub mod variable_base_image;
pub mod wildcard_package_pin;
