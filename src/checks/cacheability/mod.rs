//! The checks of rules/cacheability.
pub mod apt_install_without_update;
