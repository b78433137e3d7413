//! The `oi-lint` command.

fn main() {}
