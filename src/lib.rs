//! oi-lint: a Dockerfile linter that enforces the Docker Official Images guidelines.

pub mod diagnostic;
pub mod dockerfile;
pub mod shell;
pub mod source;
