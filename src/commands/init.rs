//! `oi-lint init`: a configuration to start with, or one that is equal to hadolint's.

use std::fs;
use std::io::Write;
use std::path::Path;

use super::{CommandError, Exit, note};
use crate::cli::InitArgs;
use crate::config::{self, ConfigError, NAMES, TEMPLATE, hadolint};
use crate::rulebook::Rulebook;

/// Writes `oi-lint.yaml` into the current folder.
pub fn run(args: &InitArgs, out: &mut dyn Write) -> Result<Exit, CommandError> {
    let is_there = |name: &&&str| fs::symlink_metadata(name).is_ok();
    if let Some(name) = NAMES.iter().find(is_there).filter(|_| !args.force) {
        return Err(CommandError::ConfigExists(name.into()));
    }
    let text = match &args.from_hadolint {
        None => TEMPLATE.to_owned(),
        Some(path) => {
            let source =
                config::read(path, true).map_err(|reason| ConfigError::Unreadable { path: path.clone(), reason })?;
            let migrated = hadolint::migrate(path, &source, &Rulebook::builtin()).map_err(ConfigError::Bad)?;
            for text in &migrated.notes {
                note(text, args.color.choice());
            }
            migrated.text
        }
    };
    let path = Path::new(NAMES[0]);
    let unwritable = |error: std::io::Error| ConfigError::Unwritable {
        path: path.to_path_buf(),
        reason: crate::source::reason(&error),
    };
    fs::write(path, text).map_err(unwritable)?;
    writeln!(out, "Wrote {}.", path.display())?;
    Ok(Exit::Clean)
}
