//! `oi-lint completions`: a script that completes options and rule formats in a shell.

use std::io::Write;

use clap::CommandFactory as _;

use super::{CommandError, Exit};
use crate::cli::{Cli, CompletionsArgs};

/// Prints the script.
pub fn run(args: &CompletionsArgs, out: &mut dyn Write) -> Result<Exit, CommandError> {
    // The generator panics where it cannot write; memory always can be.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "oi-lint", &mut script);
    out.write_all(&script)?;
    Ok(Exit::Clean)
}
