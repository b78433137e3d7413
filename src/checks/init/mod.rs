//! The checks of rules/init.
pub mod downloaded_tini;
