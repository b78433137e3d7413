//! The checks of rules/best-practices.
pub mod empty_continuation;
pub mod invalid_arguments;
pub mod invalid_flag;
pub mod invalid_instruction;
pub mod invalid_stage_name;
pub mod shell_syntax;
pub mod syntax_error;
