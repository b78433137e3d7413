//! A file's bytes, its line index, and spans into it.

use std::fs::{self, File, Metadata};
use std::io::{self, Read as _};
use std::ops::Range;
use std::path::Path;

/// A half-open range of byte offsets into one source, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

impl Span {
    /// The span of the bytes from `start` up to, not including, `end`.
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// An empty span at `at`.
    pub const fn empty(at: u32) -> Self {
        Self { start: at, end: at }
    }

    /// Length in bytes.
    pub const fn len(self) -> u32 {
        self.end - self.start
    }

    /// Whether no byte is covered.
    pub const fn is_empty(self) -> bool {
        self.start >= self.end
    }

    /// The smallest span that covers both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Whether `other` lies wholly inside this span.
    pub const fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The span as a range that slices a `str` or a byte slice.
    pub const fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A place for people: line and column count from 1, the column in characters; the offset counts bytes from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Byte offset from the start of the file, from 0.
    pub offset: u32,
}

/// Why bytes cannot be a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// Offsets are 32 bits wide.
    #[error("the file is larger than 4 GiB")]
    TooLarge,
}

/// The bytes of one file, readable as text of the same length.
///
/// Bytes that are no UTF-8 stand in [`Source::text`] as U+001A (SUBSTITUTE), one for each byte, so that an offset means
/// the same in the text and in the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    text: String,
    /// The bytes as they were, where they are no UTF-8.
    raw: Option<Vec<u8>>,
    line_starts: Vec<u32>,
    /// The number of characters before each multiple of [`STRIDE`].
    counts: Vec<u32>,
}

/// Why the bytes of a source are no text that BuildKit could read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoText {
    /// Two bytes a character.
    Utf16,
    /// A NUL byte at this offset.
    Nul(u32),
}

/// So many bytes are counted at most to find a column; a line may be long, and hold many findings.
const STRIDE: usize = 1024;

/// The first length in bytes that is too large for a source.
pub const LIMIT: u64 = u32::MAX as u64 + 1;

impl Source {
    /// What stands in the text for a byte that is no UTF-8.
    pub const SUBSTITUTE: char = '\u{1A}';

    /// Takes the bytes of a file.
    pub fn new(bytes: Vec<u8>) -> Result<Self, SourceError> {
        if u32::try_from(bytes.len()).is_err() {
            return Err(SourceError::TooLarge);
        }
        let (text, raw) = match String::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(error) => {
                let bytes = error.into_bytes();
                (substitute_invalid(&bytes), Some(bytes))
            }
        };
        let mut line_starts = vec![0];
        line_starts.extend(text.match_indices('\n').map(|(at, _)| at as u32 + 1));
        let mut counts = vec![0];
        for chunk in text.as_bytes().chunks_exact(STRIDE) {
            counts.push(counts.last().copied().unwrap_or_default() + characters(chunk));
        }
        Ok(Self { text, raw, line_starts, counts })
    }

    /// The whole file as text; see the type for bytes that are no UTF-8.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The bytes as they were read.
    pub fn bytes(&self) -> &[u8] {
        self.raw.as_deref().unwrap_or(self.text.as_bytes())
    }

    /// Whether every byte belongs to a valid UTF-8 sequence.
    pub fn is_utf8(&self) -> bool {
        self.raw.is_none()
    }

    /// Where the bytes stop being text: the first NUL, or the byte order mark of UTF-16.
    pub fn no_text(&self) -> Option<NoText> {
        let bytes = self.bytes();
        if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
            return Some(NoText::Utf16);
        }
        // Most files have none, and are searched by words of several bytes for it.
        let at = bytes.contains(&0).then(|| bytes.iter().position(|&byte| byte == 0))??;
        // ASCII in UTF-16 has a NUL in every character.
        let pairs_with_ascii = at < 2 && bytes.get(1 - at).is_some_and(u8::is_ascii);
        Some(if pairs_with_ascii { NoText::Utf16 } else { NoText::Nul(at as u32) })
    }

    /// The text under a span; empty where the span does not fall on characters of this source.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// Number of lines; a final newline does not start another one.
    pub fn line_count(&self) -> u32 {
        let lines = self.line_starts.len() as u32;
        if self.text.ends_with('\n') { lines - 1 } else { lines }
    }

    /// The line (from 1) that holds the byte at `offset`.
    pub fn line_of(&self, offset: u32) -> u32 {
        self.line_starts.partition_point(|&start| start <= offset) as u32
    }

    /// The span of a line (from 1), its newline included; empty past the end.
    pub fn line_span(&self, line: u32) -> Span {
        let end_of_file = self.text.len() as u32;
        let at = |index: u32| self.line_starts.get(index as usize).copied().unwrap_or(end_of_file);
        match line.checked_sub(1) {
            Some(index) => Span::new(at(index), at(line)),
            None => Span::default(),
        }
    }

    /// Line and column of a byte offset; an offset past the end means the end.
    pub fn position(&self, offset: u32) -> Position {
        let offset = offset.min(self.text.len() as u32);
        let line = self.line_of(offset);
        let start = self.line_starts.get(line as usize - 1).copied().unwrap_or_default();
        let column = self.characters_before(offset) - self.characters_before(start) + 1;
        Position { line, column, offset }
    }

    fn characters_before(&self, offset: u32) -> u32 {
        let stride = offset as usize / STRIDE;
        let behind = self.text.as_bytes().get(stride * STRIDE..offset as usize).unwrap_or_default();
        self.counts.get(stride).copied().unwrap_or_default() + characters(behind)
    }
}

