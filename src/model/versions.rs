//! What in a name tells a fixed version, and what a moving one.

use std::ops::Range;

/// Names of branches, channels and aliases whose content changes.
const MOVING: [&str; 25] = [
    "latest",
    "master",
    "main",
    "head",
    "nightly",
    "stable",
    "trunk",
    "develop",
    "development",
    "devel",
    "snapshot",
    "snapshots",
    "current",
    "canary",
    "edge",
    "tip",
    "bleeding-edge",
    "latest-stable",
    "latest-release",
    "unstable",
    "mainline",
    "rolling",
    "default",
    "dev",
    "next",
];
/// What versions in the names of files may be of besides the program: the platform that it is for.
const PLATFORMS: [&str; 34] = [
    "ubuntu",
    "debian",
    "deb",
    "centos",
    "rhel",
    "el",
    "fedora",
    "fc",
    "alpine",
    "suse",
    "opensuse",
    "sles",
    "amzn",
    "al",
    "linux",
    "glibc",
    "musl",
    "gcc",
    "py",
    "python",
    "cp",
    "php",
    "node",
    "cuda",
    "cudnn",
    "java",
    "jdk",
    "jre",
    "netcoreapp",
    "net",
    "ruby",
    "osx",
    "macos",
    "lib",
];

/// Whether it is the name of a branch, a channel or an alias whose content changes.
pub fn is_moving_name(name: &str) -> bool {
    MOVING.iter().any(|moving| name.eq_ignore_ascii_case(moving))
}

/// Whether a name of a branch or tag is sure to be that of a branch: one of the usual names, or a series such as `3.x`.
pub fn is_branch(name: &str) -> bool {
    let plain = ["refs/heads/", "refs/remotes/", "remotes/", "heads/", "origin/", "upstream/"];
    let inner = plain.iter().fold(name, |name, prefix| name.strip_prefix(prefix).unwrap_or(name));
    let is_series = |part: &str| part.eq_ignore_ascii_case("x");
    name.starts_with("refs/heads/")
        || is_moving_name(inner)
        || inner.contains(|c: char| c.is_ascii_digit()) && inner.split(['.', '-', '_']).any(is_series)
}

/// Whether it tells a version or a commit: digits with dots between, a date, the number of a build, a hash. Versions of platforms do
/// not count.
pub fn tells_version(text: &str) -> bool {
    let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    numbers(text).any(|range| {
        let number = text.get(range.clone()).unwrap_or_default();
        let before = text.get(..range.start).unwrap_or_default();
        let is_dotted = number.split('.').filter(|part| !part.is_empty()).count() > 1;
        is_dotted && !is_of_platform(before)
    }) || words.iter().any(|word| is_date(word) || is_commit(word) || is_build(word))
        || words.windows(3).any(is_date_of)
}

/// Whether it is the hash of a commit, whole or abbreviated.
pub fn is_commit(word: &str) -> bool {
    (7..=64).contains(&word.len())
        && word.bytes().all(|byte| byte.is_ascii_hexdigit())
        && word.bytes().any(|byte| byte.is_ascii_digit())
        && (word.len() >= 40 || word.bytes().any(|byte| byte.is_ascii_alphabetic()))
}

fn is_date(word: &str) -> bool {
    word.len() >= 8 && word.starts_with("20") && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// `2025-07-23`, with a time behind it or not.
fn is_date_of(words: &[&str]) -> bool {
    let [year, month, day] = words else { return false };
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    year.len() == 4
        && year.starts_with("20")
        && digits(year) == 4
        && (month.len(), digits(month), digits(day)) == (2, 2, 2)
}

/// `r20240101`, `b5123`
fn is_build(word: &str) -> bool {
    word.strip_prefix(['b', 'r', 'v'])
        .is_some_and(|rest| rest.len() > 2 && rest.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The runs of digits and dots.
fn numbers(text: &str) -> impl Iterator<Item = Range<usize>> {
    let is_number = |c: char| c.is_ascii_digit() || c == '.';
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text.get(at..)?.find(|c: char| c.is_ascii_digit())?;
        let rest = text.get(start..)?;
        at = start + rest.find(|c| !is_number(c)).unwrap_or(rest.len());
        Some(start..at)
    })
}

/// Whether the word before a version is the name of a platform.
fn is_of_platform(before: &str) -> bool {
    let before = before.trim_end_matches(['-', '_', '/']);
    let start = before.rfind(|c: char| !c.is_ascii_alphabetic()).map_or(0, |at| at + 1);
    let word = before.get(start..).unwrap_or_default();
    PLATFORMS.iter().any(|platform| word.eq_ignore_ascii_case(platform))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells_a_version() {
        for (text, expected) in [
            ("app-1.2.tgz", true),
            ("app-v1.2.3-linux", true),
            ("app_20240131.zip", true),
            ("archive/0a1b2c3d4e5f60718293a4b5c6d7e8f901234567.zip", true),
            ("archive/0a1b2c3.zip", true),
            ("latest/app-linux-x86_64.tgz", false),
            ("latest/app-ubuntu-22.04.deb", false),
            ("latest/app-glibc2.17.tgz", false),
            ("app7.tgz", false),
            ("facade.zip", false),
        ] {
            assert_eq!(tells_version(text), expected, "{text}");
        }
    }

    #[test]
    fn branches() {
        for (name, expected) in [
            ("master", true),
            ("origin/main", true),
            ("refs/heads/release-1.2", true),
            ("3.x", true),
            ("8.0.x", true),
            ("v1.2", false),
            ("1.2-x64", false),
            ("release", false),
        ] {
            assert_eq!(is_branch(name), expected, "{name}");
        }
    }
}
