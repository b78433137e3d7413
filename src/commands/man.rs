//! `oi-lint man`: manual pages of the command line, made of the same texts as `--help`.

use std::io::{self, Write};

use clap::CommandFactory as _;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::{CommandError, Exit};
use crate::cli::{Cli, ManArgs};
use crate::write::NewFile;

/// Prints the page of oi-lint, or writes its page and those of the subcommands into a folder.
pub fn run(args: &ManArgs, out: &mut dyn Write) -> Result<Exit, CommandError> {
    let mut command = Cli::command();
    command.build();
    let Some(dir) = &args.dir else {
        out.write_all(&page(&command)?)?;
        return Ok(Exit::Clean);
    };
    for command in std::iter::once(&command).chain(command.get_subcommands()) {
        let name = command.get_display_name().unwrap_or_else(|| command.get_name());
        let mut file = NewFile::create(&dir.join(format!("{name}.1")))?;
        file.write_all(&page(command)?)?;
        file.finish()?;
    }
    Ok(Exit::Clean)
}

fn page(command: &clap::Command) -> io::Result<Vec<u8>> {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    let mut page = Vec::new();
    // Without a date: a release has one, a build has not.
    writeln!(page, ".TH {} 1 \"\" \"oi-lint {}\" oi-lint", name.to_uppercase(), env!("CARGO_PKG_VERSION"))?;
    let usage = command.clone().render_usage().to_string();
    let man = Man::new(command.clone().override_usage(usage.trim_start_matches("Usage: ").to_owned()));
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    if let Some(help) = command.get_after_long_help() {
        sections(&help.to_string()).to_writer(&mut page)?;
    }
    Ok(page)
}

/// The sections below the options in `--help`. A line of theirs is a term, and behind two blanks what it means.
fn sections(help: &str) -> Roff {
    let mut roff = Roff::new();
    for line in help.lines().filter(|line| !line.is_empty()) {
        let text = line.trim_start();
        if text == line {
            roff.control("SH", [&*text.trim_end_matches(':').to_uppercase()]);
        } else if let Some((term, meaning)) = text.split_once("  ") {
            roff.control("TP", []).text([bold(term)]).text([roman(meaning.trim_start())]);
        } else {
            roff.control("PP", []).text([bold(text)]);
        }
    }
    roff
}
