//! Writes `data/` anew from a checkout of docker-library/official-images:
//!
//! ```text
//! cargo run --example refresh_data -- ../official-images 2026-08-21
//! ```
//!
//! The second argument is the day of the checkout's last commit. The difference to what was there is for a person to read.
#![allow(clippy::print_stderr, reason = "it is a program")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use oi_lint::library::Library;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [checkout, date] = arguments.as_slice() else {
        eprintln!("usage: cargo run --example refresh_data -- CHECKOUT DATE");
        return ExitCode::from(2);
    };
    match write(Path::new(checkout), date) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn write(checkout: &Path, date: &str) -> Result<(), String> {
    let is_date =
        |(index, byte): (usize, u8)| if matches!(index, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
    if date.len() != 10 || !date.bytes().enumerate().all(is_date) {
        return Err(format!("`{date}` is no date such as 2026-08-21"));
    }
    let library = Library::read(checkout).map_err(|error| error.to_string())?;
    let pins: Vec<String> = library.pins().map(|(repository, tag)| format!("{repository}:{tag}")).collect();
    let of = |what: &str, text: &str| format!("# {what} of docker-library/official-images at {date}.\n{text}");
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data");
    let files = [
        (
            "library.txt",
            of("Images, architectures and tags (src/library/mod.rs has the format): library/", library.text()),
        ),
        (
            "external-pins.txt",
            of("External images that official images may build on: .external-pins", &(pins.join("\n") + "\n")),
        ),
    ];
    for (name, text) in files {
        let path = folder.join(name);
        fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}
