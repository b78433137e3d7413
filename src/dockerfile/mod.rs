//! Dockerfiles: bytes in, lossless tree out, as BuildKit reads them.

pub mod ast;
pub mod check_options;
pub mod directives;
pub mod dump;
mod duration;
pub mod expand;
pub mod glob;
pub mod heredoc;
pub mod instructions;
mod json;
mod lexers;
mod lines;
pub mod mounts;
pub mod near_json;
mod parse;
pub mod platform;
mod quote;
mod tokens;
pub mod views;

pub use duration::DurationError;
pub use parse::parse;