/// Counting the bytes that are no continuation bytes counts characters, also where the end is inside one.
fn characters(bytes: &[u8]) -> u32 {
    bytes.iter().filter(|&&byte| byte & 0xC0 != 0x80).count() as u32
}

/// A run of bytes that is the same in the joined text and in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Piece {
    /// Offset in the joined text.
    pub joined: u32,
    /// Offset in the file.
    pub source: u32,
    /// Length in bytes.
    pub len: u32,
}

/// Text put together from pieces of the file, as BuildKit joins the lines of an instruction.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Joined {
    /// The text.
    pub text: String,
    /// Where it comes from, in order, covering all of `text`.
    pub pieces: Vec<Piece>,
}

impl Joined {
    /// The place in the file of the byte at `offset` of the text; for the end of the text, the end of the last piece.
    pub fn to_source(&self, offset: usize) -> u32 {
        let offset = offset as u32;
        let index = self.pieces.partition_point(|piece| piece.joined <= offset);
        match index.checked_sub(1).and_then(|index| self.pieces.get(index)) {
            Some(piece) => piece.source + (offset - piece.joined).min(piece.len),
            None => self.pieces.first().map_or(0, |piece| piece.source),
        }
    }

    /// The span in the file of `start..end` of the text; it may reach over continuations.
    pub fn span(&self, start: usize, end: usize) -> Span {
        let first = self.to_source(start);
        if end <= start {
            return Span::empty(first);
        }
        Span::new(first, self.to_source(end - 1) + 1)
    }

    /// The place in the text of a byte of the file, where the text has it.
    pub fn offset_of(&self, source: u32) -> Option<usize> {
        let at = self.pieces.partition_point(|piece| piece.source <= source);
        let piece = self.pieces.get(at.checked_sub(1)?)?;
        let within = source - piece.source;
        (within < piece.len).then_some((piece.joined + within) as usize)
    }

    /// The part `start..end` of the text, with its own map; empty where the offsets do not fall on characters.
    #[must_use]
    pub fn part(&self, start: usize, end: usize) -> Self {
        let Some(text) = self.text.get(start..end) else { return Self::default() };
        let (start, end) = (start as u32, end as u32);
        let first = self.pieces.partition_point(|piece| piece.joined + piece.len <= start);
        let pieces = self
            .pieces
            .get(first..)
            .unwrap_or_default()
            .iter()
            .take_while(|piece| piece.joined < end)
            .map(|piece| {
                let skipped = start.saturating_sub(piece.joined);
                let joined = (piece.joined + skipped) - start;
                let len = (piece.joined + piece.len).min(end) - (piece.joined + skipped);
                Piece { joined, source: piece.source + skipped, len }
            })
            .collect();
        Self { text: text.to_owned(), pieces }
    }

    /// Adds text that stands at `source` in the file.
    pub fn push(&mut self, text: &str, source: u32) {
        if text.is_empty() {
            return;
        }
        self.pieces.push(Piece { joined: self.text.len() as u32, source, len: text.len() as u32 });
        self.text.push_str(text);
    }

    /// Whether `start..end` of the text lies in one piece, so that it can be edited in the file as it stands.
    pub fn is_contiguous(&self, start: usize, end: usize) -> bool {
        let at = self.pieces.partition_point(|piece| piece.joined as usize <= start);
        at.checked_sub(1)
            .and_then(|index| self.pieces.get(index))
            .is_some_and(|piece| end <= (piece.joined + piece.len) as usize)
    }
}

fn substitute_invalid(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(std::iter::repeat_n(Source::SUBSTITUTE, chunk.invalid().len()));
    }
    text
}

/// Opens a file to read it; what is none is refused.
pub fn open(path: &Path) -> io::Result<File> {
    open_known(path).map(|(file, _)| file)
}

