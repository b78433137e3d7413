//! The checks of rules/repeatability.
pub mod build_time_version_lookup;
pub mod digest_pinned_base_image;
pub mod moving_download_url;
pub mod unofficial_base_image;
pub mod unpinned_git_clone;
pub mod unpinned_main_package;
pub mod untagged_base_image;
