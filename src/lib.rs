//! oi-lint: a Dockerfile linter that enforces the Docker Official Images guidelines.

pub mod dockerfile;
pub mod source;
