//! The checks of rules/consistency.
pub mod baked_password;
pub mod cmd_starts_with_flag;
pub mod debian_frontend_env;
pub mod duplicate_command;
pub mod entrypoint_blocks_shell;
pub mod entrypoint_drops_inherited_cmd;
pub mod inherited_label;
pub mod invalid_json_form;
pub mod missing_command;
pub mod non_utc_timezone;
pub mod secret_in_env;
pub mod shell_form_command;
pub mod unconventional_entrypoint;
