//! What fixes would change, as a unified diff that `git apply` and `patch -p1` take.

use similar::TextDiff;

use super::{Style, Terminal, printable, printable_line};

/// The difference of two versions of a file. On a terminal it is coloured and fit to be looked at; elsewhere its bytes are those of the
/// file.
pub fn render(path: &str, before: &[u8], after: &[u8], terminal: &Terminal) -> Vec<u8> {
    let name = printable_line(path.trim_start_matches("./").trim_start_matches('/')).into_owned();
    let diff = TextDiff::from_lines(before, after);
    let mut bytes = Vec::new();
    // Writing to memory does not fail.
    let _ = diff.unified_diff().header(&format!("a/{name}"), &format!("b/{name}")).to_writer(&mut bytes);
    if !terminal.is_terminal {
        return bytes;
    }
    let text = String::from_utf8_lossy(&bytes);
    let painted = text.lines().map(|line| {
        let style = match line.as_bytes().first() {
            Some(b'+') => Style::Green,
            Some(b'-') => Style::Red,
            Some(b'@') => Style::Cyan,
            _ => return printable(line).into_owned() + "\n",
        };
        terminal.paint(style, &printable(line)) + "\n"
    });
    painted.collect::<String>().into_bytes()
}
