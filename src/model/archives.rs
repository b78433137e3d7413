//! What the name of a file tells of its being an archive.

/// The names that tar archives have (BuildKit goes by the content, and knows these compressions).
const ARCHIVES: &[&str] = &[
    ".tar",
    ".tar.bz2",
    ".tar.gz",
    ".tar.lzma",
    ".tar.xz",
    ".tar.z",
    ".tar.zst",
    ".tbz",
    ".tbz2",
    ".tgz",
    ".tlz",
    ".txz",
    ".tzst",
];

/// Names that tar archives may have as well.
const DOUBTFUL: &[&str] =
    &[".apk", ".box", ".bz2", ".crate", ".gem", ".gz", ".lz", ".lzma", ".ova", ".xz", ".z", ".zst"];

/// Whether it is the name of a tar archive, which ADD unpacks.
pub fn is_tar(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ARCHIVES.iter().any(|ending| name.ends_with(ending))
}

/// Whether a tar archive may have this name.
pub fn may_be_tar(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    is_tar(name) || DOUBTFUL.iter().any(|ending| lower.ends_with(ending))
}
