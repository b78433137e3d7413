//! docs/report.svg is what a terminal shows of a run over a fixture; the README begins with it. It has to be current;
//! `OI_LINT_UPDATE=1 cargo test --locked --test picture` writes it.
#![allow(clippy::unwrap_used)]

use std::process::Command;

use anstyle::RgbColor;
use anstyle_svg::{Palette, Term};

const PATH: &str = "docs/report.svg";
const COMMAND: &str = "oi-lint --profile official fixtures/bad/harbour";
/// The sixteen colours of a terminal, dark ones first, with enough contrast to be read in small.
const PALETTE: Palette = Palette([
    RgbColor(0x1c, 0x21, 0x28),
    RgbColor(0xff, 0x7b, 0x72),
    RgbColor(0x7e, 0xe7, 0x87),
    RgbColor(0xf2, 0xcc, 0x60),
    RgbColor(0x79, 0xc0, 0xff),
    RgbColor(0xd2, 0xa8, 0xff),
    RgbColor(0x76, 0xd9, 0xe6),
    RgbColor(0xd1, 0xd7, 0xe0),
    RgbColor(0x9a, 0xa4, 0xb0),
    RgbColor(0xff, 0xa1, 0x98),
    RgbColor(0x9f, 0xf0, 0xa5),
    RgbColor(0xff, 0xdf, 0x8a),
    RgbColor(0xa5, 0xd6, 0xff),
    RgbColor(0xe2, 0xc5, 0xff),
    RgbColor(0xa5, 0xec, 0xf5),
    RgbColor(0xff, 0xff, 0xff),
]);

#[test]
fn the_picture_is_current() {
    let args = COMMAND.split(' ').skip(1);
    let mut command = Command::new(env!("CARGO_BIN_EXE_oi-lint"));
    let output = command.args(args).args(["--no-config", "--color", "always"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let report = String::from_utf8(output.stdout).unwrap();
    let screen = format!("\u{1b}[1m$ {COMMAND}\u{1b}[0m\n\n{report}");
    let svg = Term::new().palette(PALETTE).render_svg(&screen);
    if std::env::var_os("OI_LINT_UPDATE").is_some() {
        std::fs::write(PATH, &svg).unwrap();
    }
    let committed = std::fs::read_to_string(PATH).unwrap();
    assert!(committed == svg, "{PATH} is not current: OI_LINT_UPDATE=1 cargo test --locked --test picture");
}
