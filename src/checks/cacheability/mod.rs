//! The checks of rules/cacheability.
pub mod apt_install_without_update;
pub mod chmod_after_copy;
pub mod cleanup_in_later_layer;
pub mod leftover_apk_cache;
pub mod leftover_apt_lists;
pub mod leftover_archive;
pub mod ownership_in_later_layer;
