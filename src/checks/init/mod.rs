//! The checks of rules/init.
pub mod daemonizing_command;
pub mod downloaded_tini;
pub mod process_supervisor;
pub mod ungraceful_stopsignal;
pub mod unused_tini;
