//! `oi-lint ast`: the syntax tree of Dockerfiles.

use std::io::Write;

use super::{CommandError, Exit};
use crate::cli::AstArgs;

/// Prints the trees.
pub fn run(args: &AstArgs, out: &mut dyn Write) -> Result<Exit, CommandError> {
    let _ = (args, out);
    Err(CommandError::Unavailable("ast"))
}