/// Reads a file; one that is too large for a source is an error of the kind `FileTooLarge`.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let (file, metadata) = open_known(path)?;
    let too_large = || io::Error::new(io::ErrorKind::FileTooLarge, SourceError::TooLarge);
    let length = Some(metadata.len()).filter(|&length| length < LIMIT).ok_or_else(too_large)?;
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    file.take(LIMIT).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn open_known(path: &Path) -> io::Result<(File, Metadata)> {
    let refuse = |metadata: &Metadata| match special(path, metadata) {
        // Nothing is in it, which some say so.
        Some(kind) if path != Path::new("/dev/null") => {
            Err(io::Error::new(io::ErrorKind::InvalidInput, format!("this is {kind}, not a file")))
        }
        _ => Ok(()),
    };
    let metadata = fs::metadata(path)?;
    refuse(&metadata)?;
    let file = if metadata.is_file() { open_at_once(path) } else { File::open(path) }?;
    // It may have become another one meanwhile.
    let metadata = file.metadata()?;
    refuse(&metadata)?;
    Ok((file, metadata))
}

/// Opens what was a file a moment ago, without waiting for a writer if it is a pipe now.
#[cfg(unix)]
fn open_at_once(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    File::options().read(true).custom_flags(libc::O_NONBLOCK).open(path)
}

#[cfg(not(unix))]
fn open_at_once(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// What a path is that cannot be read as a file: opening a pipe waits for its writer, and a device may never end.
/// What the shell hands over as a file, `<(...)`, has its writer.
#[cfg(unix)]
pub fn special(path: &Path, metadata: &Metadata) -> Option<&'static str> {
    use std::os::unix::fs::FileTypeExt;
    let handed_over = path.starts_with("/dev/fd") || path.starts_with("/proc") || path == Path::new("/dev/stdin");
    let kind = metadata.file_type();
    if metadata.is_file() || metadata.is_dir() || handed_over && !kind.is_block_device() {
        None
    } else if kind.is_fifo() {
        Some("a named pipe")
    } else if kind.is_socket() {
        Some("a socket")
    } else {
        Some("a device")
    }
}

/// On other systems a path is a file or a folder.
#[cfg(not(unix))]
pub fn special(_: &Path, metadata: &Metadata) -> Option<&'static str> {
    if metadata.is_file() || metadata.is_dir() { None } else { Some("something else") }
}

/// Why the system refuses, in its words without the number of the error, to stand behind a path and a colon.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_has_become_a_pipe_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let file = open_at_once(&pipe).unwrap();
        assert_eq!(special(&pipe, &file.metadata().unwrap()), Some("a named pipe"));
        assert!(open(&pipe).is_err());
    }

    fn source(bytes: &[u8]) -> Source {
        Source::new(bytes.to_vec()).unwrap()
    }

    #[test]
    fn columns_count_characters() {
        let source = source("a\nżółw x\n".as_bytes());
        let at = source.text().find('x').unwrap() as u32;
        assert_eq!(source.position(at), Position { line: 2, column: 6, offset: at });
        assert_eq!(source.line_count(), 2);
        assert_eq!(source.slice(source.line_span(2)), "żółw x\n");
    }

    #[test]
    fn columns_of_long_lines() {
        let source = source(format!("a\n{}", "ż".repeat(3 * STRIDE)).as_bytes());
        for at in [0, 1, 511, 512, 1024, 3000] {
            assert_eq!(source.position(2 + at * 2).column, at + 1);
        }
    }

    #[test]
    fn invalid_bytes_keep_their_offsets() {
        let source = source(b"a\xff\xfeb\xc3");
        assert_eq!(source.text().len(), 5);
        assert_eq!(source.slice(Span::new(3, 4)), "b");
        assert_eq!(source.bytes(), b"a\xff\xfeb\xc3");
    }

    #[test]
    fn text_and_other_bytes() {
        for (bytes, expected) in [
            (b"FROM \xFF" as &[u8], None),
            (b"", None),
            (b"\xFF\xFEF\0", Some(NoText::Utf16)),
            (b"F\0R\0", Some(NoText::Utf16)),
            (b"\0\xC2\x80", Some(NoText::Nul(0))),
            (b"\x7FELF\0", Some(NoText::Nul(4))),
            (b"\0", Some(NoText::Nul(0))),
        ] {
            assert_eq!(source(bytes).no_text(), expected, "{bytes:?}");
        }
    }

    #[test]
    fn positions_past_the_end_mean_the_end() {
        assert_eq!(source(b"ab").position(9), Position { line: 1, column: 3, offset: 2 });
        assert_eq!(source(b"").position(0), Position { line: 1, column: 1, offset: 0 });
        assert!(source(b"x").line_span(7).is_empty());
    }
}
