//! `oi-lint config PATH` and `oi-lint schema`: what applies to a path, and what a configuration can say.

use std::io::Write;

use super::{CommandError, Exit};
use crate::cli::ConfigArgs;
use crate::config::{Configs, SCHEMA};

/// Prints what applies to a path.
pub fn run(args: &ConfigArgs, out: &mut dyn Write) -> Result<Exit, CommandError> {
    let path = if args.path.is_dir() { args.path.join("Dockerfile") } else { args.path.clone() };
    let (config, place) = Configs::new(args.config.choice(), &[]).of(&path)?;
    out.write_all(config.show(&place, path.strip_prefix(".").unwrap_or(&path)).as_bytes())?;
    Ok(Exit::Clean)
}

/// Prints the schema.
pub fn schema(out: &mut dyn Write) -> Result<Exit, CommandError> {
    out.write_all(SCHEMA.as_bytes())?;
    Ok(Exit::Clean)
}
