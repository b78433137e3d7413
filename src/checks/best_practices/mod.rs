//! The checks of rules/best-practices.
pub mod cd_instead_of_workdir;
pub mod copy_destination_without_slash;
pub mod empty_continuation;
pub mod env_self_reference;
pub mod ignored_copy_source;
pub mod invalid_arguments;
pub mod invalid_flag;
pub mod invalid_instruction;
pub mod invalid_stage_name;
pub mod missing_copy_source;
pub mod shell_syntax;
pub mod syntax_error;
