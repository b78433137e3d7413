//! The checks of rules/cacheability.
pub mod apt_install_without_update;
pub mod leftover_apk_cache;
pub mod leftover_apt_lists;
pub mod lone_apt_update;
