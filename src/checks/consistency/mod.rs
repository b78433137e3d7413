//! The checks of rules/consistency.
pub mod duplicate_command;
pub mod invalid_json_form;
pub mod shell_form_command;
