//! The checks of rules/cacheability.
pub mod apt_install_without_update;
pub mod cache_mount;
pub mod copy_before_install;
pub mod copy_many_sources;
pub mod copy_whole_context;
pub mod incomplete_apt_mark;
pub mod leftover_apk_cache;
pub mod leftover_apk_virtual;
pub mod leftover_apt_lists;
pub mod leftover_build_dependencies;
pub mod leftover_package_cache;
pub mod lone_apt_update;
pub mod needless_stage;
pub mod purge_without_auto_remove;
pub mod untagged_copy_from;
