//! What values of fields have to look like (manifest/rfc2822.go unless another file is named).

/// Whether a text is a commit, as `GitCommitRegex` has it: all its hexadecimal digits, in lower case.
pub fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether a text is the full name of a branch or a tag: `GitFetchRegex`, and what git takes for a name
/// (git-check-ref-format).
pub fn is_ref(text: &str) -> bool {
    let Some(name) = text.strip_prefix("refs/heads/").or_else(|| text.strip_prefix("refs/tags/")) else { return false };
    let has_odd = name.contains(|c: char| c.is_whitespace() || c.is_control() || "*?:[\\~^".contains(c));
    !has_odd
        && !["..", "@{"].iter().any(|odd| name.contains(odd))
        && !name.ends_with('.')
        && name
            .split('/')
            .all(|part| !part.is_empty() && !part.starts_with('.') && part.strip_suffix(".lock").is_none())
}

/// Whether a text can be a tag (rfc2822.go, `ValidTagRegex`).
pub fn is_tag(text: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text.bytes().next().is_some_and(is_word)
        && text.len() <= 128
        && text.bytes().all(|byte| is_word(byte) || matches!(byte, b'.' | b'-'))
}

/// The words of an item of a list in which a comma is missing, without a comment behind them and other separators.
pub fn words(text: &str) -> Vec<&str> {
    let before = text.split_whitespace().take_while(|word| !word.starts_with('#'));
    before.map(|word| word.trim_matches([';', '|', '-'])).filter(|word| !word.is_empty()).collect()
}

/// What is wrong with a maintainer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaintainerFlaw {
    /// Nothing stands there.
    Empty,
    /// The next one begins without a comma; the first ends at this byte.
    NoComma(usize),
    /// Something stands behind the handle, which ends at this byte.
    Behind(usize),
    /// There is no `(@handle)`.
    NoHandle,
    /// A handle is there, without parentheses.
    NoParentheses,
    /// What stands in the parentheses at the end lacks its `@`.
    NoAt,
    /// Nothing stands before the address and the handle.
    NoName,
    /// Something else.
    Format,
}

/// Why a text is no maintainer: `MaintainersRegex` asks for `Name <contact> (@handle)` or `Name (@handle)`.
pub fn maintainer_flaw(text: &str) -> Option<MaintainerFlaw> {
    // What Go takes for a blank in an expression; of other blanks a part may be made, but no part ends there.
    let is_blank = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0c');
    let is_word = |text: &str| !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || "<>()".contains(c));
    if text.is_empty() {
        return Some(MaintainerFlaw::Empty);
    }
    if let Some(end) = text.find(')').map(|at| at + 1)
        && text.get(..end).is_some_and(|first| first.contains("(@"))
        && end < text.len()
    {
        let is_another = text.get(end..).is_some_and(|behind| behind.contains("(@"));
        return Some(if is_another { MaintainerFlaw::NoComma(end) } else { MaintainerFlaw::Behind(end) });
    }
    let Some((before, handle)) = text.strip_suffix(')').and_then(|text| text.rsplit_once('(')) else {
        let is_handle = bare_handle(text).is_some();
        return Some(if is_handle { MaintainerFlaw::NoParentheses } else { MaintainerFlaw::NoHandle });
    };
    let Some(handle) = handle.strip_prefix('@') else {
        return Some(if is_word(handle) { MaintainerFlaw::NoAt } else { MaintainerFlaw::NoHandle });
    };
    let mut name = before.trim_end_matches(is_blank);
    let mut is_spaced = name.len() < before.len();
    if let Some((before, contact)) = name.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
        name = before.trim_end_matches(is_blank);
        is_spaced &= is_word(contact) && (name.len() < before.len() || name.is_empty());
    }
    if name.is_empty() {
        Some(MaintainerFlaw::NoName)
    } else if !is_spaced || !is_word(handle) || name.starts_with(is_blank) || name.contains(['<', '>', '(', ')']) {
        Some(MaintainerFlaw::Format)
    } else {
        None
    }
}

/// The handle that a text ends in, in none or in other brackets: `@handle`, `[@handle]`.
pub fn bare_handle(text: &str) -> Option<&str> {
    let handle = text.split_whitespace().next_back()?.trim_matches(['[', ']', '<', '>', '{', '}', '(', ')']);
    handle.strip_prefix('@').filter(|name| !name.is_empty() && !name.contains(['@', '(', ')', '<', '>']))
}

/// A path without `.`, `..` that can be followed, and needless slashes, as Go's `path.Clean` has it
/// (`CleanDirectoryValues`).
pub fn clean_path(path: &str) -> String {
    let root = if path.starts_with('/') { "/" } else { "" };
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if !root.is_empty() => {}
            part => parts.push(part),
        }
    }
    match (root, parts.is_empty()) {
        ("", true) => ".".to_owned(),
        _ => format!("{root}{}", parts.join("/")),
    }
}

