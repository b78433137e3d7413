//! Where a finding is, as other programs want it: paths from the current folder, URIs, and fingerprints that outlive moved lines.

use std::collections::HashMap;
use std::path::Path;

use super::FileReport;
use crate::diagnostic::Diagnostic;
use crate::source::{Position, Source, Span};

/// A path from the current folder where it is below it, with forward slashes.
pub(super) fn relative(path: &Path) -> String {
    from_here(path, |path| path.to_string_lossy().into_owned())
}

/// The reference to a file, relative where the path is: everything but plain characters is percent-encoded, byte by byte.
pub(super) fn uri(path: &Path) -> String {
    let reference = from_here(path, |path| encoded(path.as_os_str().as_encoded_bytes()));
    match path.is_absolute() && (reference.starts_with('/') || reference.contains("%3A/")) {
        // The drive of Windows follows the slash: file:///C:/src.
        true if !reference.starts_with('/') => format!("file:///{}", reference.replacen("%3A", ":", 1)),
        true => format!("file://{reference}"),
        false => reference,
    }
}

fn from_here(path: &Path, text: impl Fn(&Path) -> String) -> String {
    let here = if path.is_absolute() { std::env::current_dir().ok() } else { None };
    let path = here.and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path);
    let path = path.strip_prefix(".").unwrap_or(path);
    if cfg!(windows) { text(path).replace("%5C", "/").replace('\\', "/") } else { text(path) }
}

fn encoded(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for &byte in bytes {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b'+' | b'@' | b'=' | b',' => {
                text.push(char::from(byte));
            }
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

/// The first position of a span and the one after its last, without the line ending that it may end in.
pub(super) fn range(source: &Source, span: Span) -> (Position, Position) {
    let text = source.slice(span);
    let kept = text.strip_suffix('\n').map_or(text, |text| text.strip_suffix('\r').unwrap_or(text)).len() as u32;
    let end = if text.is_empty() { span.end.max(span.start) } else { span.start + kept };
    (source.position(span.start), source.position(end))
}

/// For each finding a number that stays the same when lines move: its [`fingerprint`], and how many of the same came before in the
/// file. The path is not in it.
pub(super) fn fingerprints(report: &FileReport) -> Vec<u64> {
    let mut seen = HashMap::new();
    let one = |found: &Diagnostic| {
        let hash = fingerprint(found, &report.source);
        let before = seen.entry(hash).and_modify(|count| *count += 1).or_insert(0_u32);
        if *before == 0 { hash } else { self::hash([format!("{hash:x} {before}").as_str()]) }
    };
    report.diagnostics.iter().map(one).collect()
}

/// A number of a finding that stays the same when lines move: of its rule and the words of its line. Equal findings have the same.
pub fn fingerprint(found: &Diagnostic, source: &Source) -> u64 {
    let line = source.line_span(source.line_of(found.span.start));
    let words = source.slice(line).split_whitespace().flat_map(|word| [word, " "]);
    hash([&*found.rule, "\0"].into_iter().chain(words))
}

/// FNV-1a: the same in every version and on every machine, which the standard library's hash need not be.
pub(super) fn hash<'t>(parts: impl IntoIterator<Item = &'t str>) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    parts.into_iter().flat_map(str::bytes).fold(0xcbf2_9ce4_8422_2325, step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn paths_become_references() {
        for (path, expected) in [
            ("./a b/Dockerfile", "a%20b/Dockerfile"),
            ("ż%:x", "%C5%BC%25%3Ax"),
            ("../up", "../up"),
            ("<stdin>", "%3Cstdin%3E"),
        ] {
            assert_eq!(uri(Path::new(path)), expected);
        }
        let here = std::env::current_dir().unwrap().join("x y");
        assert_eq!((relative(&here), uri(&here)), ("x y".to_owned(), "x%20y".to_owned()));
    }

    #[cfg(unix)]
    #[test]
    fn paths_that_are_no_text() {
        use std::os::unix::ffi::OsStrExt as _;
        let path = Path::new(std::ffi::OsStr::from_bytes(b"/nowhere/a\xff"));
        assert_eq!((uri(path), relative(path)), ("file:///nowhere/a%FF".to_owned(), "/nowhere/a\u{fffd}".to_owned()));
    }

    #[test]
    fn fingerprints_outlive_moved_lines() {
        let report = sample::report();
        let before = fingerprints(&report);
        let mut moved = report.clone();
        moved.source = Source::new(format!("# new\n\n{}", report.source.text()).into_bytes()).unwrap();
        for found in &mut moved.diagnostics {
            found.span = Span::new(found.span.start + 7, found.span.end + 7);
        }
        assert_eq!(fingerprints(&moved), before);
        moved.diagnostics[1] = moved.diagnostics[0].clone();
        assert_ne!(fingerprints(&moved)[1], before[0]);
    }
}
