//! The `oi-lint` command.

use std::borrow::Cow;
use std::io::{self, BufWriter, Write as _};
use std::process::ExitCode;

use clap::Parser as _;
use oi_lint::cli::Cli;
use oi_lint::commands::{self, Exit};
use oi_lint::report::{printable, printable_line};

/// A panic is a bug of ours, and is said as one. Those of the shell parser are caught where it is called: the file at hand
/// gets a finding, and there is nothing else to say.
fn say_what_a_panic_is() {
    std::panic::set_hook(Box::new(|info| {
        if info.location().is_some_and(|place| place.file().contains("shuck-")) {
            return;
        }
        let help = "this is a bug of oi-lint: please report it, with the file if you can";
        let info = info.to_string();
        let _ = writeln!(io::stderr().lock(), "error: internal error: {}\n  help: {help}", printable(&info));
    }));
}

/// Help, and what is wrong with the command line. What quotes an argument that could steer the terminal is said without colours.
fn say(said: &clap::Error) {
    let is_printable = |arg: &str| matches!(printable_line(arg), Cow::Borrowed(_));
    // A closed pipe leaves nobody to tell.
    let _ = if !said.use_stderr() || std::env::args_os().all(|arg| is_printable(&arg.to_string_lossy())) {
        said.print()
    } else {
        io::stderr().lock().write_all(printable(&said.render().to_string()).as_bytes())
    };
}

fn main() -> ExitCode {
    say_what_a_panic_is();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help is no error: clap says which stream and code.
            say(&error);
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let result = commands::run(&cli, &mut out).and_then(|exit| {
        out.flush()?;
        Ok(exit)
    });
    let exit = result.unwrap_or_else(|error| {
        // What is still in the buffer comes before the error; where it cannot be written the error says so.
        let _ = out.flush();
        if error.is_closed_pipe() {
            return Exit::Clean;
        }
        commands::complain(&error, commands::color_of(&cli));
        Exit::Failure
    });
    // The buffer is empty or its pipe closed: another attempt at it when it is dropped would change nothing.
    let _ = out.into_parts();
    exit.into()
}