/// Whether a text can be the name of a repository on the Hub
/// (github.com/distribution/reference, `path-component`).
pub fn is_repository(name: &str) -> bool {
    let is_alphanumeric = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let ends = name.starts_with(is_alphanumeric) && name.ends_with(is_alphanumeric);
    ends && name
        .split(is_alphanumeric)
        .all(|between| matches!(between, "" | "." | "_" | "__") || between.bytes().all(|byte| byte == b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_and_refs() {
        assert!(is_commit(&"0a".repeat(20)) && is_commit(&"0a".repeat(32)));
        for text in ["", "main", &"0A".repeat(20), &"0a".repeat(21), &"0g".repeat(20)] {
            assert!(!is_commit(text), "{text}");
        }
        for text in ["refs/heads/main", "refs/tags/v1.0", "refs/heads/dist/amd64", "refs/heads/a@b"] {
            assert!(is_ref(text), "{text}");
        }
        for text in [
            "",
            "main",
            "refs/heads/",
            "refs/heads/*",
            "refs/pull/1/head",
            "refs/tags/a:b",
            "refs/tags/a b",
            "refs/heads/a//b",
            "refs/tags/a.lock",
        ] {
            assert!(!is_ref(text), "{text}");
        }
    }

    #[test]
    fn maintainers() {
        use MaintainerFlaw::{Behind, Empty, Format, NoAt, NoComma, NoHandle, NoName, NoParentheses};
        for (text, expected) in [
            ("Ann Lee <ann@example.org> (@ann)", None),
            ("Ann (@ann)", None),
            ("Ann\n<https://example.org/>\n(@ann)", None),
            ("", Some(Empty)),
            ("Ann <ann@example.org>", Some(NoHandle)),
            ("Ann @ann", Some(NoParentheses)),
            ("Ann <ann@example.org> [@ann]", Some(NoParentheses)),
            ("Ann (@ann", Some(NoParentheses)),
            ("Ann ann@example.org", Some(NoHandle)),
            ("Ann (@ann) <ann@example.org>", Some(Behind(10))),
            ("Ann (Example Ltd)", Some(NoHandle)),
            ("Ann (ann)", Some(NoAt)),
            ("(@ann)", Some(NoName)),
            ("<ann@example.org> (@ann)", Some(NoName)),
            ("Ann (@ann)\nBo (@bo)", Some(NoComma(10))),
            ("Ann<ann@example.org> (@ann)", Some(Format)),
            ("Ann\u{a0}Lee (@ann)", None),
            ("Ann\u{a0}<ann@example.org> (@ann)", Some(Format)),
            ("Ann <ann@example.org>\u{a0}(@ann)", Some(Format)),
            ("Ann\x0b(@ann)", Some(Format)),
            ("\x0cAnn (@ann)", Some(Format)),
            ("Ann <ann@example.org>(@ann)", Some(Format)),
            ("Ann(@ann)", Some(Format)),
            ("Ann <ann at example> (@ann)", Some(Format)),
            ("Ann (Example Ltd) (@ann)", Some(Format)),
            ("Ann (@)", Some(Format)),
        ] {
            assert_eq!(maintainer_flaw(text), expected, "{text:?}");
        }
    }

    #[test]
    fn words_of_lists() {
        for (text, expected) in [
            ("a b", vec!["a", "b"]),
            ("a; b", vec!["a", "b"]),
            ("- a\n - b-c", vec!["a", "b-c"]),
            ("a # b", vec!["a"]),
            ("# a", vec![]),
        ] {
            assert_eq!(words(text), expected, "{text:?}");
        }
    }

    #[test]
    fn paths_and_names() {
        for (path, expected) in [
            ("", "."),
            (".", "."),
            ("./", "."),
            ("a/", "a"),
            ("./a//b/./", "a/b"),
            ("a/../b", "b"),
            ("a/../../b", "../b"),
            ("../..", "../.."),
            ("/", "/"),
            ("/../a", "/a"),
        ] {
            assert_eq!(clean_path(path), expected, "{path}");
        }
        for (name, expected) in [
            ("hello-world", true),
            ("a--b.c_d__e1", true),
            ("", false),
            ("A", false),
            ("-a", false),
            ("a_", false),
            ("a..b", false),
            ("a___b", false),
            ("a-_b", false),
            ("a/b", false),
            ("é", false),
        ] {
            assert_eq!(is_repository(name), expected, "{name}");
        }
    }

    #[test]
    fn tags() {
        for (text, expected) in
            [("1.0", true), ("_x", true), ("1.0+build", false), ("-1", false), (".1", false), ("", false), ("é", false)]
        {
            assert_eq!(is_tag(text), expected, "{text}");
        }
        assert!(is_tag(&"a".repeat(128)) && !is_tag(&"a".repeat(129)));
    }
}
