//! oi-lint: a Dockerfile linter that enforces the Docker Official Images guidelines.

pub mod baseline;
pub mod checks;
pub mod cli;
pub mod commands;
pub mod config;
pub mod diagnostic;
pub mod discover;
pub mod dockerfile;
pub mod engine;
pub mod fix;
pub mod git_index;
pub mod library;
pub mod manifest;
pub mod model;
pub mod report;
pub mod rulebook;
pub mod shell;
pub mod source;
pub mod submission;
pub mod write;
pub mod yaml;
