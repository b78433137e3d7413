//! How far a long run is, in a line on the terminal that is gone whenever something else is printed. There is none elsewhere.

use std::io::{self, Write as _};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::cli::LintArgs;
use crate::report::{Color, Terminal};

/// Most runs are over before.
const DELAY: Duration = Duration::from_millis(500);
/// The time between two lines.
const PACE: Duration = Duration::from_millis(100);
/// Columns of the bar.
const BAR: usize = 30;

/// The line. Threads count in it.
pub(super) struct Progress {
    is_on: bool,
    done: AtomicUsize,
    expected: usize,
    /// Whether there are more files than are known yet.
    has_more: bool,
    line: Mutex<Line>,
}

struct Line {
    next: Instant,
    /// How much of it is on the terminal.
    width: usize,
}

impl Progress {
    /// Begins to count the time.
    pub(super) fn new(args: &LintArgs) -> Self {
        let terminal = Terminal::stderr(Color::Auto);
        Self {
            // Who wants no colours wants nothing that moves either.
            is_on: terminal.is_terminal && terminal.color && !args.quiet,
            done: AtomicUsize::new(0),
            expected: 0,
            has_more: false,
            line: Mutex::new(Line { next: Instant::now() + DELAY, width: 0 }),
        }
    }

    /// Whether there may be a line.
    pub(super) const fn is_on(&self) -> bool {
        self.is_on
    }

    /// Expects more files.
    pub(super) fn expect(&mut self, files: usize, has_more: bool) {
        self.expected += files;
        self.has_more = has_more;
    }

    /// Counts a file.
    pub(super) fn step(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        // A short wait for a few files is none.
        if !self.is_on || !self.has_more && self.expected <= super::lint::BATCH {
            return;
        }
        let Ok(mut line) = self.line.try_lock() else { return };
        let now = Instant::now();
        if now < line.next {
            return;
        }
        let text = text(done, self.expected, self.has_more);
        // Blanks take away what is left of a longer line, on terminals without escape sequences too.
        let _ = write!(io::stderr().lock(), "\r{text:width$}", width = line.width);
        *line = Line { next: now + PACE, width: text.len() };
    }

    /// Takes the line away until the next file is counted.
    pub(super) fn clear(&self) {
        let Ok(mut line) = self.line.lock() else { return };
        if line.width > 0 {
            let _ = write!(io::stderr().lock(), "\r{:width$}\r", "", width = line.width);
            line.width = 0;
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}

fn text(done: usize, expected: usize, has_more: bool) -> String {
    if has_more || expected == 0 {
        return format!("{done} files");
    }
    let filled = (done * BAR / expected).min(BAR);
    format!("[{}{}] {done}/{expected} files", "=".repeat(filled), " ".repeat(BAR - filled))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        assert_eq!(text(5, 4096, true), "5 files");
        assert_eq!(text(300, 600, false), "[===============               ] 300/600 files");
        assert_eq!(text(600, 600, false), "[==============================] 600/600 files");
    }
}
