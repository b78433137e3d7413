//! The checks of rules/best-practices.
pub mod invalid_instruction;
pub mod invalid_stage_name;
