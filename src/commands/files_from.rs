//! `--files-from`: a list of paths, read part by part so that its length does not matter.

use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

use super::CommandError;
use crate::cli::LintArgs;
use crate::source;

/// Paths that are found, linked and linted together.
const PART: usize = 4096;
/// A list in which no path ends this early with a NUL has lines: no system has longer paths.
const START: u64 = 128 << 10;

/// The paths of a run: those of the command line, then those of the list.
pub(super) struct Parts {
    named: Option<Vec<PathBuf>>,
    list: Option<List>,
}

impl Parts {
    /// Begins with what the command line says.
    pub(super) fn open(args: &LintArgs) -> Result<Self, CommandError> {
        // No path means the current folder, or standard input where a name for it is given.
        let named = match (&args.paths[..], &args.stdin_filename, &args.files_from) {
            ([], Some(_), _) => Some(vec!["-".into()]),
            ([], None, None) => Some(vec![".".into()]),
            ([], None, Some(_)) => None,
            (paths, ..) => Some(paths.to_vec()),
        };
        let parts = Self { named, list: args.files_from.as_deref().map(List::open).transpose()? };
        let is_list = args.files_from.as_deref() == Some(Path::new("-"));
        if is_list && parts.has_stdin() { Err(CommandError::StdinTwice) } else { Ok(parts) }
    }

    /// Whether standard input is linted.
    pub(super) fn has_stdin(&self) -> bool {
        self.named.iter().flatten().any(|path| path.as_os_str() == "-")
    }

    /// The next paths, and whether there may be more behind them.
    pub(super) fn next(&mut self) -> Result<Option<(Vec<PathBuf>, bool)>, CommandError> {
        if let Some(named) = self.named.take() {
            return Ok(Some((named, self.list.is_some())));
        }
        let Some(list) = &mut self.list else { return Ok(None) };
        let read = list.part().and_then(|part| Ok((part, list.has_more()?)));
        let (part, has_more) = read.map_err(|error| list.unreadable(error))?;
        if !has_more {
            self.list = None;
        }
        Ok(Some((part, has_more)))
    }
}

struct List {
    path: PathBuf,
    input: Box<dyn BufRead>,
    separator: u8,
}

impl List {
    fn open(path: &Path) -> Result<Self, CommandError> {
        let unreadable = |source| CommandError::List { path: path.to_path_buf(), source };
        let input: Box<dyn BufRead> = if path.as_os_str() == "-" {
            Box::new(io::stdin().lock())
        } else {
            Box::new(BufReader::new(source::open(path).map_err(unreadable)?))
        };
        Self::new(path, input).map_err(unreadable)
    }

    fn new(path: &Path, mut input: Box<dyn BufRead>) -> io::Result<Self> {
        let mut start = Vec::new();
        input.by_ref().take(START).read_to_end(&mut start)?;
        let separator = if start.contains(&0) { 0 } else { b'\n' };
        Ok(Self { path: path.to_path_buf(), input: Box::new(Cursor::new(start).chain(input)), separator })
    }

    fn unreadable(&self, source: io::Error) -> CommandError {
        CommandError::List { path: self.path.clone(), source }
    }

    fn has_more(&mut self) -> io::Result<bool> {
        Ok(!self.input.fill_buf()?.is_empty())
    }

    fn part(&mut self) -> io::Result<Vec<PathBuf>> {
        let mut paths = Vec::new();
        let mut item = Vec::new();
        while paths.len() < PART && self.input.by_ref().take(START).read_until(self.separator, &mut item)? > 0 {
            if item.last() == Some(&self.separator) {
                item.pop();
            } else if item.len() as u64 == START {
                return Err(io::Error::other("a path in it is too long"));
            }
            if self.separator == b'\n' && item.last() == Some(&b'\r') {
                item.pop();
            }
            // In a list `-` is a file of this name.
            match &item[..] {
                [] => {}
                b"-" => paths.push(Path::new(".").join("-")),
                bytes => paths.push(path(bytes)),
            }
            item.clear();
        }
        Ok(paths)
    }
}

#[cfg(unix)]
fn path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    std::ffi::OsStr::from_bytes(bytes).into()
}

#[cfg(not(unix))]
fn path(bytes: &[u8]) -> PathBuf {
    String::from_utf8_lossy(bytes).into_owned().into()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn parts(text: &'static [u8]) -> Vec<Vec<String>> {
        let mut list = List::new(Path::new("-"), Box::new(text)).unwrap();
        let mut parts = Vec::new();
        while list.has_more().unwrap() {
            let part = list.part().unwrap();
            parts.push(part.iter().map(|path| path.to_string_lossy().replace('\\', "/")).collect());
        }
        parts
    }

    #[test]
    fn lines_or_nuls() {
        assert_eq!(parts(b""), Vec::<Vec<String>>::new());
        assert_eq!(parts(b"a\r\n\n b \n-\nc"), [["a", " b ", "./-", "c"]]);
        assert_eq!(parts(b"a\nb\0\0c\r\0"), [["a\nb", "c\r"]]);
        let long: &'static str = "x\n".repeat(PART * 2 + 1).leak();
        assert_eq!(parts(long.as_bytes()).iter().map(Vec::len).collect::<Vec<_>>(), [PART, PART, 1]);
    }
}
