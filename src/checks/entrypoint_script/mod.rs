//! The checks of rules/entrypoint-script.
pub mod entrypoint_assumes_root;
pub mod entrypoint_background_process;
pub mod entrypoint_bashism;
pub mod entrypoint_download;
pub mod entrypoint_ignores_flags;
pub mod entrypoint_interpreter_missing;
pub mod entrypoint_not_executable;
pub mod entrypoint_recursive_chown;
pub mod entrypoint_stepdown_without_exec;
pub mod entrypoint_unquoted_args;
pub mod entrypoint_without_exec;
pub mod entrypoint_without_set_e;
