//! oi-lint: a Dockerfile linter that enforces the Docker Official Images guidelines.

pub mod checks;
pub mod diagnostic;
pub mod dockerfile;
pub mod engine;
pub mod rulebook;
pub mod shell;
pub mod source;
